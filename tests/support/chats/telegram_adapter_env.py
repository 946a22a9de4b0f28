"""A Telegram adapter that listens to a Bot API on a real socket, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.places import read_chat
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_bot_api import TOKEN, BotApi, bot_api

CHAT = read_chat("telegram", "4242", "77")
COMMANDS = (("topup", "Top up an account"), ("history", "The last ten"), ("help", "How it works"))
SECRET = "a-secret-that-only-tests-know"
SOON_SECONDS = 60


@dataclass(slots=True)
class Pauses:
    """Remembers how long the adapter meant to wait, and waits next to nothing."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0.001)


@dataclass(slots=True)
class Scene:
    """One bot, listening."""

    api: BotApi
    inbox: Inbox
    chat: TelegramChat
    pauses: Pauses

    def confirmed(self) -> int | None:
        """The newest offset that Telegram was told."""
        offsets = [values.get("offset") for values in self.api.called("getUpdates")]
        return offsets[-1] if offsets else None

    async def until(self, there: Callable[[], object]) -> None:
        async with asyncio.timeout(SOON_SECONDS):
            while not there():
                await asyncio.sleep(0.002)


@asynccontextmanager
async def listening(
    prepare: Callable[[BotApi, Inbox], None] = lambda api, inbox: None,
    commands: tuple[tuple[str, str], ...] = (),
    *,
    secret: str = "",
) -> AsyncIterator[Scene]:
    async with bot_api() as api:
        inbox, pauses = Inbox(), Pauses()
        prepare(api, inbox)
        settings = TelegramSettings(TOKEN, api.url, "https://bot.example.org", secret)
        menus = [("", commands)] if commands else []
        chat = TelegramChat(settings, menus, pause=pauses)
        async with chat.listening(inbox):
            yield Scene(api, inbox, chat, pauses)
