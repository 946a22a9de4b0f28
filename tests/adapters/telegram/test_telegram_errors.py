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
    is_press_too_old,
    is_topic_closed,
    is_unchanged,
    polling_trouble,
)
from adapters.chat.telegram.polling import back_off
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.ports import Verdict
from tests.support.chats.telegram_bot_api import TOKEN

# The server's own words, as its source and its answers have them.
TABLE: list[tuple[Exception, Verdict]] = [
    *(
        (Forbidden(f"Forbidden: {said}"), Verdict.GONE)
        for said in (
            "bot was blocked by the user",
            "user is deactivated",
            "bot can't initiate conversation with a user",
            "bot was kicked from the group chat",
            "bot was kicked from the supergroup chat",
            "bot is not a member of the channel chat",
            "bots can't send messages to bots",
        )
    ),
    *(
        (BadRequest(f"Bad Request: {said}"), Verdict.GONE)
        for said in (
            "chat not found",
            "user not found",
            "group chat was deactivated",
            "have no rights to send a message",
            "have no write access to the chat",
            "need administrator rights in the channel chat",
            "not enough rights to send text messages to the chat",
            "CHANNEL_PRIVATE",
            "CHAT_ADMIN_REQUIRED",
            "CHAT_ID_INVALID",
            "CHAT_RESTRICTED",
            "CHAT_SEND_PHOTOS_FORBIDDEN",
            "CHAT_SEND_PLAIN_FORBIDDEN",
            "CHAT_WRITE_FORBIDDEN",
            "INPUT_USER_DEACTIVATED",
            "PEER_ID_INVALID",
            "USER_BANNED_IN_CHANNEL",
            "USER_IS_BLOCKED",
        )
    ),
    *(
        (BadRequest(f"Bad Request: {said}"), Verdict.LOST)
        for said in (
            "message to edit not found",
            "message can't be edited",
            "there is no text in the message to edit",
            "there is no caption in the message to edit",
            "MESSAGE_ID_INVALID",
            "MESSAGE_AUTHOR_REQUIRED",
        )
    ),
    *(
        (BadRequest(f"Bad Request: {said}"), Verdict.HOPELESS)
        for said in (
            "can't parse entities: unsupported start tag",
            "can't parse inline keyboard button: field text must be of type String",
            "message text is empty",
            "message is too long",
            "message caption is too long",
            "reply markup is too long",
            "text must be non-empty",
            "too many entities",
            "wrong HTTP URL specified",
            "BUTTON_DATA_INVALID",
            "BUTTON_URL_INVALID",
            "ENTITY_BOUNDS_INVALID",
            "IMAGE_PROCESS_FAILED",
            "MEDIA_CAPTION_TOO_LONG",
            "PHOTO_INVALID_DIMENSIONS",
            "REPLY_MARKUP_INVALID",
        )
    ),
    (ValueError("A button's token must have 1 to 64 bytes."), Verdict.HOPELESS),
    (InvalidToken(), Verdict.SHUT_OUT),
    (RetryAfter(600), Verdict.OUTAGE),
    (TimedOut(), Verdict.OUTAGE),
    (NetworkError("httpx.ReadError: "), Verdict.OUTAGE),
    (NetworkError("Bad Gateway"), Verdict.OUTAGE),
    (NetworkError("Internal Server Error"), Verdict.OUTAGE),
    (TelegramError("Invalid server response"), Verdict.OUTAGE),
    (KeyError("result"), Verdict.OUTAGE),
    (BadRequest("Bad Request: words of next year"), Verdict.UNCLEAR),
]


@pytest.mark.parametrize(("error", "verdict"), TABLE, ids=[str(error) for error, _ in TABLE])
def test_38_each_error_has_its_verdict(error: Exception, verdict: Verdict) -> None:
    """Wait, wait to be let in, post anew, give the chat or the message up: one of these each."""
    caught = chat_error(error, TOKEN)

    assert caught.verdict is verdict
    assert caught.moved_to is None
    assert str(caught)


def test_39_a_group_that_moved() -> None:
    """The new id is passed on; the group is neither gone nor away."""
    caught = chat_error(ChatMigrated(-1001), TOKEN)
    assert caught.moved_to == "-1001"
    assert caught.verdict is Verdict.UNCLEAR


@pytest.mark.parametrize("said", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
def test_a_topic_that_is_gone(said: str) -> None:
    """Its group may take what it no longer does."""
    assert is_topic_closed(BadRequest(f"Bad Request: {said}"))
    assert chat_error(BadRequest(f"Bad Request: {said}"), TOKEN).verdict is Verdict.UNCLEAR


@pytest.mark.parametrize("seconds", [1, 7, 600])
def test_35_a_wait_is_passed_on_to_the_second(seconds: int) -> None:
    """Telegram's own waiting time is kept, for sending and for polling, and nothing else waits."""
    wait = timedelta(seconds=seconds)
    assert chat_error(RetryAfter(seconds), TOKEN).retry_after == wait
    assert polling_trouble(RetryAfter(seconds), TOKEN).wait == wait
    others = [error for error, _ in TABLE if not isinstance(error, RetryAfter)]
    assert all(chat_error(error, TOKEN).retry_after is None for error in others)


def test_harmless_refusals() -> None:
    """An edit without change and a late answer are recognised, and only they."""
    assert is_unchanged(BadRequest("Bad Request: message is not modified: the same"))
    assert not is_unchanged(Forbidden("Forbidden: message is not modified"))
    assert is_press_too_old(
        BadRequest("Bad Request: query is too old and response timeout expired")
    )
    assert not is_press_too_old(BadRequest("Bad Request: chat not found"))


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
        ("http://127.0.0.1:8000/telegram", "http://localhost:8000", False),
        ("http://bot-api.internal:8081", "http://pay.example.org", False),
        ("http://bot-api.internal:8081", "https://pay.example.org", True),
        ("https://api.telegram.org", "https://127.0.0.1", False),
        ("https://api.telegram.org", "https://192.168.1.5:8443", False),
        ("https://api.telegram.org", "https://bot.localhost", False),
        ("https://api.telegram.org", "https://[::1]", False),
    ],
)
def test_127_where_links_may_be_buttons(api: str, public: str, buttons: bool) -> None:
    """The link decides, and not whose Bot API server it is that passes it on to Telegram."""
    assert TelegramSettings(TOKEN, api, public).link_buttons is buttons
    assert TelegramSettings(TOKEN, api, public, paced=False).link_buttons
