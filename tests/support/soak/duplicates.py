"""Duplicates at once: several processes on one PostgreSQL are told of the same payments.

`python -m tests.support.soak.duplicates --payments 5000 --deliveries 6` is the long lane.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from functools import partial
from pathlib import Path
from random import SystemRandom

from adapters.storage.store import open_store
from tests.support.databases.postgres_server import postgres_server
from tests.support.soak.webhook_load import Tally, once, prepare, shuffled, tally, teller

PROCESSES = 2
CALLERS = 6
_ROOT = Path(__file__).parents[3]
_SEED_MAX = 2**32
_BATCH = 500


async def duplicates(address: str, payments: int, deliveries: int, seed: int) -> Tally:
    """Every payment told so often, by event ids of its own, in two processes with 6 callers each.

    Raises RuntimeError when one of them ended badly.
    """
    store = open_store(address)
    for first in range(0, payments, _BATCH):
        numbers = range(first, min(first + _BATCH, payments))
        await store.transact(partial(prepare, numbers=numbers))
    each = str(deliveries // PROCESSES)
    running = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.soak.duplicates", "--address", address),
            *("--payments", str(payments), "--deliveries", each, "--seed", f"{seed + number}"),
            cwd=_ROOT,
        )
        for number in range(PROCESSES)
    ]
    ends = [await process.wait() for process in running]
    found = await store.transact(tally)
    await store.close()
    if any(ends):
        raise RuntimeError(f"the processes ended with {ends}")
    return found


async def _tell(address: str, payments: int, deliveries: int, seed: str) -> bool:
    """One of the processes: whether every answer was one that a gateway understands."""
    store = open_store(address)
    async with teller(store, seed) as telling:
        await telling.tell_all(shuffled(range(payments), deliveries, seed), CALLERS)
    await store.close()
    return set(telling.answers) <= {204, 503}


def main() -> int:
    """0 when each payment was credited once."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--payments", type=int, default=5_000)
    wanted.add_argument("--deliveries", type=int, default=6)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(_SEED_MAX))
    wanted.add_argument("--address", help=argparse.SUPPRESS)  # of one of the processes
    asked = wanted.parse_args()
    # The bot logs each refusal; the lines below say all there is to see.
    logging.disable(logging.CRITICAL)
    if asked.address:
        whole = _tell(asked.address, asked.payments, asked.deliveries, str(asked.seed))
        return 0 if asyncio.run(whole) else 1
    print(f"duplicates: seed {asked.seed}", flush=True)
    began = time.monotonic()
    with postgres_server() as server:
        address = server.url(server.fresh())
        found = asyncio.run(duplicates(address, asked.payments, asked.deliveries, asked.seed))
    seconds = time.monotonic() - began
    print(
        f"duplicates: {found.payments} payments x {asked.deliveries} deliveries, "
        f"lost {found.lost}, credited twice {found.extra}, {seconds:.0f} s"
    )
    return 0 if found == once(asked.payments) else 1


if __name__ == "__main__":
    sys.exit(main())
