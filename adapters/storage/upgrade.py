"""Bring a database to the newest tables. It never goes back and never loses a row."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from adapters.storage.sqlite import connect, disconnect, set_foreign_keys

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database_url: str) -> None:
    """Apply every migration that is missing. Raises ValueError for an address it cannot use."""
    connection = connect(database_url)
    try:
        upgrade_connection(connection)
    finally:
        disconnect(connection)


def upgrade_connection(connection: Connection) -> None:
    """The same over an open connection. All of it is one transaction: interrupted is untouched."""
    # A migration may build a table anew that others refer to; what is broken then is found below.
    set_foreign_keys(connection, on=False)
    try:
        with connection.begin():
            command.upgrade(_configuration(connection), "head")
            _refuse_orphans(connection)
    finally:
        set_foreign_keys(connection, on=True)


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


def _refuse_orphans(connection: Connection) -> None:
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise RuntimeError(f"the migration leaves a row of {orphan[0]} without its {orphan[2]}")
