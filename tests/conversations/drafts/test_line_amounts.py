"""The amount that a whole line puts into a draft is one that it says, or it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.money import Money
from billing.tender import tender_currencies
from billing.topups import Mode
from conversations.drafts.drafts import fill_from_line
from conversations.protocol.actions import Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts
from tests.support.dialogs.terms import terms

BLANK = Draft("00000000000000dd")
ACME = AccountFacts("acme", "Acme Cloud", "USD", Money(2_210, "USD"), Mode.SANDBOX)
NORD = AccountFacts("nord", "Nord", "EUR", Money(2_210, "EUR"), Mode.SANDBOX)
YEN = replace(ACME, currency="JPY", balance=Money(500, "JPY"))


def filled(
    line: str, accounts: tuple[AccountFacts, ...] = (ACME,), locale: str = "en"
) -> tuple[Draft, str]:
    """The draft after a first line, and what is said of it."""
    taken = fill_from_line(BLANK, line, terms(accounts=accounts, locale=locale))
    return taken.draft, taken.problem.sentence if taken.problem else ""


@pytest.mark.parametrize(
    ("line", "locale", "account"),
    [
        ("1 for 250.50 card", "en", ACME),
        ("from 1 to 250.50", "en", ACME),
        ("1 👍 250.50", "en", ACME),
        ("1 \u200b 250.50", "en", ACME),
        ("1 card 500", "fr", ACME),
        ("1 acme 500 karte", "sv", ACME),
        ("1 Acme Cloud 500", "pl", ACME),
        ("von 1 auf 250", "de-AT", ACME),
        ("5 card 500", "en", YEN),
        ("1 bank transfer 000", "en", ACME),
    ],
)
def test_numbers_with_a_word_between_them_are_two(
    line: str, locale: str, account: AccountFacts
) -> None:
    """What is taken out of a line leaves a gap: nothing joins over it."""
    draft, said = filled(line, (account,), locale)

    assert draft.amount is None
    assert said.startswith("That has two amounts. Send one.")


@pytest.mark.parametrize(
    ("line", "locale", "minor"),
    [
        ("card 1 250,50 acme", "fr", 125_050),
        ("1\u00a0250.50 card", "en", 125_050),
        ("1 250.50 👍 card", "en", 125_050),
        ("acme 50, card!", "en", 5_000),
        ("50 . card", "en", 5_000),
    ],
)
def test_one_number_is_still_read_in_its_groups(line: str, locale: str, minor: int) -> None:
    """Groups that stand together are one number, with a picture or a full stop behind it."""
    assert filled(line, locale=locale) == (
        replace(BLANK, account="acme", currency="USD", method="card", amount=Money(minor, "USD")),
        "",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("50 usd eur card", "That names two currencies. Use one."),
        ("eur usd 50 card", "That names two currencies."),
        ("eur card 50 usd", "That names two currencies."),
        ("$50 card £", "That names two currencies."),
        ("50 eur/usd", "That names two currencies."),
        ("50 in eur", "\u2068Acme Cloud\u2069 is kept in USD"),
        ("50 for eur card", "\u2068Acme Cloud\u2069 is kept in USD"),
        ("50 card (eur)", "\u2068Acme Cloud\u2069 is kept in USD"),
        ('50 "eur" card', "\u2068Acme Cloud\u2069 is kept in USD"),
        ("50 card euros", "\u2068Acme Cloud\u2069 is kept in USD"),
        ("💶 card 50", "\u2068Acme Cloud\u2069 is kept in USD"),
        ("50 💷", "\u2068Acme Cloud\u2069 is kept in USD"),
        ("50 card ₿", "I do not know that currency."),
    ],
)
def test_every_currency_that_a_line_names_counts(line: str, said: str) -> None:
    """Wherever it stands and whatever is around it: none is dropped in silence."""
    draft, told = filled(line)

    assert draft.amount is None
    assert told.startswith(said)


@pytest.mark.parametrize("line", ["50 card usd", "usd card 50", "$50 (usd) card", "card 50 for $"])
def test_the_accounts_own_currency_may_stand_anywhere(line: str) -> None:
    """It says what is meant already."""
    draft, said = filled(line)

    assert (draft.amount, draft.method, said) == (Money(5_000, "USD"), "card", "")


def test_a_currency_at_the_other_end_of_a_line_tells_which_account() -> None:
    """Nothing waits for an account whose currency the line has."""
    draft, said = filled("eur card 50", (ACME, NORD))

    assert (draft.account, draft.amount, said) == ("nord", Money(5_000, "EUR"), "")


@pytest.mark.parametrize(
    ("id", "title", "line"),
    [
        ("europe-ops", "Ops", "50 eur card"),
        ("europe-ops", "Ops", "50 euro card"),
        ("europe-ops", "Ops", "eur 50 card"),
        ("europe-ops", "Euro", "50 euro"),
        ("million-air", "Air", "5 million card"),
        ("million-air", "Air", "5 mil card"),
        ("x-1", "K", "5 k card"),
        ("hundred", "Hundred", "5 hundred card"),
        ("eur", "Ops", "50 eur"),
        ("x-1", "Million Air", "5 million air"),
        ("x-1", "Million Air", "5 usd million air"),
        ("x-1", "Trading in Euro", "trading in euro 50"),
        ("500-ops", "Ops", "1 500 card"),
        ("x-1", "500 Club", "1 500 club"),
    ],
)
def test_a_name_that_is_a_currency_or_a_number_is_that_beside_a_number(
    id: str, title: str, line: str
) -> None:
    """Nobody pays 50 dollars for 50 euros because an account begins so."""
    draft, said = filled(line, (replace(ACME, id=id, title=title), NORD))

    assert (draft.amount, draft.amount_text) in (
        (None, None),
        *([(Money(5_000, "EUR"), None)] if "eur" in line else []),
    )
    assert draft.amount is None or draft.account == "nord"
    assert said or draft.account == "nord"


@pytest.mark.parametrize("code", sorted(tender_currencies() - {"USD"}))
def test_no_account_begins_like_a_currency_beside_a_number(code: str) -> None:
    """Not even where the code is a word as well, as `mad` and `top` are."""
    word = code.lower()
    own = replace(ACME, id=f"{word}-ops", title=word)

    for line in (f"50 {word} card", f"{word} 50 card", f"50 card {word}", f"card {code} 50"):
        assert filled(line, (own,))[0].amount is None or f"card {word}" in line, line
        assert filled(line, (own, NORD))[0].account != own.id, line
    assert filled(f"{word} card", (own, NORD))[0].account == own.id


@pytest.mark.parametrize(
    ("id", "title", "line"),
    [
        ("europe-ops", "Ops", "50 europe card"),
        ("europe-ops", "Ops", "50 card europe-ops"),
        ("x-1", "Million Air", "50 card Million Air"),
        ("x-1", "Million Air", "50 for Million Air, card"),
        ("x-1", "Team 1", "50 team 1 card"),
        ("x-1", "Team 1", "team 1 50 card"),
        ("ron", "Ron", "ron 50 card"),
    ],
)
def test_a_name_that_begins_like_money_is_still_a_name(id: str, title: str, line: str) -> None:
    """Where nothing else can be meant, it is the account."""
    own = replace(ACME, id=id, title=title)

    draft, said = filled(line, (own, NORD))
    assert (draft.account, draft.amount, said) == (id, Money(5_000, "USD"), "")


def test_a_way_to_pay_is_none_of_it() -> None:
    """In Myanmar K is the kyat, and a bank is no ban of it."""
    account = replace(ACME, currency="MMK", balance=Money(500, "MMK"))

    assert filled("90000 bank", (account,))[0].method == "bank_transfer"


@pytest.mark.parametrize("word", ["eur", "k", "hundred", "500"])
def test_a_name_without_a_number_beside_it_is_a_name(word: str) -> None:
    """It answers which account is meant, whatever else it means."""
    accounts = (replace(ACME, id="x-1", title=word), replace(ACME, id=word), NORD)

    for account in accounts[:2]:
        assert filled(f"{word} card", (account, NORD))[0].account == account.id


@pytest.mark.parametrize(
    ("line", "locale", "account"),
    [
        *((f"5 {word}", "en", ACME) for word in ("toman", "honderd", "kobo", "mln", "‰", "lk")),
        ("50 and a half", "en", ACME),
        ("twenty 5", "en", ACME),
        ("5 usd fifty card", "en", ACME),
        ("5 👍 toman", "en", ACME),
        ("50 -", "en", ACME),
        ("50 +", "en", ACME),
        ("➖ 50", "en", ACME),
        ("5 🔟", "en", ACME),
        ("5 💯", "en", ACME),
        ("5 🇪🇺", "en", ACME),
        ("50 all card", "en", ACME),
        ("1.000 toman", "en", ACME),
        ("9 843,33ռուսական ռուբլի", "sv-FI", replace(ACME, currency="RUB")),
        ("88 246,17balboa panameze", "en-IL", replace(ACME, currency="PAB")),
        ("Оман риалы1 600", "ky", replace(ACME, currency="OMR")),
        ("9 card 843,33ռուսական", "en", ACME),
        ("5 card million", "en", ACME),
        ("5 card (million)", "en", ACME),
        ("50 card x2", "en", ACME),
        ("2x 50 card", "en", ACME),
    ],
)
def test_a_word_at_the_number_that_nobody_knows_leaves_no_amount(
    line: str, locale: str, account: AccountFacts
) -> None:
    """It may make another number of it, in whatever language: the amount is asked."""
    taken = fill_from_line(BLANK, line, terms(accounts=(account,), locale=locale))

    assert (taken.draft.amount, taken.draft.amount_text) == (None, None)
    assert taken.problem is not None
    assert taken.problem.slot is Slot.AMOUNT
    assert taken.problem.readings == ()


@pytest.mark.parametrize(
    "line", ["50 crad", "banc 50", "nonsense card 50", "50 for plan b", "50 ❤️"]
)
def test_a_word_that_cannot_mean_a_number_leaves_the_amount(line: str) -> None:
    """A slip in a way to pay, and what stands apart from the number."""
    assert filled(line)[0].amount == Money(5_000, "USD")


@pytest.mark.parametrize(
    "line", ["I need 50 by card", "add 50 to acme, card", "ich möchte 50 karte"]
)
def test_a_sentence_around_the_amount_is_no_slip(line: str) -> None:
    """What people say with an order says nothing of its amount."""
    draft, said = filled(line)

    assert (draft.amount, draft.method, said) == (Money(5_000, "USD"), "card", "")


def test_a_number_does_not_wait_for_an_account_beside_a_word_that_nobody_knows() -> None:
    """What is not known now is not known later either."""
    draft, said = filled("5 toman", (ACME, NORD))

    assert (draft.amount, draft.amount_text) == (None, None)
    assert said.startswith("I do not know “\u2068toman\u2069”.")
