"""PostgreSQL on a bad day: lines cut, servers killed, locks, no connection left. No money is lost.

The disk that is full is in test_full_disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from adapters.storage import postgres_store, worker_wait
from adapters.storage.engines.postgres import BEGIN, CONNECTIONS
from adapters.storage.postgres_store import TRIES_MAX
from adapters.storage.unit_of_work import UnitOfWork
from service.common.services import Services
from service.common.signed_tokens import PayLink, sign_pay_link
from service.ports.store import StoreUnavailable
from tests.support.databases.postgres_server import Server
from tests.support.soak.postgres_chaos import (
    backends_killed,
    crossed,
    lines_cut,
    prepared,
    server_crashed,
    telling,
)
from tests.support.soak.webhook_load import TAKEN, top_up

pytestmark = pytest.mark.xdist_group("postgres")

PAYMENTS = 20
CROSSINGS = 80
_HELD_SECONDS_MAX = 60


def pay_token(services: Services) -> str:
    """Of a pay link as it stands on a card."""
    return sign_pay_link(PayLink(top_up(1).id, 1), services.secret)


@contextmanager
def holding(address: str, statement: str) -> Iterator[None]:
    """Somebody else is in a transaction that ran this statement, while entered."""
    with psycopg.connect(address) as stranger:
        stranger.execute(statement.encode())
        yield


# --- 50: the connection, the server -----------------------------------------------------------


async def test_50_a_commit_that_nobody_heard_of_is_repeated(postgres: Server) -> None:
    """The line breaks during commits, on the way there or back: credited once all the same."""
    found = await lines_cut(postgres, PAYMENTS, seed=1)

    assert found.whole
    assert found.broken > PAYMENTS
    assert found.repeats["CommitUnknown"] > 0


async def test_50_terminated_backends_lose_nothing(postgres: Server) -> None:
    """One connection after the other is killed in the middle of whatever it does."""
    found = await backends_killed(postgres, PAYMENTS, seed=1)

    assert found.whole
    assert found.broken > PAYMENTS // 2


async def test_50_a_server_that_crashes_comes_back_with_all_of_it(postgres: Server) -> None:
    """Stopped at once under load and started again: what was acknowledged is there, once."""
    found = await server_crashed(postgres, PAYMENTS, seed=1)

    assert found.whole
    assert found.broken == 1


async def test_50_a_crash_is_told_and_so_is_its_end(postgres: Server) -> None:
    """While the server is gone nobody is called ready; a page for people says so in words."""
    page = {"accept": "text/html"}
    async with telling(postgres.url(await prepared(postgres, 1))) as (_, told):
        postgres.crash()
        try:
            ready = await told.web.get("/readyz")
            shown = await told.web.get(f"/pay/{pay_token(told.checkouts.services)}", headers=page)
        finally:
            postgres.start()
        ready_again = await told.web.get("/readyz")

    assert (ready.status_code, ready_again.status_code) == (503, 200)
    assert (shown.status_code, shown.headers["retry-after"]) == (503, "5")
    assert "no payment is lost" in shown.text


# --- 51: those who stand in each other's way ---------------------------------------------------


async def test_51_many_deadlocks_are_all_tried_again(postgres: Server) -> None:
    """Eight at once take the same rows in any order: each ends, done or refused, and few are."""
    address = postgres.url(await prepared(postgres, 1))
    tries, refused = await crossed(address, CROSSINGS, seed=51)

    assert tries > CROSSINGS
    assert refused < CROSSINGS // 10


@pytest.mark.parametrize(("failures", "runs"), [(TRIES_MAX - 1, TRIES_MAX), (99, TRIES_MAX)])
async def test_51_a_serialization_failure_is_tried_five_times(
    postgres: Server, failures: int, runs: int
) -> None:
    """The fifth try may still succeed; after it whoever asked hears that it was not done."""
    done: list[int] = []
    failing = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"

    def work(tx: UnitOfWork) -> None:
        done.append(len(done))
        if len(done) <= failures:
            tx.accounts._connection.exec_driver_sql(failing)

    async with telling(postgres.url(await prepared(postgres, 2))) as (store, _):
        if failures < TRIES_MAX:
            await store.transact(work)
        else:
            with pytest.raises(StoreUnavailable, match="40001"):
                await store.transact(work)

    assert len(done) == runs


async def test_51_a_lock_that_is_not_let_go_is_503(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway is told to send it again, nothing of it is kept, and then it is taken."""
    monkeypatch.setattr(
        postgres_store, "BEGIN_BRIEFLY", f"{BEGIN}; SET LOCAL lock_timeout = '20ms'"
    )
    database = await prepared(postgres, 2)
    address = postgres.url(database)
    event = {"checkout": "1", "event": "e"}
    async with telling(address) as (_, told):
        with holding(address, "LOCK TABLE lanes IN EXCLUSIVE MODE"):
            refused = await told.web.post("/webhooks/sandbox", json=event)
            kept = postgres.run("SELECT count(*) FROM deliveries", database)
        taken = await told.web.post("/webhooks/sandbox", json=event)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert kept == [(0,)]
    assert taken.status_code == TAKEN


# --- 52: no connection left --------------------------------------------------------------------


async def test_52_when_everybody_is_busy_it_is_said_at_once(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All connections in use: 503 and not ready, without waiting for them; then both recover."""
    monkeypatch.setattr(worker_wait, "BUSY_SECONDS", 0.05)
    let_go = threading.Event()
    inside: list[int] = []
    ran: list[int] = []
    event = {"checkout": "1", "event": "e"}

    def hold(tx: UnitOfWork) -> None:
        inside.append(1)
        let_go.wait(_HELD_SECONDS_MAX)

    async with telling(postgres.url(await prepared(postgres, 2))) as (store, told):
        held = asyncio.gather(*(store.transact(hold) for _ in range(CONNECTIONS)))
        try:
            while len(inside) < CONNECTIONS:
                await asyncio.sleep(0.001)
            with pytest.raises(StoreUnavailable, match="busy"):
                await store.transact(lambda tx: ran.append(1))
            refused = await told.web.post("/webhooks/sandbox", json=event)
            ready = await told.web.get("/readyz")
            alive = await told.web.get("/healthz")
        finally:
            let_go.set()
        await held
        taken = await told.web.post("/webhooks/sandbox", json=event)
        ready_again = await told.web.get("/readyz")

    assert not ran
    assert (refused.status_code, ready.status_code, alive.status_code) == (503, 503, 200)
    assert (taken.status_code, ready_again.status_code) == (TAKEN, 200)


async def test_52_a_server_without_a_connection_to_spare(postgres: Server) -> None:
    """Too many connections: 503 and not ready, at once; when there is one again, both recover."""
    database = await prepared(postgres, 2)
    for statement in (
        "CREATE ROLE clerk LOGIN CONNECTION LIMIT 1",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk",
    ):
        postgres.run(statement, database)
    address = postgres.url(database).replace("postgres@", "clerk@")
    event = {"checkout": "1", "event": "e"}
    async with telling(address) as (_, told):
        postgres.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'clerk'"
        )
        with holding(address, "SELECT 1"):
            refused = await told.web.post("/webhooks/sandbox", json=event)
            ready = await told.web.get("/readyz")
        while (await told.web.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.01)
        taken = await told.web.post("/webhooks/sandbox", json=event)

    assert (refused.status_code, ready.status_code) == (503, 503)
    assert taken.status_code == TAKEN
