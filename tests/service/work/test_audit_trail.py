"""The audit trail in a database: sealed by the lane, and every edit of a row by SQL is found."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from adapters.contracts.store import NOW
from adapters.storage.store import SqliteStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from service.audit import trail
from service.audit.seals import TrailFault, format_seal
from tests.support.databases.trails import claimed, found_in, sealer

ROWS = 12
EDITS = 1_000
COLUMNS = ("at", "actor", "act", "subject", "detail")
_VALUES = ("7", "'other'", "CAST(detail AS BLOB)", "1.5", "''", "' ' || detail", "'{\"a\":2}'")
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


class Undo(Exception):
    """Rolls back what a test did to the rows."""


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    """A trail of some acts, sealed, whose guards somebody took away."""
    opened = open_store("sqlite://")
    assert isinstance(opened, SqliteStore)
    await opened.transact(lambda tx: _act(tx, ROWS))
    await _works(opened)
    await opened.transact(_unguard)
    yield opened
    await opened.close()


def _act(tx: UnitOfWork, times: int) -> None:
    for number in range(times):
        tx.audit.write(NOW, "pocket:t:ana", "top_up_opened", f"TU-{number}", {"a": number})


def _unguard(tx: UnitOfWork) -> None:
    run = tx.audit._connection.exec_driver_sql
    for (name,) in run(_TRIGGERS).all():
        run(f"DROP TRIGGER {name}")


async def _works(store: SqliteStore) -> None:
    claim = await claimed(store)
    await sealer(store).work(claim)
    await store.transact(lambda tx: tx.lanes.release(claim, next_due=None, tries=0))


async def _edited(store: SqliteStore, *statements: str) -> tuple[TrailFault | None, int]:
    """What is found after these statements, which are undone."""
    seen = []

    def work(tx: UnitOfWork) -> None:
        run = tx.audit._connection.exec_driver_sql
        for statement in statements:
            run(statement)
        examined = found_in(tx)
        seen.append((examined.fault, examined.number))
        raise Undo

    with suppress(Undo):
        await store.transact(work)
    return seen[0]


async def test_69_random_edits_by_sql_are_found(store: SqliteStore) -> None:
    """A field of a row is set to something else, of any type: that row is named, each time."""
    dice, missed = random.Random(69), []  # noqa: S311 (the same edits each time)
    for _ in range(EDITS):
        row, column, value = dice.randint(1, ROWS), dice.choice(COLUMNS), dice.choice(_VALUES)
        statement = f"UPDATE audit SET {column} = {value} WHERE id = {row}"  # noqa: S608
        if await _edited(store, statement) != (TrailFault.ALTERED, row):
            missed.append(statement)

    assert missed == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit SET id = 99 WHERE id = 4", (TrailFault.REMOVED, 4)),
        ("DELETE FROM audit WHERE id = 4", (TrailFault.REMOVED, 4)),
        ("DELETE FROM audit WHERE id = 12", (TrailFault.REMOVED, 12)),
        ("DELETE FROM audit", (TrailFault.REMOVED, 1)),
        ("DELETE FROM audit_seals WHERE audit_id = 4", (TrailFault.OUT_OF_ORDER, 4)),
        ("UPDATE audit_seals SET audit_id = 99 WHERE audit_id = 4", (TrailFault.OUT_OF_ORDER, 4)),
        (
            "UPDATE audit_seals SET audit_id = 99 WHERE audit_id = 12",
            (TrailFault.OUT_OF_ORDER, 12),
        ),
        ("UPDATE audit_seals SET hash = lower(hex(randomblob(32)))", (TrailFault.ALTERED, 1)),
        ("INSERT INTO audit VALUES (0, 0, 'me', 'act', '', '{}')", (TrailFault.OUT_OF_ORDER, 0)),
        ("INSERT INTO audit VALUES (-1, 0, 'me', 'act', '', '{}')", (TrailFault.OUT_OF_ORDER, -1)),
        ("INSERT INTO audit VALUES (20, 0, 'me', 'act', '', '{}')", (TrailFault.MISSING, 13)),
    ],
)
async def test_69_rows_and_seals_that_come_and_go_are_found(
    store: SqliteStore, statement: str, expected: tuple[TrailFault, int]
) -> None:
    """A row or a seal that was removed, moved or put in is named."""
    assert await _edited(store, statement) == expected


async def test_69_rows_cut_off_with_their_seals_are_found(store: SqliteStore) -> None:
    """The database counts what it gave out, so that the end of the trail cannot vanish."""
    cut = [f"DELETE FROM {each} WHERE {key} > 9" for each, key in _KEYS]  # noqa: S608

    assert await _edited(store, *cut) == (TrailFault.MISSING, 10)


_KEYS = (("audit_seals", "audit_id"), ("audit", "id"))


async def test_untouched_it_verifies(store: SqliteStore) -> None:
    """All rows are sealed, and what is added waits until the lane comes by again."""
    before = await trail.verify_trail(store)
    await store.transact(lambda tx: _act(tx, 2))
    grown = await trail.verify_trail(store)
    await _works(store)
    after = await trail.verify_trail(store)

    assert (before.fault, before.rows, before.unsealed) == (None, ROWS, 0)
    assert (grown.fault, grown.rows, grown.unsealed) == (None, ROWS + 2, 2)
    assert (after.fault, after.rows, after.unsealed) == (None, ROWS + 2, 0)
    assert (await trail.verify_trail(store, before.head)).noted


async def test_a_long_trail_is_sealed_page_by_page(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is more the lane is due at once; then it rests; pages verify as one."""
    monkeypatch.setattr(trail, "PAGE", 5)
    await store.transact(lambda tx: _act(tx, 7))
    claim, leader = await claimed(store), sealer(store)
    due = [await leader.work(claim) for _ in range(3)]

    assert due == [NOW, NOW + trail.SEAL_EVERY, NOW + trail.SEAL_EVERY]
    assert (await trail.verify_trail(store)).rows == ROWS + 7
    assert [len(page) async for page in trail.trail_pages(store)] == [5, 5, 5, 4]


@pytest.mark.parametrize("acts", [1, 3])
async def test_69_the_log_tells_the_newest_seal(
    store: SqliteStore, caplog: pytest.LogCaptureFixture, acts: int
) -> None:
    """The number and the seal of the last row, which an operator holds against the trail later."""
    caplog.set_level(logging.INFO, trail.log.name)
    await store.transact(lambda tx: _act(tx, acts))
    await _works(store)

    (told,) = (record.getMessage() for record in caplog.records)
    seen = await trail.verify_trail(store)
    assert told == f"audit_sealed to={ROWS + acts} seal={format_seal(seen.head)}"


async def test_who_lost_the_lane_seals_nothing(store: SqliteStore) -> None:
    """Two leaders never seal the same rows: the one whose claim ran out leaves them alone."""
    await store.transact(lambda tx: _act(tx, 1))
    lost = await claimed(store)
    await store.transact(lambda tx: tx.lanes.release(lost, next_due=None, tries=0))
    await sealer(store).work(lost)

    assert (await trail.verify_trail(store)).unsealed == 1
