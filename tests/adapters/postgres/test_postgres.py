"""The store on PostgreSQL: the contracts that SQLite keeps, and its tables. No races are here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete

from adapters.contracts.lane_histories import LaneMachine
from adapters.contracts.store import NOW, StoreContract, StoreUnderTest
from adapters.contracts.store_chats import ChatsContract
from adapters.contracts.store_lanes import LaneContract
from adapters.contracts.store_ledger import LedgerContract
from adapters.contracts.store_levels import LevelsContract
from adapters.contracts.store_marks import MarksContract
from adapters.contracts.store_money import OPS, MoneyContract
from adapters.contracts.store_rate_limits import PaceContract
from adapters.contracts.store_retention import RetentionContract
from adapters.storage.schema.tables import lanes
from adapters.storage.store import open_store
from service.ports.store import Store
from tests.support.databases.postgres_server import Server
from tests.support.house.terminal import Terminal

pytestmark = pytest.mark.xdist_group("postgres")


class PostgresDatabases:
    """Opens each store on a new database, so that statements can be run past it."""

    @pytest.fixture(autouse=True)
    def _place(self, postgres: Server) -> Iterator[None]:
        self._server = postgres
        self._opened: list[str] = []
        yield
        for database in self._opened:
            # Each takes some megabytes, and there are many.
            postgres.run(f"DROP DATABASE {database} WITH (FORCE)")

    async def open_store(self) -> StoreUnderTest:
        """A store on a new database."""
        self._opened.append(self._server.fresh())
        return open_store(self._server.url(self._opened[-1]))

    async def run_past(self, statement: str) -> None:
        """Run a statement on the newest database as its owner would."""
        self._server.run(statement, self._opened[-1])


class TestPostgresStore(PostgresDatabases, StoreContract):
    """Transactions, deliveries, conversations and cards."""


class TestPostgresChats(PostgresDatabases, ChatsContract):
    """Chats that move, and chats that are back."""


class TestPostgresPaces(PostgresDatabases, PaceContract):
    """What went out under which limit."""


class TestPostgresRetention(PostgresDatabases, RetentionContract):
    """What was kept long enough."""


class TestPostgresMoney(PostgresDatabases, MoneyContract):
    """Accounts, top-ups and payments."""


class TestPostgresMarks(PostgresDatabases, MarksContract):
    """The marks of an installation."""


class TestPostgresLevels(PostgresDatabases, LevelsContract):
    """How full everything is, counted."""


class TestPostgresLedger(PostgresDatabases, LedgerContract):
    """Bookings, balances, and what defends them."""

    @pytest.mark.parametrize("table", ["transactions", "postings", "audit", "audit_seals"])
    async def test_they_are_not_emptied_either(self, store: StoreUnderTest, table: str) -> None:
        """TRUNCATE, which meets no trigger of rows, is refused as well."""
        with pytest.raises(Exception, match="never changed"):
            await self.run_past(f"TRUNCATE {table} CASCADE")


class TestPostgresLanes(PostgresDatabases, LaneContract):
    """Due times, leases, fences and waking."""


def test_any_history_of_lanes(postgres: Server) -> None:
    """Scheduled, claimed, released and waited for in any order, lanes are as the model says."""
    address = postgres.url(postgres.fresh())

    class Machine(LaneMachine):
        async def open_store(self) -> StoreUnderTest:
            """One database for all histories; each begins without a lane."""
            store = open_store(address)
            await store.transact(lambda tx: tx.lanes._connection.execute(delete(lanes)))
            return store

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None)
    )


async def test_it_is_the_store_that_use_cases_know(postgres: Server) -> None:
    """What `open_store` gives fits the port, and what is committed outlives it."""
    address = postgres.url(postgres.fresh())
    store: Store = open_store(address)
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    await store.close()

    again: Store = open_store(address)
    kept = await again.transact(lambda tx: tx.accounts.get("ops"))
    await again.close()
    assert kept == OPS


async def test_closing_finishes_what_was_begun(postgres: Server) -> None:
    """Transactions asked for before `close` commit; afterwards none is taken; twice is once."""
    store = open_store(postgres.url(postgres.fresh()))
    last = asyncio.create_task(store.transact(lambda tx: tx.accounts.add(OPS, NOW)))
    await asyncio.sleep(0)
    await store.close()
    await store.close()

    assert await last
    with pytest.raises(RuntimeError):
        await store.transact(lambda tx: tx.accounts.all())


def test_every_command_takes_its_address(postgres: Server, topup_bot: Terminal) -> None:
    """Without tables the command that makes them is named; with them all is as on SQLite."""
    address = postgres.url(postgres.empty())
    refused = topup_bot("accounts", "list", DATABASE_URL=address)
    wanted = (("db", "upgrade"), ("accounts", "add", "ops"), ("charge", "ops", "5", "--overdraw"))
    done = [topup_bot(*each, DATABASE_URL=address) for each in wanted]
    (listed,) = json.loads(topup_bot("accounts", "list", "--json", DATABASE_URL=address).out)

    assert refused.code == 2
    assert "topup-bot db upgrade" in refused.err
    assert [each.code for each in done] == [0, 0, 0]
    assert listed["balance_minor"] == -500
