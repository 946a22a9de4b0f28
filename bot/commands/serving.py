"""Commands that serve until they are stopped: run, chat, demo. They hold no rules."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from adapters.chat.console import KEY, ConsoleChat
from adapters.storage.address import is_postgres, parse
from adapters.storage.sole import sole_bot
from bot import accounts, logs
from bot.app import App, build, desk_of
from bot.app_chats import Chats, chats_of
from bot.commands.common import fail, transact
from bot.config import Config, load
from bot.ids import system_sources
from bot.web_server import PatientProtocol


def run() -> None:
    """Serve the chats, callbacks and pay pages that are configured."""
    config = load()
    if config.slack is None and config.telegram is None:
        fail(
            "Nothing to run: set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN and "
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, in the environment or in .env. "
            "See .env.example. "
            "To try everything without any token: topup-bot demo"
        )
    logs.set_level(logs.USUAL)
    sources = system_sources(config.clock_offset_file)
    with sole_bot(config.database_url):
        asyncio.run(_serve(build(config, sources, chats_of(config, sources)), config))


def chat() -> None:
    """Top up in this terminal, against the sandbox."""
    config = accounts.for_a_trial(load())
    if is_postgres(parse(config.database_url)):
        fail(
            "chat works on a SQLite file: in a PostgreSQL that bots share it would hold up their "
            "messages. Try: DATABASE_URL=sqlite:///trial.db topup-bot chat"
        )
    logs.set_level(logs.QUIET)
    sources = system_sources(config.clock_offset_file)
    console = ConsoleChat(_typed_lines(), _print, sources.card)
    desk = desk_of(config, sources)
    transact(lambda tx: accounts.open_own(tx, KEY, desk))
    typer.echo("Type /topup to begin, a number to press a button, Ctrl-D to leave.")
    with sole_bot(config.database_url):
        bot = build(config, sources, Chats((console,)))
        asyncio.run(_serve(bot, config, until=console.ended))


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo.")] = False,
    port: Annotated[int, typer.Option(help="Where the page is served.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is one.")] = True,
) -> None:
    """Try everything on this machine: a Slack, a Telegram and a gateway, all played."""
    # Only here: the product runs without the playground.
    from playground.demo import play

    play(Path(".playground"), fresh=fresh, port=port, browser=browser)


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
