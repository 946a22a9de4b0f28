"""Reads a database address and says which engine it means."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_SQLITE = ("sqlite", "sqlite+pysqlite")
_POSTGRES = ("postgresql", "postgresql+psycopg")
_MEMORY = (None, "", ":memory:")
_URI = "file:"
_EXAMPLES = "sqlite:///topup.db or postgresql://user:password@host/database"


class UnusableDatabase(ValueError):
    """A database that cannot be used as it is; the message says what would help."""


def parse_address(database_url: str) -> URL:
    """The parts of an address of a known engine. Raises UnusableDatabase with an example."""
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise UnusableDatabase(
            f"DATABASE_URL is no database address such as {_EXAMPLES}."
        ) from None
    if url.drivername not in (*_SQLITE, *_POSTGRES):
        raise UnusableDatabase(
            f"DATABASE_URL names {url.drivername}, which is unknown; use {_EXAMPLES}."
        )
    if not is_postgres(url) and (url.database or "").startswith(_URI):
        # SQLite would open another file than the one that we lock, and close to others.
        raise UnusableDatabase(
            f"DATABASE_URL begins its file with {_URI}, which is not read; name the file itself, "
            "such as sqlite:///topup.db or sqlite:////srv/topup.db."
        )
    return url


def is_postgres(url: URL) -> bool:
    """Whether it is PostgreSQL, where several processes may serve at once."""
    return url.drivername in _POSTGRES


def sqlite_file(url: URL) -> str | None:
    """The file of a SQLite address; None where it is in memory, or no SQLite."""
    if is_postgres(url) or url.database in _MEMORY:
        return None
    return url.database
