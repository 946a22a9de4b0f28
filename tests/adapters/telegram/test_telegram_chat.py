"""Telegram keeps the contract of every chat adapter, and its own rules about messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from adapters.contracts.chat import WAIT, ChatContract, Trouble, example
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import Button, ChatError, Message, MessageRef, Verdict
from conversations.protocol.views import ButtonStyle, Row, View
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_bot_api import TOKEN, BotApi, bot_api, message, press, refusal

CHAT = read_chat("telegram", "4242", "77")


@dataclass(slots=True)
class TelegramWorld:
    """A Bot API with one private chat."""

    api: BotApi
    adapter: TelegramChat
    chat: Chat = CHAT

    def texts(self) -> list[str]:
        return list(self.api.texts.values())

    def refuse(self, trouble: Trouble) -> None:
        seconds = int(WAIT.total_seconds())
        answer = {
            "wait": refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds),
            "gone": refusal(403, "Forbidden: bot was blocked by the user"),
            "lost": refusal(400, "Bad Request: message to edit not found"),
            "outage": refusal(502, "Bad Gateway"),
        }[trouble]
        for method in ("sendMessage", "editMessageText"):
            self.api.answer_next(method, answer)


@asynccontextmanager
async def telegram() -> AsyncIterator[TelegramWorld]:
    async with bot_api() as api:
        chat = TelegramChat(TelegramSettings(TOKEN, f"{api.url}/"))
        async with chat.listening(Inbox()):
            yield TelegramWorld(api, chat)


class TestTelegram(ChatContract):
    """The whole contract, over HTTP."""

    @asynccontextmanager
    async def world(self) -> AsyncIterator[TelegramWorld]:
        async with telegram() as world:
            yield world

    def said(self, text: str) -> Mapping[str, Any]:
        return message(1, text)

    def pressed(self, token: str) -> Mapping[str, Any]:
        return press(2, token)


async def test_what_is_sent() -> None:
    """HTML without previews to the person's chat; buttons carry tokens and links."""
    pay = Button("Pay", ButtonStyle.PRIMARY, url="https://pay.example.org/pay/t")
    sent = Message(
        View("Pay <now>", "Pay."), ((pay,), (Button("Stop", ButtonStyle.PLAIN, token="t"),))
    )
    async with telegram() as world:
        assert await world.adapter.show(CHAT, sent, replacing=None) == MessageRef("77", "1")
    (call,) = world.api.called("sendMessage")
    assert call == {
        "chat_id": 77,
        "text": "<b>Pay &lt;now&gt;</b>",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Pay", "url": pay.url}],
                [{"text": "Stop", "callback_data": "t"}],
            ]
        },
    }


async def test_127_a_link_that_is_no_button_stands_in_the_text() -> None:
    """Telegram would refuse the whole card, whatever Bot API server passes it on."""
    pay = Button("Pay", ButtonStyle.PRIMARY, url="http://localhost:8000/pay/t")
    sent = Message(View("Pay", "Pay."), ((pay,), (Button("Stop", ButtonStyle.PLAIN, token="t"),)))
    async with telegram() as world:
        await world.adapter.show(CHAT, sent, replacing=None)
    (call,) = world.api.called("sendMessage")
    assert call["text"] == "<b>Pay</b>\n\nPay: http://localhost:8000/pay/t"
    assert call["reply_markup"]["inline_keyboard"] == [[{"text": "Stop", "callback_data": "t"}]]


async def test_an_edit_without_buttons_takes_them_away() -> None:
    """The edit names the message and sends no keyboard."""
    async with telegram() as world:
        ref = await world.adapter.show(CHAT, example(), replacing=None)
        await world.adapter.show(CHAT, Message(View("Done", "Done.")), replacing=ref)
    (call,) = world.api.called("editMessageText")
    assert (call["chat_id"], call["message_id"]) == (77, 1)
    assert "reply_markup" not in call


async def test_nothing_is_sent_twice() -> None:
    """A reply that cannot be read leaves the outcome open; the adapter does not try again."""
    for answer in (PlainTextResponse("?"), PlainTextResponse("{}"), PlainTextResponse("[]", 500)):
        async with telegram() as world:
            world.api.answer_next("sendMessage", answer)
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(CHAT, example(), replacing=None)
        assert caught.value.verdict is Verdict.OUTAGE
        assert world.api.counts()["sendmessage"] == 1


async def test_an_impossible_button_is_a_chat_error() -> None:
    """A token that Telegram cannot carry fails this one card, before any call."""
    card = Message(View("T", "T"), ((Button("Go", ButtonStyle.PLAIN, token="x" * 65),),))
    async with telegram() as world:
        with pytest.raises(ChatError):
            await world.adapter.show(CHAT, card, replacing=None)
    assert not world.api.called("sendMessage")


NO_TEXT = "Bad Request: there is no text in the message to edit"


async def test_165_the_picture_of_a_dead_link_goes() -> None:
    """A picture cannot become a text: it is deleted, and a message takes its place."""
    pay = Button("Pay", ButtonStyle.PRIMARY, url="https://pay.example.org/pay/t")
    again = Button("Top up again", ButtonStyle.PLAIN, token="t")
    async with telegram() as world:
        ref = MessageRef("77", "1")
        open_card = Message(View("Waiting", "Waiting."), ((pay,),))
        world.api.answer_next("editMessageText", *(refusal(400, NO_TEXT) for _ in range(2)))
        await world.adapter.show(CHAT, open_card, replacing=ref)
        over = Message(View("Cancelled", "Cancelled.", rows=(Row("Top-up", "TU-1"),)), ((again,),))
        shown = await world.adapter.show(CHAT, over, replacing=ref)

    assert [each["message_id"] for each in world.api.called("editMessageCaption")] == [1]
    assert [each["message_id"] for each in world.api.called("deleteMessage")] == [1]
    (sent,) = world.api.called("sendMessage")
    assert "Cancelled" in sent["text"]
    assert shown.id == "1", "the first message of this Bot API"


async def test_165_a_picture_that_cannot_be_deleted_keeps_its_place() -> None:
    """Telegram deletes nothing older than two days: its caption tells what became of it."""
    over = Message(View("Expired", "Expired.", rows=(Row("Top-up", "TU-1"),)))
    async with telegram() as world:
        ref = MessageRef("77", "1")
        world.api.answer_next("editMessageText", refusal(400, NO_TEXT))
        world.api.answer_next(
            "deleteMessage", refusal(400, "Bad Request: message can't be deleted for everyone")
        )
        shown = await world.adapter.show(CHAT, over, replacing=ref)

    assert shown == ref
    assert world.api.called("sendMessage") == []
    (edited,) = world.api.called("editMessageCaption")
    assert "Expired" in edited["caption"]


async def test_165_what_goes_on_below_is_no_new_message() -> None:
    """The older message says so where it stands, and nothing is posted after the newer one."""
    async with telegram() as world:
        world.api.answer_next("editMessageText", refusal(400, NO_TEXT))
        moved = Message(View("Continued below", "Continued below."))
        await world.adapter.show(CHAT, moved, replacing=MessageRef("77", "1"))

    assert world.api.called("deleteMessage") == world.api.called("sendMessage") == []
    assert len(world.api.called("editMessageCaption")) == 1


async def test_150_what_telegram_keeps_is_edited() -> None:
    """A message of more than two days is not deleted: it says where it goes on."""
    away = Message(View("Continued below", "Continued below.", away=True))
    async with telegram() as world:
        ref = await world.adapter.show(CHAT, example(), replacing=None)
        world.api.answer_next(
            "deleteMessage", refusal(400, "Bad Request: message can't be deleted for everyone")
        )
        assert await world.adapter.show(CHAT, away, replacing=ref) == ref
        (text,) = world.texts()

    assert "Continued below" in text
