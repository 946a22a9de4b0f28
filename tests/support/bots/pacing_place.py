"""Bots that show cards on played platforms with real limits, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.chat.slack.paces import paces as slack_paces
from adapters.chat.telegram.paces import paces as telegram_paces
from adapters.storage.store import SqliteStore
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from conversations.protocol.views import View
from service.cards import cards
from service.cards.delivery import Deliverer
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Services
from service.lanes import lanes
from service.lanes.keys import show_kind, write_chat_key
from service.lanes.lanes import Runner, Work
from service.ports.store import Card, Claim, Tx
from tests.support.bots.bot_place import Dice
from tests.support.histories.rows import Here, emptied
from tests.support.house.virtual_time import now

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SOON = timedelta(seconds=0.5)
ANA = read_chat("telegram", "4242", "7001")
AT_ONCE = 8
ANSWER_SECONDS = 0.08
LOOK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Call:
    """One message that reached a platform, when, and what it showed."""

    at: datetime
    chat: Chat
    card: str
    title: str
    edit: bool


Trouble = Callable[[Call], Awaitable[None]]


async def none(_: Call) -> None:
    """No trouble."""


@dataclass(slots=True)
class Platform:
    """Takes a moment for each message, after whatever trouble there is; keeps all calls."""

    platform: str
    trouble: Trouble = none
    calls: list[Call] = field(default_factory=list)
    shown: dict[MessageRef, str] = field(default_factory=dict)

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Nobody writes here."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """Nobody writes here."""
        return None

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Nobody: there are no channels."""
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """Nothing was asked."""
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As fast as it comes."""
        return ()

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """The platform's own, as its adapter has them."""
        if self.platform == "slack":
            return slack_paces(chat.place, edit=edit)
        return telegram_paces(chat.place)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Take the message."""
        call = Call(now(), chat, message.card, message.view.title, replacing is not None)
        self.calls.append(call)
        await self.trouble(call)
        await asyncio.sleep(ANSWER_SECONDS)
        ref = replacing or MessageRef(chat.id, str(len(self.shown) + 1))
        self.shown[ref] = message.view.title
        return ref


@dataclass(frozen=True, slots=True)
class PacingPlace:
    """A database, its bots, and how often they looked after each chat."""

    store: SqliteStore
    services: Services
    asked: Counter[str]
    work: Work

    async def want(self, *wanted: Card) -> None:
        """Have all of these shown, wanted in one go."""

        def work(tx: Tx) -> None:
            for card in wanted:
                cards.want_card(context_of(tx, self.services), card)

        await self.store.transact(work)

    async def shows(self, chat: Chat, at: datetime) -> None:
        """Somebody whose clock says so shows one card of the chat, if the chat is free by then."""
        kind, until = show_kind(chat.platform), at + lanes.LEASE

        def claim(tx: Tx) -> Claim | None:
            return tx.lanes.claim_one(kind, write_chat_key(chat), at, owner="other", until=until)

        claimed = await self.store.transact(claim)
        if claimed is not None:
            await self.work(claimed)
            await self.store.transact(lambda tx: tx.lanes.release(claimed, next_due=None, tries=0))

    async def until_all_shown(self) -> None:
        """Return when no chat waits for anything."""
        while await self.store.transact(lambda tx: tx.inspection.lanes(now())):
            await asyncio.sleep(LOOK_SECONDS)


def card(number: int, chat: Chat, title: str, person: str = "") -> Card:
    """The card of that number."""
    return Card(f"{number:016x}", chat, person, "en", "UTC", View(title, f"{title}."), 1)


@asynccontextmanager
async def pacing_place(*platforms: Platform, bots: int = 1) -> AsyncIterator[PacingPlace]:
    """So many bots on one database, all at work."""
    store = SqliteStore(emptied(), Here(max_workers=1))
    sources = Sources(now, Dice("pacing"))
    services = Services(
        sources, secret=b"for tests", support="", zone="UTC", methods=(), merchants=()
    )
    adapters = {each.platform: each for each in platforms}
    deliverer = Deliverer(store, adapters, services, "http://bot.test")
    asked: Counter[str] = Counter()

    async def work(claim: Claim) -> datetime | None:
        asked[claim.key] += 1
        return await deliverer.work(claim)

    runners = [
        Runner(store, show_kind(name), work, sources, owner=f"bot-{number}", at_once=AT_ONCE)
        for number in range(bots)
        for name in adapters
    ]

    def wake(kind: str) -> None:
        for runner in runners:
            if runner.kind == kind:
                runner.wake()

    store.on_schedule(wake)
    patched = pytest.MonkeyPatch()
    # Nobody else schedules anything here: to look every second would find nothing.
    patched.setattr(lanes, "POLL_SECONDS", 3600.0)
    tasks = [asyncio.create_task(runner.run()) for runner in runners]
    try:
        yield PacingPlace(store, services, asked, work)
    finally:
        for runner in runners:
            runner.stop()
        await asyncio.gather(*tasks)
        patched.undo()


def most_within(calls: Iterable[Call], window: timedelta) -> int:
    """The most calls that fell into any window of that length."""
    times = sorted(call.at for call in calls)
    most = first = 0
    for number, at in enumerate(times):
        while times[first] <= at - window:
            first += 1
        most = max(most, number - first + 1)
    return most


def by_chat(calls: Iterable[Call]) -> list[list[Call]]:
    """The calls of each chat."""
    found: defaultdict[Chat, list[Call]] = defaultdict(list)
    for call in calls:
        found[call.chat].append(call)
    return [*found.values()]
