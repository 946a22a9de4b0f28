"""Raw bytes at every door of the bot: whatever comes, the answer is no server error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from adapters.chat.slack import SlackChat, SlackSettings
from adapters.gateways import standard_webhooks
from bot.app_chats import Chats
from tests.bot_place import START, BotPlace, bot_place, callback_key

EXAMPLES = 250
NOBODY = "http://127.0.0.1:9/api/"
NAMES = (
    "accept",
    "accept-language",
    "authorization",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "idempotency-key",
    "transfer-encoding",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
    "x-forwarded-host",
    "x-slack-request-timestamp",
    "x-slack-retry-num",
    "x-slack-signature",
)
DOORS = (
    "/slack/events",
    "/webhooks/sandbox",
    "/webhooks/",
    "/pay/",
    "/paid/",
    "/sandbox/checkout/",
    "/sandbox/v1/checkouts",
    "/healthz",
    "/",
)
TYPES = (b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"\xff")


@dataclass(frozen=True, slots=True)
class Door:
    """The bot's web side, to be called with anything at all."""

    web: ASGIApp
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    place: BotPlace

    def status(
        self, method: str, path: str, headers: list[tuple[bytes, bytes]], body: list[bytes]
    ) -> int:
        """The status of the answer; 500 when the application raises."""
        return int(self.run(self._status(method, path, headers, body)))

    async def _status(
        self, method: str, path: str, headers: list[tuple[bytes, bytes]], body: list[bytes]
    ) -> int:
        statuses: list[int] = []
        parts = [*body, b""]

        async def receive() -> Message:
            part = parts.pop(0) if parts else b""
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Message) -> None:
            statuses.append(message.get("status", 0))

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "server": ("bot.test", 80),
            "client": ("192.0.2.1", 4_000),
        }
        await self.web(scope, receive, send)
        return statuses[0]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    slack = SlackChat(SlackSettings("xoxb-1", "signing secret", NOBODY), now=lambda: START)
    directory = tmp_path_factory.mktemp("door")
    with asyncio.Runner() as runner:
        opened = bot_place(directory, Chats((slack,), tuple(slack.routes)))
        place = runner.run(opened.__aenter__())
        try:
            yield Door(place.app.web, runner.run, place)
        finally:
            runner.run(opened.__aexit__(None, None, None))


header_values = st.binary(max_size=40) | st.sampled_from(
    [*TYPES, b"1795435200", b"v1,AAAA", b"v0=" + b"0" * 64, b"Bearer x", b"*/*", b"99999999999"]
)
headers = st.lists(st.tuples(st.sampled_from(NAMES).map(str.encode), header_values), max_size=8)
bodies = st.lists(
    st.binary(max_size=200)
    | st.sampled_from([b"payload=", b"{", b"[" * 500, b'{"type":', b"%ff%00", b"\xed\xa0\x80"]),
    max_size=4,
)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "", "g\xebt"])
paths = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from(DOORS),
    st.text(max_size=30) | st.sampled_from(["", "x", "../..", "\0", "%00", "\ud800", "cs_"]),
)


@settings(max_examples=EXAMPLES)
@given(method=methods, path=paths, sent=headers, body=bodies)
def test_13_raw_requests_break_nothing(
    door: Door, method: str, path: str, sent: list[tuple[bytes, bytes]], body: list[bytes]
) -> None:
    """Any method, path, headers and bytes, unsigned: below 500, and nothing is written."""
    before = door.place.money()

    assert door.status(method, path, sent, body) < 500
    assert door.place.money() == before


@settings(max_examples=EXAMPLES)
@given(path=st.sampled_from(["/slack/events", "/webhooks/sandbox", "/pay/x"]), body=bodies)
def test_13_raw_posts_break_nothing(door: Door, path: str, body: list[bytes]) -> None:
    """Any bytes posted to the three doors that people and machines use: a 4xx."""
    for content_type in TYPES:
        assert 400 <= door.status("POST", path, [(b"content-type", content_type)], body) < 500


words = st.text(max_size=8) | st.sampled_from(
    ["type", "data", "checkout", "payment.paid", "payment.failed", "cs_0000000000", "payment"]
)
events = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=10,
)
callbacks = st.binary(max_size=200) | events.map(json.dumps).map(str.encode)


@settings(max_examples=EXAMPLES)
@given(body=callbacks, encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_13_signed_nonsense_breaks_nothing(door: Door, body: bytes, encoding: str) -> None:
    """Whatever the gateway's key signed: taken or refused, and no money moves by it."""
    whole = body.decode("latin-1").encode(encoding, "replace")
    signed = standard_webhooks.sign(callback_key(), "msg_1", START, whole)
    sent = [(name.encode(), value.encode()) for name, value in signed.items()]
    before = door.place.money()

    assert door.status("POST", "/webhooks/sandbox", sent, [whole]) in (204, 401)
    assert door.place.money() == before
