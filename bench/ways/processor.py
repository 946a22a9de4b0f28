"""Processor time of the serving process for each callback, beside a signed empty endpoint.

From the callback to the shown card, in all its threads; what the caller, the gateway, the chat
and a PostgreSQL server use is not in it.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count

from bench.caller import callback, calling, tell_all
from bench.rounds import Race, Rival, Run
from bench.rows import open_top_ups
from bench.stage import Database, Stage
from bench.ways.callback_card import EMPTY

_WHOLE = 200
_AT_ONCE = 8
# So quick that asking how busy it was would be seen among fewer.
_EMPTY_TIMES = 10


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """One for each engine, the anchor in the same process as ours."""
    number, found = stage.some(_WHOLE), []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            database = stage.database(engine)
            served = await stack.enter_async_context(_served(database))
            anchor = Rival("empty endpoint", _posting(served, number * _EMPTY_TIMES))
            rival = Rival("", _calling_back(served, database, number))
            found.append(Race(f"processor per callback, {engine}", anchor, (rival,)))
        yield found


@dataclass(frozen=True, slots=True)
class _Served:
    """A bot in another process, and where it listens."""

    process: Process
    address: str

    async def spend(self, first: int, cards: int, requests: list[bytes]) -> float:
        """Seconds of its processor until these are answered and so many cards are shown."""
        before = await self._says(f"{first} {cards}")
        async with calling(self.address, _AT_ONCE) as callers:
            await tell_all(callers, requests)
        return await self._says("") - before

    async def _says(self, line: str) -> float:
        """How busy it was, asked with this line."""
        if self.process.stdin is None:
            raise RuntimeError("a bot without an ear")
        self.process.stdin.write(f"{line}\n".encode())
        return float(await _line(self.process))


@asynccontextmanager
async def _served(database: Database) -> AsyncIterator[_Served]:
    program = (sys.executable, "-m", "bench.served", database.address)
    process = await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE)
    try:
        yield _Served(process, await _line(process))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _line(process: Process) -> str:
    if process.stdout is None:
        raise RuntimeError("a bot without a voice")
    return (await process.stdout.readline()).decode().strip()


def _posting(served: _Served, number: int) -> Run:
    async def run() -> tuple[float, ...]:
        requests = [callback(each, EMPTY) for each in range(number)]
        return (await served.spend(0, 0, requests) / number,)

    return run


def _calling_back(served: _Served, database: Database, number: int) -> Run:
    rounds = count()

    async def run() -> tuple[float, ...]:
        first = next(rounds) * number
        open_top_ups(database.address, first, number)
        requests = [callback(each) for each in range(first, first + number)]
        return (await served.spend(first, number, requests) / number,)

    return run
