"""The way out: each adapter calls the hosts that it declares, and follows nobody elsewhere."""

from __future__ import annotations

import ast
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import aiohttp
import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr
from telegram import Bot
from telegram.error import NetworkError

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.slack.hosts import api_sessions, hook_sessions, socket_session
from adapters.chat.telegram.adapter import bot_api_client
from adapters.gateways.sandbox.server.app import SandboxApp
from adapters.gateways.sandbox.settings import Sandbox
from adapters.gateways.stripe.settings import Stripe
from adapters.outgoing import HostAllowlist, http_client, new_session
from adapters.storage.store import open_store
from billing.ports import GatewayError
from bot.settings.gateways import Gateways
from bot.wiring.gateways import open_gateways
from conversations.protocol.places import read_chat
from conversations.protocol.ports import ChatError, Message, Verdict
from conversations.protocol.views import View
from service.common.ids import Sources
from tests.adapters.slack.test_slack_socket import until
from tests.support.bots.bot_place import Clock, Dice, config_for
from tests.support.bots.stripe_place import API_KEY, STRIPE_URL, WEBHOOK_SECRET
from tests.support.chats.slack_adapter_env import NOW, Received
from tests.support.chats.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.support.chats.telegram_bot_api import TOKEN
from tests.support.house.source import name, parsed, product_files

ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:8080/",
    "http://127.0.0.1:1/",
    "http://slack.com/api/",
    "https://slack.com:8443/api/",
    "https://slack.com@evil.example/",
    "https://slack.com.evil.example/",
    "https://evilslack.com/",
    "ws://slack.com/",
    "file:///etc/passwd",
    "slack.com",
    "https:\\\\evil.example",
    "",
]
VERBS = ("get", "post", "put", "request", "stream")
# What makes a client of its own; with these keywords it takes one of ours.
MAKERS = {
    **dict.fromkeys(("httpx.AsyncClient", "httpx.Client", "aiohttp.ClientSession", "urlopen")),
    **dict.fromkeys(f"{library}.{verb}" for library in ("httpx", "requests") for verb in VERBS),
    "AsyncWebClient": "session",
    "HTTPXRequest": "httpx_kwargs",
}


class Heard:
    """Every request that got through, for all hosts there are."""

    def __init__(self, answer: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._hear)
        self._answer = answer

    def _hear(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer


@asynccontextmanager
async def redirecting(seen: list[str]) -> AsyncIterator[str]:
    """A server that leads every request on to another path of its own."""

    async def lead_on(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/onwards"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", lead_on)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# --- the door --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ELSEWHERE)
def test_70_what_is_not_on_the_list_is_refused(address: str) -> None:
    """Another host, port, scheme, or an address that only looks alike."""
    door = HostAllowlist("slack", "https://slack.com/api/", "https://*.slack.com")

    assert not door.allows(address)
    assert door.refusal_reason(address) is not None


@pytest.mark.parametrize(
    "address",
    ["https://slack.com/api/x", "HTTPS://Slack.com:443/", "wss://wss-primary.slack.com/link?a=1"],
)
def test_what_is_on_the_list_is_let_through(address: str) -> None:
    """The origin as it is compared by browsers, and what is below a domain."""
    assert HostAllowlist("slack", "https://slack.com", "https://*.slack.com").allows(address)


def test_a_host_that_is_no_origin_is_refused_at_once() -> None:
    """A wrong list is found when the adapter is made, not when it calls."""
    for host in ("slack.com", "ftp://slack.com", "https://a@slack.com", "*.slack.com"):
        with pytest.raises(ValueError, match="address"):
            HostAllowlist("slack", host)


async def test_70_a_refusal_is_logged_once_and_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The operator reads which adapter it was; what was in the address stays out of the log."""
    caplog.set_level(logging.INFO)
    heard = Heard(httpx.Response(200))

    async with http_client(HostAllowlist("stripe", STRIPE_URL), heard.transport) as client:
        for address in ("https://evil.example/secret-path", "http://127.0.0.1/secret-path"):
            with pytest.raises(httpx.ConnectError) as refused:
                await client.get(address)
            assert "secret-path" not in str(refused.value)

    assert heard.requests == []
    assert [record.getMessage() for record in caplog.records] == [
        "stripe: a request to a host that is not on its list was refused"
    ]


async def test_70_no_client_follows_a_redirect() -> None:
    """Neither to another host nor on the same one, with either library."""
    seen: list[str] = []
    async with redirecting(seen) as url:
        door = HostAllowlist("test", url)
        async with http_client(door) as client, new_session(door, 5) as session:
            answer = await client.get(f"{url}/first")
            with pytest.raises(aiohttp.ClientConnectionError, match="redirects"):
                await session.get(f"{url}/second")

    assert answer.status_code == 307
    assert seen == ["/first", "/second"]


# --- each adapter ----------------------------------------------------------------------------


async def test_70_stripe_calls_nobody_else() -> None:
    """Its client has the API's own address; an answer that leads elsewhere is no answer."""
    stripe = Stripe(SecretStr(API_KEY), SecretStr(WEBHOOK_SECRET), STRIPE_URL)
    config = replace(
        config_for(Path("unused.db")),
        gateways=Gateways((stripe, Sandbox())),
    )
    heard = Heard(httpx.Response(302, headers={"location": "https://evil.example/"}))
    store = open_store("sqlite://")
    known = open_gateways(config, Sources(Clock(), Dice()), store, heard.transport)

    with pytest.raises(GatewayError):
        await known["stripe"].gateway.fetch("cs_test_1")
    for client in (each for one in known.values() for each in one.clients):
        with pytest.raises(httpx.ConnectError):
            await client.get("https://api.stripe.com.evil.example/")
        await client.aclose()
    await store.close()

    assert [str(request.url.copy_with(query=None)) for request in heard.requests] == [
        f"{STRIPE_URL}/v1/checkout/sessions/cs_test_1"
    ]


async def test_70_telegram_calls_nobody_else() -> None:
    """Neither by its base address nor by one that the Bot API would name, for files."""
    request = bot_api_client("https://api.telegram.org")

    with pytest.raises(NetworkError, match="not a host of its list"):
        await Bot(TOKEN, base_url="http://127.0.0.1:9/bot", request=request).get_me()
    with pytest.raises(NetworkError, match="not a host of its list"):
        await request.retrieve("http://api.telegram.org/file/bot1:x/y")
    await request.shutdown()


async def test_70_slack_calls_nobody_else() -> None:
    """The Web API's address is for the Web API, and the hooks' for response URLs."""
    for sessions in (api_sessions, hook_sessions):
        with pytest.raises(aiohttp.ClientConnectionError, match="not a host"):
            async with sessions("https://slack.com/api/").request("POST", "https://evil.example"):
                pass
    async with socket_session("https://slack.com/api/") as session:
        with pytest.raises(aiohttp.ClientConnectionError, match="not a host"):
            await session.ws_connect("wss://slack.com.evil.example/")


async def test_70_slack_is_not_led_elsewhere() -> None:
    """A Web API that redirects is an outage, and the card is tried again; its token stays here."""
    seen: list[str] = []
    async with redirecting(seen) as url:
        chat = SlackChat(SlackSettings(BOT_TOKEN, "secret", f"{url}/api/"), now=lambda: NOW)
        async with chat.listening(Received()):
            with pytest.raises(ChatError) as failed:
                await chat.show(
                    read_chat("slack", "T1", "U1"), Message(View("a", "a")), replacing=None
                )

    assert failed.value.verdict is Verdict.OUTAGE
    assert seen == ["/api/chat.postMessage"]


async def test_70_a_socket_elsewhere_is_not_opened(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever address Slack's answer names, the bot connects to Slack only."""
    seen: list[str] = []
    slack = FakeSlack()
    async with redirecting(seen) as elsewhere, slack.serving():
        slack.socket_url = f"{elsewhere.replace('http', 'ws')}/?ticket=x"
        settings = SlackSettings(BOT_TOKEN, "", slack.base_url, APP_TOKEN)
        async with SlackChat(settings, now=lambda: NOW).listening(Received()):
            await until(lambda: "slack socket: a request to a host" in caplog.text)

    assert seen == []


async def test_70_the_sandbox_calls_back_its_own_bot_only() -> None:
    """The address comes from the settings; nothing that a payer or merchant sends changes it."""
    config = config_for(Path("unused.db"))
    store = open_store("sqlite://")
    known = open_gateways(config, Sources(Clock(), Dice()), store)
    sandbox = cast(SandboxApp, known["sandbox"].server)

    async with sandbox.caller() as client:
        with pytest.raises(httpx.ConnectError, match="not a host of its list"):
            await client.post("http://169.254.169.254/webhooks/sandbox")
    for client in (each for one in known.values() for each in one.clients):
        await client.aclose()
    await store.close()


def test_nobody_goes_out_by_another_way() -> None:
    """In the product only adapters/outgoing.py makes clients of its own."""
    found = {
        f"{name(path)}:{call.lineno}"
        for path in product_files()
        if not name(path).startswith(("playground/", "adapters/contracts/", "adapters/outgoing"))
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in MAKERS
        if MAKERS[ast.unparse(call.func)] not in [given.arg for given in call.keywords]
    }

    assert found == set()
