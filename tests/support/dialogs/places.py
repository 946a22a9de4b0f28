"""A place to play dialogs in: the whole bot before an emulated chat, over real sockets.

Clock and dice are injected; SQLite is in a file. Time stands still until a dialog moves it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import shake_256
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.gateways.sandbox.server.books import from_document
from adapters.gateways.sandbox.server.changes import next_due
from adapters.storage.store import open_store
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.money import Money, currency_exponent
from bot.settings.config import Config, Settings, load
from bot.wiring.app import App, build
from bot.wiring.chats import Chats, chats_of
from service.common.ids import Sources
from service.money import accounts
from service.ports.store import Tx
from tests.support.bots.paying import sandbox_of
from tests.support.chats.telegram_emulator import serving
from tests.support.dialogs.chats import TRUST, ChatPlace
from tests.support.dialogs.script import AccountLine
from tests.support.dialogs.slack import SlackPlace
from tests.support.dialogs.telegram import TelegramPlace
from tests.support.dialogs.watched import Watched
from tests.support.dialogs.wire import Sent, Wire

PLACES: Mapping[str, Callable[[str, Callable[[], datetime]], ChatPlace]] = {
    "slack-http": SlackPlace,
    "slack-socket": partial(SlackPlace, socket=True),
    "telegram-polling": TelegramPlace,
    "telegram-webhook": partial(TelegramPlace, webhook=True),
}
SECRET_KEY = "dialogs-" * 4
_BEGIN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_STILL_SECONDS = 60.0
_LOOK_SECONDS = 0.001


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


@dataclass(frozen=True, slots=True)
class Stage:
    """The bot at work, the chat's people, and a browser; `sent` is what the bot sent so far."""

    app: App
    chat: ChatPlace
    watched: Watched
    clock: Clock
    door: Door
    browser: httpx.AsyncClient
    database: Path
    sent: list[Sent]

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
        return all(runner.is_resting for runner in self.app.runners)

    async def _callbacks_due(self) -> bool:
        documents = await self.app.store.transact(lambda tx: tx.documents.all("checkout"))
        due = (next_due(from_document(each)) for each in documents)
        return any(moment is not None and moment <= self.clock.at for moment in due)

    async def wait(self, delta: timedelta) -> None:
        """Let time pass, all at once, and what falls due happen."""
        self.clock.at += delta
        sandbox = sandbox_of(self.app)
        if sandbox is not None and await self._callbacks_due():
            await sandbox.run_due_work()
        for runner in self.app.runners:
            runner.wake()
        await self.still()

    async def open_account(self, line: AccountLine) -> None:
        """Add an account as an operator does, with something on it."""
        links = self.chat.links(line)

        def work(tx: Tx) -> None:
            now = self.clock()
            wanted = accounts.NewAccount(
                line.id, line.title, line.currency, "sandbox", line.alert_below
            )
            accounts.add_account(tx, wanted, now)
            for link in links:
                accounts.link_account(tx, link, now)
            amount = _money(line.balance or "0", line.currency)
            if amount.minor:
                opening = Posting("house:opening", customer_account(line.id), amount)
                tx.ledger.post(
                    Transaction(f"opening:{line.id}", TransactionKind.CREDIT, (opening,), now)
                )

        await self.app.store.transact(work)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds, read past the store."""
        with self._opened() as connection:
            return connection.execute(query).fetchall()

    def dump(self) -> str:
        """The whole database as text."""
        with self._opened() as connection:
            return "\n".join(connection.iterdump())

    def _opened(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True))


@asynccontextmanager
async def stage(
    name: str,
    database: Path,
    *,
    signup: str = "closed",
    reach: httpx.AsyncBaseTransport | None = None,
    **more: str,
) -> AsyncIterator[Stage]:
    """One of PLACES with everything on one free port of this machine, closed again at the end.

    `more` are settings as the environment has them; `reach` leads to gateways outside.
    """
    clock, door = Clock(), Door()
    async with serving([Mount("/", door)]) as address:
        place = PLACES[name](address, clock)
        sources = Sources(clock, _dice(place.platform))
        config = _config(address, database, {**place.settings(), "signup": signup, **more})
        store = open_store(config.storage.database_url)
        chats = chats_of(config, sources, store)
        watched = Watched(chats.adapters[0])
        app = await build(config, sources, store, Chats((watched,), chats.routes), reach=reach)
        wire = Wire(Starlette(routes=[*place.routes(), Mount("/", app.web)]))
        door.app = wire
        async with (
            httpx.AsyncClient(verify=TRUST, trust_env=False) as browser,
            _closing(place),
            app.running(),
        ):
            opened = Stage(app, place, watched, clock, door, browser, database, wire.sent)
            await opened.still()
            yield opened


@asynccontextmanager
async def _closing(place: ChatPlace) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await place.close()


def _config(address: str, database: Path, chat: Mapping[str, str]) -> Config:
    """As it is read from the environment, which is left aside."""
    given = {
        "telegram_bot_token": "",
        "telegram_webhook_secret": "",
        "slack_bot_token": "",
        "slack_signing_secret": "",
        "slack_app_token": "",
        # Both chats are played, by a clock of ours, so that neither has a limit.
        "slack_api_base_url": f"{address}/slack",
        "telegram_api_base_url": f"{address}/telegram",
        "clock_offset_file": str(database.with_suffix(".clock")),
        "public_url": address,
        "host": "127.0.0.1",
        "port": address.rpartition(":")[2],
        "database_url": f"sqlite:///{database}",
        "secret_key": SECRET_KEY,
        "gateways": "sandbox",
        "support_contact": "ops@acme.example",
        "timezone": "UTC",
    }
    return load(Settings.from_values({**given, **chat}))


def _dice(seed: str) -> Any:
    numbers = count(1)
    return lambda size: shake_256(f"{seed}:{next(numbers)}".encode()).digest(size)


def _money(text: str, currency: str) -> Money:
    whole, _, part = text.partition(".")
    digits = currency_exponent(currency)
    return Money(int(whole + part.ljust(digits, "0")), currency)
