"""Webhook or polling: the start says which, either takes over, and conflicts are told once."""

from __future__ import annotations

import logging

import pytest

from adapters.chat.telegram.settings import TelegramSettings
from adapters.chat.telegram.traits import WEBHOOK_PATH
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_adapter_env import SECRET, listening
from tests.support.chats.telegram_bot_api import TOKEN, BotApi, message, refusal

OURS = f"https://bot.example.org{WEBHOOK_PATH}"


async def test_the_webhook_is_set_at_start(caplog: pytest.LogCaptureFixture) -> None:
    """With the secret, with the kinds of updates that are wanted, and without dropping any."""
    caplog.set_level(logging.INFO)
    async with listening(secret=SECRET) as scene:
        await scene.until(lambda: scene.api.called("getWebhookInfo"))
    call = scene.api.called("setWebhook")[0]
    assert call == {
        "url": OURS,
        "secret_token": SECRET,
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
        "drop_pending_updates": False,
    }
    assert not scene.api.called("getUpdates")
    assert f"Telegram posts updates to {OURS}" in caplog.text
    assert SECRET not in caplog.text


async def test_the_start_says_that_it_polls(caplog: pytest.LogCaptureFixture) -> None:
    """Which of the two is used stands in the log."""
    caplog.set_level(logging.INFO)
    async with listening() as scene:
        await scene.until(lambda: scene.api.called("getUpdates"))
    assert "Telegram is polled" in caplog.text


async def test_an_outage_delays_the_webhook() -> None:
    """It is set as soon as Telegram can be reached."""

    def prepare(api: BotApi, _: Inbox) -> None:
        api.answer_next("setWebhook", refusal(502, "Bad Gateway"), refusal(500, "?"))

    async with listening(prepare, secret=SECRET) as scene:
        await scene.until(lambda: scene.api.webhook == OURS)
    assert len(scene.api.called("setWebhook")) == 3


async def test_a_removed_webhook_is_set_again(caplog: pytest.LogCaptureFixture) -> None:
    """From time to time the bot looks, and takes back what nobody else has."""
    async with listening(secret=SECRET) as scene:
        await scene.until(lambda: scene.api.webhook)
        scene.api.webhook = ""
        await scene.until(lambda: scene.api.webhook == OURS)
    assert "Somebody removed this bot's webhook" in caplog.text


async def test_somebody_elses_webhook_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is named by its host, once, and is not fought over; its path may be a secret."""
    async with listening(secret=SECRET) as scene:
        await scene.until(lambda: scene.api.webhook)
        scene.api.webhook = "https://other.example.net/hidden-path"
        before = len(scene.api.called("getWebhookInfo"))
        await scene.until(lambda: len(scene.api.called("getWebhookInfo")) > before + 3)
    assert scene.api.webhook == "https://other.example.net/hidden-path"
    assert caplog.text.count("webhook at other.example.net") == 1
    assert "hidden-path" not in caplog.text


async def test_what_keeps_telegram_away_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Telegram tells its trouble with our address only to whoever asks; the log says it once."""
    async with listening(secret=SECRET) as scene:
        scene.api.webhook_trouble = {
            "last_error_date": 1_700_000_000,
            "last_error_message": "SSL error {certificate verify failed}",
        }
        before = len(scene.api.called("getWebhookInfo"))
        await scene.until(lambda: len(scene.api.called("getWebhookInfo")) > before + 3)
    assert caplog.text.count("certificate verify failed") == 1


async def test_polling_takes_over_from_our_own_webhook() -> None:
    """A webhook that this bot set earlier makes way, and no pending update is dropped."""

    def prepare(api: BotApi, _: Inbox) -> None:
        api.webhook = OURS
        api.send(message(7))

    async with listening(prepare) as scene:
        await scene.until(lambda: scene.inbox.stored)
    (call,) = scene.api.called("deleteWebhook")
    assert call == {"drop_pending_updates": False}


async def test_polling_leaves_other_webhooks_alone(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence names the host and what to do; the bot asks again slowly."""

    def prepare(api: BotApi, _: Inbox) -> None:
        api.webhook = "https://other.example.net/hidden-path"

    async with listening(prepare) as scene:
        await scene.until(lambda: len(scene.pauses.seconds) > 2)
        scene.api.webhook = ""
        scene.api.send(message(7))
        await scene.until(lambda: scene.inbox.stored)
    assert not scene.api.called("deleteWebhook")
    (sentence,) = [
        record.getMessage() for record in caplog.records if "webhook" in record.getMessage()
    ]
    assert "other.example.net" in sentence
    assert "deleteWebhook" in sentence
    assert "TELEGRAM_WEBHOOK_SECRET" in sentence
    assert "hidden-path" not in caplog.text
    assert all(seconds >= 15 for seconds in scene.pauses.seconds[:2])


async def test_a_webhook_that_went_meanwhile_needs_no_deleting() -> None:
    """It was there when we asked for updates, and gone when we asked whose it is."""

    def prepare(api: BotApi, _: Inbox) -> None:
        active = "Conflict: can't use getUpdates method while webhook is active"
        api.answer_next("getUpdates", refusal(409, active))
        api.send(message(7))

    async with listening(prepare) as scene:
        await scene.until(lambda: scene.inbox.stored)
    assert scene.api.called("getWebhookInfo")
    assert not scene.api.called("deleteWebhook")
    assert not scene.pauses.seconds


@pytest.mark.parametrize("secret", ["has space", "ü", "x" * 257])
def test_a_secret_that_telegram_refuses_is_named(secret: str) -> None:
    """The error names the setting and does not repeat its value."""
    with pytest.raises(ValueError, match="TELEGRAM_WEBHOOK_SECRET") as caught:
        TelegramSettings(TOKEN, webhook_secret=secret)
    assert secret not in str(caught.value)
