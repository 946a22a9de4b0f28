"""The long lanes of a database on a bad day: what is done, and how much. It shows no bars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.support.databases.postgres_server import Server
from tests.support.databases.postgres_standby import pair, pooler
from tests.support.soak.failover import POOLED_CONNECTIONS, pooled, promoted
from tests.support.soak.postgres_chaos import (
    Outcome,
    backends_killed,
    crossed,
    lines_cut,
    prepared,
    server_crashed,
)

FAILOVER_PAYMENTS = 100
REFUSED_SHARE_MAX = 0.1

Work = Callable[[Server, int, int], None]
"""Does so many tries of a seed on a server. Raises when a promise broke."""


@dataclass(frozen=True, slots=True)
class DatabaseLane:
    """How much of what, and how much of it at a time."""

    total: int
    chunk: int
    what: str
    work: Work


def _whole(day: Callable[[Server, int, int], Coroutine[Any, Any, Outcome]]) -> Work:
    def work(server: Server, seed: int, tries: int) -> None:
        _check(asyncio.run(day(server, tries, seed)))

    return work


def _check(found: Outcome) -> None:
    if not found.whole:
        raise AssertionError(found.words)


def _deadlocks(server: Server, seed: int, tries: int) -> None:
    address = server.url(asyncio.run(prepared(server, 1)))
    tried, refused = asyncio.run(crossed(address, tries, seed))
    if refused > tries * REFUSED_SHARE_MAX:
        raise AssertionError(f"{refused} of {tries} refused after {tried} tries")


def _failovers(_: Server, seed: int, tries: int) -> None:
    for number in range(tries):
        with pair() as servers:
            early = (seed + number) % 2 == 0
            _check(asyncio.run(promoted(servers, FAILOVER_PAYMENTS, seed + number, early=early)))


def _pooled(server: Server, seed: int, tries: int) -> None:
    with pooler(server, POOLED_CONNECTIONS) as front:
        if front is None:
            raise RuntimeError("pgbouncer is not installed here")
        _check(asyncio.run(pooled(server, front, tries, seed)))


LANES = {
    "lines cut": DatabaseLane(
        1_000, 100, "payments, told over a line that breaks in 2 commits of 5", _whole(lines_cut)
    ),
    "backends killed": DatabaseLane(
        1_000, 100, "payments, a connection killed after every 2 answers", _whole(backends_killed)
    ),
    "servers crashed": DatabaseLane(
        1_000, 100, "payments, 2 crashes in every hundred", _whole(server_crashed)
    ),
    "deadlocks": DatabaseLane(2_000, 400, "transactions that cross each other", _deadlocks),
    "failovers": DatabaseLane(10, 1, "standbys promoted under 100 payments", _failovers),
    "pooled": DatabaseLane(
        500, 100, "payments through pgbouncer, with kills and a crash", _pooled
    ),
}
