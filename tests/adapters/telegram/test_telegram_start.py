"""The Telegram adapter at start and in trouble: what stops it, and what its log says."""

from __future__ import annotations

import asyncio
import logging

import pytest
from starlette.responses import PlainTextResponse, Response

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.ports import ChatError, Message, Verdict
from conversations.protocol.views import View
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_adapter_env import (
    CHAT,
    COMMANDS,
    SOON_SECONDS,
    Pauses,
    listening,
)
from tests.support.chats.telegram_bot_api import TOKEN, BotApi, bot_api, message, press, refusal


@pytest.mark.parametrize("answer", [refusal(401, "Unauthorized"), refusal(404, "Not Found")])
async def test_a_refused_token_stops_the_start(answer: Response) -> None:
    """The error names the setting and does not repeat its value."""
    with pytest.raises(ChatError, match="TELEGRAM_BOT_TOKEN") as caught:
        async with listening(lambda api, _: api.answer_next("getMe", answer)):
            pass
    assert TOKEN not in str(caught.value)


async def test_an_outage_does_not_stop_the_start(caplog: pytest.LogCaptureFixture) -> None:
    """The bot starts, says once that Telegram is away, backs off, and goes on by itself."""

    def prepare(api: BotApi, _: Inbox) -> None:
        api.answer_next("getMe", refusal(502, "Bad Gateway"))
        api.answer_next("getUpdates", refusal(500, "Internal Server Error"))
        api.answer_next("getUpdates", PlainTextResponse("<html>", 502))
        api.answer_next("getUpdates", PlainTextResponse("[]"), PlainTextResponse("?"))
        api.answer_next("setMyCommands", refusal(502, "Bad Gateway"))
        api.send(message(7))

    with caplog.at_level(logging.INFO):
        async with listening(prepare, COMMANDS) as scene:
            await scene.until(lambda: scene.inbox.stored)
            await scene.until(lambda: len(scene.api.called("setMyCommands")) == 3)
    assert caplog.text.count("Telegram cannot be reached") == 1
    assert caplog.text.count("arrive again") == 1
    assert len(scene.pauses.seconds) == 5
    assert all(1 <= seconds <= 30 for seconds in scene.pauses.seconds)


async def test_140_a_page_of_a_proxy_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever stands before the Bot API and answers 502 is told of in words, not in HTML."""
    page = "<html>" + "Bad gateway " * 1_000

    def prepare(api: BotApi, _: Inbox) -> None:
        api.answer_next("getUpdates", *(PlainTextResponse(page, 502) for _ in range(3)))
        api.answer_next("sendMessage", PlainTextResponse(page, 502))
        api.send(message(7))

    with caplog.at_level(logging.INFO):
        async with listening(prepare) as scene:
            with pytest.raises(ChatError) as caught:
                await scene.chat.show(CHAT, Message(View("T", "T")), replacing=None)
            await scene.until(lambda: scene.inbox.stored)
    [told] = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert told.exc_info is None
    assert told.getMessage().endswith("asked again until it can: Bad Gateway (502)")
    assert str(caught.value) == "Bad Gateway (502)"


async def test_nobody_listens_at_all() -> None:
    """A refused connection is an outage like any other."""
    pauses = Pauses()
    settings = TelegramSettings(TOKEN, "http://127.0.0.1:9")
    chat = TelegramChat(settings, [("", COMMANDS)], pause=pauses)
    async with chat.listening(Inbox()):
        async with asyncio.timeout(SOON_SECONDS):
            while len(pauses.seconds) < 4:
                await asyncio.sleep(0.002)
        with pytest.raises(ChatError) as caught:
            await chat.show(CHAT, Message(View("T", "T")), replacing=None)
    assert caught.value.verdict is Verdict.OUTAGE


async def test_telegrams_wait_is_kept() -> None:
    """A flood wait on polling is waited out as told."""
    wait = refusal(429, "Too Many Requests: retry after 9", retry_after=9)
    async with listening(lambda api, _: api.answer_next("getUpdates", wait)) as scene:
        await scene.until(lambda: scene.pauses.seconds)
    assert scene.pauses.seconds[0] == 9


async def test_a_second_poller_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """A conflict is said in one sentence, once, and asked again slowly."""
    said = "Conflict: terminated by other getUpdates request; make sure that only one runs"

    def prepare(api: BotApi, _: Inbox) -> None:
        api.answer_next("getUpdates", *(refusal(409, said) for _ in range(3)))
        api.send(message(7))

    async with listening(prepare) as scene:
        await scene.until(lambda: scene.inbox.stored)
    assert caplog.text.count("Another program polls") == 1
    assert all(seconds >= 15 for seconds in scene.pauses.seconds)


async def test_commands_are_registered() -> None:
    """A person's menu lists every command, a group's only those that it may ask."""
    async with listening(commands=COMMANDS) as scene:
        await scene.until(lambda: len(scene.api.called("setMyCommands")) == 2)
    listed = [
        (call["scope"]["type"], [each["command"] for each in call["commands"]])
        for call in scene.api.called("setMyCommands")
    ]
    assert listed == [
        ("all_private_chats", ["topup", "history", "help"]),
        ("all_group_chats", ["topup", "help"]),
    ]
    assert all("language_code" not in call for call in scene.api.called("setMyCommands"))


async def test_each_language_has_its_menu() -> None:
    """A menu in German is for people whose app speaks German; refused ones stop no other."""
    german = (("topup", "Konto aufladen"),)
    async with bot_api() as api:
        api.answer_next("setMyCommands", refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
        chat = TelegramChat(TelegramSettings(TOKEN, api.url), [("", COMMANDS), ("de", german)])
        async with asyncio.timeout(SOON_SECONDS), chat.listening(Inbox()):
            while len(api.called("setMyCommands")) < 4:
                await asyncio.sleep(0.002)
    languages = [call.get("language_code") for call in api.called("setMyCommands")]
    assert languages == [None, None, "de", "de"]
    assert api.called("setMyCommands")[2]["commands"][0]["description"] == "Konto aufladen"


async def test_pending_updates_are_never_dropped() -> None:
    """Only the calls that are needed are made: no webhook is touched, nothing is dropped."""
    async with listening(lambda api, _: api.send(message(7)), COMMANDS) as scene:
        await scene.until(lambda: scene.inbox.stored)
        await scene.until(lambda: scene.api.called("setMyCommands"))
        assert "drop_pending_updates" not in str(scene.api.calls)
    assert set(scene.api.counts()) == {"getme", "getupdates", "setmycommands"}


async def test_the_token_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """However talkative the logs are set before, no line of any library holds the token."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.DEBUG)

    def prepare(api: BotApi, inbox: Inbox) -> None:
        inbox.failures = [OSError(TOKEN)]
        api.answer_next("getUpdates", refusal(401, "Unauthorized"), refusal(500, TOKEN))
        api.answer_next("answerCallbackQuery", refusal(400, f"Bad Request: {TOKEN}"))
        api.send(press(7))

    with caplog.at_level(logging.DEBUG):
        async with listening(prepare, COMMANDS) as scene:
            await scene.until(lambda: scene.api.called("answerCallbackQuery"))
            await scene.chat.show(CHAT, Message(View("T", "T")), replacing=None)
    assert caplog.records
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text


async def test_links_as_text_are_explained_once(caplog: pytest.LogCaptureFixture) -> None:
    """Where link buttons would be refused, the log says why, at start."""
    settings = TelegramSettings(TOKEN, public_url="http://localhost:8000")
    TelegramChat(settings)._tell_about_settings()
    assert caplog.text.count("PUBLIC_URL is http://localhost:8000") == 1
