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

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from playground.bot.child import Child
from playground.bot.folder import Folder
from playground.bot.program import CLOCK_FILE, HOST, Program
from playground.gateways import gateways
from playground.gateways.gateways import Gateways
from playground.kit import clock
from playground.kit.callbacks import CALLBACK_FAULTS
from playground.kit.chat_faults import CHAT_FAULTS
from playground.kit.clock import Clock
from playground.kit.guard import Loopback
from playground.kit.live import Live
from playground.page import page
from playground.page.faults import Faults
from playground.page.inside import Inside
from playground.page.inspector import Inspector, names_in
from playground.page.inspector_requests import Requests
from playground.page.watch import Played, Watch
from playground.page.world import World, seed
from playground.slack import app as slack_api
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import SlackSettings
from playground.slack.world.seed import default_world
from playground.slack.world.world import SlackWorld
from playground.stripe.world import WRONG_AMOUNT
from playground.telegram import api as telegram_api
from playground.telegram.state import TelegramSettings
from playground.telegram.window import TelegramWindow
from playground.telegram.world import TelegramWorld

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
    gateways: Gateways
    inside: Inside
    routes: list[BaseRoute]
    say: Callable[[str], None]

    async def serve(self, listener: socket.socket) -> None:
        """Serve the page and run the bot until a signal asks to stop.

        Raises OSError when the folder is gone.
        """
        stop = asyncio.Event()
        acts: list[asyncio.Task[None]] = []

        @asynccontextmanager
        async def running(_: Starlette) -> AsyncIterator[None]:
            # The web server took the signals just before; it gives back what it found then.
            with _signals_to(stop):
                acts.append(asyncio.create_task(self._act(stop, server)))
                try:
                    yield
                finally:
                    stop.set()
                    await asyncio.wait(acts)

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
        await asyncio.gather(*acts)

    async def _act(self, stop: asyncio.Event, server: uvicorn.Server) -> None:
        bot = asyncio.create_task(self._run_bot())
        bot.add_done_callback(lambda _: stop.set())
        delivering = asyncio.create_task(self.gateways.run())
        try:
            await stop.wait()
            for task in (bot, delivering):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        finally:
            # First what cannot fail, so that nothing keeps the server: a chat writes its state.
            server.should_exit = True
            self.live.close()
            await self.slack.aclose()
            self.telegram.close()
            await self.inside.aclose()

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
    inside = Inside(program, child)
    world = World(program, child, live, inside)
    time = Clock(folder.path / CLOCK_FILE)
    slack = _slack(folder, child.url, time)
    slack_window = SlackWindow(slack, f"http://{HOST}:{port}")
    telegram = _telegram(folder, time)
    telegram_window = TelegramWindow(telegram)
    played = gateways.set_up(folder, port, child.url, time)
    requests = Requests(
        lambda: slack.journal,
        telegram_window.journal.entries,
        _secrets(folder),
        played.journals,
    )
    inspector = Inspector(child, live, inside, requests, lambda: names_in(slack, telegram))
    child.listeners.append(world.bot_changed)
    slack.listeners.append(world.touched)
    telegram.subscribe(world.touched)
    played.stripe.listeners += [world.touched, lambda: live.publish("stripe")]
    slack.journal_listeners.append(inspector.requested)
    for journal in (telegram_window.journal, *played.journals.values()):
        journal.listeners.append(inspector.requested)
    routes = [
        *page.routes(live),
        *slack_api.routes(slack, slack_window, live),
        *telegram_api.routes(telegram, telegram_window, live),
        *played.routes(),
        *world.routes(),
        *inspector.routes(),
        *Watch(inside, Played(played, slack, telegram), child, time).routes(),
        *_faults(played, slack, telegram, child, live).routes(),
        *clock.routes(time, live),
    ]
    return Stage(folder, program, child, live, slack_window, telegram, played, inside, routes, say)


def _faults(
    played: Gateways, slack: SlackWorld, telegram: TelegramWorld, child: Child, live: Live
) -> Faults:
    stripe, sandbox = (played.lines[name].toggles for name in ("stripe", "sandbox"))
    places = {
        "stripe": (stripe, (*CALLBACK_FAULTS, WRONG_AMOUNT)),
        "sandbox": (sandbox, CALLBACK_FAULTS),
        "slack": (slack.chat_faults.toggles, CHAT_FAULTS),
        "telegram": (telegram.chat_faults.toggles, CHAT_FAULTS),
    }
    return Faults(places, child, live)


def _slack(folder: Folder, bot_url: str, time: Clock) -> SlackWorld:
    settings = SlackSettings(
        bot_url=f"{bot_url}/slack/events",
        signing_secret=folder.kept.slack_signing_secret,
        bot_token=folder.kept.slack_bot_token,
    )
    return default_world(settings, path=folder.path / "slack.json", now=time.now)


def _telegram(folder: Folder, time: Clock) -> TelegramWorld:
    return TelegramWorld(
        TelegramSettings(token=folder.kept.telegram_bot_token),
        now=time.now,
        new_id=lambda: secrets.token_hex(8),
        path=folder.path / "telegram.json",
    )


def _secrets(folder: Folder) -> tuple[str, ...]:
    kept = folder.kept
    tokens = (kept.slack_bot_token, kept.telegram_bot_token)
    stripe = (kept.stripe_api_key, kept.stripe_webhook_secret)
    return (kept.secret_key, kept.slack_signing_secret, *tokens, *stripe)


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
