"""From a callback over HTTP to a settled payment, beside the same rows by hand.

Stored, acknowledged, claimed, fetched from a gateway that answers at once, settled, card wanted;
the card is not shown. The caller is in the same process and takes a share of its time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from time import perf_counter

from bench import by_hand
from bench.caller import callback, calling, tell_all
from bench.counter import Counter, at_rest, counter
from bench.rounds import Race, Rival
from bench.rows import credited, open_top_ups
from bench.stage import Database, Stage

_WHOLE = 200


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """One for each engine."""
    number = stage.some(_WHOLE) // by_hand.CLIENTS * by_hand.CLIENTS
    found = []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            anchor = by_hand.settling(stage.database(engine), number, told=True)
            database = stage.database(engine)
            bot = await stack.enter_async_context(counter(database))
            rival = _told(database, bot, number)
            found.append(Race(f"callback to settled, {engine}", anchor, (rival,)))
        yield found


def _told(database: Database, bot: Counter, number: int) -> Rival:
    rounds = count()

    async def run() -> tuple[float, ...]:
        first = next(rounds) * number
        open_top_ups(database.address, first, number)
        requests = [callback(each) for each in range(first, first + number)]
        async with calling(bot.address, by_hand.CLIENTS) as callers:
            began = perf_counter()
            await tell_all(callers, requests)
            await at_rest(bot.runners)
            seconds = perf_counter() - began
        if credited(database.address) != first + number:
            raise RuntimeError("not all of them were credited")
        return (seconds / number,)

    return Rival("", run)
