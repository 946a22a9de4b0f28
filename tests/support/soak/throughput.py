"""What one bot carries, and what two carry on one PostgreSQL: callbacks told, stored and credited.

`python -m tests.support.soak.throughput` prints a line for each.
On a busy machine the seconds say little; what a
callback costs the processor says more. It is no test: nothing fails by being slow.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bench.caller import callback, calling, tell_all
from bench.counter import counter
from bench.rows import credited, open_top_ups
from bench.stage import POSTGRES, SQLITE, Database, Stage, stage

CONNECTIONS = 16
_LOOK_SECONDS = 0.2
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Carried:
    """What some bots did: callbacks, seconds, and the processor's seconds of each side."""

    callbacks: int
    seconds: float
    bots_busy: float
    caller_busy: float

    @property
    def words(self) -> str:
        """All of it in a line."""
        each = 1_000 / self.callbacks
        return (
            f"{self.callbacks / self.seconds:.0f} credited a second; for each callback the bots "
            f"had {self.bots_busy * each:.2f} ms of a processor, "
            f"and who called {self.caller_busy * each:.2f} ms"
        )


async def carried(database: Database, bots: int, callbacks: int) -> Carried:
    """Tell so many bots, each a process, of so many payments, until all are credited."""
    open_top_ups(database.address, 0, callbacks)
    async with AsyncExitStack() as stack:
        started = [await _started(database.address) for _ in range(bots)]
        lines = [await _line(each) for each in started]
        callers = [
            await stack.enter_async_context(calling(address, CONNECTIONS // bots))
            for address in lines
        ]
        requests = [callback(number) for number in range(callbacks)]
        began, busy = time.monotonic(), time.process_time()
        await tell_all([*chain.from_iterable(callers)], requests)
        caller_busy = time.process_time() - busy
        while _credited(database) < callbacks:
            await asyncio.sleep(_LOOK_SECONDS)
        seconds = time.monotonic() - began
    bots_busy = sum([float(await _ended(each)) for each in started])
    return Carried(callbacks, seconds, bots_busy, caller_busy)


def _credited(database: Database) -> int:
    """How many so far; on a file without taking the lock that the bot writes under."""
    if database.file is None:
        return credited(database.address)
    with closing(sqlite3.connect(database.file)) as connection:
        counting = "SELECT count(*) FROM top_ups WHERE status = 'credited'"
        return int(connection.execute(counting).fetchone()[0])


async def _started(address: str) -> Process:
    command = [sys.executable, "-m", "tests.support.soak.throughput", "--serve", address]
    return await asyncio.create_subprocess_exec(*command, cwd=_ROOT, stdin=PIPE, stdout=PIPE)


async def _line(bot: Process) -> str:
    if bot.stdout is None:
        raise RuntimeError("a bot without a voice")
    return (await bot.stdout.readline()).decode().strip()


async def _ended(bot: Process) -> str:
    """How busy it was since it began to serve."""
    if bot.stdin is not None:
        bot.stdin.close()
    busy = await _line(bot)
    await bot.wait()
    return busy


async def serve(address: str) -> None:
    """One of the bots: says where it listens, and at the end how busy it was."""
    async with counter(Database("", address)) as bot:
        busy = time.process_time()
        print(bot.address, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(time.process_time() - busy, flush=True)


def main() -> int:
    """Both engines; the second bot only where there may be one."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--callbacks", type=int, default=1_000)
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--serve", help=argparse.SUPPRESS)
    asked = wanted.parse_args()
    if asked.serve:
        asyncio.run(serve(asked.serve))
        return 0
    with stage(1.0) as here:
        for _ in range(asked.rounds):
            for engine, bots in ((SQLITE, 1), (POSTGRES, 1), (POSTGRES, 2)):
                print(f"{engine}, {bots}: {_measured(here, engine, bots, asked.callbacks)}")
    return 0


def _measured(here: Stage, engine: str, bots: int, callbacks: int) -> str:
    return asyncio.run(carried(here.database(engine), bots, callbacks)).words


if __name__ == "__main__":
    sys.exit(main())
