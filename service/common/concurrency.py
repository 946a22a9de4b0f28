"""Limits on how many ask for the same thing at once, for doors that anybody may come through."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class BulkheadFull(Exception):
    """So many wait already that one more would wait too long."""


class CallerLeft(Exception):
    """Whoever waited for a turn hung up."""


class Bulkhead:
    """Lets `at_once` work at the same time, and `waiting_max` wait for it, first come first."""

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._free, self._waiting_max = at_once, waiting_max
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, left: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
        """Wait for a turn, and give it on at the end. `left` ends when the caller hangs up.

        Raises BulkheadFull and CallerLeft.
        """
        if self._free:
            self._free -= 1
        else:
            await self._wait(left)
        try:
            yield
        finally:
            self._give_on()

    async def _wait(self, left: Callable[[], Awaitable[object]]) -> None:
        if len(self._waiting) >= self._waiting_max:
            raise BulkheadFull
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        leaving = asyncio.ensure_future(left())
        try:
            await asyncio.wait((mine, leaving), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._leave(mine)
            raise
        finally:
            leaving.cancel()
        if not mine.done():
            self._leave(mine)
            raise CallerLeft

    def _leave(self, mine: asyncio.Future[None]) -> None:
        """Go without the turn, or give on the one that came meanwhile."""
        if mine.done():
            self._give_on()
        else:
            self._waiting.remove(mine)

    def _give_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1


class SingleFlight(Generic[Result]):
    """Does one piece of work once for all who ask for it meanwhile; all get what came of it."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[Result]] = {}

    async def run(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """What comes of `work`, or of the same work that is under way; raises what it raises."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._running.pop(key))
        # One who is cancelled takes the work from nobody.
        return await asyncio.shield(task)
