"""The bot's inside, as its own command tells it; it reads no table of the bot's.

Each reading starts a Python, so one serves everybody, is made when a page looks, and not often.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from playground.answers import Json
from playground.child import Child
from playground.program import Program

_APART_SECONDS = 2.0


class Inside:
    """What is `known`; `listeners` are called when a reading told something else than before."""

    def __init__(self, program: Program, child: Child) -> None:
        self.known: Json | None = None
        self.failed = False
        self.listeners: list[Callable[[], None]] = []
        self._program, self._child = program, child
        self._changes = 1
        self._changes_read = 0
        self._next_read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    def touched(self, *, at_once: bool = False) -> None:
        """Something changed: what is known is old."""
        self._changes += 1
        if at_once:
            self._next_read_at = 0.0

    def look(self, *, again: bool = False) -> Json | None:
        """What is known; where it is old it is read anew, with `again` also where it is not."""
        if again and time.monotonic() >= self._next_read_at:
            self._changes += 1
        idle = self._reading is None or self._reading.done()
        if idle and self._child.ready and self._changes_read != self._changes:
            self._reading = asyncio.create_task(self._read())
        return self.known

    async def _read(self) -> None:
        while self._changes_read != self._changes:
            await asyncio.sleep(self._next_read_at - time.monotonic())
            self._next_read_at = time.monotonic() + _APART_SECONDS
            self._changes_read = self._changes
            answer = await self._program.run("inspect", "--json")
            before = (self.failed, _facts(self.known))
            self.failed = answer.code != 0
            if not self.failed:
                self.known = json.loads(answer.out)
            if (self.failed, _facts(self.known)) != before:
                for listener in self.listeners:
                    listener()


def _facts(known: Json | None) -> Json:
    """All but the time of the reading."""
    return {name: value for name, value in (known or {}).items() if name != "at"}
