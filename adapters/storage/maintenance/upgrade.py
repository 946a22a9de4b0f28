"""Upgrades a database to the newest tables, without losing a row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.storage.engines.address import UnusableDatabase, is_postgres, parse_address
from adapters.storage.engines.postgres import BEGIN, connect_engine
from adapters.storage.engines.postgres_errors import describe_error, is_lock_timeout, is_transient
from adapters.storage.engines.revision import MIGRATIONS, refuse_newer, revision_of
from adapters.storage.engines.sqlite import (
    connect,
    disconnect,
    set_foreign_keys,
    translating_errors,
)
from billing.store_errors import StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

# Whoever asks for a table that is asked for here waits behind it: not longer than this.
LOCK_MILLISECONDS = 2_000
PAUSE_SECONDS = 1.0
TRIES_MAX = 10
# Any number, as long as every version of this program takes the same.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(74053001)"


def upgrade(database_url: str) -> None:
    """Apply every migration that is missing.

    Raises UnusableDatabase for a database it cannot use, and StoreUnavailable for one that is
    away.
    """
    if is_postgres(parse_address(database_url)):
        _upgrade_postgres(database_url)
        return
    connection = connect(database_url)
    try:
        with translating_errors():
            upgrade_connection(connection)
    finally:
        disconnect(connection)


def upgrade_connection(connection: Connection) -> None:
    """The same over an open connection. All of it is one transaction: interrupted is untouched."""
    # A migration may build a table anew that others refer to; what is broken then is found below.
    set_foreign_keys(connection, on=False)
    try:
        with connection.begin():
            _migrate(connection)
            _refuse_orphans(connection)
    finally:
        set_foreign_keys(connection, on=True)


def _upgrade_postgres(database_url: str) -> None:
    engine = connect_engine(database_url, f"{BEGIN}; SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
    try:
        for _ in range(TRIES_MAX):
            if _upgraded(engine):
                return
            time.sleep(PAUSE_SECONDS)
    finally:
        engine.dispose()
    raise UnusableDatabase(
        "Somebody uses the tables that have to change, and they were not free for a moment. "
        "Nothing was changed. Try again when there is less to do, or stop the bots."
    )


def _upgraded(engine: Engine) -> bool:
    """False where the tables were not to be had: whoever waits behind us goes on meanwhile."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(_ONE_AT_A_TIME)
            _migrate(connection)
    except DBAPIError as error:
        if is_lock_timeout(error):
            return False
        if is_transient(error):
            raise StoreUnavailable(f"the database cannot now: {describe_error(error)}") from error
        raise
    return True


def _migrate(connection: Connection) -> None:
    # Imported where it is needed: most starts find the newest tables, and never come this far.
    from alembic import command

    refuse_newer(revision_of(connection))
    command.upgrade(_configuration(connection), "head")


def _configuration(connection: Connection) -> Config:
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


def _refuse_orphans(connection: Connection) -> None:
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise RuntimeError(f"the migration leaves a row of {orphan[0]} without its {orphan[2]}")
