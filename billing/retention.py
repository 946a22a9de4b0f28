"""What is kept for how long. Money and the audit trail stay; it drops nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kept(StrEnum):
    """A kind of rows that end; its setting is `KEEP_…_DAYS`."""

    DELIVERIES = "deliveries"
    QUARANTINED = "quarantined"
    CONVERSATIONS = "conversations"
    CHECKOUTS = "checkouts"
    TASKS = "tasks"
    SANDBOX = "sandbox"
    IDLE_ACCOUNTS = "idle_accounts"

    @property
    def setting(self) -> str:
        """The name of its setting."""
        return f"KEEP_{self.upper()}_DAYS"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Days where nobody says otherwise, and the fewest there may be, with the reason."""

    default: int
    fewest: int
    because: str


BOUNDS: Mapping[Kept, Bounds] = {
    Kept.DELIVERIES: Bounds(7, 3, "a sender repeats a delivery for up to 3 days"),
    Kept.QUARANTINED: Bounds(30, 3, "a sender repeats a delivery for up to 3 days"),
    Kept.CONVERSATIONS: Bounds(90, 1, "a draft lives for a day"),
    Kept.CHECKOUTS: Bounds(730, 540, "a payment can be disputed for up to 540 days"),
    Kept.TASKS: Bounds(365, 30, "a month's books are closed in the next"),
    Kept.SANDBOX: Bounds(90, 30, "a transfer in the sandbox is watched for 17 days"),
    Kept.IDLE_ACCOUNTS: Bounds(30, 1, "who signed up comes back the next day"),
}

Retention = Mapping[Kept, timedelta]


def usual_retention() -> Retention:
    """What is kept where nobody says otherwise."""
    return {kept: timedelta(days=bounds.default) for kept, bounds in BOUNDS.items()}
