"""A place to play dialogs in: the whole bot before an emulated chat, over real sockets.

Clock and dice are injected; SQLite is in a file. Time stands still until a dialog moves it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import shake_256
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.gateways.sandbox_server.books import from_document, next_due
from billing.ledger import Kind, Posting, Transaction, customer
from billing.money import Money, exponent
from bot import accounts
from bot.app import App, Chats, build, chats_of
from bot.config import Config
from bot.ids import Sources
from bot.ports import Tx
from conversations.ports import Chat, ChatAdapter, Delivery, Incoming, Message, MessageRef
from conversations.ports import Receive as TakeDelivery
from conversations.views import Reply, Tell, View
from conversations.vocabulary import ConversationKey
from tests.dialog_chats import TRUST, ChatPlace
from tests.dialog_script import AccountLine
from tests.dialog_slack import SlackPlace
from tests.dialog_telegram import TelegramPlace
from tests.telegram_place import serving

PLACES: Mapping[str, type[SlackPlace] | type[TelegramPlace]] = {
    "slack": SlackPlace,
    "telegram": TelegramPlace,
}
_BEGIN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_STILL_SECONDS = 5.0
_LOOK_SECONDS = 0.001
_TRANSFER_SECONDS = 20


@dataclass(slots=True)
class Clock:
    """Moves only when a dialog says so."""

    at: datetime = _BEGIN

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Door:
    """The one address of bot and emulator. Closed to callbacks, it answers them 503."""

    app: ASGIApp | None = None
    drops_callbacks: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        callback = scope["path"].startswith("/webhooks/")
        if self.app is None or (callback and self.drops_callbacks):
            await PlainTextResponse("lost", 503)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@dataclass(slots=True)
class Watched:
    """A chat adapter, and the views that went through it: what was shown and told, in order."""

    inner: ChatAdapter
    shown: list[tuple[MessageRef | None, View]] = field(default_factory=list)

    @property
    def platform(self) -> str:
        return self.inner.platform

    def listening(self, receive: TakeDelivery) -> AbstractAsyncContextManager[None]:
        return self.inner.listening(_WatchedReceive(receive, self.shown))

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        return self.inner.to_event(body)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        ref = await self.inner.show(chat, message, replacing=replacing)
        self.shown.append((ref, message.view))
        return ref

    async def shares(self, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
        return await self.inner.shares(key, channels)


@dataclass(frozen=True, slots=True)
class _WatchedReceive:
    inner: TakeDelivery
    shown: list[tuple[MessageRef | None, View]]

    async def store(self, delivery: Delivery) -> int | None:
        return await self.inner.store(delivery)

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        replies = await self.inner.answer(ticket)
        told = [reply.view for reply in replies or () if isinstance(reply, Tell)]
        self.shown.extend((None, view) for view in told)
        return replies

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        ticket = await self.store(delivery)
        return None if ticket is None else await self.answer(ticket)


@dataclass(frozen=True, slots=True)
class Stage:
    """The bot at work, the chat's people, and a browser."""

    app: App
    chat: ChatPlace
    watched: Watched
    clock: Clock
    door: Door
    browser: httpx.AsyncClient
    database: Path

    async def still(self) -> None:
        """Return once nothing is under way; TimeoutError if it never ends."""
        async with asyncio.timeout(_STILL_SECONDS):
            while not await self._is_still():
                await asyncio.sleep(_LOOK_SECONDS)

    async def _is_still(self) -> bool:
        if not (self.chat.quiet() and self._runners_rest()):
            return False
        # The store works in order: what was under way before this read is done after it.
        return not await self._callbacks_due() and self.chat.quiet() and self._runners_rest()

    def _runners_rest(self) -> bool:
        return all(runner.resting for runner in self.app.runners)

    async def _callbacks_due(self) -> bool:
        documents = await self.app.store.transact(lambda tx: tx.documents.all("checkout"))
        due = (next_due(from_document(each)) for each in documents)
        return any(moment is not None and moment <= self.clock.at for moment in due)

    async def wait(self, delta: timedelta) -> None:
        """Let time pass, all at once, and what falls due happen."""
        self.clock.at += delta
        if self.app.sandbox is not None and await self._callbacks_due():
            await self.app.sandbox.work_off()
        for runner in self.app.runners:
            runner.wake()
        await self.still()

    async def open_account(self, line: AccountLine) -> None:
        """Add an account as an operator does, with something on it."""
        links = self.chat.links(line)

        def work(tx: Tx) -> None:
            now = self.clock()
            wanted = accounts.Wanted(
                line.id, line.title, line.currency, "sandbox", line.alert_below
            )
            accounts.add(tx, wanted, now)
            for link in links:
                accounts.link(tx, link, now)
            amount = _money(line.balance or "0", line.currency)
            if amount.minor:
                opening = Posting("house:opening", customer(line.id), amount)
                tx.ledger.post(Transaction(f"opening:{line.id}", Kind.CREDIT, (opening,), now))

        await self.app.store.transact(work)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds, read past the store."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(query).fetchall()


@asynccontextmanager
async def stage(platform: str, database: Path) -> AsyncIterator[Stage]:
    """Everything on one free port of this machine, closed again at the end."""
    clock, door = Clock(), Door()
    async with serving([Mount("/", door)]) as address:
        place = PLACES[platform](address, clock)
        sources = Sources(clock, _dice(platform))
        config = place.configured(_config(address, database))
        chats = chats_of(config, sources)
        watched = Watched(chats.adapters[0])
        app = build(
            config,
            sources,
            Chats((watched,), chats.routes),
            settle_after_seconds=_TRANSFER_SECONDS,
        )
        door.app = Starlette(routes=[*place.routes(), Mount("/", app.web)])
        async with (
            httpx.AsyncClient(verify=TRUST, trust_env=False) as browser,
            _closing(place),
            app.running(),
        ):
            yield Stage(app, place, watched, clock, door, browser, database)


@asynccontextmanager
async def _closing(place: ChatPlace) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await place.close()


def _config(address: str, database: Path) -> Config:
    return Config(
        telegram=None,
        slack=None,
        public_url=address,
        host="127.0.0.1",
        port=int(address.rpartition(":")[2]),
        database_url=f"sqlite:///{database}",
        secret_key=SecretStr("dialogs-" * 4),
        gateways=("sandbox",),
        signup_open=False,
        support_contact="ops@acme.example",
        timezone="UTC",
    )


def _dice(seed: str) -> Any:
    numbers = count(1)
    return lambda size: shake_256(f"{seed}:{next(numbers)}".encode()).digest(size)


def _money(text: str, currency: str) -> Money:
    whole, _, part = text.partition(".")
    digits = exponent(currency)
    return Money(int(whole + part.ljust(digits, "0")), currency)


