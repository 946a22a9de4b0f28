"""The real adapter and the whole bot by Socket Mode, in the playground's strict Slack."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from bot.wiring.chats import Chats
from playground.kit.live import Live
from playground.slack import app as slack_api
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import SlackSettings as EmulatedApp
from playground.slack.world.seed import default_world
from playground.slack.world.world import SlackWorld
from service.common.context import context_of
from service.money.charges import ChargeRequest, charge_account
from service.ports.records import Link, LinkKind
from tests.support.bots.bot_place import ACCOUNT, START, BotPlace, bot_place
from tests.support.chats.slack_emulator import serving

ANA, DIRECT, CHANNEL, TEAM = "U0ANA", "D0ANA", "C0BILLING", "T0ACME"
BOT_TOKEN, APP_TOKEN = "xoxb-emulated", "xapp-emulated"
_PATIENCE_SECONDS = 60


@dataclass
class City:
    """The emulated Slack, its window, and the bot connected to it."""

    world: SlackWorld
    window: SlackWindow
    bot: BotPlace

    async def settles(self) -> None:
        await self.window.settle()
        await self.bot.quiet()

    def words(self, channel: str) -> str:
        return "\n".join(str(one.blocks) for one in self.world.messages.get(channel, []))


@asynccontextmanager
async def _city(directory: Path) -> AsyncIterator[City]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = EmulatedApp(
            f"{address}/nowhere", "hush", BOT_TOKEN, app_token=APP_TOKEN, socket_mode=True
        )
        world = default_world(app, now=lambda: START)
        window = SlackWindow(world, address, retry_delays=())
        routes = slack_api.routes(world, window, Live())
        settings = SlackSettings(BOT_TOKEN, "", f"{address}/slack/api/", APP_TOKEN)
        chat = SlackChat(settings, now=lambda: START)
        async with serving(Starlette(routes=routes), listener):
            async with bot_place(directory, Chats((chat,), tuple(chat.routes))) as bot:
                link = Link(ACCOUNT, "slack", TEAM, LinkKind.CHANNEL, CHANNEL)
                await bot.app.store.transact(lambda tx: tx.accounts.link(link, START))
                await bot.app.store.transact(lambda tx: tx.accounts.set_threshold(ACCOUNT, 2_000))
                await until(lambda: len(window.sockets) > 0)
                yield City(world, window, bot)
            await window.aclose()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with _city(tmp_path) as opened:
        yield opened


async def test_a_command_opens_the_form(city: City) -> None:
    """Over the socket, within the life of the trigger."""
    await city.window.say(ANA, DIRECT, "/topup")
    await city.settles()
    (form,) = city.world.modals[ANA]
    assert form.body["callback_id"] == "topup_form"


async def test_the_home_tab_is_published(city: City) -> None:
    """With the balance and a button that the strict emulator takes."""
    await city.window.open_home(ANA)
    await city.settles()
    await until(lambda: bool(city.world.homes))
    assert "Team Alpha" in str(next(iter(city.world.homes.values())).body["blocks"])


async def test_the_shortcuts_open_the_form(city: City) -> None:
    """The global one, and the one in the menu of an alert, which knows its account."""
    await city.window.run_shortcut(ANA, "topup_begin")
    await city.settles()
    assert len(city.world.modals[ANA]) == 1
    await city.window.close_view(ANA, city.world.modals[ANA][0].id)
    services = city.bot.app.services
    await city.bot.app.store.transact(
        lambda tx: charge_account(
            context_of(tx, services), ChargeRequest(ACCOUNT, "5", overdraw=True)
        )
    )
    await city.settles()
    alert = city.world.messages[CHANNEL][-1]
    assert alert.metadata is not None
    await city.window.run_shortcut(ANA, "topup_about", CHANNEL, alert.ts)
    await city.settles()
    assert len(city.world.modals[ANA]) == 1
