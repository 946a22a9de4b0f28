"""What fills a draft, and what is offered for it: only what this account can be paid with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.methods import PaymentMethod
from billing.money import Money
from conversations.dialog.steps import step
from conversations.drafts.drafts import apply_pick
from conversations.messages.forms import draft_form
from conversations.messages.questions import question_view
from conversations.protocol.actions import Pick, Slot
from conversations.protocol.events import Asking, Draft, Idle, Reviewing, Said
from conversations.protocol.facts import AccountFacts
from conversations.protocol.views import View
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, terms

IN_FRANCE = replace(TEAM_A, country="FR")
GERMAN = PaymentMethod("card", "sandbox", countries=frozenset({"DE"}))
IN_EUROS = PaymentMethod("card", "sandbox", currencies=frozenset({"EUR"}))
SMALL = PaymentMethod("card", "sandbox", maximum_minor=2_000)
LARGE = PaymentMethod("card", "sandbox", minimum_minor=10_000)


def offered(view: View) -> list[str]:
    """The ways to pay among a card's buttons."""
    actions = [choice.action for line in view.choices for choice in line]
    return [each.value for each in actions if isinstance(each, Pick)]


@pytest.mark.parametrize("method", [GERMAN, IN_EUROS, SMALL, LARGE])
def test_only_fitting_methods_are_offered(method: PaymentMethod) -> None:
    """Country, currency and both limits decide; what does not fit is no button."""
    others = (BANK, PaymentMethod("stripe", "stripe"))
    place = terms(accounts=(IN_FRANCE,), methods=(method, *others))
    asked = step(Idle(), Said("50", command=True), place)

    assert offered(asked.shows[0].view) == ["bank_transfer", "stripe"]


@pytest.mark.parametrize(
    ("method", "sentence", "right"),
    [
        (SMALL, "Card takes $20.00 or less. Lower the amount", "20"),
        (LARGE, "Card takes $100.00 or more. Raise the amount", "100"),
    ],
)
def test_an_amount_that_no_method_takes_can_be_changed(
    method: PaymentMethod, sentence: str, right: str
) -> None:
    """The only way to pay has limits of its own: it says them, and asks for another amount."""
    place = terms(accounts=(TEAM_A,), methods=(method,))
    asked = step(Idle(), Said("50 card", command=True), place)
    amounts = [Money(int(each), "USD") for each in offered(asked.shows[0].view) if each]

    assert isinstance(asked.state, Asking)
    assert asked.state.slot is Slot.AMOUNT
    assert sentence in asked.shows[0].view.fallback
    assert all(map(method.allows, amounts))
    assert isinstance(step(asked.state, Said(right), place).state, Reviewing)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2", "$2.00 is too little"),
        ("5000", "$5,000.00 is too much"),
        ("600", "needs a second person"),
        ("-5", "without a minus sign"),
        ("0.005", "more decimals"),
        ("50 or 60", "two amounts"),
        ("1.000", "two ways"),
        ("50 eur", "does not convert"),
    ],
)
def test_a_wrong_amount_without_a_command_is_told_what_is_right(line: str, said: str) -> None:
    """Plain words mean what they mean after `/topup`: it was understood, and is refused."""
    place = terms(accounts=(TEAM_A,), methods=(CARD, BANK))
    taken = step(Idle(), Said(line), place)

    assert isinstance(taken.state, Asking)
    assert taken.state.slot is Slot.AMOUNT
    assert said in taken.shows[0].view.fallback


@pytest.mark.parametrize(
    "line", ["who is it", "what is this?", "1e9", "v2", "all good", "q3 plan"]
)
def test_words_without_an_amount_are_told_what_is_possible(line: str) -> None:
    """Nothing was understood, so no question about an amount comes back."""
    taken = step(Idle(), Said(line), terms(accounts=(TEAM_A,)))

    assert isinstance(taken.state, Idle)
    assert "I did not understand that" in taken.shows[0].view.fallback


@pytest.mark.parametrize("account", [TEAM_A, TEAM_B])
def test_177_a_form_opens_with_the_account_of_its_draft(account: AccountFacts) -> None:
    """A form opened from one account's alert has that account chosen, wherever it is sorted."""
    filled = draft_form(Draft("00000000000000aa", account=account.id), terms())
    chosen = {field.slot: field.value for field in filled.fields}

    assert chosen[Slot.ACCOUNT] == account.id
    assert Slot.CURRENCY not in chosen


def test_an_account_in_another_currency_changes_no_currency() -> None:
    """Who wants euros and pressed a dollar account by mistake is offered those in euros again."""
    euros = Draft("00000000000000aa", amount=Money(5_000, "EUR"), currency="EUR")
    taken = apply_pick(euros, Pick(Slot.ACCOUNT, TEAM_A.id), terms())
    again = question_view(taken.draft, Slot.ACCOUNT, terms())

    assert taken.problem is not None
    assert taken.problem.slot is Slot.AMOUNT
    assert offered(again) == [TEAM_B.id]


def test_amounts_are_offered_once_the_account_is_known() -> None:
    """Its presets, in its currency; before that no number means anything."""
    known, unknown = Draft("00000000000000aa", account=TEAM_B.id), Draft("00000000000000aa")
    views = [question_view(each, Slot.AMOUNT, terms()) for each in (known, unknown)]

    assert list(map(bool, map(offered, views))) == [True, False]
