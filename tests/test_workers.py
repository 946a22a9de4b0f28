"""What works off the pending: it outlives a database's bad moment, and does nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.storage.postgres_store import PostgresStore
from adapters.storage.store import Rows, SqliteStore, open_store
from bot import lanes, turns
from bot.ids import system_sources
from bot.inbox import BATCH_MAX, TURNS
from bot.ports import Claim, SavedState, Tx
from bot.turns import Turn
from conversations.actions import Slot
from conversations.ports import Incoming
from conversations.views import FormErrors
from conversations.vocabulary import Asking, Draft, Submitted
from tests.bot_place import ANA, bot_place
from tests.pocket_chat import PLATFORM, delivery, key_of

Result = TypeVar("Result")


@dataclass(slots=True)
class BusyAtFirst:
    """A store whose first transactions fail, as when somebody else holds the database."""

    rows: SqliteStore | PostgresStore
    failures: int

    async def transact(self, work: Callable[[Rows], Result]) -> Result:
        if self.failures:
            self.failures -= 1
            raise OSError("database is locked")
        return await self.rows.transact(work)

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        self.rows.on_schedule(wake)

    async def close(self) -> None:
        await self.rows.close()


async def test_a_busy_database_ends_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims that fail are tried again, for ever: what is due is done when they succeed."""
    monkeypatch.setattr(lanes, "POLL_SECONDS", 0.001)
    sources, done = system_sources(), asyncio.Event()

    async def work(claim: Claim) -> datetime | None:
        done.set()
        return None

    store = BusyAtFirst(open_store("sqlite://"), failures=3)
    await store.rows.transact(lambda tx: tx.lanes.schedule("k", "one", sources.now()))
    runner = lanes.Runner(store, "k", work, sources, owner="me", at_once=1)
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(60):
            await done.wait()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await store.close()


async def test_a_lane_that_was_lost_is_left_alone(tmp_path: Path) -> None:
    """A delivery is worked off by whoever holds its lane, and by nobody else beside."""
    sent = delivery("d1", ANA, text="/topup 50 USD card")
    async with bot_place(tmp_path) as place:
        await place.app.store.transact(lambda tx: tx.deliveries.add(sent, place.clock()))
        lost = Claim(TURNS, sent.lane, 0, 0, place.clock())

        await place.app.inbox.work(lost)
        await place.quiet()
        untouched = place.rows("deliveries")[0]["done_at"], place.chat.seen_by(ANA)
        await place.app.store.transact(
            lambda tx: tx.lanes.schedule(TURNS, sent.lane, place.clock())
        )
        await place.quiet()

        assert untouched == (None, [])
        assert place.rows("deliveries")[0]["done_at"] is not None
        assert len(place.chat.seen_by(ANA)) == 1


async def test_what_was_said_waits_while_its_platform_is_configured_away(tmp_path: Path) -> None:
    """Started without Slack, say, the bot leaves Slack's deliveries as they are."""
    sent = replace(delivery("d1", ANA, text="/topup 50 USD card"), source="away")
    async with bot_place(tmp_path) as place:
        await place.app.inbox.store(sent)
        await place.quiet()
        (waiting,) = place.rows("deliveries")
        place.app.inbox.adapters = {"away": place.chat, PLATFORM: place.chat}
        place.clock.advance(minutes=5)
        for runner in place.app.runners:
            runner.wake()
        await place.quiet()

        assert (waiting["done_at"], waiting["tries"], waiting["error"]) == (None, 0, None)
        assert "Review" in place.chat.newest(ANA).view.title


async def test_a_form_that_is_answered_too_late_goes_on_as_a_card(tmp_path: Path) -> None:
    """Its errors have no form to stand in any more; the question does not vanish with it."""
    errors = FormErrors(((Slot.AMOUNT, "Type a number."),))
    state = Asking(Draft("d", "team-a"), Slot.AMOUNT)
    async with bot_place(tmp_path) as place:
        turn = Turn(Incoming(key_of(ANA), Submitted("d", ())), prompt=True)
        saved = SavedState(state, place.clock(), "en", "UTC")

        def work(tx: Tx) -> None:
            tx.conversations.save(key_of(ANA), saved)
            turns.take_late(tx, turn, (errors,), place.app.desk)

        await place.app.store.transact(work)
        await place.quiet()
        assert "how much" in place.chat.newest(ANA).view.title


async def test_182_a_long_queue_of_one_conversation_is_worked_off_whole(tmp_path: Path) -> None:
    """Whatever came while nobody worked is answered, without anybody writing once more."""
    sent = [delivery(f"q{number}", ANA, text="/topup help") for number in range(2 * BATCH_MAX + 3)]
    async with bot_place(tmp_path) as place:

        def work(tx: Tx) -> None:
            for each in sent:
                tx.deliveries.add(each, place.clock())
            tx.lanes.schedule(TURNS, sent[0].lane, place.clock())

        await place.app.store.transact(work)
        await place.quiet()
        waiting = [each for each in place.rows("deliveries") if each["done_at"] is None]

    assert waiting == []
