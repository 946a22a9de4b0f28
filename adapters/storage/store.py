"""The store for a database address, and the one on SQLite: a thread writes, one at a time.

In a file it survives a loss of power, in memory it lasts until it is closed. Those who ask while
the disk is busy share the next commit. The one on PostgreSQL is in `postgres_store`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from adapters.storage.engines.address import is_postgres, parse_address
from adapters.storage.engines.revision import is_newest
from adapters.storage.engines.sqlite import (
    connect,
    disconnect,
    translating_errors,
    undo_failed_commit,
    was_rolled_back,
)
from adapters.storage.lane_listeners import LaneListeners
from adapters.storage.maintenance.upgrade import upgrade_connection
from adapters.storage.postgres_store import PostgresStore, open_postgres
from adapters.storage.unit_of_work import UnitOfWork
from adapters.storage.worker_wait import await_worker
from billing.store_errors import StoreUnavailable

__all__ = ["PostgresStore", "SqliteStore", "UnitOfWork", "open_store"]

Result = TypeVar("Result")
# So many share a commit at most: nobody waits long for the others.
TOGETHER_MAX = 32


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Result]):
    """A transaction that somebody waits for in a loop."""

    work: Callable[[UnitOfWork], Result]
    loop: asyncio.AbstractEventLoop
    done: Future[Result] = field(default_factory=Future)


class SqliteStore:
    """One connection in one thread: transactions follow each other and cannot interleave."""

    def __init__(self, connection: Connection, writer: ThreadPoolExecutor) -> None:
        """`writer` has one thread, the one that opened `connection`."""
        self._connection = connection
        self._writer = writer
        self._asked: deque[_Asked[Any]] = deque()
        self._wakes = LaneListeners()
        self._closed = False

    async def transact(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised.

        Whoever is cancelled while waiting leaves it whole: it runs to its end, or never begins.
        Raises StoreUnavailable.
        """
        if self._closed:
            raise RuntimeError("the store is closed")
        asked = _Asked(work, asyncio.get_running_loop())
        self._asked.append(asked)
        self._writer.submit(self._commit_together)
        return await await_worker(asked.done)

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

    def _commit_together(self) -> None:
        """Run what was asked for by now, and wait for the disk once for all of it.

        Whoever was taken along by an earlier call finds nothing left to do.
        """
        together = self._taken()
        if not together:
            return
        try:
            with translating_errors(), self._connection.begin():
                ends = self._run(together)
        except BaseException as error:
            # Nothing is committed, and everybody hears why, even where it cannot be undone.
            try:
                undo_failed_commit(self._connection)
            finally:
                for asked in together:
                    asked.done.set_exception(error)
            return
        for tell in ends:
            tell()

    def _taken(self) -> list[_Asked[Any]]:
        """Who waits, and was not cancelled before it began."""
        taken: list[_Asked[Any]] = []
        with suppress(IndexError):
            while len(taken) < TOGETHER_MAX:
                asked = self._asked.popleft()
                if asked.done.set_running_or_notify_cancel():
                    taken.append(asked)
        return taken

    def _run(self, together: Sequence[_Asked[Any]]) -> list[Callable[[], None]]:
        """Do the work of each, and give what is to be told once it is committed."""
        if len(together) == 1:
            return [self._worked(together[0])]
        return [self._worked_apart(asked) for asked in together]

    def _worked_apart(self, asked: _Asked[Any]) -> Callable[[], None]:
        """One among others: where it fails, it alone is undone, and it alone hears of it.

        Raises where it cannot be undone or kept by itself: then nothing of all is committed.
        """
        apart = self._connection.begin_nested()
        try:
            with translating_errors():
                tell = self._worked(asked)
        except Exception as error:
            if was_rolled_back(self._connection):
                raise StoreUnavailable("the database undid it, as on a full disk") from error
            apart.rollback()
            return partial(asked.done.set_exception, error)
        apart.commit()
        return tell

    def _worked(self, asked: _Asked[Any]) -> Callable[[], None]:
        rows = UnitOfWork(self._connection)
        result = asked.work(rows)

        def tell() -> None:
            self._wakes.notify(asked.loop, rows.scheduled_kinds)
            asked.done.set_result(result)

        return tell


def open_store(database_url: str) -> SqliteStore | PostgresStore:
    """Open a database: `sqlite:///path`, `sqlite://` in memory, or `postgresql://host/name`.

    SQLite gets the newest tables; in PostgreSQL they must be there, see `upgrade`. Raises
    ValueError for an address that is none of these, Unusable for a database that is not ready,
    and StoreUnavailable for a file that somebody else holds.
    """
    if is_postgres(parse_address(database_url)):
        return open_postgres(database_url)
    writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
    try:
        connection = writer.submit(_open, database_url).result()
    except BaseException:
        writer.shutdown(wait=False)
        raise
    return SqliteStore(connection, writer)


def _open(database_url: str) -> Connection:
    with translating_errors():
        connection = connect(database_url)
        try:
            with connection.begin():
                newest = is_newest(connection)
            if not newest:
                upgrade_connection(connection)
        except BaseException:
            disconnect(connection)
            raise
        return connection
