"""The web side's own protocol, fed with bytes as from a socket, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from bot.web.connections import Connections
from bot.web.server import PatientProtocol, make_web_server

PART = 4_096
ANSWERED_SECONDS = 30.0


class Wire(asyncio.Transport):
    """Takes whatever is written, and sends nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self.moved = asyncio.Event()
        self.reads = True

    def write(self, data: object) -> None:
        """Nobody reads it."""
        self.moved.set()

    def close(self) -> None:
        self._closed = True
        self.moved.set()

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closed

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True
        self.moved.set()


def connected(config: uvicorn.Config) -> PatientProtocol:
    """Somebody who has just connected. The configuration is loaded."""
    protocol = PatientProtocol(config, ServerState(), {}, connections=Connections(500))
    protocol.connection_made(Wire())
    return protocol


@cache
def config_of(app: ASGIApp) -> uvicorn.Config:
    """How the web side serves this application."""
    config = make_web_server(app, Connections(500), lifespan="off").config
    config.load()
    return config


def sends(
    run: Callable[[Coroutine[Any, Any, Any]], Any], app: ASGIApp, data: bytes, *, whole: bool
) -> None:
    """Somebody connects, sends that in parts, waits for the answers to what is whole, and goes."""
    run(_sends(app, data, whole=whole))


async def _sends(app: ASGIApp, data: bytes, *, whole: bool) -> None:
    protocol = connected(config_of(app))
    wire = protocol.transport
    assert isinstance(wire, Wire)
    async with asyncio.timeout(ANSWERED_SECONDS):
        for at in range(0, len(data), PART):
            await _until(wire, lambda: wire.reads)
            if wire.is_closing():
                break
            protocol.data_received(data[at : at + PART])
            await asyncio.sleep(0)
        if whole:
            await _until(wire, lambda: protocol._answered and not protocol.pipeline)
    protocol.connection_lost(None)
    await asyncio.sleep(0)


async def _until(wire: Wire, holds: Callable[[], bool]) -> None:
    while not (wire.is_closing() or holds()):
        wire.moved.clear()
        await wire.moved.wait()
