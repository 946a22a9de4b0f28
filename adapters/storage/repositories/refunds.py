"""Rows of refunds that were ordered, and of what waits for an operator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables import payments, refunds, tasks
from adapters.storage.schema.tables_payments import PAYMENT
from billing.money import Money
from billing.records import Refund
from billing.topups import Payment
from service.ports.records import Task, TaskKind

# The currency is the payment's own.
_REFUND = select(refunds, payments.c.currency).join_from(refunds, payments)
_ONE = _REFUND.where(refunds.c.id == bindparam("this"))
_OF_PAYMENT = _REFUND.where(
    *(refunds.c[part] == bindparam(f"this_{part}") for part in PAYMENT)
).order_by(refunds.c.asked_at, refunds.c.id)
_ADD = insert(refunds).on_conflict_do_nothing(index_elements=["id"])
_OPEN_TASKS = (
    select(tasks).where(tasks.c.closed_at.is_(None)).order_by(tasks.c.opened_at, tasks.c.subject)
)
_ADD_TASK = insert(tasks)
# Opened again, it is news again.
_OPEN_TASK_ONCE = _ADD_TASK.on_conflict_do_nothing(index_elements=["kind", "subject"])
_OPEN_TASK = _ADD_TASK.on_conflict_do_update(
    index_elements=["kind", "subject"],
    set_={
        **{name: _ADD_TASK.excluded[name] for name in ("detail", "opened_at")},
        "closed_at": None,
        "reason": None,
    },
    where=tasks.c.closed_at.is_not(None),
)


class RefundRows:
    """Orders to send money back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, refund: Refund) -> bool:
        """False when there is an order of that id."""
        row = {
            "id": refund.id,
            "gateway": refund.gateway,
            "merchant_account": refund.merchant_account,
            "payment_ref": refund.payment_ref,
            "amount_minor": refund.amount.minor,
            "reason": refund.reason,
            "asked_by": refund.asked_by,
            "asked_at": refund.asked_at,
        }
        return self._connection.execute(_ADD, row).rowcount == 1

    def get(self, refund: str) -> Refund | None:
        """The order with that id."""
        row = self._connection.execute(_ONE, {"this": refund}).first()
        return _refund(row) if row else None

    def of_payment(self, payment: Payment) -> Sequence[Refund]:
        """In the order asked."""
        key = {
            "this_gateway": payment.gateway,
            "this_merchant_account": payment.merchant_account,
            "this_payment_ref": payment.payment_ref,
        }
        return [_refund(row) for row in self._connection.execute(_OF_PAYMENT, key)]

    def finish(self, refund: str, at: datetime, error: str | None = None) -> None:
        """The gateway did it, or refused it; what was said first stands."""
        open_one = (refunds.c.id == refund) & refunds.c.done_at.is_(None)
        self._connection.execute(update(refunds).where(open_one).values(done_at=at, error=error))


class TaskRows:
    """What waits for an operator."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, task: Task, *, again: bool = True) -> None:
        """Open it, also `again` where it was closed; one that is open already stays as it is."""
        row: dict[str, Any] = {
            "kind": task.kind,
            "subject": task.subject,
            "detail": task.detail,
            "opened_at": task.opened_at,
        }
        self._connection.execute(_OPEN_TASK if again else _OPEN_TASK_ONCE, row)

    def open(self) -> Sequence[Task]:
        """Those that nobody closed, the oldest first."""
        return [_task(row) for row in self._connection.execute(_OPEN_TASKS)]

    def close(self, kind: TaskKind, subject: str, reason: str, at: datetime) -> bool:
        """False when there is no such task that is open."""
        statement = (
            update(tasks)
            .where(tasks.c.kind == kind, tasks.c.subject == subject, tasks.c.closed_at.is_(None))
            .values(closed_at=at, reason=reason)
        )
        return self._connection.execute(statement).rowcount == 1


def _refund(row: Row[Any]) -> Refund:
    return Refund(
        id=row.id,
        gateway=row.gateway,
        merchant_account=row.merchant_account,
        payment_ref=row.payment_ref,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        done_at=row.done_at,
        error=row.error,
    )


def _task(row: Row[Any]) -> Task:
    return Task(TaskKind(row.kind), row.subject, row.detail, row.opened_at)
