"""`topup-bot demo`: says where the page is and keeps everything going; it holds no rule of chat.

The bot that it runs gets ordinary settings and does not know that it is in a demo.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from playground.bot.folder import DemoRefused, Folder
from playground.bot.program import HOST, Program, settings
from playground.demo.stage import set_up

_PORTS_TRIED = 50
_PORT_MAX = 65_535


def play(folder: Path, *, fresh: bool, port: int, browser: bool) -> None:
    """Run the demo until Ctrl-C, a hang-up or SIGTERM. `port` 0 is any free one.

    Exits with one sentence when it cannot start.
    """
    try:
        with (
            closing(Folder(folder, fresh=fresh)) as kept,
            listen(port) as listener,
            reserved_port(kept, listener.getsockname()[1]) as bot_port,
        ):
            asyncio.run(_play(kept, listener, bot_port, wanted_port=port, browser=browser))
    except DemoRefused as refused:
        raise SystemExit(str(refused)) from None
    except OSError as error:
        raise SystemExit(f"The demo cannot go on: {error}") from None


async def _play(
    folder: Folder, listener: socket.socket, bot_port: int, *, wanted_port: int, browser: bool
) -> None:
    port = listener.getsockname()[1]
    address = f"http://{HOST}:{port}/"
    _say(address)
    if wanted_port not in (0, port):
        _say(f"Port {wanted_port} is taken, hence port {port}.")
    program = Program(folder.path, settings(folder.kept, port, bot_port))
    _say("Open it in a browser: a Slack and a Telegram to top up from. Ctrl-C stops it.")
    _say(f"The bot's log is in {program.log}")
    stage = set_up(folder, program, port, _say)
    if browser:
        _open_browser(address)
    await stage.serve(listener)
    _say(f"Stopped. Everything is kept in {folder.path}; --fresh begins anew.")


def _say(line: str) -> None:
    """One line, at once. Who reads may go away; the demo goes on."""
    with suppress(OSError):
        shown = (c if c == "\n" or c.isprintable() else ascii(c)[1:-1] for c in line)
        sys.stdout.write("".join(shown) + "\n")
        sys.stdout.flush()


# -- ports


def listen(wanted: int) -> socket.socket:
    """A listening socket at the wanted port, or at the next that is free. Raises DemoRefused."""
    last = min(wanted + _PORTS_TRIED, _PORT_MAX) if wanted else 0
    for port in range(wanted, last + 1):
        listener = _bound(port)
        if listener is not None:
            listener.listen()
            return listener
    raise DemoRefused(f"No port from {wanted} to {last} is free. Choose another with --port.")


@contextmanager
def reserved_port(folder: Folder, page_port: int) -> Iterator[int]:
    """The bot's port of last time while it is free, since pay links have it in them.

    On Linux a socket that is bound and never listens keeps it from other programs, also while
    the bot starts again; elsewhere such a socket would keep the bot out as well.
    Raises DemoRefused.
    """
    for wanted in (folder.kept.bot_port or page_port + 1, 0):
        keeper = _bound(wanted)
        if keeper is not None:
            break
    else:
        raise DemoRefused("No port is free for the bot.")
    with keeper:
        chosen: int = keeper.getsockname()[1]
        folder.keep(replace(folder.kept, bot_port=chosen))
        if sys.platform != "linux":
            keeper.close()
        yield chosen


def _bound(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # Closed connections of the last demo do not keep the port; on Windows it means more.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError):
        listener.close()
        return None
    return listener


# -- the browser


def _open_browser(address: str) -> None:
    """Open the page where there is a screen; whatever happens, the demo goes on."""
    screens = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform in ("win32", "darwin") or any(os.environ.get(each) for each in screens):
        threading.Thread(target=_open, args=(address,), daemon=True).start()


def _open(address: str) -> None:
    with suppress(Exception):
        webbrowser.open(address)
