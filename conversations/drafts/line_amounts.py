"""The amount that a line of words puts into a draft, or why it puts in none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import assert_never

from billing.amounts.amounts import (
    AmbiguousAmount,
    AmountContext,
    AmountReading,
    ExtractedAmount,
    RefusalReason,
    RefusedAmount,
    find_amount,
)
from billing.limits import Limits, limits_for
from billing.money import Money, is_currency
from conversations.drafts.checks import (
    Problem,
    account_of,
    self_service_limit,
    unknown_words_problem,
    wrong_currency_problem,
)
from conversations.drafts.line_parser import says_nothing
from conversations.drafts.names import strip_punctuation
from conversations.protocol.actions import Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.words import words

# Longer ones are no slips of a short word, and take long to compare.
_SLIP_MAX = 16
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class FilledDraft:
    """A draft after words were put in, and the first thing wrong with each slot."""

    draft: Draft
    problems: tuple[Problem, ...] = ()

    @property
    def problem(self) -> Problem | None:
        """The one to talk about first."""
        return self.problems[0] if self.problems else None


def amount_from_line(draft: Draft, line: Sequence[str | None], terms: Terms) -> FilledDraft:
    """Put the amount of a line into the draft, with None for each known name taken out of it.

    A word at the number that nobody knows may make another of it, as in `5 toman` and `50 and a
    half`: then it is asked.
    """
    taken = find_amount(line, amount_context(draft, terms, draft.currency))
    if taken.reading is None:
        return _currency_alone(draft, taken.rest, terms)
    filled = take_reading(draft, taken.reading, terms, text=" ".join(taken.used))
    unknown = [word for word in taken.rest if not says_nothing(word)]
    if not unknown or (filled.problems and not isinstance(taken.reading, AmbiguousAmount)):
        return filled
    problem = unknown_words_problem(" ".join(unknown), terms)
    if _is_unclear(taken, terms):
        return FilledDraft(draft, (replace(problem, slot=Slot.AMOUNT),))
    return filled if filled.problems else FilledDraft(filled.draft, (problem,))


def _currency_alone(draft: Draft, rest: Iterable[str], terms: Terms) -> FilledDraft:
    """A line without an amount: a currency narrows the accounts, or is not the account's."""
    account, said = account_of(draft, terms), [word for word in rest if not says_nothing(word)]
    currencies = [word.upper() for word in said if is_currency(word.upper())]
    unknown = [word for word in said if not is_currency(word.upper())]
    if account is not None and any(code != account.currency for code in currencies):
        return FilledDraft(draft, (wrong_currency_problem(Slot.AMOUNT, account, terms),))
    if currencies and account is None:
        draft = replace(draft, currency=currencies[0])
    return FilledDraft(
        draft, (unknown_words_problem(" ".join(unknown), terms),) if unknown else ()
    )


def _is_unclear(taken: ExtractedAmount, terms: Terms) -> bool:
    """Whether a word stands at the amount that may say something of it."""
    for words_there in (reversed(taken.before), taken.after):
        nearest = next((word for word in words_there if not says_nothing(word)), None)
        if nearest is not None and not _is_slip(nearest, terms):
            return True
    return False


def _is_slip(word: str, terms: Terms) -> bool:
    """Whether a word is one for a way to pay, but for a letter: `crad`."""
    typed = strip_punctuation(word)
    names = {name for known in terms.method_names.values() for name in known.words}
    return len(typed) <= _SLIP_MAX and bool(get_close_matches(typed, names, 1, _ALIKE))


def take_reading(
    draft: Draft, reading: AmountReading, terms: Terms, text: str = ""
) -> FilledDraft:
    """Put an amount that was read into the draft; `text` is what waits for a currency."""
    account = account_of(draft, terms)
    match reading:
        case Money():
            if account is not None and reading.currency != account.currency:
                return FilledDraft(draft, (wrong_currency_problem(Slot.AMOUNT, account, terms),))
            return FilledDraft(
                replace(draft, amount=reading, currency=reading.currency, amount_text=None)
            )
        case AmbiguousAmount(readings):
            sentence = terms.localizer.text(words.AMBIGUOUS)
            return FilledDraft(draft, (Problem(Slot.AMOUNT, sentence, readings),))
        case RefusedAmount(reason):
            if account is None and text and reason is RefusalReason.CURRENCY_UNCLEAR:
                # The number alone is fine; it waits until the account tells its currency.
                return FilledDraft(replace(draft, amount_text=text))
            sentence = terms.localizer.text(words.AMOUNT_REFUSED[reason])
            return FilledDraft(
                draft, (Problem(Slot.AMOUNT, _with_range(sentence, account, terms)),)
            )
        case _:
            assert_never(reading)


def _with_range(sentence: str, account: AccountFacts | None, terms: Terms) -> str:
    if account is None:
        return sentence
    least, largest = terms.limits(account).minimum, self_service_limit(account, terms)
    hint = terms.localizer.text(words.AMOUNT_RANGE, least=least, most=largest)
    return f"{sentence} {hint}"


def amount_context(draft: Draft, terms: Terms, currency: str | None) -> AmountContext:
    """What an amount is read with: the account's currency, or else the one that is known."""
    account = account_of(draft, terms)
    shared = {one.currency for one in terms.accounts}
    known = (account.currency if account else None) or currency
    if known is None and len(shared) == 1:
        known = next(iter(shared))
    bounds = _bounds(account, known, terms)
    return AmountContext(
        currency=known,
        locale=terms.localizer.locale,
        minimum_minor=bounds.minimum_minor if bounds else None,
        maximum_minor=bounds.maximum_minor if bounds else None,
    )


def _bounds(account: AccountFacts | None, currency: str | None, terms: Terms) -> Limits | None:
    """The limits of the account, or of one in that currency; None where none is known."""
    meant = account or next((one for one in terms.accounts if one.currency == currency), None)
    if meant is not None:
        return terms.limits(meant)
    return limits_for(currency) if currency else None
