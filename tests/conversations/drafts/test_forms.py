"""Slack's form: the account decides the currency, and all that follows it follows the choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.methods import Fee, PaymentMethod
from billing.money import Money
from conversations.dialog.steps import step
from conversations.messages.forms import draft_form
from conversations.protocol.actions import AskSlot, ResumeDraft, Slot
from conversations.protocol.events import (
    Asking,
    Chose,
    Draft,
    FormChanged,
    Idle,
    Reviewing,
    Said,
    Submitted,
)
from conversations.protocol.facts import AccountFacts
from conversations.protocol.views import Form, FormErrors, OpenForm, Step
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, terms
from tests.support.house.languages import localizer

YEN = AccountFacts("tokyo", "Tokyo Lab", "JPY", Money(0, "JPY"), TEAM_A.mode)
PLACE = terms(accounts=(TEAM_A, YEN, TEAM_B))
DRAFT = Draft("00000000000000dd")


def opened(taken: Step) -> Form:
    (reply,) = taken.replies
    assert isinstance(reply, OpenForm)
    return reply.form


def changed(*values: tuple[Slot, str]) -> Step:
    return step(Asking(DRAFT, Slot.ACCOUNT), FormChanged(DRAFT.id, values), PLACE)


def test_146_the_account_decides_the_currency() -> None:
    """There is no currency to choose; an older form that still sends another is asked anew."""
    slots = [field.slot for field in draft_form(DRAFT, PLACE).fields]
    values = ((Slot.ACCOUNT, "tokyo"), (Slot.AMOUNT, "2500"), (Slot.METHOD, "card"))
    taken = step(Idle(), Submitted("d", (*values, (Slot.CURRENCY, "JPY"))), PLACE)
    older = step(Idle(), Submitted("d", (*values, (Slot.CURRENCY, "USD"))), PLACE)

    assert slots == [Slot.ACCOUNT, Slot.AMOUNT, Slot.METHOD]
    assert isinstance(taken.state, Reviewing)
    assert taken.state.draft.amount == Money(2_500, "JPY")
    (errors,) = older.replies
    assert isinstance(errors, FormErrors)
    assert [slot for slot, _ in errors.errors] == [Slot.AMOUNT]


@pytest.mark.parametrize("account", PLACE.accounts)
def test_146_hints_follow_the_account_that_is_chosen(account: AccountFacts) -> None:
    """Limits and example are those of its currency; what was typed and chosen stays."""
    chosen = (Slot.ACCOUNT, account.id), (Slot.AMOUNT, "75"), (Slot.METHOD, "bank_transfer")
    shown = {field.slot: field for field in opened(changed(*chosen)).fields}
    bounds = PLACE.limits(account)

    assert shown[Slot.ACCOUNT].value == account.id
    assert shown[Slot.ACCOUNT].leads
    assert shown[Slot.AMOUNT].value == "75"
    assert shown[Slot.METHOD].value == "bank_transfer"
    for amount in (bounds.minimum_minor, bounds.presets_minor[1]):
        assert PLACE.localizer.format(Money(amount, account.currency)) in shown[Slot.AMOUNT].hint


def test_146_a_choice_changes_no_draft() -> None:
    """Until the form is sent, all is as it was; nonsense in it opens the form as before."""
    for values in ((), ((Slot.ACCOUNT, "gone"), (Slot.METHOD, "gone"), (Slot.AMOUNT, " "))):
        taken = changed(*values)
        assert taken.state == Asking(DRAFT, Slot.ACCOUNT)
        assert opened(taken) == draft_form(DRAFT, PLACE)


@pytest.mark.parametrize(
    ("values", "slot"),
    [
        ({Slot.ACCOUNT: "tokyo", Slot.AMOUNT: "50"}, Slot.AMOUNT),
        ({Slot.ACCOUNT: "tokyo", Slot.AMOUNT: "$5000"}, Slot.AMOUNT),
        ({Slot.ACCOUNT: "tokyo", Slot.AMOUNT: "soon"}, Slot.AMOUNT),
        ({Slot.ACCOUNT: "gone", Slot.AMOUNT: "50"}, Slot.ACCOUNT),
        ({Slot.ACCOUNT: "tokyo", Slot.AMOUNT: "2500", Slot.METHOD: "gone"}, Slot.METHOD),
    ],
)
def test_146_one_slip_is_one_error(values: dict[Slot, str], slot: Slot) -> None:
    """Beside the field where it is; what cannot be judged for it is not called wrong as well."""
    sent = {Slot.METHOD: "card"} | values
    (reply,) = step(Idle(), Submitted("d", tuple(sent.items())), PLACE).replies

    assert isinstance(reply, FormErrors)
    assert [named for named, _ in reply.errors] == [slot]


@pytest.mark.parametrize(
    ("fee", "english", "german"),
    [
        (Fee(), "no fee", "keine Gebühr"),
        (Fee(150), "1.5% fee", "1,5\xa0% Gebühr"),
        (Fee(0, 30), "$0.30 fee", "0,30\xa0$ Gebühr"),
        (Fee(290, 30), "2.9% + $0.30 fee", "2,9\xa0% + 0,30\xa0$ Gebühr"),
    ],
)
def test_167_the_form_shows_each_methods_fee(fee: Fee, english: str, german: str) -> None:
    """Whoever chooses a way to pay knows what it costs, as their region writes it."""
    priced = PaymentMethod("card", "sandbox", fee=fee)
    for language, told in (("en", english), ("de", german)):
        place = replace(
            terms(accounts=(TEAM_A,), methods=(priced, BANK)), localizer=localizer(language)
        )
        (_, _, methods) = draft_form(DRAFT, place).fields
        labels = [option.label for option in methods.options]

        assert labels[0].endswith(f"({told})")
        assert labels[1].endswith("(no fee)" if language == "en" else "(keine Gebühr)")


def test_167_the_question_shows_each_methods_fee() -> None:
    """For the amount that is known, in money, beside the buttons."""
    place = terms(accounts=(TEAM_A,), methods=(CARD, BANK))
    view = step(Idle(), Said("50", command=True), place).shows[0].view
    rows = {row.label: row.value for row in view.rows}

    assert (rows["Card"], rows["Bank transfer"]) == ("$0.75 fee", "no fee")


@pytest.mark.parametrize("slot", [Slot.ACCOUNT, Slot.AMOUNT, Slot.METHOD])
@pytest.mark.parametrize("wrong", [None, "1", "9999", "foo", "50 eur"])
def test_166_each_change_has_a_way_back(slot: Slot, wrong: str | None) -> None:
    """The question offers to keep what was there, and leads back to the very same review."""
    reviewed = step(Idle(), Said("40 card team-a", command=True), terms()).state
    assert isinstance(reviewed, Reviewing)
    asked = step(reviewed, Chose(AskSlot(slot), reviewed.card), terms())
    if wrong is not None:
        asked = step(asked.state, Said(wrong), terms())
    view = asked.shows[-1].view
    keeps = [choice for line in view.choices for choice in line if choice.action == ResumeDraft()]
    back = step(asked.state, Chose(ResumeDraft(), asked.shows[-1].card), terms())

    kept = {Slot.ACCOUNT: "Team Alpha", Slot.AMOUNT: "$40.00", Slot.METHOD: "Card"}
    assert keeps[0].label in [f"Keep {value}" for value in kept.values()]
    assert wrong is not None or keeps[0].label == f"Keep {kept[slot]}"
    assert isinstance(back.state, Reviewing)
    assert back.state.draft == reviewed.draft


def test_166_a_typed_amount_has_a_way_back_to_those_offered() -> None:
    """Where nothing is known to keep, the buttons with amounts can be shown again."""
    place = terms(accounts=(TEAM_A,))
    asked = step(Idle(), Said("", command=True), place)
    typing = step(asked.state, Chose(AskSlot(Slot.AMOUNT, typed=True), asked.shows[0].card), place)
    (back, _) = typing.shows[0].view.choices[-1]
    shown = step(typing.state, Chose(back.action, typing.shows[0].card), place)

    assert back.action == AskSlot(Slot.AMOUNT)
    assert shown.shows[0].view == asked.shows[0].view
