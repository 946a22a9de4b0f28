"""What row groups share: an insert that may meet its own row, a lock, a check of updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Connection, CursorResult, Row, Select, cast, func, select
from sqlalchemy import bindparam as bind

# Both engines understand ON CONFLICT, and SQLAlchemy writes PostgreSQL's form of it for SQLite
# too (not the other way round), so that one statement serves both.
from sqlalchemy.dialects.postgresql import insert

__all__ = ["expect_one", "insert", "locked_row"]

_SEED = cast(0, BigInteger)
_LOCK_NAME = select(func.pg_advisory_xact_lock(func.hashtextextended(bind("name"), _SEED)))
_SEPARATOR = "|"


def expect_one(result: CursorResult[Any], what: str) -> None:
    """Raises LookupError when an update found no row: a wrong id must not pass in silence."""
    if result.rowcount != 1:
        raise LookupError(f"no {what}")


def locked_row(
    connection: Connection, query: Select[Any], key: Mapping[str, str], kind: str
) -> Row[Any] | None:
    """The row with that key; until the transaction ends nobody else who asks so goes on.

    That holds also while there is no such row yet, so that two do not both add it.
    """
    found = query.with_for_update()
    row = connection.execute(found, key).first()
    if row is not None or connection.dialect.name == "sqlite":
        # On SQLite one transaction writes at a time, and waits before it reads anything.
        return row
    connection.execute(_LOCK_NAME, {"name": _SEPARATOR.join((kind, *key.values()))})
    return connection.execute(found, key).first()
