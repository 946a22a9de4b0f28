"""Where a test may stop the process dead, to see that nothing is lost."""

from __future__ import annotations

from enum import StrEnum, auto


class FailPoint(StrEnum):
    """Places between two commits, or between a commit and a call."""

    DELIVERY_STORED = auto()
    TURN_COMMITTED = auto()
    ATTEMPT_STORED = auto()
    CHECKOUT_OPENED = auto()
    PAYMENT_STORED = auto()
    SETTLED = auto()
    REFUND_MADE = auto()
    CARD_SENT = auto()


def no_fail_point(_: FailPoint) -> None:
    """Nothing happens there, outside of tests."""
