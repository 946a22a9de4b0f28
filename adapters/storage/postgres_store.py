"""The store on PostgreSQL: a few connections, a thread each.

Transactions run beside each other at READ COMMITTED, and rows that are read to be changed are
locked. Nothing here outlives a transaction.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.storage.engines.postgres import BEGIN_BRIEFLY, CONNECTIONS, connect_engine
from adapters.storage.engines.postgres_errors import (
    describe_error,
    is_retryable,
    is_transient,
    was_refused,
)
from adapters.storage.engines.revision import refuse_other_tables
from adapters.storage.lane_listeners import LaneListeners
from adapters.storage.unit_of_work import UnitOfWork
from adapters.storage.worker_wait import await_worker
from billing.store_errors import CommitUnknown, StoreUnavailable

Result = TypeVar("Result")

TRIES_MAX = 5
_FIRST_PAUSE_SECONDS = 0.02


class PostgresStore:
    """Several transactions at once; those that want the same rows follow each other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._workers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")
        self._wakes = LaneListeners()
        self._closed = False

    async def transact(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised.

        It runs again when it stood in another's way. Whoever is cancelled while waiting leaves
        it whole: it runs to its end, or never begins. Raises StoreUnavailable, CommitUnknown.
        """
        loop = asyncio.get_running_loop()
        return await await_worker(self._workers.submit(self._run, work, loop))

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)`, in the event loop, after commits that scheduled lanes of that kind.

        Only commits of this process: what others schedule is found by looking again.
        """
        self._wakes.add(wake)

    async def close(self) -> None:
        """Finish what was begun and let go of the server; closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._workers.shutdown)
        self._engine.dispose()

    def _run(
        self, work: Callable[[UnitOfWork], Result], loop: asyncio.AbstractEventLoop
    ) -> Result:
        try:
            return self._repeatedly(work, loop)
        except DBAPIError as error:
            if is_transient(error):
                raise StoreUnavailable(
                    f"the database cannot now: {describe_error(error)}"
                ) from error
            raise

    def _repeatedly(
        self, work: Callable[[UnitOfWork], Result], loop: asyncio.AbstractEventLoop
    ) -> Result:
        for tried in range(1, TRIES_MAX):
            try:
                return self._once(work, loop)
            except DBAPIError as error:
                if not is_retryable(error):
                    raise
            # Not all at once again.
            spread = random.random()  # noqa: S311 (jitter of a retry, no secret)
            time.sleep(_FIRST_PAUSE_SECONDS * 2**tried * spread)
        return self._once(work, loop)

    def _once(
        self, work: Callable[[UnitOfWork], Result], loop: asyncio.AbstractEventLoop
    ) -> Result:
        worked = False
        try:
            with self._engine.connect() as connection, connection.begin():
                rows = UnitOfWork(connection)
                result = work(rows)
                _refuse_broken(connection)
                worked = True
        except DBAPIError as error:
            if worked and not was_refused(error):
                raise CommitUnknown(
                    "the connection broke during a commit, which happened or not"
                ) from error
            raise
        self._wakes.notify(loop, rows.scheduled_kinds)
        return result


def open_postgres(database_url: str) -> PostgresStore:
    """Open `postgresql://…`.

    Raises UnusableDatabase when nobody answers, or the tables are not ours.
    """
    engine = connect_engine(database_url, BEGIN_BRIEFLY)
    try:
        with engine.begin() as connection:
            refuse_other_tables(connection)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError) and is_transient(error):
            raise StoreUnavailable(f"the database cannot now: {describe_error(error)}") from error
        raise
    return PostgresStore(engine)


def _refuse_broken(connection: Connection) -> None:
    """Raises RuntimeError where the server would answer COMMIT by rolling back, in silence."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("another driver than psycopg")
    if driver.info.transaction_status is TransactionStatus.INERROR:
        raise RuntimeError("a statement failed and nobody told: nothing of this is committed")
