"""An emulated Telegram on a free port of this machine, with python-telegram-bot's real Bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram import Bot

from playground.telegram.api import routes
from playground.telegram.state import TelegramSettings
from playground.telegram.window import TelegramWindow
from playground.telegram.world import TelegramWorld

TOKEN = "9001:emulated"
KIM = 7001
LEE = 7002


@dataclass(slots=True)
class Clock:
    """Moves only when a test says so."""

    at: datetime = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_seconds(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class Told:
    """Remembers the topics that pages would have been told."""

    topics: list[str] = field(default_factory=list)

    def publish(self, topic: str) -> None:
        self.topics.append(topic)


@dataclass(slots=True)
class Place:
    """A world, its window, the bot that talks to it over HTTP, and the address."""

    world: TelegramWorld
    window: TelegramWindow
    bot: Bot
    url: str
    clock: Clock
    told: Told
    http: httpx.AsyncClient

    def bot_with(self, token: str) -> Bot:
        """Another bot process at the same address."""
        return Bot(token, base_url=f"{self.url}/telegram/bot")


def a_world(
    path: Path | None = None, clock: Clock | None = None, specification: Path | None = None
) -> TelegramWorld:
    """A fresh world, or the one kept at `path`."""
    numbers = count(1)
    settings = TelegramSettings(TOKEN, webhook_retry_seconds=0.02, specification=specification)
    return TelegramWorld(
        settings, now=clock or Clock(), new_id=lambda: f"id{next(numbers)}", path=path
    )


@asynccontextmanager
async def serving(app_routes: list[BaseRoute]) -> AsyncIterator[str]:
    """Serve routes on 127.0.0.1 and answer the address."""
    config = uvicorn.Config(
        Starlette(routes=app_routes),
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        # Server.shutdown() waits a tenth of a second; every client is gone by now.
        for listener in server.servers:
            listener.close()
            await listener.wait_closed()


@asynccontextmanager
async def telegram_place(world: TelegramWorld | None = None) -> AsyncIterator[Place]:
    """The whole thing, closed again at the end."""
    clock, told = Clock(), Told()
    world = world or a_world(clock=clock)
    window = TelegramWindow(world)
    async with (
        serving([*routes(world, window, told)]) as url,
        httpx.AsyncClient(base_url=url) as http,
        Bot(TOKEN, base_url=f"{url}/telegram/bot") as bot,
    ):
        yield Place(world, window, bot, url, clock, told, http)
        world.close()
