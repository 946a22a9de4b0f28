"""One connection to SQLite, set so that a commit is on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from adapters.storage.engines.address import UnusableDatabase, parse_address, sqlite_file
from adapters.storage.engines.owned_files import make_owned
from billing.store_errors import StoreUnavailable

_BUSY_MILLISECONDS = 5000
# A commit is on the disk when it returns.
_SYNCHRONOUS = "PRAGMA synchronous = FULL"
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    # Without it INSERT OR REPLACE would delete a row of the ledger unseen by its trigger.
    "PRAGMA recursive_triggers = ON",
)
# About the file and its disk, not about what was asked. https://www.sqlite.org/rescode.html
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE = 0xFF


def connect(database_url: str) -> Connection:
    """Open `sqlite:///path`, or `sqlite://` in memory.

    Raises UnusableDatabase where that cannot be.

    Use it in the thread that opened it, and `disconnect` it there.
    """
    engine = create_engine(
        _sqlite_url(database_url),
        poolclass=NullPool,
        # What people typed belongs in no log, not even beside an error.
        hide_parameters=True,
        # The driver must not begin transactions of its own: ours are IMMEDIATE, so that a
        # transaction never finds out halfway that somebody else wrote.
        connect_args={"isolation_level": None},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin_immediate)
    try:
        return engine.connect()
    except DBAPIError as error:
        engine.dispose()
        raise UnusableDatabase(f"The file in DATABASE_URL cannot be used: {error.orig}.") from None


def disconnect(connection: Connection) -> None:
    """Close the connection and forget its engine."""
    connection.close()
    connection.engine.dispose()


@contextmanager
def translating_errors() -> Iterator[None]:
    """Says StoreUnavailable where the file is locked, full or out of reach for now."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _PASSING:
            raise StoreUnavailable(f"the database cannot now: {error.orig}") from error
        raise


def was_rolled_back(connection: Connection) -> bool:
    """Whether the database ended the transaction by itself, undoing it.

    https://www.sqlite.org/lang_transaction.html says when.
    """
    return not _driver(connection).in_transaction


def undo_failed_commit(connection: Connection) -> None:
    """Undo a transaction that a commit in vain left open: no other could begin after it."""
    _driver(connection).rollback()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("another driver than sqlite3")
    return driver


def set_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch the checks of foreign keys; SQLite heeds it only outside a transaction."""
    driver: PoolProxiedConnection = connection.connection
    _run(driver, f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _sqlite_url(database_url: str) -> URL:
    url = parse_address(database_url)
    file = sqlite_file(url)
    if file is not None:
        make_folder_of(file)
        _make_owned(file)
    return url


def _make_owned(file: str) -> None:
    """SQLite gives what it keeps beside a database the rights that the database has."""
    # What cannot be made is refused when it is opened, in SQLite's words.
    with suppress(OSError):
        make_owned(Path(file))


def make_folder_of(file: str) -> None:
    """Make the folder of a new database. Raises UnusableDatabase where it cannot be made."""
    folder = Path(file).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableDatabase(f"{folder}, where DATABASE_URL leads: {error.strerror}.") from None


def _set_up(driver: DBAPIConnection, _record: object) -> None:
    for pragma in (*_PRAGMAS, _SYNCHRONOUS):
        _run(driver, pragma)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _run(driver: DBAPIConnection | PoolProxiedConnection, statement: str) -> None:
    cursor = driver.cursor()
    cursor.execute(statement)
    cursor.close()
