"""What a gateway said of an attempt: refused, over and unpaid, not readable, asked, answered."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import time, word

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Make the columns, and the index by which an attempt is found from its checkout."""
    for column in (
        word("refused", null=True),
        time("closed_at", null=True),
        word("unread", null=True),
        time("asked_at", null=True),
        time("answered_at", null=True),
    ):
        op.add_column("attempts", column)
    op.create_index("ix_attempts_checkout", "attempts", ["gateway", "checkout_ref"])
