"""Crowds at doors that have somebody else asked: the others are served, and few ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.chat.slack.manifest import REDIRECT_PATH
from adapters.chat.slack.receiving.oauth import OAuthApp, install_routes
from billing.ports import CheckoutRequest, GatewayError, HostedPage
from bot.web.connections import SERVED_SECONDS
from bot.web.edge import BodyTimeoutMiddleware
from conversations.protocol.installations import Installation
from tests.bot.web.test_connections import PATIENCE_SECONDS, Calm
from tests.bot.web.test_slow_senders import alive, served, talk
from tests.support.bots.bot_place import PUBLIC_URL, START, bot_place
from tests.support.bots.odd_gateway import OddGateway, site_over
from tests.support.chats.pocket_chat import button
from tests.support.chats.slack_server import FakeSlack, Planned

# The SDK sends the app's own secret in a way that aiohttp will drop in its next major version.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
CONNECTIONS, AHEAD = 20, 8
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"


class Kept:
    """Where nothing is kept: no installation succeeds here."""

    async def save(self, installation: Installation) -> None:
        """It is never asked to."""

    async def find(self, tenant: str) -> Installation | None:
        """There is none."""


class Install:
    """A web side with Slack's doors, before a Slack that answers nobody meanwhile."""

    def __init__(self, slack: FakeSlack, port: int) -> None:
        self.slack, self.port = slack, port

    async def way_back(self) -> bytes:
        """The request that ends what one GET of the install page began."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as web:
            begun = await web.get("/slack/install")
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        cookie = begun.headers["set-cookie"].partition(";")[0]
        line = f"GET {REDIRECT_PATH}?code=x&state={state} HTTP/1.1\r\n"
        return f"{line}host: a\r\ncookie: {cookie}\r\n\r\n".encode()

    def asked(self) -> int:
        return len(self.slack.called("oauth.v2.access"))


@asynccontextmanager
async def install(limit: int) -> AsyncIterator[Install]:
    slack, free = FakeSlack(), asyncio.Event()
    async with slack.serving():
        oauth = OAuthApp("1.2", "secret", PUBLIC_URL, ("chat:write",), slack.base_url)
        routes = install_routes(oauth, Kept(), lambda: START)
        app = BodyTimeoutMiddleware(Starlette(routes=[Route("/healthz", alive), *routes]))
        for _ in range(limit * AHEAD):
            slack.plan("oauth.v2.access", Planned("invalid_code", until=free))
        async with served(app, Calm, limit) as port, asyncio.timeout(PATIENCE_SECONDS):
            try:
                yield Install(slack, port)
            finally:
                free.set()


async def test_114_a_crowd_back_from_slack_keeps_nobody_out() -> None:
    """One state on as many connections as there are, eight times each: health as ever."""
    async with install(CONNECTIONS) as place:
        back = await place.way_back()
        crowd = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(20)]
        for _, writer in crowd:
            writer.write(back * AHEAD)
        while not place.asked():
            await asyncio.sleep(0.01)
        health = await talk(place.port, HEALTH)
        for _, writer in crowd:
            writer.transport.abort()

    assert health.endswith(b"alive")
    assert place.asked() == 1


async def test_114_who_hangs_up_on_the_way_back_from_slack_leaves_the_queue() -> None:
    """Whoever sends a request, or several, and goes, keeps no place and nothing in memory."""
    async with install(100) as place:
        busy = [asyncio.create_task(talk(place.port, await place.way_back())) for _ in range(4)]
        while place.asked() < 4:
            await asyncio.sleep(0.01)
        before, back = len(asyncio.all_tasks()), await place.way_back()
        for ahead in (1, 8):
            for _ in range(20):
                _, writer = await asyncio.open_connection("127.0.0.1", place.port)
                writer.write(back * ahead)
                await writer.drain()
                writer.transport.close()
        while len(asyncio.all_tasks()) > before:
            await asyncio.sleep(0.01)
        for each in busy:
            each.cancel()

    assert place.asked() == 4


async def test_114_who_is_served_for_too_long_gives_way() -> None:
    """Nobody waits for an answer for ever while others find no room at all."""
    now, asked = [0.0], []
    gone = asyncio.Event()

    class Told(Calm):
        """Has its connections counted by a clock that the test moves."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self._all._seconds = lambda: now[0]
            super().connection_made(transport)

    async def slow(request: Request) -> Response:
        asked.append(request.url.path)
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()
        return PlainTextResponse("too late")

    routes = [Route("/slow", slow), Route("/healthz", alive)]
    async with served(Starlette(routes=routes), Told, limit=1) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(PATIENCE_SECONDS):
            # What is sent ahead wins no time, and hides no end from what is worked on.
            writer.write(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
            while not asked:
                await asyncio.sleep(0.01)
            now[0] = SERVED_SECONDS - 1
            refused = await talk(port, HEALTH)
            writer.write(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n" * 3)
            await asyncio.sleep(0.05)
            now[0] = SERVED_SECONDS
            health = await talk(port, HEALTH)
            await gone.wait()
        writer.close()

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert health.endswith(b"alive")
    assert asked == ["/slow"]


async def test_114_a_crowd_at_one_pay_link_has_the_gateway_asked_once(tmp_path: Path) -> None:
    """Whoever presses meanwhile gets what came of it, an outage too."""

    class Slow(OddGateway):
        """Takes its time."""

        async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
            await asyncio.sleep(0.1)
            return await super().open_checkout(request)

    rounds = []
    async with bot_place(tmp_path) as place:
        link = button(await place.asks_for(), "Pay").url or ""
        gateway = Slow(place.app.checkouts.gateways["sandbox"], GatewayError("down", retry=True))
        async with site_over(place, gateway) as web:
            for _ in range(2):
                answers = await asyncio.gather(*(web.post(link) for _ in range(CONNECTIONS)))
                rounds.append([each.status_code for each in answers])
                gateway.answer = None

    assert rounds == [[503] * CONNECTIONS, [303] * CONNECTIONS]
    assert len(gateway.orders) == 2
