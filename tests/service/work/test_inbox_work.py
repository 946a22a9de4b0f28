"""How the inbox works off what it stored: some at a time, in order, and poison not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from conversations.protocol.ports import Incoming, UnreadableDelivery
from service.chat.answers import AwaitedReplies
from service.chat.inbox import Inbox
from service.chat.turn_worker import TurnWorker
from service.common.fail_points import FailPoint
from service.lanes.keys import LaneKind
from service.lanes.lanes import LEASE
from service.people.membership import MembershipChecker
from service.ports.store import Claim, Store, StoreUnavailable, Tx
from tests.support.bots.bot_place import ANA, START
from tests.support.bots.turn_place import TurnPlace, turn_place
from tests.support.chats.pocket_chat import PLATFORM, delivery


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


def inbox(place: TurnPlace, **adapters: Any) -> Inbox:
    return Inbox(place.store, adapters, place.services, AwaitedReplies())


def worker_of(inbox: Inbox) -> TurnWorker:
    """What works off the deliveries of an inbox, and answers who waits there."""
    store, adapters, services = inbox.store, inbox.adapters, inbox.services
    members = MembershipChecker(store, adapters, services)
    return TurnWorker(store, adapters, services, members, inbox.answers)


async def stored(place: TurnPlace, count: int, **body: Any) -> None:
    for number in range(count):
        await inbox(place).accept(delivery(f"d{number}", ANA, **body))


async def claims(place: TurnPlace) -> Claim:
    now = place.clock.at

    def work(tx: Tx) -> Claim:
        (claim,) = tx.lanes.claim(LaneKind.TURNS, now, owner="test", until=now + LEASE, limit=1)
        return claim

    return await place.act(work)


async def waits(place: TurnPlace, box: Inbox) -> timedelta | None:
    """Work off the lane: how long until it goes on."""
    now, claim = place.clock.at, await claims(place)
    again = await worker_of(box).work(claim)

    def release(tx: Tx) -> None:
        tx.lanes.release(claim, next_due=now, tries=0)

    await place.act(release)
    return None if again is None else again - now


async def counted(place: TurnPlace) -> tuple[int, int, int]:
    """Deliveries that wait, are done, and are quarantined."""
    found = await place.act(lambda tx: tx.inspection.deliveries())
    return found.waiting, found.done, found.quarantined


@dataclass(frozen=True, slots=True)
class Reads:
    """A platform whose deliveries are read so; None for what is none of ours."""

    error: Exception | None = None

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        if self.error is not None:
            raise self.error
        return None


UNREADABLE = Reads(UnreadableDelivery("nobody did anything"))


@pytest.mark.parametrize(
    ("count", "again", "left"), [(19, None, 0), (20, timedelta(0), 0), (21, timedelta(0), 1)]
)
async def test_twenty_deliveries_are_worked_off_at_a_time(
    place: TurnPlace, count: int, again: timedelta | None, left: int
) -> None:
    """A conversation with more goes on at once, so that others have their turn between."""
    await stored(place, count, odd=1)
    assert await waits(place, inbox(place, pocket=UNREADABLE)) == again
    assert await counted(place) == (left, 0, count - left)


async def test_what_nobody_can_take_is_quarantined_after_five_tries(place: TurnPlace) -> None:
    """Each later than the one before; what comes behind it waits so long, and no longer."""
    await stored(place, 1, text="hello")
    box = inbox(place, pocket=Reads(RuntimeError("the adapter broke")))
    tried = [await waits(place, box) for _ in range(4)]
    assert await counted(place) == (1, 0, 0)
    longest = [timedelta(seconds=2**number) for number in range(4)]
    pairs = zip(tried, longest, strict=True)
    assert all(wait is not None and most / 2 <= wait <= most for wait, most in pairs)
    assert await waits(place, box) is None
    assert await counted(place) == (0, 0, 1)


async def test_a_database_that_is_away_wears_no_delivery_out(place: TurnPlace) -> None:
    """It says nothing against it: the lane is tried again as a whole."""
    await stored(place, 1, text="hello")
    box, claim = inbox(place, pocket=Reads(StoreUnavailable("gone"))), await claims(place)
    for _ in range(6):
        with pytest.raises(StoreUnavailable):
            await worker_of(box).work(claim)
    assert await counted(place) == (1, 0, 0)


async def test_what_a_platform_sent_waits_until_it_is_back(place: TurnPlace) -> None:
    """Where it is configured away it is looked at every five minutes, and does not wear out."""
    await stored(place, 1, text="hello")
    assert await waits(place, inbox(place)) == timedelta(minutes=5)
    assert await counted(place) == (1, 0, 0)


async def test_what_is_none_of_ours_any_more_is_done(place: TurnPlace) -> None:
    """Whoever waits for an answer to it is told that there is none."""
    adapters: dict[str, Any] = {}
    box = Inbox(place.store, adapters, place.services, AwaitedReplies())
    ticket = await box.accept(delivery("d1", ANA, waits=True, text="hello"))
    assert ticket is not None
    adapters[PLATFORM] = Reads()
    waiting = asyncio.create_task(box.answer(ticket))
    await asyncio.sleep(0)
    assert await waits(place, box) is None
    assert await waiting == ()
    assert await counted(place) == (0, 1, 0)


async def test_nobody_waits_for_what_cannot_be_read(place: TurnPlace) -> None:
    """They are answered with nothing as soon as it is quarantined."""
    box = inbox(place, pocket=UNREADABLE)
    ticket = await box.accept(delivery("d1", ANA, waits=True, odd=1))
    assert ticket is not None
    waiting = asyncio.create_task(box.answer(ticket))
    await asyncio.sleep(0)
    await waits(place, box)
    assert await waiting == ()


class UndoneOnce:
    """A store whose transactions run twice each, since another one was quicker."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def transact(self, work: Callable[[Tx], Any]) -> Any:
        def undone(tx: Tx) -> None:
            work(tx)
            raise StoreUnavailable

        with suppress(StoreUnavailable):
            await self._store.transact(undone)
        await self._store.transact(lambda tx: tx.deliveries.add(delivery("quicker", ANA), START))
        return await self._store.transact(work)


async def test_who_waits_is_answered_though_the_transaction_ran_twice(place: TurnPlace) -> None:
    """And nobody is left waiting for what was undone."""
    box = replace(inbox(place, pocket=UNREADABLE), store=cast(Store, UndoneOnce(place.store)))
    ticket = await box.accept(delivery("d1", ANA, waits=True, odd=1))
    assert ticket is not None
    waiting = asyncio.create_task(box.answer(ticket))
    await asyncio.sleep(0)
    await waits(place, box)

    assert await waiting == ()
    assert not any(map(box.answers.is_expected, range(99)))


async def test_nobody_waits_for_what_came_before(place: TurnPlace) -> None:
    """It is answered under its first number, and that once."""
    box = inbox(place, pocket=UNREADABLE)
    first, again = [await box.accept(delivery("d1", ANA, waits=True, odd=1)) for _ in range(2)]

    assert (first is None, again) == (False, None)
    assert [number for number in range(99) if box.answers.is_expected(number)] == [first]


async def test_a_bot_that_is_alone_may_poll(place: TurnPlace) -> None:
    """Nobody else could."""
    assert await inbox(place).may_poll("telegram:9")


async def test_what_is_none_of_ours_is_done_when_it_comes(place: TurnPlace) -> None:
    """Its id is kept, so that it counts once; nobody is to work it off."""
    box = inbox(place, pocket=Reads())
    assert await box.accept(delivery("d1", ANA, text="private words")) is not None
    assert await box.accept(delivery("d1", ANA, text="private words")) is None
    assert await counted(place) == (0, 1, 0)
    assert await place.due() == set()


async def test_a_point_is_passed_when_a_delivery_is_stored(place: TurnPlace) -> None:
    """Where tests kill a bot, to see that nothing is lost."""
    passed: list[FailPoint] = []
    await stored(place.but(reach_fail_point=passed.append), 1, text="hello")
    assert passed == [FailPoint.DELIVERY_STORED]
