"""The marks that an installation leaves on its checkouts: its own, and those it took over."""

from __future__ import annotations

from adapters.storage.migrations.parts import check, partial_index, table, time, word, words

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Make the table and its index."""
    table(
        "marks",
        ["mark"],
        *words("mark", "standing"),
        word("place", null=True),
        time("noted_at"),
        check("ck_marks_standing", "standing IN ('own', 'adopted', 'former')"),
    )
    partial_index("uq_marks_own", "marks", ["standing"], "standing = 'own'", unique=True)
