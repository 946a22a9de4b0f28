"""A bot in a process of its own, which tells how much processor time it has used. No caller in it.

It says where it listens. Then, for each line `first number` that it reads, it says how busy it
was so far; and for the next line, once the cards of so many top-ups are shown, how busy by then.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

from bench.counter import at_rest, counter
from bench.stage import Database
from bench.ways.callback_card import EMPTY_ROUTE, Window


async def serve(address: str) -> None:
    """Until nobody writes any more."""
    window = Window()
    async with counter(Database("", address), window, EMPTY_ROUTE) as bot:
        print(bot.address, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            first, number = map(int, line.split())
            shown = [asyncio.Future[None]() for _ in range(number)]
            window.waiting |= {f"TU-{each}": seen for each, seen in enumerate(shown, first)}
            print(time.process_time(), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            await asyncio.gather(*shown)
            await at_rest(bot.runners)
            print(time.process_time(), flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(serve(sys.argv[1]))
