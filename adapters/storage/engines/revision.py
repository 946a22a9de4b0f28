"""Reads a database's schema revision without Alembic, whose import is a tenth of a start.

The revisions are the numbers that the files of the migrations begin with.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from adapters.storage.engines.address import UnusableDatabase

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_TABLE = "alembic_version"
_REVISION = "SELECT version_num FROM alembic_version"


def is_newest(connection: Connection) -> bool:
    """Whether the tables are those of this version."""
    return revision_of(connection) == max(_known())


def revision_of(connection: Connection) -> str | None:
    """The last migration that was applied; none in a database without tables."""
    if not inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(_REVISION).scalar()
    return found


def refuse_other_tables(connection: Connection) -> None:
    """Raises UnusableDatabase when the tables are not those of this version."""
    if is_newest(connection):
        return
    found = revision_of(connection)
    if found is None:
        raise UnusableDatabase("The database has no tables yet. Make them: topup-bot db upgrade")
    refuse_newer(found)
    raise UnusableDatabase(
        f"The database has the tables of an older version ({found}, not {max(_known())}). "
        "Stop the bots that use it, then: topup-bot db upgrade"
    )


def refuse_newer(found: str | None) -> None:
    """Raises UnusableDatabase for a revision that this version does not know."""
    if found is not None and found not in _known():
        raise UnusableDatabase(
            f"The database has the tables of a newer version ({found}); so must this be."
        )


@cache
def _known() -> frozenset[str]:
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return frozenset(file.name.partition("_")[0] for file in files)
