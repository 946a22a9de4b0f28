"""SQLite: those who ask while the disk is busy share a commit, and are none the worse for it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from adapters.storage import store as storing
from adapters.storage.store import TOGETHER_MAX, SqliteStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from billing.store_errors import StoreUnavailable

_ASKED = 100
_PATIENCE_SECONDS = 60

Work = Callable[[UnitOfWork], object]


@dataclass(slots=True)
class Place:
    """A store whose thread can be kept busy, and its commits."""

    store: SqliteStore
    commits: list[object] = field(default_factory=list)

    async def together(self, *works: Work) -> Sequence[object]:
        """Ask for all of these while the thread is busy; results and exceptions, in order."""
        busy, go_on = threading.Event(), threading.Event()

        def keep(tx: UnitOfWork) -> None:
            busy.set()
            go_on.wait()

        kept = asyncio.create_task(self.store.transact(keep))
        await asyncio.to_thread(busy.wait)
        asked = [asyncio.create_task(self.store.transact(work)) for work in works]
        await asyncio.sleep(0.01)
        go_on.set()
        await kept
        ends: list[object] = await asyncio.gather(*asked, return_exceptions=True)
        return ends

    async def kept(self) -> list[str]:
        """What stands in the database."""
        found = await self.store.transact(lambda tx: tx.documents.all("kept"))
        return [each["name"] for each in found]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    store = open_store(f"sqlite:///{tmp_path}/bot.db")
    assert isinstance(store, SqliteStore)
    found = Place(store)
    event.listen(store._connection.engine, "commit", found.commits.append)
    yield found
    await store.close()


def keep(name: str, error: Exception | None = None) -> Work:
    """A transaction that writes its name, and fails after that where it is to."""

    def work(tx: UnitOfWork) -> str:
        tx.documents.put("kept", name, {"name": name})
        if error is not None:
            raise error
        return name

    return work


async def test_many_share_few_commits(place: Place) -> None:
    """Each is told its own result, and only once it is on the disk."""
    names = [f"{number:03}" for number in range(_ASKED)]
    before = len(place.commits)
    assert await place.together(*map(keep, names)) == names
    # One for whom they waited for, one for each full commit, one for the rest.
    assert len(place.commits) - before == 1 + _ASKED // TOGETHER_MAX + 1
    assert await place.kept() == names


async def test_one_that_fails_is_undone_alone(place: Place) -> None:
    """It hears its own exception, and its neighbours stand."""
    trouble = ValueError("no")
    ends = await place.together(keep("a"), keep("b", trouble), keep("c"))
    assert ends == ["a", trouble, "c"]
    assert await place.kept() == ["a", "c"]


async def test_a_commit_that_fails_is_told_to_all(place: Place) -> None:
    """Nobody believes that something is stored which is not."""

    def breaks_at_the_end(tx: UnitOfWork) -> None:
        connection = tx.documents._connection
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text("INSERT INTO links VALUES ('none', 'slack', '', 'team', 'T', 0)"))

    ends = await place.together(keep("a"), breaks_at_the_end, keep("c"))
    assert [type(end) for end in ends] == [IntegrityError] * 3
    assert await place.kept() == []
    assert await place.together(keep("d")) == ["d"]


async def test_what_the_database_undid_is_told_to_all(place: Place) -> None:
    """As on a full disk: those before and those after ask again, and nothing is half there."""

    def undone(tx: UnitOfWork) -> None:
        tx.documents._connection.exec_driver_sql("ROLLBACK")
        raise OSError("disk full")

    ends = await place.together(keep("a"), undone, keep("c"))
    assert [type(end) for end in ends] == [StoreUnavailable] * 3
    assert await place.kept() == []
    assert await place.together(keep("d")) == ["d"]
    assert await place.kept() == ["d"]


@pytest.mark.parametrize("broken", ["do_rollback_to_savepoint", "do_release_savepoint"])
async def test_what_cannot_be_parted_is_told_to_all(
    place: Place, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Where one cannot be undone or kept by itself, none of them is kept."""

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(place.store._connection.engine.dialect, broken, fail)
    ends = await place.together(keep("a"), keep("b", ValueError("no")), keep("c"))
    monkeypatch.undo()
    assert [type(end) for end in ends] == [sqlite3.OperationalError] * 3
    assert await place.kept() == []
    assert await place.together(keep("d")) == ["d"]


async def test_everybody_hears_even_where_nothing_can_be_undone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever."""

    def fail(_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(storing, "undo_failed_commit", fail)
    trouble = ValueError("no")
    async with asyncio.timeout(_PATIENCE_SECONDS):
        with pytest.raises(ValueError, match="no"):
            await place.store.transact(keep("a", trouble))
    monkeypatch.undo()
    assert await place.together(keep("d")) == ["d"]


async def test_who_asks_while_it_closes_is_refused(place: Place) -> None:
    """At once, and not for ever kept waiting."""
    closing = asyncio.create_task(place.store.close())
    await asyncio.sleep(0)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        with pytest.raises(RuntimeError, match="closed"):
            await place.store.transact(keep("a"))
    await closing


async def test_who_was_cancelled_before_it_began_never_begins(place: Place) -> None:
    """And those beside go on."""
    busy, go_on = threading.Event(), threading.Event()

    def wait(tx: UnitOfWork) -> None:
        busy.set()
        go_on.wait()

    waiting = asyncio.create_task(place.store.transact(wait))
    await asyncio.to_thread(busy.wait)
    asked = [asyncio.create_task(place.store.transact(keep(name))) for name in "abc"]
    await asyncio.sleep(0.01)
    asked[1].cancel()
    await asyncio.sleep(0.01)
    go_on.set()
    await waiting
    await asyncio.gather(*asked, return_exceptions=True)
    assert await place.kept() == ["a", "c"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=12))
@settings(max_examples=20)
def test_together_is_as_one_after_the_other(asked: list[tuple[str, bool]]) -> None:
    """Whatever is asked at once leaves what the same leaves one by one, and says the same."""

    def count(name: str, *, fails: bool) -> Work:
        def work(tx: UnitOfWork) -> int:
            seen = tx.documents.lock("count", name) or {"value": 0}
            tx.documents.put("count", name, {"value": seen["value"] + 1})
            if fails:
                raise KeyError(name)
            return int(seen["value"]) + 1

        return work

    async def play(*, at_once: bool) -> tuple[list[str], object]:
        store = open_store("sqlite://")
        assert isinstance(store, SqliteStore)
        works = [count(name, fails=fails) for name, fails in asked]
        if at_once:
            ends = list(await Place(store).together(*works))
        else:
            ends = [(await Place(store).together(work))[0] for work in works]
        left = await store.transact(lambda tx: tx.documents.all("count"))
        await store.close()
        return [repr(end) for end in ends], left

    assert asyncio.run(play(at_once=True)) == asyncio.run(play(at_once=False))
