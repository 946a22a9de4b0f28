"""The Slack adapter under test before a small Slack, and signed requests to it; checks nothing."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.slack.receiving.guard import sign
from adapters.contracts.chat import WAIT, Trouble
from conversations.protocol.installations import Installations
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Delivery
from conversations.protocol.views import Reply
from tests.support.chats.slack_server import BOT_TOKEN, DIRECT, FakeSlack, Json, Planned

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TRIGGER_ID = "13345224609.738474920.8088930838d88f008e0"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Answer = Callable[[Delivery], tuple[Reply, ...] | None]


class Received:
    """The bot's side: keeps deliveries, answers with what the test says."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.says: Answer = lambda delivery: ()
        self.broken = False
        self.asked = 0
        # What an answer waits for, where it comes late.
        self.ready: Callable[[], bool] = lambda: True

    async def accept(self, delivery: Delivery) -> int | None:
        self.asked += 1
        if self.broken:
            raise OSError("disk full: " + json.dumps(dict(delivery.body)))
        if delivery.sender_id in [known.sender_id for known in self.deliveries]:
            return None
        self.deliveries.append(delivery)
        return len(self.deliveries) - 1

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        while not self.ready():
            await asyncio.sleep(0.005)
        return self.says(self.deliveries[ticket])

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        ticket = await self.accept(delivery)
        return None if ticket is None else await self.answer(ticket)

    async def may_poll(self, who: str) -> bool:
        raise AssertionError(f"Slack is not polled, and {who} asked to.")


class SlackWorld:
    """The fake Slack, the adapter, and a way to send it signed requests."""

    def __init__(
        self,
        slack: FakeSlack,
        settings: SlackSettings | None = None,
        installed: Installations | None = None,
    ) -> None:
        self.slack = slack
        self.received = Received()
        self.at = NOW
        settings = settings or SlackSettings(BOT_TOKEN, SIGNING_SECRET, slack.base_url)
        # Time stands still here: what waits for a limit would never be sent.
        settings = replace(settings, paced=False)
        self.adapter = SlackChat(settings, lambda: self.at, installed)
        self.chat = read_chat("slack", "T1", "U1")
        app = Starlette(routes=list(self.adapter.routes))
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://bot.test"
        )

    def texts(self) -> list[str]:
        return [read(message) for message in self.slack.messages.values()]

    def refuse(self, trouble: Trouble) -> None:
        wait = str(int(WAIT.total_seconds()))
        self.slack.plan(
            "*",
            {
                "wait": Planned("ratelimited", 429, {"Retry-After": wait}),
                "gone": Planned("is_archived"),
                "lost": Planned("message_not_found"),
                "outage": Planned("internal_error", 503),
            }[trouble],
        )

    async def command(self, text: str, channel: str = "C1", **more: str) -> httpx.Response:
        return await self.form(
            {
                "token": "legacy-verification-token",
                "team_id": "T1",
                "team_domain": "acme",
                "channel_id": channel,
                "channel_name": "general",
                "user_id": "U1",
                "user_name": "ana",
                "command": "/topup",
                "text": text,
                "api_app_id": "A1",
                "is_enterprise_install": "false",
                "response_url": self.slack.hook_url,
                "trigger_id": TRIGGER_ID,
                **more,
            }
        )

    async def interaction(self, kind: str, **more: Any) -> httpx.Response:
        payload = {
            "type": kind,
            "token": "legacy-verification-token",
            "team": {"id": "T1", "domain": "acme"},
            "user": {"id": "U1", "username": "ana", "name": "ana", "team_id": "T1"},
            "api_app_id": "A1",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": TRIGGER_ID,
            **more,
        }
        return await self.form({"payload": json.dumps(payload)})

    async def press(
        self, button: str = "tok1", action: str = "press:0:0", channel: str = DIRECT, **more: Any
    ) -> httpx.Response:
        sent = {
            "channel": {"id": channel, "name": "directmessage"},
            "container": {"type": "message", "channel_id": channel, "message_ts": "1.2"},
            "response_url": self.slack.hook_url,
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": button}],
        }
        return await self.interaction("block_actions", **sent | more)

    async def submit(
        self,
        values: Mapping[str, Json],
        form: str = "topup_form",
        draft: str = "draft-1",
        **more: Any,
    ) -> httpx.Response:
        state = {"values": {block: {block: shown} for block, shown in values.items()}}
        view = {
            "type": "modal",
            "callback_id": form,
            "private_metadata": draft,
            "state": state,
        }
        return await self.interaction("view_submission", view=view, response_urls=[], **more)

    async def event(self, event: Json, event_id: str = "Ev1") -> httpx.Response:
        envelope = {
            "type": "event_callback",
            "token": "legacy-verification-token",
            "team_id": "T1",
            "event_id": event_id,
            "event": event,
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        }
        return await self.send(json.dumps(envelope).encode(), "application/json")

    async def say(self, text: str, event_id: str = "Ev1", **more: Any) -> httpx.Response:
        return await self.event(
            {
                "type": "message",
                "channel_type": "im",
                "channel": DIRECT,
                "user": "U1",
                "team": "T1",
                "text": text,
                "ts": "1.2",
                **more,
            },
            event_id,
        )

    async def form(self, fields: Mapping[str, str]) -> httpx.Response:
        raw = urlencode(fields).encode()
        return await self.send(raw, "application/x-www-form-urlencoded")

    async def send(self, raw: bytes, content_type: str, **headers: str) -> httpx.Response:
        timestamp = str(int(self.at.timestamp()))
        signed = {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": sign(SIGNING_SECRET, timestamp, raw),
        }
        mine = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post("/slack/events", content=raw, headers=signed | mine)

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@asynccontextmanager
async def slack_world() -> AsyncIterator[SlackWorld]:
    """Slack, and the adapter listening before it."""
    slack = FakeSlack()
    async with slack.serving():
        world = SlackWorld(slack)
        async with world.http, world.adapter.listening(world.received):
            yield world


def read(message: Json) -> str:
    """All words of a message as a person reads them."""
    return "\n".join([_unescaped(message["text"]), *_words(message.get("blocks", []))])


def _words(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _words(each)]
    if not isinstance(part, dict):
        return []
    if isinstance(part.get("text"), str):
        plain = part["type"] == "plain_text"
        return [part["text"] if plain else _unescaped(re.sub(r"^[*`]|[*`]$", "", part["text"]))]
    return [text for each in part.values() for text in _words(each)]


def _unescaped(text: str) -> str:
    assert not re.search(r"<[!@#]|<http", text), "typed text became markup"
    return html.unescape(text)
