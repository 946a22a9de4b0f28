"""The store on SQLite: the contracts, and what only a file can show. No other engine runs here."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from adapters.contracts.store import NOW, StoreContract, StoreUnderTest
from adapters.contracts.store_chats import ChatsContract
from adapters.contracts.store_ledger import LedgerContract
from adapters.contracts.store_levels import LevelsContract
from adapters.contracts.store_marks import MarksContract
from adapters.contracts.store_money import OPS, MoneyContract
from adapters.contracts.store_rate_limits import PaceContract
from adapters.contracts.store_retention import RetentionContract
from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.engines.sqlite import connect, disconnect
from adapters.storage.maintenance.upgrade import upgrade_connection
from adapters.storage.queries.levels import levels
from adapters.storage.store import open_store
from adapters.storage.unit_of_work import UnitOfWork
from billing.ledger import Transaction, charge_transaction
from billing.money import Money
from service.ports.store import Account, Store


class SqliteFiles:
    """Opens each store on a new file, so that statements can be run past it."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self._folder = tmp_path
        self._opened = 0

    async def open_store(self) -> StoreUnderTest:
        """A store on a new file."""
        self._opened += 1
        return open_store(f"sqlite:///{self._file}")

    async def run_past(self, statement: str) -> None:
        """Run a statement on the newest file as a stranger would."""
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(statement)

    @property
    def _file(self) -> Path:
        return self._folder / f"topup-{self._opened}.db"


class TestSqliteStore(SqliteFiles, StoreContract):
    """Transactions, deliveries, conversations and cards."""


class TestSqliteChats(SqliteFiles, ChatsContract):
    """Chats that move, and chats that are back."""


class TestSqlitePaces(SqliteFiles, PaceContract):
    """What went out under which limit."""


class TestSqliteRetention(SqliteFiles, RetentionContract):
    """What was kept long enough."""


class TestSqliteMoney(SqliteFiles, MoneyContract):
    """Accounts, top-ups and payments."""


class TestSqliteMarks(SqliteFiles, MarksContract):
    """The marks of an installation."""


class TestSqliteLevels(SqliteFiles, LevelsContract):
    """How full everything is, counted."""


class TestSqliteLedger(SqliteFiles, LedgerContract):
    """Bookings, balances, and what defends them."""


async def test_it_is_the_store_that_use_cases_know(tmp_path: Path) -> None:
    """What `open_store` gives fits the port, and a file outlives it."""
    address = f"sqlite:///{tmp_path}/new/folder/topup.db"
    store: Store = open_store(address)
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    await store.close()

    again: Store = open_store(address)
    kept: Account | None = await again.transact(lambda tx: tx.accounts.get("ops"))
    await again.close()
    assert kept == OPS


@pytest.mark.usefixtures("durable_commits")
async def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    """The file uses a write-ahead log, waits for the disk, checks keys and waits for others."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "recursive_triggers": 1,
    }
    store = open_store(f"sqlite:///{tmp_path}/topup.db")

    def read(tx: UnitOfWork) -> dict[str, object]:
        run = tx.audit._connection.exec_driver_sql
        return {name: run(f"PRAGMA {name}").scalar() for name in expected}

    found = await store.transact(read)
    await store.close()
    assert found == expected


async def test_a_transaction_waits_for_another_process_at_its_beginning(tmp_path: Path) -> None:
    """While a stranger holds the file, work does not begin, so it never sees what then changes."""
    file = tmp_path / "topup.db"
    store = open_store(f"sqlite:///{file}")
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    stranger = sqlite3.connect(file, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    stranger.execute("UPDATE accounts SET title = 'Renamed'")

    waiting = asyncio.create_task(store.transact(lambda tx: tx.accounts.get("ops")))
    await asyncio.sleep(0.05)
    begun = waiting.done()
    stranger.execute("COMMIT")
    stranger.close()
    seen = await waiting
    await store.close()

    assert not begun
    assert seen is not None
    assert seen.title == "Renamed"


async def test_closing_finishes_what_was_begun() -> None:
    """Transactions asked for before `close` commit; afterwards none is taken; twice is once."""
    store = open_store("sqlite://")
    last = asyncio.create_task(store.transact(lambda tx: tx.accounts.add(OPS, NOW)))
    await asyncio.sleep(0)
    await store.close()
    await store.close()

    assert await last
    with pytest.raises(RuntimeError):
        await store.transact(lambda tx: tx.accounts.all())


async def test_stores_in_memory_are_apart() -> None:
    """Two stores without a file share nothing."""
    one, other = open_store("sqlite://"), open_store("sqlite://")
    await one.transact(lambda tx: tx.accounts.add(OPS, NOW))
    seen = await other.transact(lambda tx: tx.accounts.all())
    await one.close()
    await other.close()

    assert not seen


@pytest.mark.parametrize("address", ["", "topup.db", "mysql://x/y", "sqlite+aiosqlite://"])
def test_other_addresses_are_refused(address: str) -> None:
    """The message shows what an address looks like."""
    with pytest.raises(ValueError, match=r"sqlite:///topup\.db"):
        open_store(address)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("text", r"file in DATABASE_URL .*not a database"),
        ("folder", r"file in DATABASE_URL .*unable to open"),
        ("text/topup.db", r"text, where DATABASE_URL leads"),
    ],
)
def test_a_file_that_is_no_database_is_one_sentence(path: str, said: str, tmp_path: Path) -> None:
    """Whatever stands there instead is left as it is."""
    (tmp_path / "text").write_text("no database, but a letter to a friend")
    (tmp_path / "folder").mkdir()

    with pytest.raises(UnusableDatabase, match=said):
        open_store(f"sqlite:///{tmp_path}/{path}")
    assert (tmp_path / "text").read_text().startswith("no database")


async def test_a_row_of_the_ledger_is_not_replaced() -> None:
    """INSERT OR REPLACE, which deletes in silence, meets the trigger on our connection too."""
    store = open_store("sqlite://")
    replacing = "INSERT OR REPLACE INTO transactions VALUES (1, 'other', 'credit', 0)"
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    await store.transact(lambda tx: tx.ledger.post(_charge("a")))

    with pytest.raises(IntegrityError, match="never changed"):
        await store.transact(lambda tx: tx.ledger._connection.exec_driver_sql(replacing))
    await store.close()


async def test_booking_stays_readable_in_order() -> None:
    """Transaction ids are short, and count up."""
    store = open_store("sqlite://")
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    names = [await store.transact(lambda tx: tx.ledger.post(_charge("a")))]
    names.append(await store.transact(lambda tx: tx.ledger.post(_charge("b"))))
    await store.close()

    assert names == ["TX-000001", "TX-000002"]


def _charge(key: str) -> Transaction:
    return charge_transaction("ops", Money(1, "USD"), key, NOW)


@pytest.mark.parametrize(
    "index", ["ix_top_ups_stuck", "ix_payments_held", "ix_deliveries_quarantined", "ix_cards_due"]
)
def test_what_operators_count_is_counted_by_an_index(index: str) -> None:
    """However many rows there are, only those that count are looked at."""
    connection = connect("sqlite://")
    upgrade_connection(connection)
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with connection.begin():
        levels(connection, NOW, ("turns",))
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        plans = [
            row[3]
            for statement in asked
            for row in driver.execute(
                f"EXPLAIN QUERY PLAN {statement}", [0] * statement.count("?")
            )
        ]
    disconnect(connection)

    assert any(f"INDEX {index}" in plan for plan in plans), plans
