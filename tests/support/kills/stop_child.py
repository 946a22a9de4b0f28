"""A bot that shows cards slowly, served as `topup-bot run` serves one, to be stopped by signals.

What begins and what is shown goes to a journal that all such bots share. It asserts nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.storage.engines import sqlite
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from adapters.storage.store import open_store
from bot.commands.server import serve
from bot.settings.config import Config
from bot.wiring.app import build
from bot.wiring.chats import Chats
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from service.common.ids import system_sources
from service.lanes import lanes
from tests.support.bots.bot_place import changed, config_for
from tests.support.chats import pocket_chat
from tests.support.databases.no_fsync import QUICK

STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Orders:
    """Where it works, how long a message takes, and what of the bot's patience is different.

    The first that is to show a card titled STUCK does nothing else for `stuck_seconds`.
    """

    address: str
    journal: str
    send_seconds: float = 0.02
    stuck_seconds: float = 0
    lease_seconds: float = lanes.LEASE.total_seconds()
    drain_seconds: float = lanes.DRAIN_SECONDS


@dataclass(frozen=True, slots=True)
class SlowChat:
    """The pocket chat, with what it does in the journal."""

    orders: Orders
    file: int
    platform: str = pocket_chat.PLATFORM

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Everybody has said already what they had to say."""
        self._write(did="listens")
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
        """Take a while, and show it."""
        ref = replacing or MessageRef(chat.id, message.card)
        about = {"card": message.card, "title": message.view.title, "edit": replacing is not None}
        self._write(did="began", **about)
        if message.view.title == STUCK and self._first_to_be_stuck():
            # Nothing of this process goes on meanwhile, as when it is out of the processor.
            time.sleep(self.orders.stuck_seconds)  # noqa: ASYNC251
        await asyncio.sleep(self.orders.send_seconds)
        self._write(did="shown", message=ref.id, **about)
        return ref

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

    def _first_to_be_stuck(self) -> bool:
        try:
            Path(f"{self.orders.journal}.stuck").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _write(self, **record: Any) -> None:
        os.write(self.file, json.dumps({"pid": os.getpid(), **record}).encode() + b"\n")


def main(orders: Orders, port: int) -> None:
    """Serve until a signal."""
    sqlite._SYNCHRONOUS = QUICK
    lanes.LEASE = timedelta(seconds=orders.lease_seconds)
    lanes.DRAIN_SECONDS = orders.drain_seconds
    file = os.open(orders.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    config = changed(config_for(Path("none"), port=port), database_url=orders.address)
    with single_bot_lock(orders.address):
        asyncio.run(_serve(config, Chats((SlowChat(orders, file),))))


async def _serve(config: Config, chats: Chats) -> None:
    store = open_store(config.storage.database_url)
    await serve(await build(config, system_sources(), store, chats), config)
