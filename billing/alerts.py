"""When a balance is low, and when it is restored."""

from __future__ import annotations

from enum import StrEnum


class Crossing(StrEnum):
    """What a new balance means for an alert."""

    WENT_LOW = "went_low"
    RESTORED = "restored"


def detect_crossing(*, latched: bool, after_minor: int, threshold_minor: int) -> Crossing | None:
    """Whether a balance newly fell below its threshold, or came back to it.

    `latched` says that the alert is already out: one crossing tells once.
    """
    low = after_minor < threshold_minor
    if low and not latched:
        return Crossing.WENT_LOW
    if latched and not low:
        return Crossing.RESTORED
    return None
