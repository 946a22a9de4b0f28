"""Puts the played chats, the page and the bot together, and stops them in order; says nothing.

The bot stops first, while the chats still answer it, so that what it was about to say is said.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from playground import page, slack_api, telegram_api
from playground.child import Child
from playground.folder import Folder
from playground.guard import Loopback
from playground.live import Live
from playground.program import HOST, Program
from playground.slack_records import SlackSettings
from playground.slack_seed import default_world
from playground.slack_window import SlackWindow
from playground.slack_world import SlackWorld
from playground.telegram_state import TelegramSettings
from playground.telegram_window import TelegramWindow
from playground.telegram_world import TelegramWorld
from playground.world import World, seed

_CLOSE_SECONDS = 3
_STOP_SIGNALS = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if name in signal.Signals.__members__
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that is played, and the bot; nothing runs before `serve`."""

    folder: Folder
    program: Program
    child: Child
    live: Live
    slack: SlackWindow
    telegram: TelegramWorld
    routes: list[BaseRoute]
    say: Callable[[str], None]

    async def serve(self, listener: socket.socket) -> None:
        """Serve the page and run the bot until a signal asks to stop."""
        stop = asyncio.Event()

        @asynccontextmanager
        async def running(_: Starlette) -> AsyncIterator[None]:
            # The web server took the signals just before; it gives back what it found then.
            with _signals_to(stop):
                acting = asyncio.create_task(self._act(stop, server))
                try:
                    yield
                finally:
                    stop.set()
                    await acting

        app = Starlette(routes=self.routes, middleware=[Middleware(Loopback)], lifespan=running)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_CLOSE_SECONDS,
            )
        )
        await server.serve(sockets=[listener])

    async def _act(self, stop: asyncio.Event, server: uvicorn.Server) -> None:
        bot = asyncio.create_task(self._run_bot())
        bot.add_done_callback(lambda _: stop.set())
        try:
            await stop.wait()
            bot.cancel()
            with suppress(asyncio.CancelledError):
                await bot
        finally:
            await self.slack.aclose()
            self.telegram.close()
            self.live.close()
            server.should_exit = True

    async def _run_bot(self) -> None:
        if not self.folder.kept.seeded:
            problem = await seed(self.program)
            if problem:
                self.say(f"The demo's accounts could not be made: {problem}")
            else:
                self.folder.keep(replace(self.folder.kept, seeded=True))
        await self.child.keep_running()


def set_up(folder: Folder, program: Program, port: int, say: Callable[[str], None]) -> Stage:
    """A stage whose chats and page are reached at `port`."""
    live = Live()
    child = Child(program, program.settings["PUBLIC_URL"], say=say)
    world = World(program, child, live)
    slack = _slack(folder, child.url)
    slack_window = SlackWindow(slack, f"http://{HOST}:{port}")
    telegram = _telegram(folder)
    child.listeners.append(world.bot_changed)
    slack.listeners.append(world.touched)
    telegram.subscribe(world.touched)
    routes = [
        *page.routes(live),
        *slack_api.routes(slack, slack_window, live),
        *telegram_api.routes(telegram, TelegramWindow(telegram), live),
        *world.routes(),
    ]
    return Stage(folder, program, child, live, slack_window, telegram, routes, say)


def _slack(folder: Folder, bot_url: str) -> SlackWorld:
    settings = SlackSettings(
        bot_url=f"{bot_url}/slack/events",
        signing_secret=folder.kept.slack_signing_secret,
        bot_token=folder.kept.slack_bot_token,
    )
    return default_world(settings, path=folder.path / "slack.json")


def _telegram(folder: Folder) -> TelegramWorld:
    return TelegramWorld(
        TelegramSettings(token=folder.kept.telegram_bot_token),
        now=lambda: datetime.now(UTC),
        new_id=lambda: secrets.token_hex(8),
        path=folder.path / "telegram.json",
    )


@contextmanager
def _signals_to(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def ask(number: int, frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, ask) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
