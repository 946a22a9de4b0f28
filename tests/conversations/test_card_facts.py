"""What each card of a top-up tells: ids, money, time, and what may be pressed, at every stage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.claims import MoneyClaim, MoneyKnowledge
from billing.money import Money
from billing.reversals import Reversals
from billing.topups import Disposition, Payment, PaymentStatus, TopUpStatus
from conversations.messages.cards import pay_code_card, top_up_card
from conversations.protocol.actions import (
    Action,
    CancelTopUp,
    CheckPayment,
    CopyText,
    OpenPayPage,
    ShowPayCode,
    StartNewDraft,
)
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.views import ButtonStyle, View
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import NOW, facts

ID = "TU-7K3M9Q2X"
SUPPORT = "billing@example.com"
UNPAID = {TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED}
CREDITED = {
    TopUpStatus.CREDITED,
    TopUpStatus.PARTLY_REFUNDED,
    TopUpStatus.REFUNDED,
    TopUpStatus.DISPUTED,
}
PAID = Payment(
    "sandbox", "m", "pay_1", ID, PaymentStatus.PAID, Money(5_075, "USD"), Disposition.APPLIED
)
SPEAKER = Localizer()


def rows(view: View) -> dict[str, str]:
    return {row.label: row.value for row in view.rows}


def copied(view: View) -> dict[str, str]:
    """What stands in the letters of an id."""
    return {row.label: row.value for row in view.rows if row.code}


def actions(view: View) -> list[Action]:
    return [choice.action for line in view.choices for choice in line]


def shown(known: TopUpFacts) -> View:
    return top_up_card(known, SPEAKER, SUPPORT)


def told(known: TopUpFacts) -> str:
    return " ".join(shown(known).body)


def settled(status: TopUpStatus, **back: int) -> TopUpFacts:
    """A top-up with its payment, and what went back of it."""
    payment = replace(PAID, reversals=Reversals(**back))
    return replace(facts(status), payment=payment, transaction="TX-000042")


@pytest.mark.parametrize("status", TopUpStatus)
def test_a_card_has_what_its_stage_needs(status: TopUpStatus) -> None:
    """Support and its ids where help may be needed, a time to pay by only while one can pay."""
    view = shown(facts(status))
    labels = rows(view)
    needs_help = UNPAID | {TopUpStatus.DISPUTED}

    assert labels["Account"] == "\u2068Team Alpha\u2069"
    assert (labels["Amount"], labels["Fee"], labels["Method"]) == ("$50.00", "$0.75", "Card")
    paid = status in CREDITED | {TopUpStatus.PAID}
    to_pay = "Total to pay" if status is TopUpStatus.AWAITING_PAYMENT else "Total"
    assert labels["Paid" if paid else to_pay] == "$50.75"
    assert ("Support" in labels) is ("Started" in labels) is (status in needs_help)
    assert ("Pay by" in labels) is (status is TopUpStatus.AWAITING_PAYMENT)
    codes = {"Code on the pay page": "7K3M"} if status is TopUpStatus.AWAITING_PAYMENT else {}
    assert copied(view) == {**codes, "Top-up": ID}
    copies = [each.text for each in actions(view) if isinstance(each, CopyText)]
    for_support = f"{ID}\n2026-11-23 12:00 UTC\n{SUPPORT}"
    asks = needs_help | {TopUpStatus.PROCESSING, TopUpStatus.PAID}
    assert (for_support in copies) is (status in asks)
    assert (ID in copies) is (status in CREDITED)


@pytest.mark.parametrize("status", TopUpStatus)
def test_what_may_be_pressed_follows_the_stage(status: TopUpStatus) -> None:
    """Pay and cancel only while it waits; "I have paid" wherever money may still come."""
    pressed = [each for each in actions(shown(facts(status))) if not isinstance(each, CopyText)]
    waiting: list[Action] = [OpenPayPage(ID, 1), CheckPayment(ID), ShowPayCode(ID)]
    expected: list[Action] = []
    if status is TopUpStatus.AWAITING_PAYMENT:
        expected = [*waiting, CancelTopUp(ID)]
    if status is TopUpStatus.PROCESSING:
        expected = [CheckPayment(ID)]
    if status in UNPAID:
        expected = [StartNewDraft("team-a"), CheckPayment(ID)]

    assert pressed == expected


def test_a_cancel_is_asked_about_once_more() -> None:
    """The button to pay stands out, the one to cancel warns, and says how to keep it."""
    ((pay,), _, (cancel,)) = shown(facts()).choices

    assert (pay.style, pay.label) == (ButtonStyle.PRIMARY, "Pay $50.75")
    assert (cancel.style, cancel.deny) == (ButtonStyle.DANGER, "Keep it")
    assert (cancel.confirm or "").startswith("The pay link stops working.")


def test_no_fee_is_told_as_none() -> None:
    """Without a fee no amount of nothing is told; a fee of one cent is."""
    known = facts()
    for minor, told in ((0, "none"), (1, "$0.01")):
        top_up = replace(known.top_up, fee=Money(minor, "USD"))
        assert rows(shown(replace(known, top_up=top_up)))["Fee"] == told


def test_the_picture_for_a_phone_tells_the_same_as_the_card() -> None:
    """The code to compare, the sum and the time stand beside it; it offers no second picture."""
    view = pay_code_card(facts(), SPEAKER, SUPPORT)

    assert view.picture is not None
    assert (view.picture.top_up, view.picture.revision) == (ID, 1)
    assert "$50.75" in view.picture.alt
    assert copied(view) == {"Code on the pay page": "7K3M", "Top-up": ID}
    assert rows(view)["Total to pay"] == "$50.75"
    assert rows(view)["Pay by"] == "Nov 23, 2026, 1:00\u202fPM UTC"
    assert actions(view) == [OpenPayPage(ID, 1), CheckPayment(ID), CancelTopUp(ID)]


@pytest.mark.parametrize("status", TopUpStatus)
def test_what_went_back_is_told_once_money_was_credited(status: TopUpStatus) -> None:
    """Sent back and withheld each by its own row, and the balance after it; nothing before."""
    known = settled(status, refunded_minor=1_000, disputed_minor=300, dispute_won_minor=100)
    labels = rows(shown(replace(known, balance=Money(-40, "USD"))))
    back = [labels.get("Sent back"), labels.get("Withheld"), labels.get("New balance")]

    after = ["$10.00", "$2.00", "overdrawn by $0.40"]
    assert back == (after if status in CREDITED else [None, None, None])
    assert "Sent back" not in rows(shown(settled(status)))
    assert "New balance" not in rows(shown(settled(status)))


@pytest.mark.parametrize("status", PaymentStatus)
def test_the_payment_is_named_once_somebody_paid(status: PaymentStatus) -> None:
    """Its id is for support; before anything was paid it would only confuse."""
    known = settled(TopUpStatus.CREDITED)
    view = shown(replace(known, payment=replace(PAID, status=status)))

    expected = {"Top-up": ID, "Transaction": "TX-000042"}
    named = {} if status is PaymentStatus.OPEN else {"Payment": "pay_1"}
    assert copied(view) == expected | named


@pytest.mark.parametrize(("length", "offered"), [(256, True), (257, False)])
def test_an_id_is_offered_for_copying_where_a_clipboard_takes_it(
    length: int, offered: bool
) -> None:
    """Chats take 256 characters, and refuse the whole message with one more."""
    known = replace(settled(TopUpStatus.CREDITED), payment=replace(PAID, payment_ref="p" * length))
    copies = [each.text for each in actions(shown(known)) if isinstance(each, CopyText)]

    assert copies == [ID, *(["p" * length] if offered else [])]


@pytest.mark.parametrize(("room", "fits"), [(0, True), (1, False)])
def test_support_gets_all_that_finds_room(room: int, fits: bool) -> None:
    """256 characters in all; one line more than fits is left out, and shorter ones are not."""
    rest = f"{ID}\n\n2026-11-23 12:00 UTC\n{SUPPORT}"
    reference = "p" * (256 - len(rest) + room)
    known = replace(facts(TopUpStatus.CANCELLED), payment=replace(PAID, payment_ref=reference))
    (bundle,) = [each.text for each in actions(shown(known)) if isinstance(each, CopyText)]

    assert (reference in bundle) is True
    assert (SUPPORT in bundle) is fits


@pytest.mark.parametrize(
    ("back", "said"),
    [
        ({"disputed_minor": 100}, "keeps the money until it decides"),
        ({"disputed_minor": 100, "dispute_lost_minor": 99}, "keeps the money until it decides"),
        ({"disputed_minor": 100, "dispute_lost_minor": 100}, "decided the dispute for the payer"),
    ],
)
def test_a_dispute_is_called_lost_once_all_of_it_is(back: dict[str, int], said: str) -> None:
    """While the bank decides on any of it, nobody is told that the money is gone."""
    assert said in told(settled(TopUpStatus.DISPUTED, **back))


def test_a_dispute_without_its_payment_is_not_called_lost() -> None:
    """What is not known is not said: the bank decides."""
    assert "keeps the money until it decides" in told(facts(TopUpStatus.DISPUTED))


def test_money_on_its_way_is_told_with_its_time() -> None:
    """As of when the gateway said so; a status that stays needs no time."""
    known = MoneyKnowledge(MoneyClaim.NOT_KNOWN, NOW, NOW)
    pending, credited = (
        told(replace(facts(status), known=known))
        for status in (TopUpStatus.PROCESSING, TopUpStatus.CREDITED)
    )

    assert pending.endswith("This card will tell. As of Nov 23, 2026, 12:00\u202fPM UTC.")
    assert "As of" not in told(facts(TopUpStatus.PROCESSING))
    assert credited == "The money arrived and \u2068Team Alpha\u2069 was credited."


@pytest.mark.parametrize(
    ("decline", "said"),
    [
        ("insufficient_funds", "the card has insufficient funds."),
        ("do_not_honor", "the payment service refused it."),
    ],
)
def test_why_a_card_was_refused_is_told_in_words(decline: str, said: str) -> None:
    """Also where the gateway's reason is one that we have no words for."""
    known = facts()
    declined = replace(known, top_up=replace(known.top_up, decline=decline))

    assert f"did not go through: {said}" in told(declined)
    assert "did not go through" not in told(known)


def test_a_refusal_for_good_is_no_failed_payment() -> None:
    """Whoever tries again after it tries in vain."""
    refused = MoneyKnowledge(MoneyClaim.NOTHING_TAKEN, refused=True)
    again = "trying again will not change that"

    assert again in told(replace(facts(TopUpStatus.FAILED), known=refused))
    assert again not in told(facts(TopUpStatus.FAILED))
    assert told(facts(TopUpStatus.FAILED)).startswith(
        "The payment did not go through. We have seen"
    )
