"""One life of a bot that may be killed at any labelled point, and a person who goes on anyway.

The person, the chat platform and the browser are outside of the bot: what they did and saw is in
a journal that a SIGKILL cannot undo. The sandbox gateway keeps its own books.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from adapters.gateways.sandbox.settings import Sandbox
from adapters.storage.store import open_store
from bot.settings.gateways import Gateways
from bot.wiring.app import App, build
from bot.wiring.chats import Chats
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from service.common.context import context_of
from service.common.fail_points import FailPoint, no_fail_point
from service.common.ids import Sources
from service.money import held
from service.ports.store import Tx
from tests.support.bots.bot_place import ANA, START, Dice, changed, config_for, let_in
from tests.support.bots.paying import PAID, forms, pay_by_card, send_transfer
from tests.support.chats import pocket_chat
from tests.support.databases.database_rows import read

# Longer than a lease, so that the next life may take over what the last one held.
BETWEEN_LIVES = timedelta(seconds=90)
SETTLES_AFTER = timedelta(seconds=20)
LIFE_SECONDS, LOOK_SECONDS = 30, 0.005
PENDING, CREDITED, REFUNDED = "🏦", "✅ Credited", "↩️ Refunded"
BANK_TRANSFER, REFUND = "bank_transfer", "refund"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fuse:
    """Stops the process dead when a point is passed for the `hit`-th time in this life."""

    point: FailPoint
    hit: int
    passed: Counter[FailPoint] = field(default_factory=Counter)

    def __call__(self, point: FailPoint) -> None:
        self.passed[point] += 1
        if point is self.point and self.passed[point] == self.hit:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Clock:
    """The time that really passed since `born`, and what was skipped."""

    born: float
    skipped: timedelta

    def __call__(self) -> datetime:
        return START + self.skipped + timedelta(seconds=time.monotonic() - self.born)


class Journal:
    """What happened outside of the bot, a line each, written before anybody may rely on it."""

    def __init__(self, path: Path, life: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._life = life
        self.records = read_journal(path)

    def write(self, **record: Any) -> None:
        """Add a line; it is with the kernel when this returns, which outlives the process."""
        whole = {"life": self._life, **record}
        os.write(self._file, json.dumps(whole).encode() + b"\n")
        self.records.append(whole)

    def sent(self, name: str) -> Record | None:
        """What was delivered under that name."""
        return next((each for each in self.records if each.get("sent") == name), None)

    def messages(self) -> dict[str, Record]:
        """The newest content of each message."""
        return {each["message"]: each for each in self.records if "message" in each}


def read_journal(path: Path) -> list[Record]:
    """Every record so far."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class JournalChat:
    """The pocket chat, with what it shows kept in the journal."""

    journal: Journal
    platform: str = pocket_chat.PLATFORM

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """The person brings their deliveries themselves."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """As in the pocket chat."""
        return pocket_chat.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: it takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post or edit; then it is out, whatever becomes of the bot."""
        ref = replacing or MessageRef(chat.id, str(len(self.journal.messages()) + 1))
        buttons = [
            {"label": each.label, "token": each.token, "url": each.url}
            for line in message.buttons
            for each in line
        ]
        title, edit = message.view.title, replacing is not None
        self.journal.write(message=ref.id, edit=edit, title=title, buttons=buttons)
        return ref

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Person:
    """Tops up, by what they see; begins again where they were."""

    app: App
    journal: Journal
    browser: httpx.AsyncClient
    clock: Clock
    method: str

    async def tops_up(self) -> None:
        """Ask, confirm, pay, and wait for the credit."""
        await self._platform_sends_again()
        way = BANK_TRANSFER if self.method == BANK_TRANSFER else "card"
        await self._does("asked", text=f"/topup 50 USD {way}")
        if self.journal.sent("confirmed") is None:
            review = await self._sees(lambda: self._button("Confirm"))
            await self._does("confirmed", press=review["token"])
        if not any("paid" in record for record in self.journal.records):
            await self._pays()
            self.journal.write(paid=True)
        await self._sees(lambda: self._title(PENDING, CREDITED, REFUNDED))
        # The transfer arrives only now, so that its two cards are two in every run.
        self.clock.skipped += SETTLES_AFTER
        await self._sees(lambda: self._title(CREDITED, REFUNDED))
        if self.method == REFUND:
            await self.app.store.transact(self._sent_back)
            await self._sees(lambda: self._title(REFUNDED))

    def _sent_back(self, tx: Tx) -> None:
        """An operator orders it, by the same key in each life."""
        (payment,) = tx.inspection.payments(9)
        why = held.Decision("asked for by mail")
        held.send_back(context_of(tx, self.app.services), payment.payment_ref, "", "refund-1", why)

    async def _platform_sends_again(self) -> None:
        """After a break a platform repeats what it is not sure of: here everything."""
        for record in [each for each in self.journal.records if "sent" in each]:
            await self._deliver(record["sent"], record["body"])

    async def _does(self, name: str, **body: str) -> None:
        if self.journal.sent(name) is None:
            self.journal.write(sent=name, body=body)
            await self._deliver(name, body)

    async def _deliver(self, name: str, body: Record) -> None:
        await self.app.inbox.accept(pocket_chat.delivery(name, ANA, **body))

    async def _pays(self) -> None:
        """By the link on the card; not again, where a life ended before it was noted."""
        card = await self._sees(
            lambda: self._button("Pay") or self._title(PENDING, CREDITED, REFUNDED)
        )
        if "url" not in card:
            return
        answer = await self.browser.post(card["url"])
        if answer.status_code != 303:
            return
        page = await self.browser.get(answer.headers["location"])
        if not forms(page):
            return
        if self.method != BANK_TRANSFER:
            await pay_by_card(self.browser, str(page.url), PAID)
        else:
            await send_transfer(self.browser, str(page.url))

    def _button(self, label: str) -> Record | None:
        found = [
            button
            for message in self.journal.messages().values()
            for button in message["buttons"]
            if button["label"].startswith(label)
        ]
        return found[-1] if found else None

    def _title(self, *begins: str) -> Record | None:
        shown = self.journal.messages().values()
        return next((each for each in shown if each["title"].startswith(begins)), None)

    async def _sees(self, look: Callable[[], Record | None]) -> Record:
        while (found := look()) is None:
            await asyncio.sleep(LOOK_SECONDS)
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bot lives: its folder, its database, and the socket that it listens on."""

    directory: Path
    database: str
    door: socket.socket


async def live(place: Place, life: int, method: str, fuse: Fuse | None) -> None:
    """Run until everything is quiet, or killed."""
    port = place.door.getsockname()[1]
    config = changed(
        config_for(place.directory / "bot.db", f"http://127.0.0.1:{port}", port),
        database_url=place.database,
        gateways=Gateways((Sandbox(SETTLES_AFTER.total_seconds()),)),
    )
    clock = Clock(time.monotonic(), life * BETWEEN_LIVES)
    journal, store = Journal(place.directory / "journal", life), open_store(place.database)
    chats = Chats((JournalChat(journal),))
    sources = Sources(clock, Dice(f"{place.directory.name}:{life}"))
    app = await build(config, sources, store, chats, reach_fail_point=fuse or no_fail_point)
    await app.store.transact(let_in)
    async with (
        asyncio.timeout(LIFE_SECONDS),
        _serving(app, place.door),
        httpx.AsyncClient(verify=False) as browser,  # noqa: S501 (plain http, on this machine)
        app.running(),
    ):
        await Person(app, journal, browser, clock, method).tops_up()
        while not (all(each.is_resting for each in app.runners) and is_quiet(place.database)):
            await asyncio.sleep(LOOK_SECONDS)


def is_quiet(database: str) -> bool:
    """Whether nothing is left to do: no delivery, and no callback of the sandbox."""
    rows = read(database, "deliveries", "documents")
    callbacks = [
        callback
        for document in rows["documents"]
        for callback in json.loads(document["body"]).get("callbacks", ())
    ]
    done = all(each["done_at"] or each["quarantined_at"] for each in rows["deliveries"])
    return done and all(callback["due_at"] is None for callback in callbacks)


@asynccontextmanager
async def _serving(app: App, door: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app.web, lifespan="off", log_config=None, access_log=False, ws="none", loop="asyncio"
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[door])
    try:
        yield
    finally:
        for listener in server.servers:
            listener.close()
