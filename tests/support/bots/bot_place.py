"""The whole bot in one process, on a file: pocket chat, sandbox gateway, a clock to turn.

It has hands for tests and asserts nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox.settings import Sandbox
from adapters.storage.maintenance.upgrade import upgrade
from adapters.storage.store import open_store
from billing.retention import default_retention
from billing.topups import Mode
from bot.settings.config import Config
from bot.settings.gateways import Gateways
from bot.settings.people import People
from bot.settings.playground import PlaygroundClock
from bot.settings.storage import Storage
from bot.settings.web import Web
from bot.wiring.app import App, build
from bot.wiring.chats import Chats
from conversations.protocol.ports import Message
from conversations.protocol.views import Reply
from service.common.ids import Sources
from service.common.signed_tokens import derive_key
from service.lanes.keys import LaneKind
from service.ports.store import Account, Link, LinkKind, Store, Tx
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.bots.steps import Steps
from tests.support.chats.pocket_chat import PLATFORM, TENANT, PocketChat, button, delivery

PUBLIC_URL = "http://bot.test"
SECRET_KEY = "a key that only the tests have and long enough"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ANA, BEN, EVE = "ana", "ben", "eve"
ACCOUNT = "team-a"
QUIET_SECONDS = 60
# These tell that somebody was here, not what became of it.
TRACES = frozenset({"deliveries", "counters", "lanes", "sqlite_sequence", "audit_seals"})
MONEY = ("accounts", "links", "top_ups", "attempts", "payments", "transactions", "postings")

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Clock:
    """Moves only when a test says so."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **parts: float) -> None:
        """Let time pass: `minutes=5`."""
        self.at += timedelta(**parts)


@dataclass(slots=True)
class Dice:
    """Bytes that look random, and are the same for the same seed."""

    seed: str = "dice"
    rolls: count[int] = field(default_factory=count)

    def __call__(self, number: int) -> bytes:
        return sha256(f"{self.seed}:{next(self.rolls)}".encode()).digest()[:number]


def config_for(database: Path, public_url: str = PUBLIC_URL, port: int = 9) -> Config:
    """Settings without Slack and Telegram. Nothing listens at port 9."""
    return Config(
        web=Web(public_url, "127.0.0.1", port),
        storage=Storage(f"sqlite:///{database}", SecretStr(SECRET_KEY)),
        telegram=None,
        slack=None,
        gateways=Gateways((Sandbox(),)),
        people=People(False, "billing@example.com", "UTC", "en"),
        retention=default_retention(),
        amounts={},
        playground=PlaygroundClock(),
    )


def changed(config: Config, **settings: Any) -> Config:
    """The same with some settings otherwise, whatever group they are in: `port=9`."""
    for name, value in settings.items():
        groups = {each.name: getattr(config, each.name) for each in fields(config)}
        if name in groups:
            config = replace(config, **{name: value})
            continue
        (own,) = (each for each, group in groups.items() if hasattr(group, name))
        config = replace(config, **{own: replace(groups[own], **{name: value})})
    return config


def let_in(tx: Tx, account: str = ACCOUNT, people: tuple[str, ...] = (ANA, BEN)) -> None:
    """An account in dollars that these people may use."""
    tx.accounts.add(Account(account, "Team Alpha", "USD", Mode.SANDBOX), START)
    for person in people:
        tx.accounts.link(Link(account, PLATFORM, TENANT, LinkKind.PERSON, person), START)


def callback_key() -> bytes:
    """The key with which the sandbox of these bots signs its callbacks."""
    secret = base64.b64encode(derive_key(SECRET_KEY, "sandbox callbacks")).decode()
    return standard_webhooks.signing_key(f"whsec_{secret}")


@dataclass(slots=True)
class BotPlace:
    """A running bot, its chat, its database and a browser."""

    app: App
    chat: PocketChat
    database: Path
    clock: Clock
    web: httpx.AsyncClient
    names: Callable[[], int] = field(default_factory=lambda: count(1).__next__)
    steps: Steps | None = None

    async def quiet(self) -> None:
        """Return once everything that is due is worked off."""
        if self.steps is not None:
            await self.steps.work_off(self.app.runners)
            return
        async with asyncio.timeout(QUIET_SECONDS):
            while not all(runner.is_resting for runner in self.app.runners):
                await asyncio.sleep(0.001)

    async def does(self, person: str, **body: Any) -> tuple[Reply, ...]:
        """A person types (`text`), presses (`press`) or sends a `form`; the answers in place."""
        sent = delivery(f"d{self.names()}", person, waits=True, **body)
        replies = await self.app.inbox(sent)
        await self.quiet()
        return replies or ()

    async def presses(self, person: str, label: str) -> tuple[Reply, ...]:
        """A person presses a button on the newest message they see."""
        found = button(self.chat.newest(person), label)
        return await self.does(person, press=found.token or "")

    async def asks_for(self, person: str = ANA, line: str = "/topup 50 USD card") -> Message:
        """A person asks for a top-up and confirms it: the card with the pay link."""
        await self.does(person, text=line)
        await self.presses(person, "Confirm")
        return self.chat.newest(person)

    async def checkout(self, card: Message) -> str:
        """Continue on the pay page: the address of the gateway's page."""
        answer = await self.web.post(button(card, "Pay").url or "")
        return answer.headers["location"]

    async def return_address(self, pay_link: str) -> str:
        """Continue on the pay page, and give up on the gateway's: where one comes back to."""
        page = (await self.web.post(pay_link)).headers["location"]
        return (await self.web.get(f"{page}/return")).headers["location"]

    async def pays(self, card: Message) -> None:
        """Pay with a good card, and have the gateway call back."""
        page = await self.checkout(card)
        await pay_by_card(self.web, page, PAID)
        await self.calls_back(page.rsplit("/", 1)[1])

    async def calls_back(self, checkout: str, **headers: str) -> httpx.Response:
        """A genuine callback about a checkout, with some headers altered."""
        body = json.dumps({"type": "payment.paid", "data": {"checkout": checkout}}).encode()
        answer = await self.posts(body, headers)
        await self.quiet()
        return answer

    async def posts(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """These bytes as a signed callback, with some headers altered."""
        signed = standard_webhooks.sign(callback_key(), "msg_1", self.clock(), body)
        sent = signed | (headers or {})
        return await self.web.post("/webhooks/sandbox", content=body, headers=sent)

    def rows(self, table: str) -> Rows:
        """A table's rows, by its own order."""
        return dump(self.database, table)[table]

    def lanes(self) -> Rows:
        """What is pending, but for what a bot does every now and then anyway."""
        return [
            each
            for each in self.rows("lanes")
            if each["kind"] not in (LaneKind.SEAL, LaneKind.RETAIN)
        ]

    def facts(self) -> dict[str, Rows]:
        """Every table but the traces."""
        return {name: rows for name, rows in dump(self.database).items() if name not in TRACES}

    def money(self) -> dict[str, Rows]:
        """The tables in which money, and who may use it, is written."""
        return dump(self.database, *MONEY)


@asynccontextmanager
async def bot_place(
    directory: Path,
    chats: Chats | None = None,
    seed: str = "dice",
    clock: Clock | None = None,
    reach: httpx.AsyncBaseTransport | None = None,
    steps: Steps | None = None,
    store: Store | None = None,
    **settings: Any,
) -> AsyncIterator[BotPlace]:
    """A bot that runs while this is entered; `chats` are platforms beside the pocket chat.

    Where one ran before, this one goes on; give it the clock, and another seed. `reach` leads to
    gateways outside; with `steps` its runners stand still until a test rests. `store` is its
    database, where somebody opened it already. `settings` are fields of its Config, or of a group
    there.
    """
    clock, chat, database = clock or Clock(), PocketChat(), directory / "bot.db"
    if not database.exists():
        database.write_bytes(empty_database())
    config = changed(config_for(database), **settings)
    others = chats or Chats(())
    app = await build(
        config,
        Sources(clock, Dice(seed)),
        store or open_store(config.storage.database_url),
        Chats((chat, *others.adapters), others.routes),
        reach=reach,
    )
    running = app if steps is None else replace(app, runners=())
    await app.store.transact(let_in)
    browser = httpx.AsyncClient(
        transport=httpx.ASGITransport(app.web, raise_app_exceptions=False), base_url=PUBLIC_URL
    )
    async with running.running(), browser:
        yield BotPlace(app, chat, database, clock, browser, steps=steps)


@cache
def empty_database() -> bytes:
    """A database with all tables and no rows: to migrate once is enough for many tests."""
    with TemporaryDirectory() as directory:
        database = Path(directory) / "empty.db"
        upgrade(f"sqlite:///{database}")
        return database.read_bytes()


def dump(database: Path, *tables: str) -> dict[str, Rows]:
    """The rows of these tables, or of all, as another connection reads them."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = tables or tuple(sorted(row["name"] for row in found))
        return {name: _rows(connection, name) for name in names}


def _rows(connection: sqlite3.Connection, table: str) -> Rows:
    # The name comes from the database or from a test.
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
