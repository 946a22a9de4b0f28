"""The whole bot behind all its doors, to be called with anything at all. It asserts nothing."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp, Message

from adapters.chat.slack import SlackChat, SlackSettings
from adapters.chat.telegram import TelegramChat, TelegramSettings
from adapters.gateways import standard_webhooks, stripe_webhooks
from bot.app_chats import Chats
from bot.config_checks import Stripe
from bot.installs import StoredInstallations
from bot.vault import Vault
from tests.bot_place import SECRET_KEY, START, BotPlace, bot_place, callback_key
from tests.pocket_chat import button
from tests.telegram_bot_api import TOKEN, message

NOBODY = "http://127.0.0.1:9"
SLACK_SECRET, TELEGRAM_SECRET = "signing secret", "a-webhook-secret-of-tests"
STRIPE_SECRET, METRICS_TOKEN = "whsec_of_the_fuzzer", "a-token-of-the-fuzzer"
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
    "stripe-signature",
    "transfer-encoding",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
    "x-forwarded-host",
    "x-slack-request-timestamp",
    "x-slack-retry-num",
    "x-slack-signature",
    "x-telegram-bot-api-secret-token",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "", "g\xebt")
TYPES = (b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"\xff")
DEEP = 100_000
HUGE = b"x" * 10_000_000

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Door:
    """The bot's web side, to be called with anything at all. `paths` are all that it serves."""

    web: ASGIApp
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    place: BotPlace
    paths: tuple[str, ...]

    def status(self, method: str, path: str, headers: Headers, body: list[bytes]) -> int:
        """The status of the answer; 500 when the application raises."""
        return int(self.run(self._status(method, path, headers, body)))

    async def _status(self, method: str, path: str, headers: Headers, body: list[bytes]) -> int:
        statuses: list[int] = []
        parts = [*body, b""]

        async def receive() -> Message:
            if not parts:
                await asyncio.Event().wait()  # as long as nobody hangs up
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: Message) -> None:
            statuses.append(message.get("status", 0))

        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": query.encode("utf-8", "surrogatepass"),
            "root_path": "",
            "headers": headers,
            "server": ("bot.test", 80),
            "client": ("192.0.2.1", 4_000),
        }
        await self.web(scope, receive, send)
        return statuses[0]


@asynccontextmanager
async def door(
    folder: Path, run: Callable[[Coroutine[Any, Any, Any]], Any]
) -> AsyncIterator[Door]:
    """A bot with every door there is, and a top-up whose checkout is open."""
    settings: dict[str, Any] = {
        "gateways": ("sandbox", "stripe"),
        "stripe": Stripe(SecretStr("sk_test_fuzz"), SecretStr(STRIPE_SECRET), NOBODY),
        "metrics_token": SecretStr(METRICS_TOKEN),
    }
    async with bot_place(folder, _chats(), **settings) as place:
        card = await place.asks_for()
        pay = httpx.URL(button(card, "Pay").url or "").path
        back = httpx.URL(await place.return_address(pay)).path
        page = httpx.URL(await place.checkout(card)).path
        paths = (
            *("/healthz", "/readyz", "/metrics", "/pages.css", "/favicon.ico", "/", "/nothing"),
            *("/slack/events", "/slack/install", "/slack/oauth_redirect?code=1&state=2"),
            *("/telegram/webhook", "/webhooks/sandbox", "/webhooks/stripe", "/webhooks/x"),
            *(pay, f"{pay}/qr.png", back, "/pay/x", "/paid/x"),
            *(page, f"{page}/card", f"{page}/transfer", f"{page}/3d-secure", f"{page}/return"),
            *("/sandbox/v1/checkouts", page.replace("/checkout/", "/v1/checkouts/"), "/sandbox/x"),
        )
        yield Door(place.app.web, run, place, paths)


def _chats() -> Chats:
    """Slack, which workspaces install, and Telegram, which posts."""
    installed = StoredInstallations(Vault((SECRET_KEY,)), lambda: START)
    slack = SlackChat(
        SlackSettings(
            "",
            SLACK_SECRET,
            f"{NOBODY}/api/",
            client_id="1.2",
            client_secret="a client secret",
            public_url="https://bot.test",
        ),
        lambda: START,
        installed,
    )
    telegram = TelegramChat(
        TelegramSettings(
            TOKEN,
            api_base_url=NOBODY,
            public_url="https://bot.test",
            webhook_secret=TELEGRAM_SECRET,
        )
    )
    return Chats((slack, telegram), (*slack.routes, *telegram.routes), installed)


# --- what is thrown at it --------------------------------------------------------------------


def request(dice: Random, paths: tuple[str, ...]) -> tuple[str, str, Headers, list[bytes]]:
    """Method, path, headers and body: often well signed, sometimes almost right, or nonsense."""
    body = _body(dice)
    headers: Headers = [
        (dice.choice(NAMES).encode(), dice.choice([*TYPES, dice.randbytes(12), b"-1", b""]))
        for _ in range(dice.randrange(5))
    ]
    if dice.random() < 0.6:
        headers += signed(dice.choice(TYPES), b"".join(body))
    method = dice.choice(("GET", "POST", "POST", dice.choice(METHODS)))
    path = dice.choice(paths)
    if dice.random() < 0.1:
        path += dice.choice(("/", "/..", "?a=%00", "\0", "\ud800", "é", "x" * 5_000))
    return method, path, headers, body


def signed(content_type: bytes, body: bytes) -> Headers:
    """What each sender that has a key of ours would send with these bytes."""
    at = str(int(START.timestamp())).encode()
    mac = hmac.new(SLACK_SECRET.encode(), b"v0:" + at + b":" + body, hashlib.sha256).hexdigest()
    gateways = {
        **standard_webhooks.sign(callback_key(), "msg_1", START, body),
        **stripe_webhooks.sign(STRIPE_SECRET, START, body),
    }
    return [
        (b"content-type", content_type),
        (b"x-slack-request-timestamp", at),
        (b"x-slack-signature", b"v0=" + mac.encode()),
        (b"x-telegram-bot-api-secret-token", TELEGRAM_SECRET.encode()),
        (b"authorization", f"Bearer {METRICS_TOKEN}".encode()),
        *((name.encode(), value.encode()) for name, value in gateways.items()),
    ]


def _body(dice: Random) -> list[bytes]:
    whole = dice.choice(_wholes(dice))
    at = dice.randrange(len(whole))
    changed = whole[:at] + dice.randbytes(dice.randrange(4)) + whole[at + dice.randrange(9) :]
    odd = [b"payload=", b"payload={}", b"{", b"[" * 900, b"%ff%00", b"command=/topup&text=%F0"]
    if dice.random() < 0.01:
        odd = [b"[" * DEEP, b'{"a":' * DEEP, gzip.compress(HUGE), HUGE]
    kinds = [whole, changed, dice.randbytes(dice.randrange(300)), dice.choice(odd)]
    return [dice.choice(kinds) for _ in range(dice.choice([1, 1, 1, 2]))]


def _wholes(dice: Random) -> list[bytes]:
    said: list[Any] = [
        message(dice.randrange(1, 10**6), "/topup 50"),
        {"type": "payment.paid", "data": {"checkout": "cs_0000000000"}},
        {
            "object": "event",
            "type": "checkout.session.completed",
            "livemode": False,
            "data": {"object": {"id": "cs_test_1"}},
        },
        {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": "x"}},
    ]
    return [*(json.dumps(each).encode() for each in said), b"number=4242&expiry=12%2F49&cvc=1"]
