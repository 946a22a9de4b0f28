"""The store for a database address, and the one on SQLite: a thread writes, one at a time.

In a file it survives a loss of power, in memory it lasts until it is closed. The one on
PostgreSQL is in `postgres_store`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from adapters.storage.address import is_postgres, parse
from adapters.storage.postgres_store import PostgresStore, open_postgres
from adapters.storage.rows import Rows
from adapters.storage.sqlite import connect, disconnect, refusing
from adapters.storage.upgrade import upgrade_connection
from adapters.storage.waiting import in_turn
from adapters.storage.waking import Wakes

__all__ = ["PostgresStore", "Rows", "SqliteStore", "open_store"]

Result = TypeVar("Result")


class SqliteStore:
    """One connection in one thread: transactions follow each other and cannot interleave."""

    def __init__(self, connection: Connection, writer: ThreadPoolExecutor) -> None:
        """`writer` has one thread, the one that opened `connection`."""
        self._connection = connection
        self._writer = writer
        self._wakes = Wakes()
        self._closed = False

    async def transact(self, work: Callable[[Rows], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised.

        Whoever is cancelled while waiting leaves it whole: it runs to its end, or never begins.
        Raises StoreUnavailable.
        """
        loop = asyncio.get_running_loop()
        return await in_turn(self._writer.submit(self._run, work, loop))

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)`, in the event loop, after commits that scheduled lanes of that kind.

        A lane that is handed back for later counts as scheduled.
        """
        self._wakes.add(wake)

    async def close(self) -> None:
        """Finish what was begun and close the file; closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.wrap_future(self._writer.submit(disconnect, self._connection))
        self._writer.shutdown(wait=False)

    def _run(self, work: Callable[[Rows], Result], loop: asyncio.AbstractEventLoop) -> Result:
        rows = Rows(self._connection)
        with refusing(), self._connection.begin():
            result = work(rows)
        self._wakes.tell(loop, rows.scheduled)
        return result


def open_store(database_url: str) -> SqliteStore | PostgresStore:
    """Open a database: `sqlite:///path`, `sqlite://` in memory, or `postgresql://host/name`.

    SQLite gets the newest tables; in PostgreSQL they must be there, see `upgrade`. Raises
    ValueError for an address that is none of these, Unusable for a database that is not ready,
    and StoreUnavailable for a file that somebody else holds.
    """
    if is_postgres(parse(database_url)):
        return open_postgres(database_url)
    writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
    try:
        connection = writer.submit(_open, database_url).result()
    except BaseException:
        writer.shutdown(wait=False)
        raise
    return SqliteStore(connection, writer)


def _open(database_url: str) -> Connection:
    with refusing():
        connection = connect(database_url)
        try:
            upgrade_connection(connection)
        except BaseException:
            disconnect(connection)
            raise
        return connection
