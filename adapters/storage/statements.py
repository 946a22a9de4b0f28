"""What row groups share: an insert that may meet its own row, and a check of updates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult

# Both engines understand ON CONFLICT, and SQLAlchemy writes PostgreSQL's form of it for SQLite
# too (not the other way round), so that one statement serves both.
from sqlalchemy.dialects.postgresql import insert

__all__ = ["expect_one", "insert"]


def expect_one(result: CursorResult[Any], what: str) -> None:
    """Raises LookupError when an update found no row: a wrong id must not pass in silence."""
    if result.rowcount != 1:
        raise LookupError(f"no {what}")
