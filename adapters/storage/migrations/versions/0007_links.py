"""The index by which each turn finds what a person may use."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_links_external_id", "links", ["platform", "kind", "external_id"])
