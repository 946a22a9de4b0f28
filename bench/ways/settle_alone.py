"""Settling alone: `topups.settle` in a transaction of the store, against the same rows by hand.

No HTTP, no gateway, no worker; nobody shows the card that it wants.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from time import perf_counter

from adapters.storage.store import open_store
from bench import by_hand
from bench.counter import services
from bench.rounds import Race, Rival, Run
from bench.rows import credited, open_top_ups, paid
from bench.stage import SQLITE, Database, Stage
from service.common.context import context_of
from service.money import topups
from service.ports.store import Store

_WHOLE = 200


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """One for each engine."""
    number = stage.some(_WHOLE) // by_hand.CLIENTS * by_hand.CLIENTS
    found, stores = [], []
    for engine in stage.engines:
        ours = stage.database(engine)
        stores.append(open_store(ours.address))
        anchor = by_hand.settling(stage.database(engine), number, told=False)
        rival = Rival("", _settling(stores[-1], ours, number))
        found.append(Race(f"settle alone, {engine}", anchor, (rival,)))
    yield found
    for store in stores:
        await store.close()


def _settling(store: Store, database: Database, number: int) -> Run:
    callers = 1 if database.engine == SQLITE else by_hand.CLIENTS
    rounds = count()

    async def run() -> tuple[float, ...]:
        first = next(rounds) * number
        open_top_ups(database.address, first, number)
        waiting = list(range(first, first + number))
        began = perf_counter()
        await asyncio.gather(*(_settle_all(store, waiting) for _ in range(callers)))
        seconds = perf_counter() - began
        if credited(database.address) != first + number:
            raise RuntimeError("not all of them were credited")
        return (seconds / number,)

    return run


async def _settle_all(store: Store, waiting: list[int]) -> None:
    at = services()
    while waiting:
        await store.transact(
            lambda tx: topups.settle(context_of(tx, at), snapshot=paid(waiting.pop()))
        )
