"""The emulated Slack, served for tests together with a small bot on the real slack-bolt."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.kit.live import Live
from playground.page import page
from playground.slack.app import routes
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import SlackSettings
from playground.slack.world.seed import default_world
from playground.slack.world.world import SlackWorld

TOKEN, APP_TOKEN = "xoxb-playground", "xapp-playground"
CLIENT_SECRET = "client-hush"
ANA, BEN, DM = "U0ANA", "U0BEN", "D0ANA"
BUTTON = {
    "type": "actions",
    "block_id": "card",
    "elements": [
        {
            "type": "button",
            "action_id": "pay",
            "text": {"type": "plain_text", "text": "Pay"},
            "value": "revision-1",
        }
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "draft",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Top up"},
    "submit": {"type": "plain_text", "text": "Review"},
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": {"type": "plain_text", "text": "Amount"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "method",
            "optional": True,
            "label": {"type": "plain_text", "text": "Method"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [
                    {"text": {"type": "plain_text", "text": "Card"}, "value": "card"},
                    {"text": {"type": "plain_text", "text": "Bank"}, "value": "bank"},
                ],
            },
        },
    ],
}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Bot:
    """A small bot on the real slack-bolt, and what it has heard."""

    client: AsyncWebClient
    clock: Clock
    heard: list[dict[str, Any]] = field(default_factory=list)
    retries: list[str | None] = field(default_factory=list)
    fail_events: int = 0
    trigger: str = ""

    async def take(self, request: Request) -> Response:
        self.retries.append(request.headers.get("x-slack-retry-num"))
        if self.fail_events and request.headers["content-type"] == "application/json":
            self.fail_events -= 1
            return Response(status_code=503)
        return await AsyncSlackRequestHandler(self.app()).handle(request)

    def app(self) -> AsyncApp:
        """The bot, for requests or for a socket."""

        async def authorize(**_: object) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id="T0ACME", bot_token=TOKEN, bot_user_id="U0TOPUP"
            )

        app = AsyncApp(
            signing_secret="hush",
            client=self.client,
            authorize=authorize,
            process_before_response=True,
        )
        app.command("/topup")(self._command)
        app.action("pay")(self._action)
        app.view("form")(self._submitted)
        app.view_closed("form")(self._closed)
        app.event("message")(self._message)
        app.event("app_home_opened")(self._home)
        app.shortcut("topup_begin")(self._shortcut)
        app.shortcut("topup_about")(self._shortcut)
        for gone in ("app_uninstalled", "tokens_revoked"):
            app.event(gone)(self._gone)
        return app

    async def _command(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        match body["text"]:
            case "":
                await self.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
                await ack()
            case "broken":
                raise RuntimeError("broken on purpose")
            case "rich":
                await ack(text="fallback", blocks=[BUTTON])
            case "bad":
                await ack(text="x", blocks=[{"type": "nonsense"}])
            case text:
                await ack(f"You said {text}")

    async def _action(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await ack()

    async def _shortcut(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await self.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    async def _gone(self, body: dict[str, Any]) -> None:
        self.heard.append(body)

    async def _submitted(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        match body["view"]["state"]["values"]["amount"]["typed"]["value"]:
            case "lots":
                await ack(response_action="errors", errors={"amount": "Use 5.00 to 2,000.00."})
            case "astray":
                await ack(response_action="errors", errors={"elsewhere": "No."})
            case "more":
                await ack(response_action="update", view={**MODAL, "private_metadata": "second"})
            case "push":
                await ack(response_action="push", view=MODAL)
            case "clear":
                await ack(response_action="clear")
            case _:
                await ack()

    async def _closed(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await ack()

    async def _message(self, event: dict[str, Any]) -> None:
        self.heard.append(event)
        sent = await self.client.chat_postMessage(channel=event["channel"], text="one moment")
        await self.client.chat_update(channel=sent["channel"], ts=sent["ts"], text="done")

    async def _home(self, event: dict[str, Any]) -> None:
        self.heard.append(event)
        view = {"type": "home", "blocks": [{"type": "divider"}, BUTTON]}
        await self.client.views_publish(user_id=event["user"], view=view)


@dataclass
class Town:
    """Everything that a test plays with."""

    world: SlackWorld
    window: SlackWindow
    bot: Bot
    client: AsyncWebClient
    base_url: str
    live: Live
    server: uvicorn.Server

    def change(self, **settings: Any) -> None:
        """Change the app's settings, as on its pages at api.slack.com."""
        self.world.settings = replace(self.world.settings, **settings)

    def client_for(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=f"{self.base_url}/slack/api/", retry_handlers=[])

    def texts(self, user: str = ANA, channel: str = DM) -> list[str]:
        return [message["text"] for message in self.messages(user, channel)]

    def messages(self, user: str = ANA, channel: str = DM) -> list[dict[str, Any]]:
        channels = self.window.state(user)["channels"]
        return next(c["messages"] for c in channels if c["id"] == channel)

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            reply = await http.post(f"{self.base_url}{path}", json=body)
        answer: dict[str, Any] = reply.json()
        return answer


@asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """Serve without uvicorn's own loop, which looks for the end only ten times a second."""
    config = uvicorn.Config(app, log_level="critical", lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    try:
        yield server
    finally:
        await server.shutdown([listener])


@asynccontextmanager
async def slack_town(
    *, ack_seconds: float = 3.0, more: Callable[[str], list[Route]] = lambda base_url: []
) -> AsyncIterator[Town]:
    """The emulated Slack and the small bot, served on one free port; `more` gets its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        clock = Clock()
        settings = SlackSettings(
            f"{base_url}/slack/events", "hush", TOKEN, app_token=APP_TOKEN,
            client_secret=CLIENT_SECRET,
        )  # fmt: skip
        world = default_world(settings, now=clock)
        window = SlackWindow(
            world, base_url, retry_delays=(0.0, 0.0, 0.0), ack_seconds=ack_seconds
        )
        live = Live()
        client = AsyncWebClient(TOKEN, base_url=f"{base_url}/slack/api/", retry_handlers=[])
        bot = Bot(client, clock)
        events = Route("/slack/events", bot.take, methods=["POST"])
        ours = [*routes(world, window, live), *page.routes(live)]
        app = Starlette(routes=[events, *more(base_url), *ours])
        async with serving(app, listener) as server:
            yield Town(world, window, bot, client, base_url, live, server)
            await window.aclose()
            live.close()


async def refusal(call: Any) -> Any:
    """Await a call that Slack refuses; its whole answer."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response
