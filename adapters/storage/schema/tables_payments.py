"""The tables around a payment: reversals, refunds ordered, tasks, and marks on checkouts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, text

from adapters.storage.schema.columns import UtcTime, count, key, metadata, number, word

PAYMENT = ("gateway", "merchant_account", "payment_ref")
COUNTS = (
    "refunded_minor",
    "refund_failed_minor",
    "disputed_minor",
    "dispute_won_minor",
    "dispute_lost_minor",
    "reversed_minor",
    "reinstated_minor",
)
_OF_PAYMENTS = [f"payments.{part}" for part in PAYMENT]

# A row is there only where something went back. The last two are what our ledger booked of it.
reversals = Table(
    "reversals",
    metadata,
    *(key(part) for part in PAYMENT),
    *(count(name) for name in COUNTS),
    CheckConstraint(" AND ".join(f"{name} >= 0" for name in COUNTS), "counts"),
    CheckConstraint("reinstated_minor <= reversed_minor", "reinstated"),
    ForeignKeyConstraint([*PAYMENT], _OF_PAYMENTS),
)

# `id` is the idempotency key: written before the gateway is asked.
refunds = Table(
    "refunds",
    metadata,
    key("id"),
    *(word(part) for part in PAYMENT),
    number("amount_minor"),
    word("reason"),
    word("asked_by"),
    Column("asked_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    word("error", null=True),
    CheckConstraint("amount_minor > 0", "amount"),
    ForeignKeyConstraint([*PAYMENT], _OF_PAYMENTS),
)
Index("ix_refunds_payment", *(refunds.c[part] for part in PAYMENT))

tasks = Table(
    "tasks",
    metadata,
    key("kind"),
    key("subject"),
    word("detail"),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    word("reason", null=True),
    CheckConstraint("(closed_at IS NULL) = (reason IS NULL)", "closed"),
)
Index("ix_tasks_closed_at", tasks.c.closed_at)

marks = Table(
    "marks",
    metadata,
    key("mark"),
    word("standing"),
    word("place", null=True),
    Column("noted_at", UtcTime, nullable=False),
    CheckConstraint("standing IN ('own', 'adopted', 'former')", "standing"),
)
_own = marks.c.standing == text("'own'")
Index("uq_marks_own", marks.c.standing, unique=True, sqlite_where=_own, postgresql_where=_own)
