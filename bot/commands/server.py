"""What serves until it is stopped: HTTP, chats and pending work. It reads no settings.

Only commands that serve load it, since all chats and gateways come with it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import uvicorn

from adapters.chat.console import KEY, ConsoleChat
from adapters.storage.sole import sole_bot
from bot import accounts
from bot.app import App, build
from bot.app_chats import Chats, chats_of
from bot.app_desk import desk_of
from bot.commands.common import transact
from bot.config import Config
from bot.ids import system_sources
from bot.web_server import PatientProtocol


def serve_chats(config: Config) -> None:
    """Serve until a signal."""
    sources = system_sources(config.clock_offset_file)
    with sole_bot(config.database_url):
        asyncio.run(_serve(build(config, sources, chats_of(config, sources)), config))


def serve_terminal(config: Config) -> None:
    """Serve whoever sits at this terminal until they are done."""
    sources = system_sources(config.clock_offset_file)
    console = ConsoleChat(_typed_lines(), _print, sources.card)
    desk = desk_of(config, sources)
    transact(lambda tx: accounts.open_own(tx, KEY, desk))
    _print("Type /topup to begin, a number to press a button, Ctrl-D to leave.\n")
    with sole_bot(config.database_url):
        bot = build(config, sources, Chats((console,)))
        asyncio.run(_serve(bot, config, until=console.ended))


async def _serve(
    bot: App, config: Config, until: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serve HTTP until a signal, or until what is waited for has come."""
    settings = uvicorn.Config(
        bot.web,
        host=config.host,
        port=config.port,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(settings)
    async with bot.running():
        serving = asyncio.create_task(server.serve())
        if until is not None:
            await asyncio.wait(
                {serving, asyncio.ensure_future(until())}, return_when=asyncio.FIRST_COMPLETED
            )
            server.should_exit = True
        await serving


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def _typed_lines() -> AsyncIterator[str]:
    """What is typed in this terminal, until Ctrl-D."""
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        yield line
