"""Seals of the audit trail, in a table of their own: the trail itself is never altered."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.storage.migrations.parts import check, forbid_changes, table, word

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Make the table; the bot then seals what is in the trail already."""
    table(
        "audit_seals",
        ["audit_id"],
        # The act's number; none of its own.
        sa.Column("audit_id", sa.BigInteger(), nullable=False, autoincrement=False),
        word("hash"),
        check("ck_audit_seals_hash", "length(hash) = 64"),
    )
    forbid_changes("audit_seals")
