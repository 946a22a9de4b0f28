"""What a use case works with, as one object: its transaction, what all share, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.common.services import Services
from service.ports.store import Tx


@dataclass(frozen=True, slots=True)
class Context:
    """One transaction with what all use cases share; `now` is read once, as it begins."""

    tx: Tx
    services: Services
    now: datetime

    def audit(self, actor: str, act: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Write into the audit trail who did what to whom, now; `detail` becomes JSON."""
        self.tx.audit.write(self.now, actor, act, subject, detail)


def context_of(tx: Tx, services: Services) -> Context:
    """The context of a transaction that begins."""
    return Context(tx, services, services.sources.now())
