"""A primary dies under load and its standby is promoted; a pooler stands in front of a bad day.

`python -m tests.support.soak.failover --rounds 10` is the long lane.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from random import SystemRandom

from tests.support.databases.postgres_server import Server, postgres_server
from tests.support.databases.postgres_standby import Pair, Pooler, pair, pooler
from tests.support.soak.postgres_chaos import (
    CALLERS,
    Outcome,
    killing,
    outcome,
    prepared,
    refused,
    telling,
)
from tests.support.soak.webhook_load import TAKEN, shuffled

POOLED_CONNECTIONS = 4
_SEED_MAX = 2**32


async def promoted(servers: Pair, payments: int, seed: int, *, early: bool) -> Outcome:
    """Each payment is told once, so that nothing mends what a failover lost.

    `early`: promoted while the old primary still lives and waits for its standby in vain.
    """
    database = await prepared(servers.primary, payments)
    address = servers.url(database)
    async with telling(address) as (_, told):
        at_work = asyncio.create_task(
            told.tell_all(shuffled(range(payments), 1, f"{seed}"), CALLERS)
        )
        while told.answers[TAKEN] < payments // 2:
            await asyncio.sleep(0.001)
        steps = [servers.promote, servers.primary.crash]
        for step in steps if early else reversed(steps):
            await asyncio.to_thread(step)
        await at_work
    return await outcome(servers.standby.url(database), told, broken=1)


async def pooled(server: Server, front: Pooler, payments: int, seed: int) -> Outcome:
    """Two processes' worth of connections share four, backends are killed, the server crashes."""
    database = await prepared(server, payments)
    address = front.url(database)
    async with (
        telling(address) as (_, told),
        telling(address) as (_, other),
    ):
        at_work = asyncio.gather(
            *(
                each.tell_all(shuffled(range(payments), 1, f"{seed + number}"), CALLERS)
                for number, each in enumerate((told, other))
            )
        )
        killed = asyncio.create_task(killing(server, database, told, at_work))
        while told.answers[TAKEN] < payments // 2:
            await asyncio.sleep(0.001)
        await asyncio.to_thread(server.crash)
        await refused(told)
        await asyncio.to_thread(server.start)
        await at_work
    broken = 1 + await killed
    told.answers.update(other.answers)
    told.repeats.update(other.repeats)
    return await outcome(server.url(database), told, broken)


def main() -> int:
    """0 when nothing was lost or credited twice."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=10)
    wanted.add_argument("--payments", type=int, default=200)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(_SEED_MAX))
    asked = wanted.parse_args()
    # The bot logs each refusal; the lines below say all there is to see.
    logging.disable(logging.CRITICAL)
    print(f"failover: seed {asked.seed}", flush=True)
    rounds = [_failover(asked.payments, asked.seed + number) for number in range(asked.rounds)]
    return 0 if all([*rounds, _pooled(asked.payments, asked.seed)]) else 1


def _failover(payments: int, seed: int) -> bool:
    began = time.monotonic()
    with pair() as servers:
        found = asyncio.run(promoted(servers, payments, seed, early=seed % 2 == 0))
    return _told("promoted early" if seed % 2 == 0 else "promoted", found, began)


def _pooled(payments: int, seed: int) -> bool:
    began = time.monotonic()
    with postgres_server() as server, pooler(server, POOLED_CONNECTIONS) as front:
        if front is None:
            print("pooled: pgbouncer is not installed here")
            return False
        found = asyncio.run(pooled(server, front, payments, seed))
    return _told("pooled", found, began)


def _told(name: str, found: Outcome, began: float) -> bool:
    print(f"{name}: {found.words}, {time.monotonic() - began:.0f} s", flush=True)
    return found.whole


if __name__ == "__main__":
    sys.exit(main())
