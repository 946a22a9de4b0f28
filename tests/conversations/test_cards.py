"""A top-up's card: what it gives to whoever needs help, and what words leave as it is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.topups import Payment, PaymentStatus, TopUpStatus
from conversations.dialog.steps import step
from conversations.messages.cards import COPY_MAX, top_up_card
from conversations.protocol.actions import CopyText
from conversations.protocol.events import Idle, Reviewing, Said
from tests.support.dialogs.terms import facts, terms


@given(
    payment=st.text("p_", min_size=1, max_size=300),
    support=st.text("s.", min_size=1, max_size=300),
)
def test_support_has_room_in_a_clipboard(payment: str, support: str) -> None:
    """However long ids and contacts are, the top-up is named, and nothing is cut in two."""
    known = facts(TopUpStatus.PAID)
    amount = Money(5_075, "USD")
    paid = Payment("sandbox", "m", payment, known.top_up.id, PaymentStatus.PAID, amount)
    card = top_up_card(replace(known, payment=paid), terms().localizer, support)
    actions = [choice.action for line in card.choices for choice in line]
    (copied,) = [action.text for action in actions if isinstance(action, CopyText)]

    first, *others = copied.split("\n")
    assert len(copied) <= COPY_MAX
    assert first == known.top_up.id
    assert set(others) <= {payment, f"{known.top_up.created_at:%Y-%m-%d %H:%M} UTC", support}


def test_words_that_mean_nothing_leave_a_review_as_it_is() -> None:
    """Nothing is asked again: the same review, with what was not understood above it."""
    reviewed = step(Idle(), Said("50 USD card team-a", command=True), terms())
    taken = step(reviewed.state, Said("why not"), terms())

    view = taken.shows[-1].view
    assert isinstance(taken.state, Reviewing)
    assert view.title == reviewed.shows[-1].view.title
    assert "why not" in view.body[0]
    assert view.choices == reviewed.shows[-1].view.choices
