"""What went out under each limit of a chat platform."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import json, table, time, word

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Make the table."""
    table(
        "buckets",
        ["name"],
        word("name"),
        json("sent"),
        time("closed_until", null=True),
        time("turn_at", null=True),
        time("idle_at"),
    )
    op.create_index("ix_buckets_idle_at", "buckets", ["idle_at"])
