"""The bot's inside, as its own command tells it; it reads no table of the bot's.

The command runs as long as the demo does. One reading serves everybody, is made when a page looks,
and not often.
"""

from __future__ import annotations

import asyncio
import json
import time
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress

from playground.bot.child import Child
from playground.bot.program import Program
from playground.kit.answers import Json

_APART_SECONDS = 0.5
# Its first answer waits for a Python to start, on a machine that may be busy.
_ANSWER_SECONDS = 60.0


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
        self._asked: Process | None = None

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

    async def aclose(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._end()

    async def _read(self) -> None:
        while self._changes_read != self._changes:
            await asyncio.sleep(self._next_read_at - time.monotonic())
            self._next_read_at = time.monotonic() + _APART_SECONDS
            self._changes_read = self._changes
            before = (self.failed, _facts(self.known))
            try:
                self.known, self.failed = await self._answer(), False
            except (OSError, TimeoutError, ValueError):
                self.failed = True
                await self._end()
            if (self.failed, _facts(self.known)) != before:
                for listener in self.listeners:
                    listener()

    async def _answer(self) -> Json:
        """What the command says now. Raises ValueError where it ended, and others of its pipes."""
        if self._asked is None or self._asked.returncode is not None:
            self._asked = await self._program.ask()
        asked, answers = self._asked.stdin, self._asked.stdout
        if asked is None or answers is None:
            raise TypeError("the command was started without pipes")
        asked.write(b"\n")
        await asked.drain()
        async with asyncio.timeout(_ANSWER_SECONDS):
            found: Json = json.loads(await answers.readline())
        return found

    async def _end(self) -> None:
        process, self._asked = self._asked, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def _facts(known: Json | None) -> Json:
    """All but the time of the reading."""
    return {name: value for name, value in (known or {}).items() if name != "at"}
