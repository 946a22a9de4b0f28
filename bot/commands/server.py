"""Serves HTTP, chats and pending work until it is stopped.

Only commands that serve load it, since all chats and gateways come with it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from shlex import quote

import uvicorn

from adapters.chat.console import KEY, ConsoleChat
from adapters.settings import ENV_FILE, Misconfigured
from adapters.storage.engines.address import parse_address, sqlite_file
from adapters.storage.engines.owned_files import is_open_to_others
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from adapters.storage.store import open_store
from bot.commands.common import transact
from bot.commands.link_check import tell_where_links_lead
from bot.settings.config import Config
from bot.web.connections import Connections, Listener, connections_max, listen
from bot.web.server import make_web_server
from bot.wiring.app import App, build
from bot.wiring.chats import Chats, chats_of
from bot.wiring.services import services_of
from service.common.context import context_of
from service.common.ids import Sources, system_sources
from service.money import accounts
from service.ports.store import Store

# How long requests that are being answered may take when the bot stops.
_REQUESTS_SECONDS = 3
log = logging.getLogger(__name__)


def serve_chats(config: Config) -> None:
    """Serve until a signal."""
    sources = system_sources(config.playground.clock_offset_file)
    warn_of_readers(config.storage.database_url)
    with single_bot_lock(config.storage.database_url):
        asyncio.run(_serve_chats(config, sources))


async def _serve_chats(config: Config, sources: Sources) -> None:
    async with _opened(config) as store:
        chats = chats_of(config, sources, store)
        bot = await build(config, sources, store, chats)
        await serve(bot, config, beside=chats.asked_once)


def serve_terminal(config: Config) -> None:
    """Serve whoever sits at this terminal until they are done."""
    sources = system_sources(config.playground.clock_offset_file)
    warn_of_readers(config.storage.database_url, lambda said: _print(f"{said}\n"))
    console = ConsoleChat(_typed_lines(), _print, sources.new_card_id)
    services = services_of(config, sources)
    transact(lambda tx: accounts.open_own_account(context_of(tx, services), KEY), new=True)
    _print("Type /topup to begin, a number to press a button, Ctrl-D to leave.\n")
    with single_bot_lock(config.storage.database_url):
        asyncio.run(_serve_terminal(config, sources, console))


async def _serve_terminal(config: Config, sources: Sources, console: ConsoleChat) -> None:
    async with _opened(config) as store:
        bot = await build(config, sources, store, Chats((console,)))
        await serve(bot, config, console.until_end_of_input, lambda said: _print(f"{said}\n"))


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Store]:
    store = open_store(config.storage.database_url)
    try:
        yield store
    finally:
        await store.close()


def warn_of_readers(database_url: str, tell: Callable[[str], object] = log.warning) -> None:
    """Say which files with secrets or data others on this machine may read."""
    database = sqlite_file(parse_address(database_url))
    kept = [f"{database}{each}" for each in ("", "-wal", "-shm")] if database else []
    for file in (ENV_FILE, *kept):
        if is_open_to_others(Path(file)):
            tell(f"file_open_to_others file={file}. Close it: chmod 600 {quote(str(file))}")


async def serve(
    bot: App,
    config: Config,
    until: Callable[[], Awaitable[None]] | None = None,
    tell: Callable[[str], object] = log.warning,
    beside: Sequence[Callable[[], Coroutine[None, None, None]]] = (),
) -> None:
    """Serve HTTP until a signal, or until what is waited for has come.

    Then what is in hand is finished, within 20 seconds, and the rest is left to whoever is next.
    `tell` is how it is said that pay links lead nowhere; `beside` is done once meanwhile.
    """
    connections = Connections(connections_max())
    server = make_web_server(bot.web, connections, timeout_graceful_shutdown=_REQUESTS_SECONDS)
    _leave_on_signals(server)
    with _listen(config, connections) as listener:
        async with bot.running():
            serving = asyncio.create_task(server.serve([listener]))
            links = tell_where_links_lead(config.web.public_url, lambda: server.started, tell)
            asides = [asyncio.create_task(each) for each in (links, *(ask() for ask in beside))]
            if until is not None:
                await asyncio.wait(
                    {serving, asyncio.ensure_future(until())}, return_when=asyncio.FIRST_COMPLETED
                )
                server.should_exit = True
            await serving
            for aside in asides:
                aside.cancel()
            await asyncio.gather(*asides, return_exceptions=True)


def _listen(config: Config, connections: Connections) -> Listener:
    """Where the settings say. Raises Misconfigured."""
    host, port = config.web.host, config.web.port
    try:
        return listen(host, port, connections)
    except OSError as error:
        raise Misconfigured(
            f"HOST, PORT: nobody can listen at {host}:{port}: {error.strerror}."
        ) from None


def _leave_on_signals(server: uvicorn.Server) -> None:
    """End the server, also before it began; and outlive it, for it raises each signal again."""

    def leave() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows
            loop.add_signal_handler(number, leave)


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
