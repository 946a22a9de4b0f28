"""Filling a draft: what was chosen stands, what is wrong is told, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.amounts.bank_card_numbers import BANK_CARD_NUMBER_REMOVED
from billing.methods import PaymentMethod
from billing.money import Money
from conversations.drafts.drafts import (
    apply_pick,
    contains_amount,
    fill_from_form,
    fill_from_line,
    next_slot,
)
from conversations.protocol.actions import Pick, Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, terms

BLANK = Draft("00000000000000dd")
TWIN = replace(TEAM_A, id="twin", title="Twin")
BOUGHT = Draft(BLANK.id, "team-a", Money(5_000, "USD"), "USD", "card")
IN_USD, BOTH = terms(accounts=(TEAM_A, TWIN)), terms()


def filled(line: str, draft: Draft = BLANK, place: Terms = BOTH) -> tuple[Draft, str]:
    """The draft after a line, and what is said of it."""
    taken = fill_from_line(draft, line, place)
    return taken.draft, taken.problem.sentence if taken.problem else ""


@pytest.mark.parametrize("line", ["-5", "- 5 card", "-5 usd", "0 usd", "0.005 usd", "50 or 60"])
def test_a_wrong_amount_is_refused_before_the_account_is_known(line: str) -> None:
    """Only a number whose currency is unclear waits; what is wrong anywhere is told at once."""
    draft, said = filled(line, place=terms(accounts=(TEAM_A, TWIN, TEAM_B)))

    assert (draft.amount, draft.amount_text) == (None, None)
    assert said
    assert "Use $" not in said


def test_a_number_waits_until_the_account_says_its_currency() -> None:
    """It is read in the currency of the account that is picked, and in no other."""
    draft, said = filled("12")
    picked = apply_pick(draft, Pick(Slot.ACCOUNT, "team-b"), BOTH)

    assert (draft.amount, draft.amount_text, said) == (None, "12", "")
    assert (picked.draft.amount, picked.draft.amount_text) == (Money(1_200, "EUR"), None)
    assert picked.problems == ()


def test_a_number_means_the_currency_that_all_accounts_share() -> None:
    """With one currency nothing is unclear; with two nothing is guessed."""
    assert filled("12", place=IN_USD)[0].amount == Money(1_200, "USD")
    assert filled("12")[0].amount is None


@pytest.mark.parametrize("line", ["-5", "0", "0.005", "ten thousand 5 0"])
def test_a_wrong_amount_names_the_limits_of_the_account(line: str) -> None:
    """Once the account is known, what would be right is said in its currency."""
    draft, said = filled(line, replace(BLANK, account="team-b", currency="EUR"))

    assert draft.amount is None
    assert said.endswith("Use €5.00 to €500.00.")


@pytest.mark.parametrize(
    ("line", "currency", "said"),
    [
        ("usd", "USD", ""),
        ("USD", "USD", ""),
        ("eur", "USD", "\u2068Team Alpha\u2069 is kept in USD, and the bot does not convert"),
        ("usd eur", "USD", "\u2068Team Alpha\u2069 is kept in USD, and the bot does not convert"),
    ],
)
def test_a_currency_alone_is_held_against_the_account(line: str, currency: str, said: str) -> None:
    """Its own is fine, another is told; the account's own stays either way."""
    draft, told = filled(line, replace(BLANK, account="team-a", currency="USD"))

    assert draft.currency == currency
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_a_currency_before_the_account_narrows_the_accounts() -> None:
    """The only account in it is taken; one that nobody has is told, and not kept."""
    assert filled("eur")[0] == replace(BLANK, account="team-b", currency="EUR")
    draft, said = filled("jpy")
    assert draft == BLANK
    assert said.startswith("None of your accounts is kept in JPY.")
    several = filled("usd", place=terms(accounts=(TEAM_A, TWIN, TEAM_B)))[0]
    assert (several.account, several.currency) == (None, "USD")


def test_an_account_that_is_gone_is_asked_for_again() -> None:
    """Leave that was taken back: nothing of the draft goes to another account unasked."""
    draft, said = filled("60", replace(BOUGHT, account="gone"))

    assert (draft.account, said) == (None, "That is not one of your accounts. Pick one.")
    again = apply_pick(BLANK, Pick(Slot.ACCOUNT, "gone"), BOTH)
    assert (again.draft, again.problem is not None) == (BLANK, True)
    assert again.problem is not None
    assert again.problem.slot is Slot.ACCOUNT


@pytest.mark.parametrize(
    ("chosen", "left"), [("bank_transfer", "bank_transfer"), ("gone", "card")]
)
def test_another_way_to_pay_stands_where_it_is_offered(chosen: str, left: str) -> None:
    """What is pressed takes the place of what was there; what cannot be is told, and it stays."""
    taken = apply_pick(BOUGHT, Pick(Slot.METHOD, chosen), BOTH)

    assert taken.draft == replace(BOUGHT, method=left)
    assert (taken.problem is None) is (chosen == left)


def test_a_first_way_to_pay_is_taken_as_it_is_pressed() -> None:
    """Nothing was there before; what is not offered leaves the place empty."""
    unpaid = replace(BOUGHT, method=None)

    assert apply_pick(unpaid, Pick(Slot.METHOD, "card"), BOTH).draft == BOUGHT
    assert apply_pick(unpaid, Pick(Slot.METHOD, "gone"), BOTH).draft == unpaid


def test_an_amount_pressed_is_taken_and_a_wrong_one_leaves_the_old() -> None:
    """Above the limit the old amount stands, and the new one is told."""
    more, wrong = (
        apply_pick(BOUGHT, Pick(Slot.AMOUNT, each, "USD"), BOTH) for each in ("6000", "1")
    )

    assert more.draft == replace(BOUGHT, amount=Money(6_000, "USD"))
    assert wrong.draft == BOUGHT
    assert wrong.problem is not None


def test_what_was_right_elsewhere_is_not_kept_for_another_account() -> None:
    """Dollars that were chosen for one account are no amount for one in euros."""
    draft, said = filled("team-b", BOUGHT)

    assert (draft.account, draft.amount) == ("team-b", None)
    assert "is kept in EUR" in said


def test_a_pressed_currency_is_kept_and_narrows_the_accounts() -> None:
    """The only account in it follows."""
    taken = apply_pick(BLANK, Pick(Slot.CURRENCY, "EUR"), BOTH)

    assert taken.draft == replace(BLANK, account="team-b", currency="EUR")


@pytest.mark.parametrize("amount", [f"{BANK_CARD_NUMBER_REMOVED} 50", BANK_CARD_NUMBER_REMOVED])
def test_a_card_number_in_the_form_is_warned_of(amount: str) -> None:
    """Beside the field where it was typed, and even where the rest is a good amount."""
    values = ((Slot.ACCOUNT, "team-a"), (Slot.AMOUNT, amount), (Slot.METHOD, "card"))
    problem = fill_from_form(BLANK, values, BOTH).problem

    assert problem is not None
    assert problem.slot is Slot.AMOUNT
    assert problem.sentence.startswith("That looked like a card number. I did not keep it.")


@pytest.mark.parametrize(
    ("line", "names"),
    [("50", True), ("-5", True), ("50 or 60", True), ("1.000", True), ("foo", False)],
)
@pytest.mark.parametrize("place", [BOTH, IN_USD])
def test_an_amount_is_known_for_one_be_it_right_or_not(
    line: str, names: bool, place: Terms
) -> None:
    """Words that name none are no answer to a question about money."""
    assert contains_amount(BLANK, line, place) is names
    assert contains_amount(BLANK, "1e9", place) is False


@pytest.mark.parametrize(
    ("draft", "slot"),
    [
        (BLANK, Slot.ACCOUNT),
        (replace(BLANK, amount=Money(1, "USD"), method="card"), Slot.ACCOUNT),
        (replace(BOUGHT, amount=None, method=None), Slot.AMOUNT),
        (replace(BOUGHT, method=None), Slot.METHOD),
        (BOUGHT, None),
    ],
)
def test_slots_are_asked_in_their_order(draft: Draft, slot: Slot | None) -> None:
    """Account, amount, method; and nothing once all is known."""
    assert next_slot(draft) is slot


@pytest.mark.parametrize("account", [TEAM_A, TEAM_B])
def test_two_names_of_a_kind_choose_neither(account: AccountFacts) -> None:
    """Which of two accounts or methods is meant is asked and not guessed."""
    both = filled("team-a team-b card bank 50")[0]
    one = filled(f"{account.id} card bank")[0]

    assert (both.account, both.method) == (None, None)
    assert (one.account, one.method) == (account.id, None)


@pytest.mark.parametrize("title", ["Team Alpha", "Alpha"])
def test_a_title_that_two_accounts_share_names_neither(title: str) -> None:
    """Their ids tell them apart; a comma behind a name is no part of it."""
    alike = terms(accounts=tuple(replace(one, title=title) for one in (TEAM_A, TWIN)))

    assert filled(f"{title} card", place=alike)[0].account is None
    assert filled("twin, card", place=alike)[0].account == "twin"


def test_words_that_mean_nothing_are_told_beside_what_was_understood() -> None:
    """The rest of the line is kept; a wrong amount in it is told first."""
    draft, said = filled("foo team-a 50 card")
    _, amount_first = filled("team-a -5 foo")

    assert draft == BOUGHT
    assert said.startswith("I do not know “\u2068foo\u2069”.")
    assert amount_first.startswith("An amount to top up is above zero.")


def test_the_only_way_to_pay_needs_no_name() -> None:
    """Of two none is chosen; one that nobody has heard of is taken where it is the only one."""
    beans = PaymentMethod("beans", "b")

    assert filled("50 team-a", place=terms(methods=(beans,)))[0].method == "beans"
    assert filled("50 team-a", place=terms(methods=(CARD, BANK)))[0].method is None
