"""What works off the pending: it outlives a database's bad moment, and does nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from adapters.storage.postgres_store import PostgresStore
from adapters.storage.store import SqliteStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from conversations.protocol.actions import Slot
from conversations.protocol.events import Asking, Draft, Submitted
from conversations.protocol.ports import ChatAdapter, Delivery, Incoming
from conversations.protocol.views import FormErrors
from service.chat import inbox, turns
from service.chat.turn_worker import AWAY_PAUSE, BATCH_MAX
from service.chat.turns import Turn
from service.common.context import context_of
from service.common.ids import system_sources
from service.lanes import lanes
from service.lanes.keys import LaneKind
from service.ports.store import Claim, Link, LinkKind, SavedState, Tx
from tests.support.bots.bot_place import ANA, EVE, bot_place
from tests.support.chats.pocket_chat import PLATFORM, TENANT, PocketChat, delivery, key_of

Result = TypeVar("Result")


@dataclass(slots=True)
class BusyAtFirst:
    """A store whose first transactions fail, as when somebody else holds the database."""

    rows: SqliteStore | PostgresStore
    failures: int

    async def transact(self, work: Callable[[UnitOfWork], Result]) -> Result:
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
        lost = Claim(LaneKind.TURNS, sent.lane, 0, 0, place.clock())

        await place.app.turns.work(lost)
        await place.quiet()
        untouched = place.rows("deliveries")[0]["done_at"], place.chat.seen_by(ANA)
        await place.app.store.transact(
            lambda tx: tx.lanes.schedule(LaneKind.TURNS, sent.lane, place.clock())
        )
        await place.quiet()

        assert untouched == (None, [])
        assert place.rows("deliveries")[0]["done_at"] is not None
        assert len(place.chat.seen_by(ANA)) == 1


async def test_what_was_said_waits_while_its_platform_is_configured_away(tmp_path: Path) -> None:
    """Started without Slack, say, the bot leaves Slack's deliveries as they are."""
    sent = replace(delivery("d1", ANA, text="/topup 50 USD card"), source="away")
    async with bot_place(tmp_path) as place:
        await place.app.inbox.accept(sent)
        await place.quiet()
        (waiting,) = place.rows("deliveries")
        cast(dict[str, ChatAdapter], place.app.turns.adapters)["away"] = place.chat
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
            turns.show_late_replies(context_of(tx, place.app.services), turn, (errors,))

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
            tx.lanes.schedule(LaneKind.TURNS, sent[0].lane, place.clock())

        await place.app.store.transact(work)
        await place.quiet()
        waiting = [each for each in place.rows("deliveries") if each["done_at"] is None]

    assert waiting == []


async def test_what_cannot_be_worked_off_is_tried_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 2 to 4 seconds a third time, and after minutes where its platform is not there."""

    def broken(self: PocketChat, body: Mapping[str, Any]) -> Incoming | None:
        raise RuntimeError("the adapter broke")

    sent = delivery("d1", ANA, text="/topup help")
    away = replace(sent, source="away", sender_id="d2", lane="away")
    async with bot_place(tmp_path) as place:
        for each in (sent, away):
            await place.app.store.transact(partial(_add, sent=each, at=place.clock()))
        monkeypatch.setattr(PocketChat, "to_event", broken)
        waits = []
        for lane in (*[sent.lane] * 3, away.lane):
            again = await place.app.turns.work(Claim(LaneKind.TURNS, lane, 0, 0, place.clock()))
            assert again is not None
            waits.append(again - place.clock())

    assert timedelta(seconds=0.5) <= waits[0] <= timedelta(seconds=1)
    assert timedelta(seconds=2) <= waits[2] < timedelta(seconds=4)
    assert waits[3] == AWAY_PAUSE


def _add(tx: Tx, sent: Delivery, at: datetime) -> None:
    tx.deliveries.add(sent, at)


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
async def test_a_form_is_answered_in_place_or_as_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """Never both, and never neither: whoever is gone when its errors are known reads a card."""
    if late:
        monkeypatch.setattr(inbox, "ANSWER_SECONDS", 0.02)
    draft = Draft("00000000000000dd", "team-a")
    async with bot_place(tmp_path) as place:
        saved = SavedState(Asking(draft, Slot.AMOUNT), place.clock(), "en", "UTC")

        def work(tx: Tx) -> None:
            tx.accounts.link(
                Link("team-a", PLATFORM, TENANT, LinkKind.CHANNEL, "G"), place.clock()
            )
            tx.conversations.save(key_of(EVE), saved)

        await place.app.store.transact(work)
        place.chat.inside["G"], place.chat.seconds = {EVE}, 0.2 * late
        form = {"account": "team-a", "method": "card", "amount": "none"}
        replies = await place.does(EVE, form=form)

        assert [type(each) for each in replies] == ([] if late else [FormErrors])
        cards = [each.view.title for each in place.chat.seen_by(EVE)]
        assert ["how much" in each for each in cards] == ([True] if late else [])


async def test_a_form_that_nobody_waits_for_any_more_becomes_a_card(tmp_path: Path) -> None:
    """Its turn begins after a restart, or after the wait is over: the question is asked anew."""
    asking = Asking(Draft("00000000000000dd", "team-a"), Slot.AMOUNT)
    async with bot_place(tmp_path) as place:
        saved = SavedState(asking, place.clock(), "en", "UTC")
        await place.app.store.transact(lambda tx: tx.conversations.save(key_of(ANA), saved))
        form = {"account": "team-a", "method": "card", "amount": "none"}
        await place.app.inbox.accept(delivery("d1", ANA, form=form))
        await place.quiet()

        assert ["how much" in each.view.title for each in place.chat.seen_by(ANA)] == [True]
