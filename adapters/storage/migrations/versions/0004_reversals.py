"""What went back of payments, refunds that were ordered, and what waits for an operator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.migrations.parts import check, count, number, table, time, word, words

revision = "0004"
down_revision: str | None = "0003"

_PAYMENT = ("gateway", "merchant_account", "payment_ref")
_COUNTS = (
    "refunded_minor",
    "refund_failed_minor",
    "disputed_minor",
    "dispute_won_minor",
    "dispute_lost_minor",
    "reversed_minor",
    "reinstated_minor",
)


def upgrade() -> None:
    """Make the tables."""
    table(
        "reversals",
        [*_PAYMENT],
        *words(*_PAYMENT),
        *(count(name) for name in _COUNTS),
        check("ck_reversals_counts", " AND ".join(f"{name} >= 0" for name in _COUNTS)),
        check("ck_reversals_reinstated", "reinstated_minor <= reversed_minor"),
        _payment("reversals"),
    )
    table(
        "refunds",
        ["id"],
        word("id"),
        *words(*_PAYMENT),
        number("amount_minor"),
        *words("reason", "asked_by"),
        time("asked_at"),
        time("done_at", null=True),
        word("error", null=True),
        check("ck_refunds_amount", "amount_minor > 0"),
        _payment("refunds"),
    )
    op.create_index("ix_refunds_payment", "refunds", [*_PAYMENT])
    table(
        "tasks",
        ["kind", "subject"],
        *words("kind", "subject", "detail"),
        time("opened_at"),
        time("closed_at", null=True),
        word("reason", null=True),
        check("ck_tasks_closed", "(closed_at IS NULL) = (reason IS NULL)"),
    )


def _payment(name: str) -> sa.ForeignKeyConstraint:
    whose = [f"payments.{part}" for part in _PAYMENT]
    return sa.ForeignKeyConstraint(
        [*_PAYMENT], whose, name=op.f(f"fk_{name}_{'_'.join(_PAYMENT)}")
    )
