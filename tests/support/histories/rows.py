"""One SQLite in memory for all histories of a process: emptied, filled, opened, read whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection

from adapters.storage.engines.sqlite import connect
from adapters.storage.maintenance.upgrade import upgrade_connection
from billing.topups import Mode
from service.ports.store import Account, Link, LinkKind, Tx
from tests.support.bots.bot_place import START
from tests.support.chats import pocket_chat

Result = TypeVar("Result")


class Here(ThreadPoolExecutor):
    """Runs what it is given at once and here: a thread of its own would be most of the time."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """The work is done when this returns."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def emptied() -> Connection:
    """The one connection of this process, with all tables and no rows."""
    connection, image = _connected()
    driver(connection).deserialize(image)
    return connection


@cache
def _connected() -> tuple[Connection, bytes]:
    """To migrate once, and to compile each statement once, is enough for many histories."""
    connection = connect("sqlite://")
    upgrade_connection(connection)
    return connection, driver(connection).serialize()


def driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("histories run on SQLite")
    return driver


def dump(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    cursor = driver(connection).cursor()
    return {name: _rows(cursor, name) for name in _names(cursor)}


def _names(cursor: sqlite3.Cursor) -> list[str]:
    found = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found.fetchall()]


def _rows(cursor: sqlite3.Cursor, table: str) -> list[dict[str, Any]]:
    # The name comes from the database itself.
    found = cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]


def let_in(tx: Tx, people: Mapping[str, str], accounts: Mapping[str, Mode]) -> None:
    """Accounts in dollars, and the people who may use them."""
    for account, mode in accounts.items():
        tx.accounts.add(Account(account, account.title(), "USD", mode), START)
    for person, account in people.items():
        place = pocket_chat.PLATFORM, pocket_chat.TENANT
        tx.accounts.link(Link(account, *place, LinkKind.PERSON, person), START)
