"""PostgreSQL on a bad day, while gateways tell of payments: lines cut, backends killed, crashes.

`python -m tests.support.soak.postgres_chaos --payments 500` is the long lane.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from random import SystemRandom
from typing import Any

import psycopg

from adapters.storage.engines.postgres import CONNECTIONS
from adapters.storage.store import PostgresStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from service.ports.store import StoreUnavailable
from tests.support.databases.broken_line import Cut, broken_line
from tests.support.databases.postgres_server import Server, postgres_server
from tests.support.soak.webhook_load import (
    TAKEN,
    Tally,
    Teller,
    once,
    prepare,
    shuffled,
    tally,
    teller,
)

CALLERS = 6
EVENTS = 2
# So long only on a machine that has much else to do.
SECONDS_MAX = 900
CROSSED = ("account-1", "account-2", "account-3")
UNDERSTOOD = frozenset({TAKEN, 503})
_SEED_MAX = 2**32


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is in the rows afterwards, how often something was broken, and what was answered."""

    tally: Tally
    broken: int
    answers: Counter[int]
    repeats: Counter[str]

    @property
    def whole(self) -> bool:
        """Whether each payment was credited once, and every answer one that gateways know."""
        return self.tally == once(self.tally.payments) and set(self.answers) <= UNDERSTOOD

    @property
    def words(self) -> str:
        """All of it in a line."""
        return (
            f"{self.tally.payments} payments, broken {self.broken} times, lost {self.tally.lost}, "
            f"credited twice {self.tally.extra}, answers {dict(self.answers)}, "
            f"done again {dict(self.repeats)}"
        )


Day = Callable[[Server, int, int], Coroutine[Any, Any, Outcome]]


@asynccontextmanager
async def telling(
    address: str, seconds: float = 60
) -> AsyncIterator[tuple[PostgresStore, Teller]]:
    """A bot's web side and worker over that database; it must come to an end, some day."""
    # In a thread: the line to the database may be carried by this very loop.
    store = await asyncio.to_thread(open_store, address)
    if not isinstance(store, PostgresStore):
        raise TypeError("no PostgreSQL")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        told = await stack.enter_async_context(teller(store, "told"))
        await stack.enter_async_context(asyncio.timeout(SECONDS_MAX))
        yield store, told


async def prepared(server: Server, payments: int) -> str:
    """The name of a new database with payments to be told of."""
    database = server.fresh()
    store = open_store(server.url(database))
    await store.transact(lambda tx: prepare(tx, range(payments)))
    await store.close()
    return database


async def outcome(address: str, told: Teller, broken: int) -> Outcome:
    """What came of it, as a store of its own finds it."""
    store = open_store(address)
    found = await store.transact(tally)
    await store.close()
    return Outcome(found, broken, told.answers, told.repeats)


async def lines_cut(server: Server, payments: int, seed: int) -> Outcome:
    """The line breaks in two commits of five, before the server hears of it or after."""
    # Seeds must give the same again here, and nothing is secret.
    dice = random.Random(seed)  # noqa: S311
    database = await prepared(server, payments)
    breaks: list[Cut | None] = [None]
    async with (
        broken_line(server.folder, lambda: dice.choice(breaks)) as line,
        telling(line.url(database)) as (_, told),
    ):
        breaks += [Cut.UNHEARD, Cut.UNANSWERED, None, None]
        await told.tell_all(shuffled(range(payments), EVENTS, f"{seed}"), CALLERS)
    return await outcome(server.url(database), told, len(line.cuts))


async def backends_killed(server: Server, payments: int, seed: int) -> Outcome:
    """After every second answer one connection is killed in the middle of whatever it does.

    Told once more, under another seed, until more than half as many died as there are payments.
    """
    database = await prepared(server, payments)
    killed = 0
    async with telling(server.url(database)) as (_, told):
        for again in count():
            events = shuffled(range(payments), EVENTS, f"{seed}:{again}")
            at_work = asyncio.create_task(told.tell_all(events, CALLERS))
            killed += await killing(server, database, told, at_work)
            await at_work
            if killed > payments // 2:
                break
    return await outcome(server.url(database), told, killed)


async def killing(
    server: Server, database: str, told: Teller, at_work: asyncio.Future[Any]
) -> int:
    """Kill a connection to that database, again and again, until the work is done; how many."""
    victim = f"FROM pg_stat_activity WHERE datname = '{database}' ORDER BY random() LIMIT 1"
    killed = 0
    while not at_work.done():
        seen = told.answers.total()
        with suppress(psycopg.OperationalError):
            killed += len(
                await asyncio.to_thread(server.run, f"SELECT pg_terminate_backend(pid) {victim}")
            )
        while told.answers.total() < seen + 2 and not at_work.done():
            await asyncio.sleep(0.001)
    return killed


async def server_crashed(server: Server, payments: int, seed: int) -> Outcome:
    """Stopped at once under load and started again, after a half and then for every hundred."""
    database = await prepared(server, payments)
    crashes = 1 + payments // 100
    async with telling(server.url(database)) as (_, told):
        at_work = asyncio.create_task(
            told.tell_all(shuffled(range(payments), EVENTS, f"{seed}"), CALLERS)
        )
        for crash in range(1, crashes + 1):
            while told.answers[TAKEN] < payments * EVENTS * crash / (crashes + 1):
                await asyncio.sleep(0.001)
            await asyncio.to_thread(server.crash)
            await refused(told)
            await asyncio.to_thread(server.start)
        await at_work
    return await outcome(server.url(database), told, crashes)


async def refused(told: Teller) -> None:
    """Until somebody noticed that the server is gone."""
    before = told.answers[503] + told.repeats.total()
    while told.answers[503] + told.repeats.total() == before:
        await asyncio.sleep(0.001)


async def crossed(address: str, times: int, seed: int) -> tuple[int, int]:
    """Eight at once lock two of three rows in any order: how often tried, and how many refused.

    Each that ends without being refused is done.
    """
    dice = random.Random(seed)  # noqa: S311 (a seed must give the same again)
    tries: list[str] = []
    refusals: list[str] = []

    async def take(store: PostgresStore, first: str, second: str) -> None:
        def work(tx: UnitOfWork) -> None:
            tries.append(first)
            tx.accounts.set_threshold(first, 1)
            tx.accounts.set_threshold(second, 1)

        try:
            await store.transact(work)
        except StoreUnavailable:
            refusals.append(first)

    async with telling(address) as (store, _):
        for _ in range(times // CONNECTIONS):
            pairs = [dice.sample(CROSSED, 2) for _ in range(CONNECTIONS)]
            await asyncio.gather(*(take(store, *pair) for pair in pairs))
    return len(tries), len(refusals)


DAYS: dict[str, Day] = {
    "lines cut": lines_cut,
    "backends killed": backends_killed,
    "server crashed": server_crashed,
}


def main() -> int:
    """0 when no payment was lost or credited twice, whatever broke."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--payments", type=int, default=500)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(_SEED_MAX))
    asked = wanted.parse_args()
    # The bot logs each refusal; the lines below say all there is to see.
    logging.disable(logging.CRITICAL)
    print(f"bad days: seed {asked.seed}", flush=True)
    whole = True
    with postgres_server() as server:
        for name, day in DAYS.items():
            began = time.monotonic()
            found = asyncio.run(day(server, asked.payments, asked.seed))
            whole = whole and found.whole
            print(f"{name}: {found.words}, {time.monotonic() - began:.0f} s", flush=True)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
