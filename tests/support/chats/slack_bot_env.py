"""The whole bot before a small Slack: signed requests in, cards and homes out. Asserts nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.wiring.chats import Chats
from service.common.context import context_of
from service.money.charges import ChargeRequest, charge_account
from service.ports.records import Link, LinkKind
from tests.support.bots.bot_place import ACCOUNT, START, BotPlace, bot_place
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.chats.slack_adapter_env import SlackWorld, read
from tests.support.chats.slack_server import FakeSlack, Json

CHANNEL = "C1"


@dataclass(slots=True)
class SlackBot:
    """A bot at work for workspace T1, where U1 is in the channel that reads the alerts."""

    world: SlackWorld
    bot: BotPlace

    @property
    def slack(self) -> FakeSlack:
        return self.world.slack

    async def opens_home(self, user: str = "U1", event_id: str = "EvHome") -> None:
        """A person looks at the home tab."""
        await self.world.event({"type": "app_home_opened", "user": user, "tab": "home"}, event_id)
        await self.bot.quiet()

    def home(self, user: str = "U1") -> str:
        """All words of a person's home tab."""
        return read({"text": "", **self.slack.homes[user]})

    def newest(self, channel: str) -> Json:
        """The newest message in a channel."""
        return [one for one in self.slack.messages.values() if one["channel"] == channel][-1]

    async def presses(self, message: Json, label: str, **more: Any) -> Any:
        """Press the button whose label begins so; the form that opened, if one did."""
        button = next(
            element
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["text"]["text"].startswith(label)
        )
        before = len(self.slack.called("views.open"))
        trigger = f"{button['value']}.{before}"
        await self.world.press(
            button["value"], button["action_id"], message.get("channel", ""),
            **{"trigger_id": trigger, **more},
        )  # fmt: skip
        await self.bot.quiet()
        opened = self.slack.called("views.open")[before:]
        return opened[0]["view"] if opened else None

    async def sends(self, view: Json, amount: str) -> None:
        """Fill in a form that opened, and send it."""
        values: dict[str, Json] = {
            "account": {"selected_option": {"value": ACCOUNT}},
            "amount": {"value": amount},
            "currency": {"selected_option": {"value": "USD"}},
            "method": {"selected_option": {"value": "card"}},
        }
        draft = view["private_metadata"]
        await self.world.submit(values, draft=draft, trigger_id=f"sent.{draft}")
        await self.bot.quiet()

    async def pays(self, card: Json) -> None:
        """Pay on the page that the card leads to, with a good card."""
        urls = [
            element["url"]
            for block in card["blocks"]
            for element in block.get("elements", [])
            if "url" in element
        ]
        answer = await self.bot.web.post(urls[0])
        page = answer.headers["location"]
        await pay_by_card(self.bot.web, page, PAID)
        await self.bot.calls_back(page.rsplit("/", 1)[1])

    async def draws(self, text: str) -> None:
        """Spend from the account."""
        services = self.bot.app.services
        drawn = ChargeRequest(ACCOUNT, text, overdraw=True)
        await self.bot.app.store.transact(
            lambda tx: charge_account(context_of(tx, services), drawn)
        )
        await self.bot.quiet()


@asynccontextmanager
async def slack_bot(directory: Path) -> AsyncIterator[SlackBot]:
    """The bot, linked to a channel of T1 whose only member is U1."""
    slack = FakeSlack()
    slack.members[CHANNEL] = ["U1"]
    async with slack.serving():
        world = SlackWorld(slack)
        chats = Chats((world.adapter,), tuple(world.adapter.routes))
        async with world.http, bot_place(directory, chats) as bot:
            world.http = bot.web
            link = Link(ACCOUNT, "slack", "T1", LinkKind.CHANNEL, CHANNEL)
            await bot.app.store.transact(lambda tx: tx.accounts.link(link, START))
            await bot.app.store.transact(lambda tx: tx.accounts.set_threshold(ACCOUNT, 2_000))
            yield SlackBot(world, bot)
