"""Fills a draft from words, fields and buttons, and says what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from billing.amounts.amounts import (
    RefusalReason,
    RefusedAmount,
    find_amount,
    parse_amount,
)
from billing.amounts.bank_card_numbers import BANK_CARD_NUMBER_REMOVED
from billing.amounts.numerals import split_words
from billing.money import Money
from conversations.drafts.checks import (
    Problem,
    account_of,
    amount_problem,
    check_method,
    no_account_problem,
    wrong_currency_problem,
)
from conversations.drafts.line_amounts import (
    FilledDraft,
    amount_context,
    amount_from_line,
    take_reading,
)
from conversations.drafts.line_parser import read_line
from conversations.protocol.actions import Pick, Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.words import words


def fill_from_line(draft: Draft, text: str, terms: Terms) -> FilledDraft:
    """Put every slot a line names into the draft, in any word order."""
    line, before = read_line(text, terms), draft
    problems: list[Problem] = []
    if len(line.accounts) == 1:
        draft = _with_account(draft, line.accounts[0])
    if len(line.methods) == 1:
        draft = replace(draft, method=line.methods[0])
    draft = _only_account(draft, terms)
    filled = amount_from_line(draft, line.words, terms)
    problems += filled.problems
    return _restored(before, _validate_draft(filled.draft, tuple(problems), terms), terms)


def complete_draft(draft: Draft, terms: Terms) -> FilledDraft:
    """Fill in what has only one answer, and check all of the draft."""
    return _restored(draft, _validate_draft(draft, (), terms), terms)


def check_amount(draft: Draft, amount: Money, terms: Terms) -> FilledDraft:
    """Put an amount into the draft and check it: what was right earlier may not be any more."""
    return _restored(draft, _finish(take_reading(draft, amount, terms), terms), terms)


def form_so_far(draft: Draft, values: tuple[tuple[Slot, str], ...], terms: Terms) -> Draft:
    """A draft with what stands in its form now, right or not."""
    given = dict(values)
    account = _offered_account(given.get(Slot.ACCOUNT, ""), terms)
    method = _offered_method(given.get(Slot.METHOD, ""), terms)
    typed = given.get(Slot.AMOUNT, "").replace(BANK_CARD_NUMBER_REMOVED, "").strip() or None
    blank = Draft(draft.id, origin=draft.origin, method=method, amount_text=typed)
    return blank if account is None else _with_account(blank, account)


def fill_from_form(
    draft: Draft, values: tuple[tuple[Slot, str], ...], terms: Terms
) -> FilledDraft:
    """Put a whole form into a draft; every field that is wrong gets its own problem."""
    given = dict(values)
    problems: list[Problem] = []
    account = _offered_account(given.get(Slot.ACCOUNT, ""), terms)
    if account is None:
        problems.append(Problem(Slot.ACCOUNT, terms.localizer.text(words.UNKNOWN_ACCOUNT)))
    method = _offered_method(given.get(Slot.METHOD, ""), terms)
    if method is None:
        problems.append(Problem(Slot.METHOD, terms.localizer.text(words.UNKNOWN_METHOD)))
    blank = Draft(draft.id, account.id if account else None, method=method, origin=draft.origin)
    if account is None:
        # Without it the currency is not known: an amount cannot be judged yet.
        return FilledDraft(blank, tuple(problems))
    if given.get(Slot.CURRENCY, account.currency) != account.currency:
        # A form from before the account decided the currency: its amount is not this one's.
        problems.append(wrong_currency_problem(Slot.AMOUNT, account, terms))
    context, amount = amount_context(blank, terms, None), given.get(Slot.AMOUNT, "")
    if BANK_CARD_NUMBER_REMOVED in amount:
        problems.append(Problem(Slot.AMOUNT, terms.localizer.text(words.BANK_CARD_NUMBER_TYPED)))
    filled = take_reading(blank, parse_amount(amount, context), terms)
    return _validate_draft(filled.draft, (*problems, *filled.problems), terms)


def apply_pick(draft: Draft, choice: Pick, terms: Terms) -> FilledDraft:
    """Put one pressed value into the draft."""
    match choice.slot:
        case Slot.ACCOUNT:
            account = _offered_account(choice.value, terms)
            if account is None:
                problem = Problem(Slot.ACCOUNT, terms.localizer.text(words.UNKNOWN_ACCOUNT))
                return FilledDraft(draft, (problem,))
            return _validate_draft(_with_account(draft, account), (), terms)
        case Slot.AMOUNT:
            return check_amount(draft, Money(int(choice.value), choice.currency or ""), terms)
        case Slot.CURRENCY:
            return _validate_draft(replace(draft, currency=choice.value), (), terms)
        case Slot.METHOD:
            chosen = _validate_draft(replace(draft, method=choice.value), (), terms)
            return _restored(draft, chosen, terms)
        case _:
            assert_never(choice.slot)


def contains_amount(draft: Draft, text: str, terms: Terms) -> bool:
    """Whether a line holds an amount, be it a right one or not."""
    said = read_line(text, terms).words
    read = find_amount(said, amount_context(draft, terms, draft.currency)).reading
    return read is not None and not (
        isinstance(read, RefusedAmount) and read.reason is RefusalReason.NOT_AN_AMOUNT
    )


def next_slot(draft: Draft) -> Slot | None:
    """The first slot that is still empty; None when the draft can be reviewed."""
    if draft.account is None:
        return Slot.ACCOUNT
    if draft.amount is None:
        return Slot.AMOUNT
    return Slot.METHOD if draft.method is None else None


def _offered_account(id: str, terms: Terms) -> AccountFacts | None:
    """The account that was offered by this id; what people type is read elsewhere."""
    return next((one for one in terms.accounts if one.id == id), None)


def _offered_method(key: str, terms: Terms) -> str | None:
    """The method that was offered by this key; what people type is read elsewhere."""
    return next((one.key for one in terms.methods if one.key == key), None)


def _with_account(draft: Draft, account: AccountFacts) -> Draft:
    same = draft.amount is None or draft.amount.currency == account.currency
    return replace(
        draft,
        account=account.id,
        currency=account.currency if same else draft.currency,
    )


def _only_account(draft: Draft, terms: Terms) -> Draft:
    fitting = [
        one for one in terms.accounts if draft.currency is None or one.currency == draft.currency
    ]
    if draft.account is None and len(fitting) == 1:
        return _with_account(draft, fitting[0])
    return draft


def _validate_draft(draft: Draft, problems: tuple[Problem, ...], terms: Terms) -> FilledDraft:
    """Fill in what has only one answer, read an amount that waited, then check the limits."""
    if draft.account is not None and account_of(draft, terms) is None:
        problem = Problem(Slot.ACCOUNT, terms.localizer.text(words.UNKNOWN_ACCOUNT))
        return FilledDraft(replace(draft, account=None), (problem, *problems))
    draft = _only_account(draft, terms)
    account = account_of(draft, terms)
    if draft.currency is not None and account is None and not _any_in(draft.currency, terms):
        problem = no_account_problem(draft.currency, terms)
        return FilledDraft(replace(draft, amount=None, currency=None), (problem, *problems))
    if account is not None and draft.amount_text is not None:
        waiting, draft = draft.amount_text, replace(draft, amount_text=None)
        filled = amount_from_line(draft, split_words(waiting), terms)
        draft, problems = filled.draft, (*problems, *filled.problems)
    return _finish(FilledDraft(draft, problems), terms)


def _finish(filled: FilledDraft, terms: Terms) -> FilledDraft:
    draft, account = filled.draft, account_of(filled.draft, terms)
    if account is None:
        return filled
    problems = list(filled.problems)
    if draft.amount is not None:
        problem = amount_problem(draft.amount, account, terms)
        if problem is not None:
            draft, problems = replace(draft, amount=None), [*problems, problem]
    draft, trouble = check_method(draft, account, terms)
    return FilledDraft(draft, (*problems, *trouble))


def _restored(before: Draft, filled: FilledDraft, terms: Terms) -> FilledDraft:
    """What was right before a wrong answer stands again, so that it can be kept."""
    draft, account = filled.draft, account_of(filled.draft, terms)
    if account is None or before.account != account.id:
        return filled
    amount = before.amount if draft.amount is None else None
    if amount is not None and amount_problem(amount, account, terms) is None:
        draft = replace(draft, amount=amount, currency=before.currency)
    if draft.method is None and before.method is not None:
        draft, _ = check_method(replace(draft, method=before.method), account, terms)
    return replace(filled, draft=draft)


def _any_in(currency: str, terms: Terms) -> bool:
    return any(one.currency == currency for one in terms.accounts)
