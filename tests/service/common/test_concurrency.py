"""Turns at what few may do at once, and one piece of work for all who ask for it meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from service.common.concurrency import Bulkhead, BulkheadFull, CallerLeft, SingleFlight


async def stays() -> None:
    await asyncio.Event().wait()


async def leaves() -> None:
    """Hangs up at once."""


class Door:
    """A bulkhead of one turn, and who went through it."""

    def __init__(self, waiting_max: int = 2) -> None:
        self.bulkhead = Bulkhead(1, waiting_max)
        self.went: list[str] = []
        self.free = asyncio.Event()

    async def goes(self, name: str) -> None:
        async with self.bulkhead.turn(stays):
            self.went.append(name)
            await self.free.wait()

    def begins(self, *names: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.goes(name)) for name in names]


async def some_steps() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_turns_are_taken_in_order_and_few_wait() -> None:
    """One works, two wait, and the next is refused; afterwards there is room again."""
    door = Door()
    tasks = door.begins("a", "b", "c", "d")
    await some_steps()
    assert door.went == ["a"]
    door.free.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)

    assert door.went == ["a", "b", "c"]
    assert [type(each) for each in ends] == [type(None)] * 3 + [BulkheadFull]
    await door.goes("e")
    assert door.went[-1] == "e"


async def test_who_leaves_the_queue_makes_room() -> None:
    """Hung up or cancelled, it waits no longer, and takes no turn from those behind it."""
    door = Door()
    first, second = door.begins("a", "b")
    await some_steps()
    with pytest.raises(CallerLeft):
        async with door.bulkhead.turn(leaves):
            door.went.append("gone")
    second.cancel()
    await some_steps()
    last = door.begins("c", "d")
    await some_steps()
    door.free.set()
    await asyncio.gather(first, *last)

    assert door.went == ["a", "c", "d"]


async def test_a_turn_that_comes_as_its_caller_is_cancelled_is_given_on() -> None:
    """Nobody holds it then, and the next does not wait for ever."""
    door = Door()
    first, second, third = door.begins("a", "b", "c")
    await some_steps()
    door.free.set()
    while not first.done():
        await asyncio.sleep(0)
    second.cancel()
    async with asyncio.timeout(5):
        await third
    with suppress(asyncio.CancelledError):
        await second
    assert door.went[-1] == "c"


async def test_work_is_done_once_for_all_who_ask_meanwhile() -> None:
    """All get what came of it, also a failure; who asks afterwards has it done anew."""
    free, begun = asyncio.Event(), []
    flight: SingleFlight[str] = SingleFlight()

    async def work() -> str:
        begun.append(1)
        await free.wait()
        if len(begun) > 1:
            raise ValueError
        return "done"

    asking = [asyncio.create_task(flight.run("key", work)) for _ in range(9)]
    await some_steps()
    asking[0].cancel()
    free.set()
    assert await asyncio.gather(*asking[1:]) == ["done"] * 8
    again = [asyncio.create_task(flight.run("key", work)) for _ in range(2)]
    ends = await asyncio.gather(*again, return_exceptions=True)

    assert [type(each) for each in ends] == [ValueError, ValueError]
    assert len(begun) == 2
