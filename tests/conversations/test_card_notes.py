"""What cards say of money that was held or went back, and the notes that call people back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.money import Money
from billing.reversals import Reversals
from billing.topups import Disposition, HeldReason, TopUpStatus
from conversations.messages.cards import credited_note, failed_note, progress_card, reversed_note
from conversations.protocol.actions import StartNewDraft
from conversations.protocol.facts import TopUpFacts
from tests.conversations.test_card_facts import (
    ID,
    PAID,
    SPEAKER,
    SUPPORT,
    UNPAID,
    actions,
    copied,
    rows,
    settled,
    shown,
    told,
)
from tests.support.dialogs.terms import facts


def held(
    reason: HeldReason | None, status: TopUpStatus = TopUpStatus.CANCELLED, **of: object
) -> TopUpFacts:
    """A top-up of which a payment was not applied."""
    payment = replace(PAID, disposition=Disposition.HELD, held_because=reason)
    return replace(facts(status), held=(replace(payment, **of),))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", TopUpStatus)
def test_held_money_is_never_called_unpaid(status: TopUpStatus) -> None:
    """Where money was taken and held, that is told, and not that nothing was seen."""
    known = held(HeldReason.SECOND_PAYMENT, status)
    claims = ("We have seen no payment", "Pay on the payment page")

    assert not any(claim in told(known) for claim in claims)
    assert "A payment of $50.75 (pay_1) is held: this top-up was paid already." in told(known)
    assert rows(shown(known))["Support"] == SUPPORT
    assert any(SUPPORT in each.text for each in actions(shown(known)) if hasattr(each, "text"))
    first = told(facts(status)).split(" ")[0]
    keeps = status not in UNPAID | {TopUpStatus.AWAITING_PAYMENT}
    assert told(known).startswith(first) is keeps


@pytest.mark.parametrize("reason", HeldReason)
@pytest.mark.parametrize("gone", [0, 1, 5_075])
def test_held_money_is_called_safe_only_where_it_is(reason: HeldReason, gone: int) -> None:
    """Not where it was paid to somebody else, nor once some of it is gone."""
    said = told(held(reason, reversals=Reversals(refunded_minor=gone)))
    safe = reason is not HeldReason.WRONG_MERCHANT and not gone

    assert ("It is safe." in said) is safe
    assert said.endswith(f"Ask {SUPPORT}.")


def test_money_that_was_sent_back_is_held_no_more() -> None:
    """It is told as sent back; a payment that is not held at all is not told so."""
    sent_back = held(HeldReason.WRONG_AMOUNT, disposition=Disposition.REFUNDED)

    assert told(sent_back) == "↩️ A payment of $50.75 (pay_1) was held and then sent back."
    assert told(held(None)) == ""


@pytest.mark.parametrize(
    ("status", "again", "title"),
    [
        (TopUpStatus.PARTLY_REFUNDED, False, "↩️ A top-up of $50.00 to"),
        (TopUpStatus.REFUNDED, False, "↩️ A top-up of $50.00 to"),
        (TopUpStatus.DISPUTED, False, "⚖️ A top-up of $50.00 to"),
        (TopUpStatus.CREDITED, False, "✅ Money of a top-up of $50.00"),
        (TopUpStatus.CREDITED, True, "✅ Money of a top-up of $50.00"),
        (TopUpStatus.REFUNDED, True, "✅ Money of a top-up of $50.00"),
    ],
)
def test_people_hear_of_money_that_went_or_came_again(
    status: TopUpStatus, again: bool, title: str
) -> None:
    """With what went back, what is left, and the ids to ask by."""
    known = replace(settled(status, refunded_minor=1_000), balance=Money(7, "USD"))
    view = reversed_note(known, SPEAKER, again=again)

    assert view.title.startswith(title)
    assert rows(view)["Sent back"] == "$10.00"
    assert rows(view)["New balance"] == "$0.07"
    assert copied(view) == {"Top-up": ID, "Payment": "pay_1", "Transaction": "TX-000042"}
    assert view.title in view.fallback


def test_whoever_waited_hears_of_the_credit() -> None:
    """How much, to which account, and the ids."""
    view = credited_note(settled(TopUpStatus.CREDITED), SPEAKER)

    assert view.title == "✅ $50.00 was credited to \u2068Team Alpha\u2069"
    assert copied(view) == {"Top-up": ID, "Payment": "pay_1", "Transaction": "TX-000042"}


def test_whoever_relied_on_it_hears_of_the_failure() -> None:
    """What is known of the money, whom to ask, and a way to begin again for the same account."""
    view = failed_note(facts(TopUpStatus.FAILED), SPEAKER, SUPPORT)

    assert view.title == "❌ The payment of $50.00 to \u2068Team Alpha\u2069 failed"
    assert view.body[0] == "The payment did not go through."
    assert rows(view) == {"Top-up": ID, "Support": SUPPORT}
    assert actions(view) == [StartNewDraft("team-a")]


@pytest.mark.parametrize("status", TopUpStatus)
def test_a_channel_reads_who_and_how_much_and_presses_nothing(status: TopUpStatus) -> None:
    """Neither account nor balance, code nor payment stands where others read along."""
    view = progress_card(settled(status), "ana", SPEAKER)

    assert "ana" in view.title
    assert "$50.00" in view.title
    assert rows(view) == {"Begun by": "\u2068ana\u2069", "Top-up": ID}
    assert copied(view) == {"Top-up": ID}
    assert actions(view) == []
