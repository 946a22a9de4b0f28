"""Indexes of what operators count: money that is stuck or held, deliveries set aside."""

from __future__ import annotations

from adapters.storage.migrations.parts import partial_index

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Make the indexes."""
    partial_index(
        "ix_top_ups_stuck", "top_ups", ["status", "created_at"], "status IN ('processing', 'paid')"
    )
    partial_index("ix_payments_held", "payments", ["first_seen_at"], "disposition = 'held'")
    partial_index(
        "ix_deliveries_quarantined",
        "deliveries",
        ["quarantined_at"],
        "quarantined_at IS NOT NULL",
    )
