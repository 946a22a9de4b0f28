"""Raw bytes at the bot's doors, thousands of them: no server error, and no memory that stays."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import resource
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

from adapters.chat.slack import SlackChat, SlackSettings
from adapters.chat.telegram import TelegramChat, TelegramSettings
from bot.app_chats import Chats
from tests.bot_place import START, bot_place
from tests.fuzzing import Progress
from tests.telegram_bot_api import TOKEN, message
from tests.test_fuzz_http import NAMES, NOBODY, TYPES, Door

SLACK_SECRET, TELEGRAM_SECRET = "signing secret", "a-webhook-secret-of-tests"
DOORS = ("/slack/events", "/telegram/webhook", "/webhooks/sandbox", "/pay/x", "/paid/x")
GROWTH_BYTES_MAX = 50 * 1024 * 1024
WARM_UP = 500
Headers = list[tuple[bytes, bytes]]


def http(seed: int, tries: int, progress: Progress) -> None:
    """Whatever bytes come, signed or not, the answer is below 500 and memory stays flat."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = bot_place(Path(folder), _chats())
        place = runner.run(stack.enter_async_context(opened))
        door = Door(place.app.web, runner.run, place)
        try:
            settled = 0
            for number in range(tries):
                path, headers, body = _request(dice)
                status = door.status("POST", path, headers, body)
                assert status < 500, (status, path, headers, body)
                if number == WARM_UP:
                    settled = _resident()
                progress()
            grown = _resident() - settled if settled else 0
            assert grown < GROWTH_BYTES_MAX, f"memory grew by {grown} bytes"
        finally:
            runner.run(stack.aclose())


def _chats() -> Chats:
    slack = SlackChat(SlackSettings("xoxb-1", SLACK_SECRET, NOBODY), now=lambda: START)
    telegram = TelegramChat(
        TelegramSettings(
            TOKEN,
            api_base_url=NOBODY.removesuffix("/api/"),
            public_url="https://bot.test",
            webhook_secret=TELEGRAM_SECRET,
        )
    )
    return Chats((slack, telegram), (*slack.routes, *telegram.routes))


def _request(dice: Random) -> tuple[str, Headers, list[bytes]]:
    path = dice.choice(DOORS)
    body = _body(dice)
    headers: Headers = [
        (dice.choice(NAMES).encode(), dice.choice([*TYPES, dice.randbytes(12), b"-1", b""]))
        for _ in range(dice.randrange(5))
    ]
    if dice.random() < 0.6:
        headers += _signed(dice, b"".join(body))
    return path, headers, body


def _body(dice: Random) -> list[bytes]:
    whole = json.dumps(message(dice.randrange(1, 10**6), "/topup 50")).encode()
    at = dice.randrange(len(whole))
    changed = whole[:at] + dice.randbytes(dice.randrange(4)) + whole[at + dice.randrange(9) :]
    odd = [b"payload=", b"payload={}", b"{", b"[" * 900, b"%ff%00", b"command=/topup&text=%F0"]
    kinds = [whole, changed, dice.randbytes(dice.randrange(300)), dice.choice(odd)]
    return [dice.choice(kinds) for _ in range(dice.choice([1, 1, 1, 2]))]


def _signed(dice: Random, body: bytes) -> Headers:
    at = str(int(START.timestamp())).encode()
    mac = hmac.new(SLACK_SECRET.encode(), b"v0:" + at + b":" + body, hashlib.sha256).hexdigest()
    kind = dice.choice([*TYPES, b"application/x-www-form-urlencoded; charset=utf-8"])
    return [
        (b"content-type", kind),
        (b"x-slack-request-timestamp", at),
        (b"x-slack-signature", b"v0=" + mac.encode()),
        (b"x-telegram-bot-api-secret-token", TELEGRAM_SECRET.encode()),
    ]


def _resident() -> int:
    """The most memory this process ever had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
