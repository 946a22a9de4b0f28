"""Senders who are too slow, too long, or gone: told so or cut off, and nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from bot.web.connections import Connections, listen
from bot.web.edge import BodyTimeoutMiddleware
from bot.web.server import HEADER_BYTES_MAX, PatientProtocol, make_web_server
from bot.wiring.chats import Chats
from tests.support.bots.bot_place import START, BotPlace, bot_place
from tests.support.chats.telegram_bot_api import TOKEN

SECRET = "a-webhook-secret-of-tests"
READING = (
    "/webhooks/sandbox",
    "/slack/events",
    "/telegram/webhook",
    "/sandbox/checkout/cs_1/card",
    "/sandbox/checkout/cs_1/transfer",
)
PATIENCE_SECONDS = 60


class Hasty(PatientProtocol):
    """The bot's protocol, with almost no patience."""

    header_seconds = 0.02


class Brisk(PatientProtocol):
    """Time enough for whoever sends at once, be the machine ever so busy."""

    header_seconds = 0.3


class Souring(PatientProtocol):
    """Patient until `sour` is called; whoever comes after that has almost no time."""

    @classmethod
    def sour(cls) -> None:
        cls.header_seconds = Hasty.header_seconds


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Souring, "header_seconds", 600.0)


@asynccontextmanager
async def served(
    app: ASGIApp, by: type[PatientProtocol] = Hasty, limit: int = 100
) -> AsyncIterator[int]:
    """The port at which an app is served by that protocol."""
    connections = Connections(limit)
    server = make_web_server(app, connections, by, lifespan="off")
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    listener = listen("127.0.0.1", 0, connections)
    await server.startup([listener])
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await server.shutdown([listener])


async def talk(port: int, *parts: bytes) -> bytes:
    """Send these bytes and no more: all that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def alive(_: Request) -> Response:
    return PlainTextResponse("alive")


@pytest.mark.parametrize("parts", [(), (b"GET /",), (b"GET / HTTP/1.1\r\nhost: a\r\nx: ",)])
async def test_13_headers_that_never_end_are_hung_up_on(parts: tuple[bytes, ...]) -> None:
    """Nothing at all, or the beginning of a request: the connection is closed in time."""
    async with served(Starlette(routes=[Route("/", alive)])) as port:
        assert await talk(port, *parts) == b""


async def test_13_a_second_request_has_to_come_in_time_too() -> None:
    """A connection that was used well once is not a licence to dawdle."""

    def answer(_: Request) -> Response:
        Souring.sour()
        return PlainTextResponse("alive")

    async with served(Starlette(routes=[Route("/", answer)]), Souring) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(PATIENCE_SECONDS):
            writer.write(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            await reader.readuntil(b"alive")
            writer.write(b"GET / HTTP/1.1\r\nhost: a\r\nx: ")
            assert await reader.read() == b""
        writer.close()


async def test_13_headers_without_end_are_not_kept() -> None:
    """However fast they come: beyond the limit they are refused, and the rest is not read."""
    line = b"x-header: " + b"y" * 1_000 + b"\r\n"
    lines = [line] * (HEADER_BYTES_MAX // len(line) + 50)
    async with served(Starlette(routes=[Route("/", alive)]), Souring) as port:
        answer = await talk(port, b"GET / HTTP/1.1\r\n", *lines)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


async def test_a_slow_answer_is_waited_for() -> None:
    """Patience ends with headers: a request that is being worked on is not cut off."""
    others = asyncio.Event()

    async def slow(_: Request) -> Response:
        await others.wait()
        return PlainTextResponse("at last")

    async with served(Starlette(routes=[Route("/", slow)]), Brisk) as port:
        waiting = asyncio.create_task(
            talk(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        )
        # By the time that this one is hung up on, the other has waited as long.
        assert await talk(port, b"GET /") == b""
        others.set()

        assert (await waiting).endswith(b"at last")


# --- bodies ----------------------------------------------------------------------------------


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotPlace]:
    """The whole bot, with almost no patience for bodies."""
    monkeypatch.setattr("bot.wiring.app.BODY_SECONDS", 0.01)
    slack = SlackChat(
        SlackSettings("xoxb-1", "secret", "http://127.0.0.1:9/api/"), now=lambda: START
    )
    settings = TelegramSettings(TOKEN, api_base_url="http://127.0.0.1:9", webhook_secret=SECRET)
    telegram = TelegramChat(settings)
    chats = Chats((slack, telegram), (*slack.routes, *telegram.routes))
    async with bot_place(tmp_path, chats) as opened:
        yield opened


async def asked(app: ASGIApp, path: str, *messages: Message) -> list[Message]:
    """What an app answers a POST with, whose sender says this, and then nothing."""
    sent: list[Message] = []
    said = list(messages)

    async def receive() -> Message:
        if not said:
            await asyncio.Event().wait()
        return said.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"x-telegram-bot-api-secret-token", SECRET.encode()),
            (b"content-type", b"application/json"),
        ],
        "server": ("bot.test", 80),
        "client": ("192.0.2.1", 4_000),
    }
    async with asyncio.timeout(PATIENCE_SECONDS):
        await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("path", READING)
async def test_13_a_body_that_never_ends_is_a_408(place: BotPlace, path: str) -> None:
    """Everywhere that a body is read; one answer, and the connection is not used again."""
    before = place.facts()

    answer = await asked(
        place.app.web, path, {"type": "http.request", "body": b"{", "more_body": True}
    )

    starts = [each for each in answer if each["type"] == "http.response.start"]
    assert [each["status"] for each in starts] == [408]
    assert (b"connection", b"close") in starts[0]["headers"]
    assert place.facts() == before


@pytest.mark.parametrize("path", READING)
async def test_13_a_sender_who_goes_away_is_no_error(place: BotPlace, path: str) -> None:
    """The body was cut off: nothing is stored, and nobody is told anything."""
    before = place.facts()

    answer = await asked(
        place.app.web,
        path,
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    )

    assert answer == []
    assert place.facts() == before


async def test_114_bodies_have_a_limit_together() -> None:
    """Many who send much at once are refused before the memory is full; afterwards all is free."""
    free = asyncio.Event()

    async def held(request: Request) -> Response:
        size = len(await request.body())
        await free.wait()
        return PlainTextResponse(str(size))

    app = BodyTimeoutMiddleware(
        Starlette(routes=[Route("/", held, methods=["POST"])]), held_max=1_500
    )
    part: Message = {"type": "http.request", "body": b"x" * 300}
    for _ in range(2):
        free.clear()
        taken = [asyncio.create_task(asked(app, "/", part)) for _ in range(2)]
        await asyncio.sleep(0)
        [refused, *_] = await asked(app, "/", part)
        free.set()

        assert refused["status"] == 503
        assert [(await each)[0]["status"] for each in taken] == [200, 200]


async def test_who_sent_all_may_wait_for_the_answer() -> None:
    """A whole body ends the patience with its sender, however long the work takes."""
    begun = asyncio.Event()

    async def slow(request: Request) -> Response:
        assert await request.body() == b"all"
        await asyncio.wait({asyncio.create_task(begun.wait())})
        return PlainTextResponse("at last")

    app = BodyTimeoutMiddleware(
        Starlette(routes=[Route("/", slow, methods=["POST"])]), seconds=0.001
    )
    late = BodyTimeoutMiddleware(
        Starlette(routes=[Route("/", slow, methods=["POST"])]), seconds=0.001
    )
    working = asyncio.create_task(asked(app, "/", {"type": "http.request", "body": b"all"}))
    # Refused after the same time, by which the other has waited as long.
    [refused, *_] = await asked(late, "/")
    begun.set()

    assert refused["status"] == 408
    assert (await working)[0]["status"] == 200
