"""The id by which a gateway's own pages find a payment, where that is not its reference."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import word

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Make the column and its index."""
    op.add_column("payments", word("search_ref", null=True))
    op.create_index("ix_payments_search_ref", "payments", ["search_ref"])
