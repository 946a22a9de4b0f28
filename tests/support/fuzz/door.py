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
from pathlib import Path
from random import Random
from typing import Any

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
from tests.support.bots.bot_place import SECRET_KEY, START, BotPlace, bot_place, callback_key
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.chats.pocket_chat import button
from tests.support.chats.telegram_bot_api import TOKEN, message
from tests.support.fuzz.fuzzing import changed
from tests.support.fuzz.sayings import TYPES, encoded, sayings

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
SINCE = "2026-11-01T00:00:00Z"
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
        paid, payment = await _paid(place)
        card = await place.asks_for()
        pay = httpx.URL(button(card, "Pay").url or "").path
        back = httpx.URL(await place.return_address(pay)).path
        page = httpx.URL(await place.checkout(card)).path
        paths = (
            *("/healthz", "/readyz", "/metrics", "/pages.css", "/favicon.ico", "/", "/nothing"),
            *("/slack/events", "/slack/install", "/slack/oauth_redirect?code=1&state=2"),
            "/slack/oauth_redirect?error=access_denied",
            *("/telegram/webhook", "/webhooks/sandbox", "/webhooks/stripe", "/webhooks/x"),
            *(pay, f"{pay}/qr.png", back, "/pay/x", "/paid/x"),
            *(page, f"{page}/card", f"{page}/transfer", f"{page}/3d-secure", f"{page}/return"),
            *("/sandbox/v1/checkouts", f"/sandbox/v1/checkouts?opened_since={SINCE}&after=cs_"),
            *(page.replace("/checkout/", "/v1/checkouts/"), f"{paid}/expire", "/sandbox/x"),
            *(payment, f"{payment}/refunds"),
        )
        yield Door(place.app.web, run, place, paths)


async def _paid(place: BotPlace) -> tuple[str, str]:
    """Where the sandbox's API tells of a checkout that was paid, and of its payment."""
    page = await place.checkout(await place.asks_for())
    await pay_by_card(place.web, page, PAID)
    await place.calls_back(page.rpartition("/")[2])
    checkout = httpx.URL(page).path.replace("/checkout/", "/v1/checkouts/")
    key = {"authorization": f"Bearer {_sandbox_key()}"}
    shown = (await place.web.get(checkout, headers=key)).json()
    return checkout, f"/sandbox/v1/payments/{shown['payments'][0]['id']}"


def _sandbox_key() -> str:
    return derive_key(SECRET_KEY, "sandbox api").hex()


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
    path, wanted, kind = dice.choice(sayings(dice, paths))
    said: Any = changed(dice, wanted) if dice.random() < 0.7 else wanted
    kind = kind if dice.random() < 0.7 else dice.choice(TYPES[:2])
    kind = kind if isinstance(said, dict) else TYPES[0]
    body = encoded(said, kind)
    attempt = (b"idempotency-key", b"%d" % dice.randrange(9))
    return "POST", path, [*signed(kind, body, path), attempt], [body]


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
    token = _sandbox_key() if "/v1/" in path else METRICS_TOKEN
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
