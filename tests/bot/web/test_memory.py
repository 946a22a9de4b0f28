"""What a connection can hold in memory before anybody knows whose it is: measured."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest
from starlette.types import Receive, Scope, Send

from bot.web.edge import BodyTimeoutMiddleware
from bot.web.server import HEADER_BYTES_MAX, PIPELINED_MAX, PatientProtocol
from tests.bot.web.test_slow_senders import asked
from tests.support.fuzz.wire import config_of, connected

# A connection's own objects, its parser, and what all of that is rounded up to.
OWN_BYTES = 40_000
CONNECTIONS = 10
EMPTY = b"a:\r\n"


async def waits(scope: Scope, receive: Receive, send: Send) -> None:
    """Never answers."""
    await asyncio.Event().wait()


def begun(line: bytes, header: bytes, size: int = 62_000) -> bytes:
    return line + header * (size // len(header))


@pytest.mark.parametrize(
    "sent",
    [
        begun(b"GET / HTTP/1.1\r\n", EMPTY),
        begun(b"GET / HTTP/1.1\r\n", b"abc:d\r\n"),
        begun(b"GET / HTTP/1.1\r\n", b"a: " + b"b" * 4_000 + b"\r\n"),
        (begun(b"GET / HTTP/1.1\r\n", EMPTY, 7_000) + b"\r\n") * PIPELINED_MAX,
        (begun(b"GET / HTTP/1.1\r\n", EMPTY) + b"\r\n") * PIPELINED_MAX,
        b"GET /" + b"1" * 62_000,
    ],
)
async def test_114_a_connection_holds_no_more_than_it_may(sent: bytes) -> None:
    """Many small headers, few large ones, requests sent ahead: counted by what they take."""
    config = config_of(waits)

    def sender() -> PatientProtocol:
        protocol = connected(config)
        for at in range(0, len(sent), 4_096):
            if protocol.transport.is_closing():
                break
            protocol.data_received(sent[at : at + 4_096])
        return protocol

    sender()
    tasks = asyncio.all_tasks()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        held = [sender() for _ in range(CONNECTIONS)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    for each in held:
        each._stop_waiting()
    for task in asyncio.all_tasks() - tasks:
        task.cancel()

    assert (after - before) / CONNECTIONS < HEADER_BYTES_MAX + OWN_BYTES


async def test_114_headers_have_a_limit_together_with_bodies() -> None:
    """Who finds no room for theirs is told to come again, and takes none of it for long."""
    app = BodyTimeoutMiddleware(waits, held_max=200)
    for _ in range(2):
        [refused, *_] = await asked(app, "/")
        assert refused["status"] == 503
    assert app._held.size == 0
