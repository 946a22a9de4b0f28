"""Sealing on PostgreSQL, where acts may commit in another order than that of their numbers."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest

from adapters.contracts.store import NOW
from adapters.storage.store import PostgresStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from service.audit import trail
from tests.support.databases.postgres_server import Server
from tests.support.databases.trails import claimed, seal_all, sealer
from tests.support.house.source import ROOT

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
async def store(postgres: Server) -> AsyncIterator[PostgresStore]:
    """A store on a new database."""
    opened = open_store(postgres.url(postgres.fresh()))
    assert isinstance(opened, PostgresStore)
    yield opened
    await opened.close()


def _act(tx: UnitOfWork, subject: str) -> None:
    # As every use case does, an act follows the row that it tells of.
    tx.documents.put("thing", subject, {})
    tx.audit.write(NOW, "operator", "account_added", subject, {})


async def test_a_lower_number_that_commits_later_is_sealed_in_its_place(
    store: PostgresStore,
) -> None:
    """While a transaction runs that may hold a lower number, nothing is sealed past it."""
    written, go_on = threading.Event(), threading.Event()

    def slow(tx: UnitOfWork) -> None:
        _act(tx, "first")
        written.set()
        go_on.wait(10)

    running = asyncio.create_task(store.transact(slow))
    await asyncio.to_thread(written.wait, 10)
    await store.transact(lambda tx: _act(tx, "second"))
    claim, leader = await claimed(store), sealer(store)
    for _ in range(3):
        await leader.work(claim)
    meanwhile = await trail.verify_trail(store)
    go_on.set()
    await running
    after = await seal_all(leader, claim)

    assert (meanwhile.fault, meanwhile.rows, meanwhile.unsealed) == (None, 1, 1)
    assert (after.fault, after.rows, after.unsealed) == (None, 2, 0)


async def test_a_number_that_was_rolled_back_is_no_fault(store: PostgresStore) -> None:
    """PostgreSQL gives no number twice: what was rolled back leaves its number unused."""

    def fail(tx: UnitOfWork) -> None:
        _act(tx, "never")
        raise RuntimeError

    await store.transact(lambda tx: _act(tx, "first"))
    with suppress(RuntimeError):
        await store.transact(fail)
    await store.transact(lambda tx: _act(tx, "second"))
    seen = await seal_all(sealer(store), await claimed(store))

    assert (seen.fault, seen.rows, seen.unsealed, seen.last) == (None, 2, 0, 3)


async def test_numbers_go_on_where_the_guide_says(store: PostgresStore, postgres: Server) -> None:
    """After a restore by PostgreSQL's own tools, by the statement in docs/operating.md."""
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    (statement,) = re.findall(r"`(SELECT setval[^`]+)`", guide)
    await store.transact(lambda tx: _act(tx, "first"))
    postgres.run(statement, store._engine.url.database or "")
    await store.transact(lambda tx: _act(tx, "second"))
    seen = await seal_all(sealer(store), await claimed(store))

    assert (seen.fault, seen.rows) == (None, 2)
    assert seen.last > 1_000_000


async def test_69_an_edit_by_the_owner_is_found(store: PostgresStore, postgres: Server) -> None:
    """With the triggers off, a changed act, a lost act and a lost end of the trail are named."""
    for number in range(5):
        await store.transact(partial(_act, subject=f"{number}"))
    await seal_all(sealer(store), await claimed(store))
    database = store._engine.url.database or ""
    for statement, expected in _EDITS:
        off = "ALTER TABLE audit DISABLE TRIGGER ALL"
        postgres.run(f"BEGIN; {off}; {statement}; COMMIT", database)
        seen = await trail.verify_trail(store)
        assert (str(seen.fault), seen.number) == expected


_EDITS = (
    ("DELETE FROM audit WHERE id = 5", ("removed", 5)),
    ("DELETE FROM audit WHERE id = 4", ("removed", 4)),
    ("UPDATE audit SET detail = '{ }' WHERE id = 3", ("altered", 3)),
    ("UPDATE audit SET at = at + 1 WHERE id = 2", ("altered", 2)),
    ("INSERT INTO audit (id, at, actor, act, subject, detail) VALUES (0, 0, '', '', '', '{}')",
     ("out of order", 0)),
)  # fmt: skip
