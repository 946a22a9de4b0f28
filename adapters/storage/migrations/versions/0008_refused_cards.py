"""Why a card is not shown, where only a person can mend it, and what of that somebody closed."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import partial_index, word

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Make the columns and their index."""
    op.add_column("cards", word("refused", null=True))
    op.add_column("cards", word("dismissed", null=True))
    partial_index(
        "ix_cards_refused", "cards", ["platform", "tenant", "chat"], "refused IS NOT NULL"
    )
