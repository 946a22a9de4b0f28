"""The whole bot behind all its doors, to be called with anything at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp, Message

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox.settings import Sandbox
from adapters.gateways.stripe import webhooks as stripe_webhooks
from adapters.gateways.stripe.settings import Stripe
from adapters.storage.store import open_store
from bot.settings.gateways import Gateways
from bot.wiring.chats import Chats
from conversations.protocol.installations import Installation
from service.chat.installations import StoredInstallations
from service.common.signed_tokens import derive_key
from service.common.vault import Vault
from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE, PRESS
from tests.support.bots.bot_place import SECRET_KEY, START, BotPlace, bot_place, callback_key
from tests.support.bots.stripe_place import event
from tests.support.chats.pocket_chat import button
from tests.support.chats.telegram_bot_api import TOKEN, message, press
from tests.support.fuzz.fuzzing import changed

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
    stripe = Stripe(SecretStr("sk_test_fuzz"), SecretStr(STRIPE_SECRET), NOBODY)
    settings: dict[str, Any] = {
        "gateways": Gateways((Sandbox(), stripe)),
        "metrics_token": SecretStr(METRICS_TOKEN),
    }
    store = open_store(f"sqlite:///{folder}/bot.db")
    installed = StoredInstallations("slack", Vault((SECRET_KEY,)), lambda: START, store)
    async with bot_place(folder, _chats(installed), store=store, **settings) as place:
        await installed.save(Installation("", "T1", False, "xoxb-1"))
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


def _chats(installed: StoredInstallations) -> Chats:
    """Slack, which workspaces install, and Telegram, which posts."""
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
    return Chats((slack, telegram), (*slack.routes, *telegram.routes))


# --- what is thrown at it --------------------------------------------------------------------


def request(dice: Random, paths: tuple[str, ...]) -> tuple[str, str, Headers, list[bytes]]:
    """Method, path, headers and body: half of them well made but for something in the body."""
    return _aimed(dice, paths) if dice.random() < 0.5 else _blind(dice, paths)


def _aimed(dice: Random, paths: tuple[str, ...]) -> tuple[str, str, Headers, list[bytes]]:
    path, wanted = dice.choice(sayings(dice, paths))
    said: Any = changed(dice, wanted) if dice.random() < 0.7 else wanted
    if isinstance(said, dict) and ("payload" in said or dice.random() < 0.4):
        kind, texts = TYPES[1], {name: _text(each) for name, each in said.items()}
        body = urlencode(texts, errors="surrogatepass").encode()
    else:
        kind, body = TYPES[0], json.dumps(said).encode()
    attempt = (b"idempotency-key", b"%d" % dice.randrange(9))
    return "POST", path, [*signed(kind, body, path), attempt], [body]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _blind(dice: Random, paths: tuple[str, ...]) -> tuple[str, str, Headers, list[bytes]]:
    path, body = dice.choice(paths), _body(dice)
    headers: Headers = [
        (dice.choice(NAMES).encode(), dice.choice([*TYPES, dice.randbytes(12), b"-1", b""]))
        for _ in range(dice.randrange(5))
    ]
    if dice.random() < 0.6:
        headers += signed(dice.choice(TYPES), b"".join(body), path)
    method = dice.choice(("GET", "POST", "POST", dice.choice(METHODS)))
    if dice.random() < 0.1:
        path += dice.choice(("/", "/..", "?a=%00", "\0", "\ud800", "é", "x" * 5_000))
    return method, path, headers, body


def signed(content_type: bytes, body: bytes, path: str = "") -> Headers:
    """What each sender that has a key of ours would send with these bytes."""
    token = derive_key(SECRET_KEY, "sandbox api").hex() if "/v1/" in path else METRICS_TOKEN
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
        (b"authorization", f"Bearer {token}".encode()),
        *((name.encode(), value.encode()) for name, value in gateways.items()),
    ]


def _body(dice: Random) -> list[bytes]:
    whole = json.dumps(message(dice.randrange(1, 10**6), "/topup 50")).encode()
    at = dice.randrange(len(whole))
    altered = whole[:at] + dice.randbytes(dice.randrange(4)) + whole[at + dice.randrange(9) :]
    odd = [b"payload=", b"payload={}", b"{", b"[" * 900, b"%ff%00", b"command=/topup&text=%F0"]
    if dice.random() < 0.01:
        odd = [b"[" * DEEP, b'{"a":' * DEEP, gzip.compress(HUGE), HUGE]
    kinds = [whole, altered, dice.randbytes(dice.randrange(300)), dice.choice(odd)]
    return [dice.choice(kinds) for _ in range(dice.choice([1, 1, 1, 2]))]


def sayings(dice: Random, paths: tuple[str, ...]) -> list[tuple[str, dict[str, Any]]]:
    """What is said at each door that reads a body, each time anew."""
    number = dice.randrange(1, 10**6)
    [page] = [
        each for each in paths if each.startswith("/sandbox/checkout/") and each.count("/") == 3
    ]
    checkout = page.rpartition("/")[2]
    session = {"id": f"cs_test_{number}", "object": "checkout.session"}
    return [
        ("/telegram/webhook", message(number, "/topup 50")),
        ("/telegram/webhook", press(number)),
        ("/slack/events", {**MESSAGE, "event_id": f"Ev{number}"}),
        ("/slack/events", {**COMMAND, "trigger_id": f"{number}.1"}),
        ("/slack/events", {"payload": {**PRESS, "trigger_id": f"{number}.1"}}),
        ("/webhooks/sandbox", {"type": "payment.paid", "data": {"checkout": checkout}}),
        ("/webhooks/stripe", event("checkout.session.completed", session)),
        ("/sandbox/v1/checkouts", _order(number)),
        (f"{page}/card", {"number": "4000 0000 0000 0002", "expiry": "12/49", "cvc": "123"}),
        (f"{page}/3d-secure", {"answer": "approve"}),
    ]


def _order(number: int) -> dict[str, Any]:
    return {
        "reference": f"TU-{number}",
        "description": "A top-up",
        "amount_minor": 5_000,
        "currency": "USD",
        "method": "card",
        "expires_at": (START + timedelta(hours=1)).isoformat(),
        "return_url": "https://bot.test/paid/x",
    }
