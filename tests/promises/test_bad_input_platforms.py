"""Malformed deliveries of Slack and Telegram before the whole bot: 4xx or quarantine, no more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.slack.receiving.guard import sign
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from bot.wiring.chats import Chats
from service.ports.store import Link, LinkKind, Tx
from tests.support.bots.bot_place import ACCOUNT, START, BotPlace, bot_place
from tests.support.chats.slack_adapter_env import SIGNING_SECRET
from tests.support.chats.slack_server import BOT_TOKEN, FakeSlack
from tests.support.chats.telegram_bot_api import PRIVATE, TOKEN, BotApi, bot_api, message, press

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SOON_SECONDS = 60
NOW = str(int(START.timestamp()))
COMMAND = urlencode(
    {
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "command": "/topup",
        "text": "balance",
        "trigger_id": "1.2.3",
    }
).encode()


def payload(**fields: Any) -> bytes:
    return urlencode({"payload": json.dumps(fields)}).encode()


def said(number: int, changes: dict[str, Any]) -> dict[str, Any]:
    """An update in which Ana types, with parts of her message changed."""
    update = message(number)
    return {**update, "message": {**update["message"], **changes}}


SIGNED = {
    "empty": (b"", JSON),
    "no kind": (b"hello", "text/plain"),
    "broken JSON": (b"{broken", JSON),
    "a list": (b"[]", JSON),
    "a number": (b"5", JSON),
    "not UTF-8": (b"text=\xff\xfe", FORM),
    "broken payload": (b"payload=%7Bbroken", FORM),
    "payload of a list": (b"payload=[]", FORM),
    "deep": (b"payload=" + b"[" * 100_000, FORM),
    "event of a number": (b'{"type": "event_callback", "event": 5, "team_id": "T1"}', JSON),
    "actions of a number": (payload(type="block_actions", actions=5, user="x"), FORM),
}
# Read, and none of our business: acknowledged, so that Slack does not send them again.
ALIEN = {
    "another command's shape": (urlencode({"command": "/x", "team_id": "T1"}).encode(), FORM),
    "a press of nobody": (payload(type="block_actions", actions=[], team={"id": "T1"}), FORM),
    "an unknown event": (
        json.dumps(
            {"type": "event_callback", "team_id": "T1", "event": {"type": "reaction_added"}}
        ).encode(),
        JSON,
    ),
}
FORGED: dict[str, dict[str, str]] = {
    "no signature": {"x-slack-signature": ""},
    "no time": {"x-slack-request-timestamp": ""},
    "cut": {"x-slack-signature": sign(SIGNING_SECRET, NOW, COMMAND)[:-1]},
    "another secret": {"x-slack-signature": sign("0" * 32, NOW, COMMAND)},
    "another body": {"x-slack-signature": sign(SIGNING_SECRET, NOW, COMMAND + b"&")},
    "old": {
        "x-slack-request-timestamp": str(int(NOW) - 301),
        "x-slack-signature": sign(SIGNING_SECRET, str(int(NOW) - 301), COMMAND),
    },
    "early": {
        "x-slack-request-timestamp": str(int(NOW) + 301),
        "x-slack-signature": sign(SIGNING_SECRET, str(int(NOW) + 301), COMMAND),
    },
}
ALICE: dict[str, Any] = {"id": 78, "is_bot": False, "first_name": "Alice"}
POISON: dict[str, Any] = {
    "person of text": {"update_id": 1, "message": {"message_id": 1, "date": 1, "from": "Ana"}},
    "date of text": message(1, date="soon"),
    "chat of a number": message(1, chat=77),
    "id of text": said(1, {"from": {**PRIVATE, "is_bot": False, "id": "77"}}),
    "text of a number": said(1, {"text": 50}),
    "press of text": {"update_id": 1, "callback_query": "pressed"},
    "press of a list": {"update_id": 1, "callback_query": {"id": "q", "data": ["x"]}},
    "message of a list": {"update_id": 1, "message": [1, 2]},
}
IGNORED: dict[str, Any] = {
    "nothing": {"update_id": 1},
    "an unknown kind": {"update_id": 1, "teleported": {"to": "moon"}},
    "a group": message(1, chat={"id": -5, "type": "group", "title": "All"}),
    "another bot": said(1, {"from": {**ALICE, "is_bot": True}}),
}


# --- Slack -------------------------------------------------------------------------------------


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[BotPlace]:
    server = FakeSlack()
    async with server.serving():
        settings = SlackSettings(BOT_TOKEN, SIGNING_SECRET, server.base_url, paced=False)
        chat = SlackChat(settings, now=lambda: START)
        async with bot_place(tmp_path, Chats((chat,), tuple(chat.routes))) as place:
            await place.app.store.transact(lambda tx: link(tx, "slack", "T1", "U1"))
            yield place


async def send(place: BotPlace, raw: bytes, kind: str = FORM, **changed: str) -> httpx.Response:
    headers = {
        "content-type": kind,
        "x-slack-request-timestamp": NOW,
        "x-slack-signature": sign(SIGNING_SECRET, NOW, raw),
        **changed,
    }
    answer = await place.web.post("/slack/events", content=raw, headers=headers)
    await place.quiet()
    return answer


async def test_malformed_slack_deliveries(slack: BotPlace) -> None:
    """Signed, but no request of Slack: a 4xx each, nothing stored; the next command works."""
    before = slack.facts()

    statuses = {name: (await send(slack, *raw)).status_code for name, raw in SIGNED.items()}

    assert {name for name, status in statuses.items() if not 400 <= status < 500} == set()
    assert (slack.facts(), slack.rows("deliveries")) == (before, [])
    assert "$0.00" in (await send(slack, COMMAND)).text


async def test_slack_deliveries_that_are_not_ours(slack: BotPlace) -> None:
    """Well formed and none of our business: acknowledged, and nothing changes."""
    before = slack.facts()

    for name, raw in ALIEN.items():
        assert (await send(slack, *raw)).status_code in (200, 400), name

    assert slack.facts() == before


async def test_05_forged_slack_deliveries(slack: BotPlace) -> None:
    """No, a wrong, an old or an early signature: 401 each, and nothing is stored."""
    before = slack.facts()

    for name, changed in FORGED.items():
        assert (await send(slack, COMMAND, **changed)).status_code == 401, name

    assert (slack.facts(), slack.rows("deliveries")) == (before, [])


async def test_a_slack_stranger(slack: BotPlace) -> None:
    """Somebody without an account is told, for their eyes only, what an operator types."""
    before = slack.money()

    answer = await send(slack, COMMAND.replace(b"U1", b"U9"))

    told = answer.json()
    assert told["response_type"] == "ephemeral"
    assert "topup-bot accounts link ACCOUNT --slack-team T1" in json.dumps(told)
    assert slack.money() == before


# --- Telegram ----------------------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as opened:
        yield opened


@pytest.fixture
async def telegram(tmp_path: Path, api: BotApi) -> AsyncIterator[BotPlace]:
    chat = TelegramChat(TelegramSettings(TOKEN, api.url, paced=False))
    async with bot_place(tmp_path, Chats((chat,))) as place:
        await place.app.store.transact(lambda tx: link(tx, "telegram", "", "77"))
        yield place


async def polled(place: BotPlace, api: BotApi, *updates: Any) -> None:
    """Telegram has these updates; return once the last one is worked off."""
    done = len(place.rows("deliveries")) + len(updates)
    api.send(*updates)
    async with asyncio.timeout(SOON_SECONDS):
        while len(place.rows("deliveries")) < done or any(
            not (row["done_at"] or row["quarantined_at"]) for row in place.rows("deliveries")
        ):
            await asyncio.sleep(0.005)
    await place.quiet()


@pytest.mark.parametrize("name", POISON)
async def test_45_poison_updates(telegram: BotPlace, api: BotApi, name: str) -> None:
    """A poison update is quarantined once, with its error, and those behind it flow."""
    before = telegram.money()

    await polled(telegram, api, POISON[name], message(2, "/balance"))

    poison, sound = telegram.rows("deliveries")
    assert poison["quarantined_at"]
    assert poison["error"].startswith("unreadable: not a Telegram update")
    assert sound["done_at"]
    assert any("Team Alpha" in text for text in api.texts.values())
    assert telegram.money() == before


async def test_45_alien_updates(telegram: BotPlace, api: BotApi) -> None:
    """Updates that are not ours, or not even updates, are set aside without a word."""
    odd = [{**each, "update_id": 100 + at} for at, each in enumerate(IGNORED.values())]

    await polled(telegram, api, *odd, message(200, "/balance"))

    assert len(api.texts) == 1
    assert all(row["done_at"] for row in telegram.rows("deliveries"))


async def test_26_a_forged_telegram_button(telegram: BotPlace, api: BotApi) -> None:
    """Callback data that we did not sign is answered with an alert, and changes nothing."""
    before = telegram.money()

    await polled(telegram, api, press(1, "forged"), press(2, "A" * 64))

    answers = api.called("answerCallbackQuery")
    assert [answer["show_alert"] for answer in answers] == [True, True]
    assert {answer["text"] for answer in answers} == {
        "That button is not valid. Nothing was changed. Type /topup to begin."
    }
    assert telegram.money() == before


async def test_a_telegram_stranger(telegram: BotPlace, api: BotApi) -> None:
    """Somebody without an account learns what an operator types, and gets none by /start."""
    before = telegram.money()
    chat = {"id": 78, "type": "private"}

    for number, text in enumerate(["/start", "/topup 50", "50"], start=1):
        await polled(telegram, api, said(number, {"text": text, "chat": chat, "from": ALICE}))

    assert all("--telegram-person 78" in text for text in api.texts.values())
    assert telegram.money() == before


def link(tx: Tx, platform: str, tenant: str, person: str) -> None:
    tx.accounts.link(Link(ACCOUNT, platform, tenant, LinkKind.PERSON, person), START)
