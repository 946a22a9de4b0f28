"""Bots in processes of their own, to be stopped by signals, and what they did."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from adapters.storage.store import open_store
from conversations.protocol.places import read_chat
from conversations.protocol.views import View
from service.cards import cards
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Services
from service.lanes.keys import LaneKind, show_kind
from service.ports.store import Card, Store, Tx
from tests.support.bots.bot_place import Dice, let_in
from tests.support.chats.pocket_chat import PLATFORM, TENANT, delivery
from tests.support.kills.stop_child import Orders, main

STOP_SECONDS_MAX = 20
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 120
# Each bot is a fork of one process that only imports, which takes most of the time.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.support.kills.stop_child"])

Record = dict[str, Any]


def real_now() -> datetime:
    """The time that the bots go by."""
    return datetime.now(UTC)


@dataclass(slots=True)
class StopPlace:
    """A database with work for bots, and the bots that were started."""

    orders: Orders
    store: Store
    bots: list[ForkServerProcess] = field(default_factory=list)

    async def starts(self) -> ForkServerProcess:
        """Another bot; returns once it listens."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        bot = _FORKS.Process(target=main, args=(self.orders, port))
        bot.start()
        self.bots.append(bot)
        await self.until(lambda done: any(each["pid"] == bot.pid for each in done))
        return bot

    async def stops(self, bot: ForkServerProcess) -> int | None:
        """Ask it to stop; how it ended."""
        bot.terminate()
        await asyncio.to_thread(bot.join, PATIENCE_SECONDS)
        return bot.exitcode

    def journal(self, did: str = "") -> list[Record]:
        """What all bots did, in order; of one kind, or all of it."""
        path = Path(self.orders.journal)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [each for each in map(json.loads, lines) if did in ("", each["did"])]

    async def until(self, looks: Callable[[list[Record]], Any]) -> Any:
        """What a look at the journal gives, once it gives something."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := looks(self.journal())):
                await asyncio.sleep(LOOK_SECONDS)
        return found

    async def until_quiet(self) -> None:
        """Return when nobody waits for anything, and nothing is in anybody's hands."""

        def waits(tx: Tx) -> bool:
            lanes = tx.inspection.lanes(real_now())
            return any(each.kind in (LaneKind.TURNS, show_kind(PLATFORM)) for each in lanes)

        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.store.transact(waits):
                await asyncio.sleep(LOOK_SECONDS * 5)

    async def want(self, *wanted: Card) -> None:
        """Have these shown."""

        def work(tx: Tx) -> None:
            for card in wanted:
                cards.want_card(context_of(tx, _services()), card)

        await self.store.transact(work)

    async def let_say(self, people: tuple[str, ...]) -> None:
        """These people each asked for a top-up, and nobody answered yet."""

        def work(tx: Tx) -> None:
            let_in(tx, people=people)
            for person in people:
                said = delivery(person, person, text="/topup 50 USD card")
                tx.deliveries.add(said, real_now())
                tx.lanes.schedule(LaneKind.TURNS, said.lane, real_now())

        await self.store.transact(work)


def card(number: int, chat: str, title: str) -> Card:
    """The card of that number."""
    where = read_chat(PLATFORM, TENANT, chat)
    return Card(f"{number:016x}", where, "", "en", "UTC", View(title, f"{title}."), 1)


@asynccontextmanager
async def stop_place(address: str, folder: Path, **orders: float) -> AsyncIterator[StopPlace]:
    """A place with no bot yet; whatever still runs at the end is killed."""
    place = StopPlace(Orders(address, str(folder / "journal"), **orders), open_store(address))
    try:
        yield place
    finally:
        await place.store.close()
        for bot in place.bots:
            bot.kill()
            bot.join()


def _services() -> Services:
    sources = Sources(real_now, Dice("stopping"))
    return Services(sources, secret=b"for tests", support="", zone="UTC", methods=(), merchants=())


PEOPLE = tuple(f"person-{number}" for number in range(12))
CARDS = [card(number, f"chat-{number % 16}", f"Card {number}") for number in range(48)]


async def stopped_under_load(address: str, folder: Path, after: int) -> list[str]:
    """Stop a bot when so many messages are out, let another end its work; what went wrong."""
    async with stop_place(address, folder) as place:
        await place.let_say(PEOPLE)
        await place.want(*CARDS)
        first = await place.starts()
        await place.until(lambda _: len(place.journal("shown")) >= after)
        asked_at = time.monotonic()
        ended = await place.stops(first)
        took = time.monotonic() - asked_at
        left = await place.store.transact(lambda tx: tx.inspection.lanes(real_now()))
        second = await place.starts()
        await place.until_quiet()
        ended_too = await place.stops(second)
        shown, began = place.journal("shown"), place.journal("began")

    posts = Counter(each["card"] for each in shown)
    promises = {
        f"it ended with {ended}, the next one with {ended_too}": ended == ended_too == 0,
        f"it took {took:.1f} s to stop": took < STOP_SECONDS_MAX,
        "lanes were left in its hands": not any(each.held for each in left),
        "messages were begun and not ended": len(began) == len(shown),
        f"told twice: {posts}": set(posts.values()) == {1},
        "a card was lost": {each.id for each in CARDS} < set(posts),
        f"{len(posts)} were told": len(posts) == len(CARDS) + len(PEOPLE),
    }
    return [wrong for wrong, holds in promises.items() if not holds]
