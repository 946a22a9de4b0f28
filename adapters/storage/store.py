"""The store on SQLite: one thread writes, one transaction at a time. It is the only way in.

`open_store` gives it for a database address; in a file it survives a loss of power, in memory it
lasts until it is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection

from adapters.storage.lanes import LaneRows
from adapters.storage.rows_accounts import AccountRows, LedgerRows
from adapters.storage.rows_audit import AuditRows, DocumentRows
from adapters.storage.rows_cards import CardRows
from adapters.storage.rows_chat import ConversationRows, DeliveryRows
from adapters.storage.rows_inspect import InspectionRows
from adapters.storage.rows_installs import InstallationRows
from adapters.storage.rows_payments import PaymentRows, TopUpRows
from adapters.storage.sqlite import connect, disconnect
from adapters.storage.upgrade import upgrade_connection

Result = TypeVar("Result")


class Rows:
    """One transaction, with its rows in groups. Of no use once the transaction ended."""

    def __init__(self, connection: Connection) -> None:
        """`scheduled` collects the kinds of lanes that somebody should look at afterwards."""
        self.scheduled: set[str] = set()
        self.accounts = AccountRows(connection)
        self.conversations = ConversationRows(connection)
        self.deliveries = DeliveryRows(connection)
        self.cards = CardRows(connection)
        self.top_ups = TopUpRows(connection)
        self.payments = PaymentRows(connection)
        self.ledger = LedgerRows(connection)
        self.lanes = LaneRows(connection, self.scheduled)
        self.audit = AuditRows(connection)
        self.documents = DocumentRows(connection)
        self.installations = InstallationRows(connection)
        self.inspection = InspectionRows(connection)


class SqliteStore:
    """One connection in one thread: transactions follow each other and cannot interleave."""

    def __init__(self, connection: Connection, writer: ThreadPoolExecutor) -> None:
        """`writer` has one thread, the one that opened `connection`."""
        self._connection = connection
        self._writer = writer
        self._wakes: list[Callable[[str], None]] = []
        self._closed = False

    async def transact(self, work: Callable[[Rows], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised.

        Whoever is cancelled while waiting leaves it whole: it runs to its end, or never begins.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.wrap_future(self._writer.submit(self._run, work, loop))

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)`, in the event loop, after commits that scheduled lanes of that kind.

        A lane that is handed back for later counts as scheduled.
        """
        self._wakes.append(wake)

    async def close(self) -> None:
        """Finish what was begun and close the file; closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.wrap_future(self._writer.submit(disconnect, self._connection))
        self._writer.shutdown(wait=False)

    def _run(self, work: Callable[[Rows], Result], loop: asyncio.AbstractEventLoop) -> Result:
        rows = Rows(self._connection)
        with self._connection.begin():
            result = work(rows)
        if rows.scheduled:
            # From here and not from `transact`: who waits there may be cancelled by now, and the
            # lanes are committed. A loop that is closed has nobody left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake, sorted(rows.scheduled))
        return result

    def _wake(self, kinds: list[str]) -> None:
        for kind in kinds:
            for wake in self._wakes:
                wake(kind)


def open_store(database_url: str) -> SqliteStore:
    """Open `sqlite:///path`, or `sqlite://` in memory, with the newest tables.

    Raises ValueError for an address that is none of these.
    """
    writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
    try:
        connection = writer.submit(_open, database_url).result()
    except BaseException:
        writer.shutdown(wait=False)
        raise
    return SqliteStore(connection, writer)


def _open(database_url: str) -> Connection:
    connection = connect(database_url)
    try:
        upgrade_connection(connection)
    except BaseException:
        disconnect(connection)
        raise
    return connection
