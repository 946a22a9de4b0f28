"""A whole bot with Slack, Telegram and the pocket chat, on a database of either engine.

What earlier messages looked like to the platforms can be told to them, so that a bot may go on
with a database that another one filled. It asserts nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from bot.settings.telegram import Telegram
from bot.wiring.chats import Chats
from tests.support.bots.bot_place import BotPlace, Clock, bot_place
from tests.support.chats.slack_adapter_env import SlackWorld
from tests.support.chats.slack_server import FakeSlack
from tests.support.chats.telegram_bot_api import PERSON, PRIVATE, TOKEN, BotApi, bot_api
from tests.support.databases.databases import opened
from tests.support.databases.filled import contents

WEBHOOK_SECRET = "a-secret-of-the-golden-webhook"
_GENUINE = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
# Alerts in Telegram are named after the bot, whose number stands in its token.
_TELEGRAM = Telegram(SecretStr(TOKEN), "https://telegram.example", SecretStr(WEBHOOK_SECRET))
_NUMBERS_FROM = 5_000

Json = dict[str, Any]


@dataclass(slots=True)
class Sent:
    """What platforms and people have of the bot: messages, forms, links and tokens."""

    slack: Json = field(default_factory=dict)
    forms: list[Json] = field(default_factory=list)
    telegram: list[Json] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class GoldenPlace:
    """The bot at work, and what stands around it."""

    bot: BotPlace
    slack: SlackWorld
    telegram: BotApi
    address: str

    async def telegrams(self, update: Json) -> None:
        """Telegram posts an update."""
        answer = await self.bot.web.post("/telegram/webhook", json=update, headers=_GENUINE)
        assert answer.status_code == 200, answer.text
        await self.bot.quiet()

    async def writes(self, number: int, text: str) -> None:
        """Ana types to the bot in Telegram."""
        body = {"message_id": number, "date": 1, "from": PERSON, "chat": PRIVATE, "text": text}
        await self.telegrams({"update_id": number, "message": body})

    async def presses(self, number: int, data: str) -> None:
        """Ana presses a button in Telegram that carries this data."""
        under = {"message_id": 5, "date": 1, "chat": PRIVATE, "text": "?"}
        query = {"id": f"q{number}", "from": PERSON, "chat_instance": "1", "message": under}
        await self.telegrams({"update_id": number, "callback_query": query | {"data": data}})

    async def asks_slack(self, person: str, text: str, trigger: str) -> None:
        """Somebody types `/topup …` in Slack."""
        await self.slack.command(text, user_id=person, trigger_id=trigger)
        await self.bot.quiet()

    async def later(self, **parts: float) -> None:
        """Let time pass (`hours=5`), and what is due by then be done."""
        self.bot.clock.advance(**parts)
        for runner in self.bot.app.runners:
            runner.wake()
        await self.bot.quiet()

    def rows(self) -> dict[str, list[Json]]:
        """Every row of every table."""
        with opened(self.address) as connection:
            return contents(connection)

    def sent(self) -> Sent:
        """What Slack and Telegram have by now."""
        api = self.telegram
        shown = [*api.called("sendMessage"), *api.called("editMessageText")]
        return Sent(
            slack=dict(self.slack.slack.messages),
            forms=[call["view"] for call in self.slack.slack.called("views.open")],
            telegram=[each for each in shown if "reply_markup" in each],
            numbers=sorted({*api.texts, *api.gone}),
        )


@asynccontextmanager
async def golden_place(
    folder: Path,
    address: str,
    seed: str,
    sent: Sent | None = None,
    clock: Clock | None = None,
    **more: Any,
) -> AsyncIterator[GoldenPlace]:
    """A bot that runs while this is entered, and goes on where another one stopped.

    `more` is what else `bot_place` takes.
    """
    slack, sent = FakeSlack(), sent or Sent()
    slack.members["C1"] = ["U1", "U2"]
    slack.messages.update(sent.slack)
    async with slack.serving(), bot_api() as telegram:
        telegram.texts.update(dict.fromkeys(sent.numbers, ""))
        telegram.members[-1001] = {"status": "left", "user": PERSON}
        world = SlackWorld(slack)
        settings = TelegramSettings(
            TOKEN,
            f"{telegram.url}/",
            "https://bot.example",
            webhook_secret=WEBHOOK_SECRET,
            paced=False,
        )
        chat = TelegramChat(settings)
        chats = Chats((world.adapter, chat), (*world.adapter.routes, *chat.routes))
        async with (
            world.http,
            bot_place(
                folder, chats, seed, clock, database_url=address, telegram=_TELEGRAM, **more
            ) as bot,
        ):
            bot.chat.numbers = count(_NUMBERS_FROM if sent.numbers else 1)
            bot.names = count(_NUMBERS_FROM if sent.numbers else 1).__next__
            world.http, world.at = bot.web, bot.clock()
            yield GoldenPlace(bot, world, telegram, address)
