"""What signs buttons, sealed, so that they outlive the key that it comes from."""

from __future__ import annotations

from adapters.storage.migrations.parts import table, time, word

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Make the table."""
    table("signing_keys", ["name"], word("name"), word("sealed"), time("since"))
