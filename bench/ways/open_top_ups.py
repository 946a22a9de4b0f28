"""Settling, a tick of reconcile and the start, while more and more top-ups are open.

Each is beside the same in a database with a thousand and should stay flat; the start, which looks
at all of them, for each top-up. Nobody asks a gateway and nobody shows a card.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from time import perf_counter

from adapters.storage.store import open_store
from bench.counter import PUBLIC_URL, services
from bench.rounds import Race, Rival, Run
from bench.rows import open_top_ups, paid
from bench.stage import Stage
from billing.topups import PaymentSnapshot
from bot.wiring.kinds import RULES
from service.common.context import context_of
from service.common.ids import system_sources
from service.common.services import Services
from service.lanes.keys import LaneKind
from service.lanes.lanes import LEASE
from service.money import reconciliation, topups
from service.money.checkout import Checkouts
from service.ports.store import Claim, Store, Tx

SIZES, QUICK_SIZES = (10**3, 10**4, 10**5, 10**6), (10**3, 10**4)
# The start takes its time for a million; that it is flat is seen before.
STARTS_MAX = 10**4
_WHOLE = 60
# So that nothing of it is due while this runs.
_LATER = timedelta(hours=2)


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """For each engine, settling and ticks over databases of each size."""
    number = stage.some(_WHOLE)
    found = []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            stores: dict[int, Store] = {}
            for size in SIZES if stage.share == 1 else QUICK_SIZES:
                database = stage.database(engine)
                open_top_ups(database.address, 0, size)
                stores[size] = open_store(database.address)
                stack.push_async_callback(stores[size].close)
            settling = {size: _settling(store, number) for size, store in stores.items()}
            ticking = {size: _ticking(store, number) for size, store in stores.items()}
            starting = {
                size: _starting(store) for size, store in stores.items() if size <= STARTS_MAX
            }
            found += [
                _race(f"settle, {engine}", settling),
                _race(f"reconcile tick, {engine}", ticking),
                _race(f"start, {engine}", starting),
            ]
        yield found


def _race(title: str, runs: Mapping[int, Run]) -> Race:
    anchor, *rivals = (Rival(f"{size:,} open", run) for size, run in runs.items())
    return Race(title, anchor, tuple(rivals))


def _settle(tx: Tx, snapshot: PaymentSnapshot, at: Services) -> None:
    topups.settle(context_of(tx, at), snapshot)


def _settling(store: Store, number: int) -> Run:
    numbers, at = count(), services()

    async def run() -> tuple[float, ...]:
        began = perf_counter()
        for _ in range(number):
            settle = partial(_settle, snapshot=paid(next(numbers)), at=at)
            await store.transact(settle)
        return ((perf_counter() - began) / number,)

    return run


def _ticking(store: Store, number: int) -> Run:
    at = services()
    checkouts = Checkouts(store, {}, at, PUBLIC_URL)

    async def run() -> tuple[float, ...]:
        await store.transact(partial(_make_due, number=number, at=at))
        began, looked_at = perf_counter(), 0
        while claims := await store.transact(partial(_claim, at=at)):
            for claim in claims:
                due = await checkouts.reconcile(claim)
                await store.transact(partial(_hand_back, claim=claim, due=due))
            looked_at += len(claims)
        seconds = perf_counter() - began
        if looked_at != number:
            raise RuntimeError(f"{looked_at} were due instead of {number}")
        return (seconds / number,)

    return run


def _starting(store: Store) -> Run:
    async def run() -> tuple[float, ...]:
        began = perf_counter()
        asked = await reconciliation.ask_watched(store, system_sources().now() + _LATER)
        return ((perf_counter() - began) / asked,)

    return run


def _make_due(tx: Tx, number: int, at: Services) -> None:
    """Reconcile some that the other race leaves alone."""
    for each in range(QUICK_SIZES[0] - number, QUICK_SIZES[0]):
        tx.lanes.schedule(LaneKind.RECONCILE, f"TU-{each}", at.sources.now())


def _claim(tx: Tx, at: Services) -> Sequence[Claim]:
    now = at.sources.now()
    return tx.lanes.claim(
        LaneKind.RECONCILE,
        now,
        owner="bench",
        until=now + LEASE,
        limit=RULES[LaneKind.RECONCILE].at_once,
    )


def _hand_back(tx: Tx, claim: Claim, due: datetime | None) -> None:
    tx.lanes.release(claim, next_due=due, tries=claim.tries + 1)
