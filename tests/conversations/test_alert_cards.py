"""A low balance as a channel reads it: what is left, what is owed, and what can be pressed."""

from __future__ import annotations

import pytest

from billing.money import Money
from conversations.messages.alert_cards import BalanceAlertFacts, alert_card
from conversations.protocol.actions import TopUpAccount
from conversations.protocol.views import ButtonStyle, View
from conversations.text.localizer import Localizer

OVERDRAFT = Money(10_000, "USD")


def alert(minor: int, *, resolved: bool = False, overdraft: Money | None = None) -> View:
    balance, threshold = Money(minor, "USD"), Money(2_000, "USD")
    known = BalanceAlertFacts("team-a", "Team Alpha", balance, threshold, resolved, overdraft)
    return alert_card(known, Localizer())


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (1_999, "has $19.99 left, below the $20.00 you asked to be told at."),
        (0, "has $0.00 left, below the $20.00 you asked to be told at."),
        (-1, "is overdrawn by $0.01. You asked to be told below $20.00."),
    ],
)
def test_a_low_balance_is_told_and_can_be_topped_up(minor: int, said: str) -> None:
    """Nothing left is not overdrawn, one cent less is; one button leads to that account."""
    view = alert(minor)
    ((top_up,),) = view.choices

    assert view.title == "🔻 Low balance: \u2068Team Alpha\u2069"
    assert view.body == (f"\u2068Team Alpha\u2069 {said}",)
    assert view.rows[1].value == "$20.00"
    assert (top_up.action, top_up.style) == (TopUpAccount("team-a"), ButtonStyle.PRIMARY)


def test_a_resolved_alert_asks_for_nothing() -> None:
    """What is there again, and no button."""
    view = alert(2_000, resolved=True)

    assert view.title == "✅ Resolved: \u2068Team Alpha\u2069"
    assert view.body[0].endswith("has $20.00 again, at least the $20.00 it should have.")
    assert view.choices == ()


def test_what_the_sentence_has_said_is_not_read_aloud_again() -> None:
    """A plain balance is said once; how far it may go down is said, too."""
    plain, owing = alert(1_999), alert(1_999, overdraft=OVERDRAFT)

    assert plain.fallback.count("$19.99") == 1
    assert plain.fallback.endswith(plain.body[0])
    assert owing.fallback.endswith("Balance: $19.99, may go down to -$100.00.")
    assert owing.rows[0].value == "$19.99, may go down to -$100.00"
