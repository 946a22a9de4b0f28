"""Since when rows stand as they are, and the indexes by which the old ones are found."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import time

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Make the columns and indexes."""
    op.add_column("cards", time("noted_at", null=True))
    op.add_column("documents", time("noted_at", null=True))
    op.create_index("ix_cards_noted_at", "cards", ["noted_at"])
    op.create_index("ix_documents_noted_at", "documents", ["noted_at"])
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.create_index("ix_conversations_touched_at", "conversations", ["touched_at"])
    op.create_index("ix_conversations_person", "conversations", ["person"])
    op.create_index("ix_attempts_created_at", "attempts", ["created_at"])
    op.create_index("ix_tasks_closed_at", "tasks", ["closed_at"])
