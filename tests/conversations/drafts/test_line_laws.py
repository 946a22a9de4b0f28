"""Whole lines of anything, in any order: an amount in a draft is one that the line says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.amounts.amounts import AmountContext
from billing.amounts.runs import belongs_to_amount
from billing.money import Money, currency_exponent
from billing.topups import Mode
from bot.settings.gateways import METHOD_NAMES
from conversations.dialog.steps import step
from conversations.drafts.drafts import fill_from_line
from conversations.protocol.events import Draft, Idle, Reviewing, Said
from conversations.protocol.facts import AccountFacts
from conversations.words.words import FILLER_WORDS
from tests.support.dialogs.terms import terms

BLANK = Draft("00000000000000dd")
LOCALES = ("en", "de", "de-AT", "fr", "sv", "pl", "de-CH", "en-IN", "es", "ja", "ar-EG", "xx")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line: what it is, and the currency that it names."""

    kind: str
    text: str
    currency: str = ""


def _parts(kind: str, *texts: str) -> list[Part]:
    return [Part(kind, text) for text in texts]


def _account(id: str, title: str, currency: str) -> AccountFacts:
    return AccountFacts(id, title, currency, Money(1_000, currency), Mode.SANDBOX)


# Some are called like money, and like parts of a number.
ACCOUNTS = (
    _account("acme", "Acme Cloud", "USD"),
    _account("europe-ops", "Ops", "USD"),
    _account("million-air", "K", "USD"),
    _account("500-ops", "Team 1", "EUR"),
    _account("nord", "Dollar", "EUR"),
    _account("tokyo", "Hundred", "JPY"),
)
PARTS = [
    *_parts("number", *("5", "50", "250", "1", "500", "000", "25", "100")),
    *(
        Part("currency", text, code)
        for code, texts in {"USD": "usd USD", "EUR": "eur EUR €", "GBP": "gbp GBP £"}.items()
        for text in texts.split()
    ),
    Part("currency", "(eur)", "EUR"),
    Part("currency", "💶", "EUR"),
    Part("currency", "jpy", "JPY"),
    *_parts("multiplier", "million", "hundred", "cents", "(million)", "%", "tausend", "lakh"),
    *_parts("unknown", "toman", "honderd", "half", "twenty", "kobo", "➖", "🔟", "-", "in"),
    *_parts("known", "card", "bank", "bank transfer", "acme", "Acme Cloud", "tokyo", "Karte,"),
    *_parts("known", "to", "for", "with", "auf", "please", "von"),
    *_parts("picture", "👍", "❤️", "."),
]
LINES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=7)
PLACES = st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=4, unique=True).map(tuple)


def says(parts: list[Part], amount: Money) -> bool:
    """Whether the line says that amount: one number, its own currency, nothing at it unknown."""
    numbers = [list(run) for one, run in groupby(parts, lambda part: part.kind == "number") if one]
    if len(numbers) != 1 or any(part.kind == "multiplier" for part in parts):
        return False
    if any(part.currency not in ("", amount.currency) for part in parts):
        return False
    digits = "".join(part.text for part in numbers[0])
    at, end = parts.index(numbers[0][0]), len(parts)
    before = [part for part in parts[:at][::-1] if part.kind not in ("picture", "currency")]
    after = parts[min(at + len(numbers[0]), end) :]
    after = [part for part in after if part.kind not in ("picture", "currency")]
    beside = {part.kind for part in (*before[:1], *after[:1])}
    return "unknown" not in beside and amount.minor == int(digits) * 10 ** currency_exponent(
        amount.currency
    )


@settings(max_examples=300, deadline=None)
@given(LINES, PLACES, st.sampled_from(LOCALES))
def test_the_amount_in_a_draft_is_one_that_the_line_says(
    parts: list[Part], accounts: tuple[AccountFacts, ...], locale: str
) -> None:
    """In every language, with accounts that are called like money; a number that waits as well."""
    line = " ".join(part.text for part in parts)
    taken = fill_from_line(BLANK, line, terms(accounts=accounts, locale=locale)).draft

    assert taken.amount is None or says(parts, taken.amount), line
    if taken.amount_text is not None:
        waiting = "".join(filter(str.isdecimal, taken.amount_text))
        assert says(parts, Money(int(waiting) * 100, "USD")), line


@settings(max_examples=150, deadline=None)
@given(LINES, PLACES, st.sampled_from(LOCALES), st.booleans())
def test_what_is_reviewed_is_what_the_line_says(
    parts: list[Part], accounts: tuple[AccountFacts, ...], locale: str, command: bool
) -> None:
    """A review is the last thing before money: of a line that says less, something is asked."""
    line = " ".join(part.text for part in parts)
    place = terms(accounts=accounts, locale=locale)
    state = step(Idle(), Said(line, command=command), place).state

    if isinstance(state, Reviewing):
        assert state.draft.amount is not None
        assert says(parts, state.draft.amount), line


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(ACCOUNTS), st.sampled_from(LOCALES))
def test_a_review_changes_only_to_what_the_line_says(
    parts: list[Part], account: AccountFacts, locale: str
) -> None:
    """Typed at a review, the same words leave its amount, change it to theirs, or are asked of."""
    line = " ".join(part.text for part in parts)
    place = terms(accounts=(account,), locale=locale)
    before = Money(7 * 10 ** (currency_exponent(account.currency) + 1), account.currency)
    draft = replace(BLANK, account=account.id, currency=account.currency, amount=before)
    reviewed = Reviewing(replace(draft, method="card"), "00000000000000bb")
    after = step(reviewed, Said(line), place).state

    if isinstance(after, Reviewing):
        amount = after.draft.amount
        assert amount is not None
        assert amount == before or says(parts, amount), line


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(("1", "50", "250")),
    st.lists(st.sampled_from([part.text for part in PARTS if part.kind in ("known", "picture")])),
    st.sampled_from(("250.50", "000", "500", "1,000.50", "20")),
    PLACES,
    st.sampled_from(LOCALES),
)
def test_no_word_between_two_numbers_joins_them(
    first: str, between: list[str], second: str, accounts: tuple[AccountFacts, ...], locale: str
) -> None:
    """Whatever is taken out between them: they stay two, and neither is taken."""
    line = " ".join((first, *(between or ["to"]), second))
    taken = fill_from_line(BLANK, line, terms(accounts=accounts, locale=locale)).draft

    assert (taken.amount, taken.amount_text) == (None, None)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_that_is_taken_out_of_a_line_is_money(locale: str) -> None:
    """What says nothing, and what people call their ways to pay, is no currency and no number."""
    context = AmountContext(None, locale, None, None)
    known = (name for names in METHOD_NAMES.values() for name in names.words)
    names = {word for name in known for word in name.split()}

    assert [word for word in {*names, *FILLER_WORDS} if belongs_to_amount(word, context)] == []
