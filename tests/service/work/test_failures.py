"""Outages of others are a line each in the log; only what nobody expected shows where it was."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

import pytest

from adapters.storage.store import open_store
from billing.ports import GatewayError
from billing.store_errors import StoreUnavailable
from conversations.protocol.ports import ChatError
from service.common.ids import Sources
from service.lanes.lanes import POLL_SECONDS, Runner
from service.ports.store import Claim, Tx
from tests.support.bots.bot_place import START, Clock, Dice
from tests.support.house import virtual_time
from tests.support.house.source import name, parsed, product_files

OUTAGES = [
    GatewayError("stripe: answered 500", retry=True),
    ChatError("Bad Gateway (502)"),
    StoreUnavailable("the database does not answer"),
]
# Each tells of what is no outage: those are told before, or cannot come up there.
WITH_TRACEBACK = {
    "adapters/gateways/sandbox/server/callbacks.py": 1,
    "bot/cli.py": 1,
    "service/cards/delivery.py": 1,
    "service/lanes/failures.py": 1,
    "bot/watch/logs.py": 1,
}


@pytest.mark.parametrize("error", [*OUTAGES, ValueError("a fault of ours")])
async def test_140_work_that_an_outage_stops_is_told_in_a_line(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway's 500, a chat's 502 or a database that is away; a fault of ours is told whole."""
    store, sources = open_store("sqlite://"), Sources(Clock(), Dice())
    failed = asyncio.Event()

    async def fail(_: Claim) -> datetime | None:
        failed.set()
        raise error

    runner = Runner(store, "payments", fail, sources, owner="me", at_once=1)
    await store.transact(lambda tx: tx.lanes.schedule("payments", "stripe|cs_1", START))
    running = asyncio.create_task(runner.run())
    await failed.wait()
    runner.stop()
    await running
    await store.close()

    [told] = caplog.records
    assert told.getMessage().startswith("lane_failed kind=payments key=stripe|cs_1 tries=0")
    assert (told.exc_info is None) == (error in OUTAGES)
    assert (str(error) in told.getMessage()) == (error in OUTAGES)


class _Away:
    """A database that does not answer, and when it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def transact(self, work: Callable[[Tx], object]) -> NoReturn:
        self.asked.append(asyncio.get_running_loop().time())
        raise StoreUnavailable("the database does not answer")

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        pass

    async def close(self) -> None:
        pass


def test_a_database_that_is_away_is_asked_every_second() -> None:
    """What is due when it is back waits no longer than that."""
    away = _Away()

    async def nothing(_: Claim) -> datetime | None:
        return None

    async def works() -> None:
        sources = Sources(virtual_time.now, Dice())
        runner = Runner(away, "payments", nothing, sources, owner="me", at_once=1)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(2.5 * POLL_SECONDS)
        runner.stop()
        await running

    virtual_time.run(works())

    assert away.asked == [0, POLL_SECONDS, 2 * POLL_SECONDS]


def test_140_nobody_else_logs_a_traceback() -> None:
    """What catches all there is tells it as service/lanes/failures.py does, or is listed."""
    found: dict[str, int] = {}
    for path in product_files():
        for call in ast.walk(parsed(path)):
            if isinstance(call, ast.Call) and _shows_traceback(call):
                found[name(path)] = found.get(name(path), 0) + 1

    assert {at: count for at, count in found.items() if "playground" not in at} == WITH_TRACEBACK


def _shows_traceback(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "exception":
        return ast.unparse(call.func.value) in ("log", "_log")
    return any(given.arg == "exc_info" for given in call.keywords)
