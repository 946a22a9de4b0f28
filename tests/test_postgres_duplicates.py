"""Two processes on one PostgreSQL are told of the same payments again and again, at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from adapters.storage.store import open_store
from tests.duplicates import ACCOUNTS, prepare, top_up
from tests.postgres_server import Server

pytestmark = pytest.mark.xdist_group("postgres")

PROCESSES = 2
PAYMENTS = 300
DELIVERIES_EACH = 3
_SECONDS_MAX = 180
_ROOT = Path(__file__).parent.parent


async def test_two_processes_credit_each_payment_once(postgres: Server) -> None:
    """300 payments, each told 6 times in two processes: 300 credits, and no balance is off."""
    address = postgres.url(postgres.fresh())
    store = open_store(address)
    await store.transact(lambda tx: prepare(tx, PAYMENTS))
    arguments = [sys.executable, "-m", "tests.duplicates", address]
    running = [
        await asyncio.create_subprocess_exec(
            *arguments, str(seed), str(PAYMENTS), str(DELIVERIES_EACH), cwd=_ROOT
        )
        for seed in range(PROCESSES)
    ]
    async with asyncio.timeout(_SECONDS_MAX):
        ends = [await process.wait() for process in running]
    accounts = await store.transact(lambda tx: tx.accounts.all())
    booked = await store.transact(lambda tx: tx.inspection.ledger_accounts())
    await store.close()

    each = PAYMENTS // ACCOUNTS * top_up(0).amount.minor
    assert ends == [0] * PROCESSES
    assert [account.balance_minor for account in accounts] == [each] * ACCOUNTS
    assert sum(account.balance.minor for account in booked) == 0
    assert sum(account.postings for account in booked) == PAYMENTS * 2 * 2
