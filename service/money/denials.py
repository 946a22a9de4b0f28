"""Tells an operator that a gateway refuses our key, or a right of it, until it no longer does.

One line for each gateway and use of the key, however many top-ups wait for it: all of them are
asked about again, so that nothing else has to be done once the key is mended.
"""

from __future__ import annotations

from enum import StrEnum

from billing.ports import GatewayError
from service.common.context import Context
from service.ports.store import Task, TaskKind

# What mends it stands in the trail of tasks; nobody has to close it.
_ALLOWED = "the gateway lets us again"


class KeyUse(StrEnum):
    """What a gateway is asked; a restricted key may do one and not the other."""

    OPEN = "open"
    LOOK = "look"
    REFUND = "refund"
    LIST = "list"


def note_access(context: Context, gateway: str, use: KeyUse, error: GatewayError | None) -> None:
    """The gateway answered, well or by an error: open the line, or close it."""
    subject, now = _subject(gateway, use), context.now
    if error is not None and error.denied:
        detail = f"the key is refused, or may not do this: {error}"
        context.tx.tasks.add(Task(TaskKind.ACCESS_REFUSED, subject, detail, now))
    elif error is None or not error.is_outage:
        context.tx.tasks.close(TaskKind.ACCESS_REFUSED, subject, _ALLOWED, now)


def _subject(gateway: str, use: KeyUse) -> str:
    return f"{gateway}/{use}"
