"""How long each kind of row is kept. Money and the audit trail stay for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class RetentionKind(StrEnum):
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
class RetentionBounds:
    """Days where nobody says otherwise, and the fewest there may be, with the reason."""

    default: int
    fewest: int
    because: str


BOUNDS: Mapping[RetentionKind, RetentionBounds] = {
    RetentionKind.DELIVERIES: RetentionBounds(
        7, 3, "a sender repeats a delivery for up to 3 days"
    ),
    RetentionKind.QUARANTINED: RetentionBounds(
        30, 3, "a sender repeats a delivery for up to 3 days"
    ),
    RetentionKind.CONVERSATIONS: RetentionBounds(90, 1, "a draft lives for a day"),
    RetentionKind.CHECKOUTS: RetentionBounds(
        730, 560, "a payment may come 11 days after it was asked for, and be disputed for 540 more"
    ),
    RetentionKind.TASKS: RetentionBounds(365, 30, "a month's books are closed in the next"),
    RetentionKind.SANDBOX: RetentionBounds(
        90, 30, "a transfer in the sandbox is watched for 17 days"
    ),
    RetentionKind.IDLE_ACCOUNTS: RetentionBounds(30, 1, "who signed up comes back the next day"),
}

Retention = Mapping[RetentionKind, timedelta]


def default_retention() -> Retention:
    """What is kept where nobody says otherwise."""
    return {kept: timedelta(days=bounds.default) for kept, bounds in BOUNDS.items()}
