"""Telegram's errors in our words: wait, gone, lost, or nothing known; never with the token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from adapters.chat.telegram.errors import (
    chat_error,
    is_late,
    is_topic_gone,
    is_unchanged,
    polling_trouble,
)
from adapters.chat.telegram.polling import back_off
from adapters.chat.telegram.settings import TelegramSettings
from tests.telegram_bot_api import TOKEN


@pytest.mark.parametrize(
    "said",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot was kicked from the group chat",
    ],
)
def test_gone(said: str) -> None:
    """Every Forbidden, and a chat that does not exist, will never take a message."""
    for error in (Forbidden(said), BadRequest("Bad Request: chat not found")):
        caught = chat_error(error, TOKEN)
        assert caught.gone
        assert not caught.lost


@pytest.mark.parametrize(
    "said",
    [
        "chat not found",
        "PEER_ID_INVALID",
        "user not found",
        "USER_IS_BLOCKED",
        "INPUT_USER_DEACTIVATED",
        "group chat was deactivated",
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_RESTRICTED",
    ],
)
def test_gone_by_other_words(said: str) -> None:
    """A chat that is closed to the bot takes nothing until it opens again."""
    caught = chat_error(BadRequest(f"Bad Request: {said}"), TOKEN)
    assert caught.gone
    assert not caught.lost
    assert not caught.outage


def test_a_group_that_moved() -> None:
    """The new id is passed on; the group is neither gone nor away."""
    caught = chat_error(ChatMigrated(-1001), TOKEN)
    assert caught.moved_to == "-1001"
    assert not caught.gone
    assert not caught.outage


@pytest.mark.parametrize("said", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
def test_a_topic_that_is_gone(said: str) -> None:
    """Its group may take what it no longer does."""
    assert is_topic_gone(BadRequest(f"Bad Request: {said}"))
    assert not chat_error(BadRequest(f"Bad Request: {said}"), TOKEN).gone


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        NetworkError("httpx.ReadError: "),
        NetworkError("Bad Gateway"),
        InvalidToken(),
        RetryAfter(600),
        TelegramError("Invalid server response"),
        KeyError("result"),
    ],
)
def test_outages(error: Exception) -> None:
    """Nobody took the message and nobody refused it: it is tried for as long as it takes."""
    caught = chat_error(error, TOKEN)
    assert caught.outage
    assert not caught.gone


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Bad Request: can't parse entities"),
        BadRequest("Bad Request: BUTTON_URL_INVALID"),
        ValueError("A button's token must have 1 to 64 bytes."),
    ],
)
def test_our_own_mistakes(error: Exception) -> None:
    """What Telegram will never take is no outage, so that it holds a chat up for a while only."""
    caught = chat_error(error, TOKEN)
    assert not caught.outage
    assert not caught.gone


@pytest.mark.parametrize(
    "said", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"]
)
def test_lost(said: str) -> None:
    """A message that cannot be edited any more is to be posted anew."""
    caught = chat_error(BadRequest(f"Bad Request: {said}"), TOKEN)
    assert caught.lost
    assert not caught.gone


def test_wait() -> None:
    """Telegram's own waiting time is kept."""
    assert chat_error(RetryAfter(7), TOKEN).retry_after == timedelta(seconds=7)
    assert polling_trouble(RetryAfter(7), TOKEN).wait == timedelta(seconds=7)


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        NetworkError("httpx.ReadError: "),
        BadRequest("Bad Request: can't parse entities"),
        InvalidToken(),
        TelegramError("Invalid server response"),
        KeyError("result"),
    ],
)
def test_nothing_known(error: Exception) -> None:
    """All else says nothing of chat or message, and asks for no certain wait."""
    caught = chat_error(error, TOKEN)
    assert not caught.gone
    assert not caught.lost
    assert caught.retry_after is None
    assert str(caught)


def test_harmless_refusals() -> None:
    """An edit without change and a late answer are recognised, and only they."""
    assert is_unchanged(BadRequest("Bad Request: message is not modified: the same"))
    assert not is_unchanged(Forbidden("Forbidden: message is not modified"))
    assert is_late(BadRequest("Bad Request: query is too old and response timeout expired"))
    assert not is_late(BadRequest("Bad Request: chat not found"))


def test_words_never_hold_the_token() -> None:
    """Whatever the library quotes, the token is cut out."""
    error = NetworkError(f"Unknown error: InvalidURL('http://x/bot{TOKEN}/getUpdates')")
    assert TOKEN not in str(chat_error(error, TOKEN))
    assert TOKEN not in polling_trouble(error, TOKEN).sentence
    assert TOKEN not in repr(TelegramSettings(TOKEN))


def test_troubles_are_told_apart() -> None:
    """A second poller, a refused token, an outage and a full disk each have their sentence."""
    two = polling_trouble(Conflict("Conflict: terminated by other getUpdates request"), TOKEN)
    assert two.slow
    assert "Another program polls" in two.sentence
    assert "terminated by other getUpdates" in two.sentence
    assert "TELEGRAM_BOT_TOKEN" in polling_trouble(InvalidToken(), TOKEN).sentence
    outage = polling_trouble(TimedOut(), TOKEN)
    assert polling_trouble(NetworkError("a"), TOKEN).kind == outage.kind
    stored = polling_trouble(OSError("row: 'my words'"), TOKEN)
    assert "my words" not in stored.sentence
    assert len({two.kind, stored.kind, outage.kind}) == 3


def test_waits_grow_to_half_a_minute() -> None:
    """From one second, with jitter, never beyond thirty; slow ones from fifteen."""
    waits = [back_off(failures) for failures in range(1, 40)]
    assert all(1 <= wait <= 30 for wait in waits)
    assert len(set(waits)) > 1
    assert waits[0] <= 2
    assert all(15 <= back_off(failures, slow=True) <= 30 for failures in range(1, 40))


@pytest.mark.parametrize("token", ["", "123", "abc:def", "1:a/../b", "1:a b", "1:é"])
def test_no_token_at_all(token: str) -> None:
    """What cannot be a token is refused by the setting's name, without repeating it."""
    with pytest.raises(ValueError, match="TELEGRAM_BOT_TOKEN") as caught:
        TelegramSettings(token)
    assert not token or token not in str(caught.value).replace("123456:ABC-DEF", "")


@pytest.mark.parametrize(
    ("api", "public", "buttons"),
    [
        ("https://api.telegram.org", "https://pay.example.org", True),
        ("https://api.telegram.org/", "http://pay.example.org", False),
        ("https://api.telegram.org", "https://localhost:8000", False),
        ("https://api.telegram.org", "", False),
        ("http://127.0.0.1:8000/telegram", "http://localhost:8000", True),
    ],
)
def test_where_links_may_be_buttons(api: str, public: str, buttons: bool) -> None:
    """Only Telegram itself is strict: it takes public https addresses and no others."""
    assert TelegramSettings(TOKEN, api, public).link_buttons is buttons
