"""How far below zero an account may go by agreement; without a value not at all."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import number

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Make the column."""
    op.add_column("accounts", number("overdraft_minor", null=True))
