"""Bots that are asked to stop, and bots that stand still: what they had in hand goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.contracts.cards import record_shown
from conversations.protocol.places import read_chat
from conversations.protocol.ports import MessageRef
from service.lanes.keys import show_kind, write_chat_key
from service.ports.store import Tx
from tests.support.chats.pocket_chat import PLATFORM, TENANT
from tests.support.databases.postgres_server import Server
from tests.support.kills.stop_child import STUCK
from tests.support.kills.stop_place import (
    STOP_SECONDS_MAX,
    Record,
    StopPlace,
    card,
    real_now,
    stop_place,
    stopped_under_load,
)

pytestmark = [
    pytest.mark.xdist_group("postgres"),
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system has no such signals"),
]


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each engine, with all tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/topup.db"
        return
    server: Server = request.getfixturevalue("postgres")
    database = server.fresh()
    yield server.url(database)
    server.run(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.mark.parametrize("after", [10])
async def test_57_a_stop_under_load(address: str, tmp_path: Path, after: int) -> None:
    """It ends in time and well; the next one goes on at once; nothing is lost or told twice."""
    assert await stopped_under_load(address, tmp_path, after) == []


async def test_57_what_takes_too_long_is_handed_back(tmp_path: Path) -> None:
    """A message that nobody answers delays a stop for so long, and is due for whoever is next."""
    address = f"sqlite:///{tmp_path}/topup.db"
    async with stop_place(address, tmp_path, send_seconds=25, drain_seconds=0.2) as place:
        await place.want(card(1, "chat", "Never"))
        bot = await place.starts()
        await place.until(lambda _: place.journal("began"))
        asked_at = time.monotonic()
        ended = await place.stops(bot)
        took = time.monotonic() - asked_at
        kind, lane = show_kind(PLATFORM), write_chat_key(read_chat(PLATFORM, TENANT, "chat"))
        now = real_now()

        def claim(tx: Tx) -> bool:
            found = tx.lanes.claim_one(kind, lane, now, owner="next", until=now)
            return found is not None

        assert await place.store.transact(claim)
    assert ended == 0
    assert took < STOP_SECONDS_MAX
    assert not place.journal("shown")


async def test_59_a_bot_that_stands_still(postgres: Server, tmp_path: Path) -> None:
    """SIGSTOP while it sends: when its lease ends another goes on, and SIGCONT does no harm.

    What it sends when it wakes is older than what people see, and does not stay.
    """
    address = postgres.url(postgres.fresh())
    async with stop_place(address, tmp_path, stuck_seconds=4, lease_seconds=2) as place:
        await place.want(card(1, "chat", "first"))
        seen = MessageRef("chat", card(1, "chat", "").id)
        await place.store.transact(lambda tx: record_shown(tx, seen.id, 1, seen))
        bots = [await place.starts(), await place.starts()]
        await place.want(card(1, "chat", STUCK))
        [stuck, *_] = await place.until(lambda _: place.journal("began"))
        os.kill(stuck["pid"], signal.SIGSTOP)
        await place.until(lambda _: titles(place, STUCK))
        await place.want(card(1, "chat", "third"))
        await place.until(lambda _: titles(place, "third"))
        os.kill(stuck["pid"], signal.SIGCONT)
        await place.until(lambda _: [each["pid"] for each in titles(place, STUCK)][1:])
        await place.until(lambda _: place.journal("shown")[-1]["title"] == "third")
        await place.until_quiet()
        ends = await asyncio.gather(*(place.stops(bot) for bot in bots))
        shown = place.journal("shown")

    late = [each["pid"] for each in shown if each["title"] == STUCK]
    assert late[0] != late[1] == stuck["pid"]
    assert [each["title"] for each in shown] == [STUCK, "third", STUCK, "third"]
    assert {each["message"] for each in shown} == {seen.id}
    assert all(each["edit"] for each in shown)
    assert ends == [0, 0]


def titles(place: StopPlace, title: str) -> list[Record]:
    """What was shown under that title."""
    return [each for each in place.journal("shown") if each["title"] == title]
