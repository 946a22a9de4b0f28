"""The messages of the emulated Telegram: what a real Bot may send and edit, what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    Forbidden,
)

from tests.support.chats.telegram_emulator import KIM, LEE, TOKEN, Place, telegram_place

SEND_MESSAGE = f"/telegram/bot{TOKEN}/sendMessage"
PAY = InlineKeyboardMarkup([[InlineKeyboardButton("Pay", callback_data="pay:1")]])


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with telegram_place() as one:
        yield one


@pytest.fixture
async def open_place(place: Place) -> Place:
    """A place where Kim has pressed START and the bot has taken that update."""
    await place.window.start(KIM)
    await place.bot.get_updates(offset=2)
    return place


async def test_a_card_is_sent_and_edited_in_place(open_place: Place) -> None:
    """HTML becomes text and entities; an edit replaces text and keyboard and marks the time."""
    bot = open_place.bot
    sent = await bot.send_message(
        KIM,
        "<b>Top-up</b> of <code>50.00</code> &lt;USD&gt; 😀 <a href='https://a.example/p'>pay</a>",
        parse_mode="HTML",
        reply_markup=PAY,
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    open_place.clock.pass_seconds(60)
    edited = await bot.edit_message_text("Paid", KIM, sent.message_id)

    assert sent.text == "Top-up of 50.00 <USD> 😀 pay"
    assert sorted(sent.parse_entities().values()) == ["50.00", "Top-up", "pay"]
    assert sent.has_protected_content
    assert isinstance(edited, type(sent))
    assert (edited.message_id, edited.text, edited.reply_markup) == (sent.message_id, "Paid", None)
    assert edited.edit_date is not None
    assert (edited.edit_date - edited.date).total_seconds() == 60


async def test_an_edit_that_changes_nothing_is_refused(open_place: Place) -> None:
    """The words are Telegram's, because the bot recognises them."""
    sent = await open_place.bot.send_message(KIM, "same", reply_markup=PAY)

    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await open_place.bot.edit_message_text("same", KIM, sent.message_id, reply_markup=PAY)


async def test_a_tap_reaches_the_bot_and_its_answer_the_person(open_place: Place) -> None:
    """A callback query carries data and message; the button waits until it is answered, once."""
    sent = await open_place.bot.send_message(KIM, "Review", reply_markup=PAY)
    pressed = await open_place.window.press(KIM, KIM, sent.message_id, 0, 0)
    (update,) = await open_place.bot.get_updates(offset=2)
    query = update.callback_query
    assert query is not None
    before = (await open_place.window.state(KIM))["chats"][0]["messages"][-1]["waiting"]

    await query.answer("Already confirmed", show_alert=True)
    after = await open_place.window.state(KIM)

    assert pressed == {"query": query.id}
    assert (query.data, query.message.message_id if query.message else 0) == (
        "pay:1",
        sent.message_id,
    )
    assert before == [0, 0]
    assert after["chats"][0]["messages"][-1]["waiting"] is None
    assert [(one["text"], one["alert"]) for one in after["notices"]] == [
        ("Already confirmed", True)
    ]
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer("again")


async def test_a_late_answer_to_a_tap_is_refused(open_place: Place) -> None:
    """After the patience of the app the query is too old."""
    sent = await open_place.bot.send_message(KIM, "Review", reply_markup=PAY)
    await open_place.window.press(KIM, KIM, sent.message_id, 0, 0)
    (update,) = await open_place.bot.get_updates(offset=2)
    open_place.clock.pass_seconds(31)

    assert update.callback_query is not None
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await update.callback_query.answer()


async def test_who_has_not_started_or_has_blocked_cannot_be_written_to(place: Place) -> None:
    """A stranger's chat, an unknown chat and a blocked bot have their own refusals."""
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await place.bot.send_message(LEE, "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await place.bot.send_message(1, "hello")
    await place.window.start(LEE)
    await place.window.block(LEE)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await place.bot.send_message(LEE, "hello")

    await place.window.start(LEE)
    sent = await place.bot.send_message(LEE, "welcome back")

    kinds = [
        update.my_chat_member.new_chat_member.status if update.my_chat_member else "message"
        for update in await place.bot.get_updates()
    ]
    assert sent.text == "welcome back"
    assert kinds == ["message", "kicked", "member", "message"]


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("message text is empty", {"text": "  "}),
        ("message is too long", {"text": "😀" * 2049}),
        ("BUTTON_DATA_INVALID", {"button": {"callback_data": "é" * 33}}),
        ("BUTTON_DATA_INVALID", {"button": {"callback_data": ""}}),
        ("Text buttons are unallowed in the inline keyboard", {"button": {}}),
        (
            "inline keyboard button URL 'http://intranet/pay' is invalid: Wrong HTTP URL",
            {"button": {"url": "http://intranet/pay"}},
        ),
        ('there is no parameter of sendMessage named "colour"', {"colour": "red"}),
        ('there is no field of InlineKeyboardButton named "size"', {"button": {"size": 1}}),
        ("message to be replied not found", {"reply_parameters": {"message_id": 99}}),
        ("message thread not found", {"message_thread_id": 5}),
        ("chat not found", {"chat_id": 12}),
        ("chat_id is empty", {"chat_id": ""}),
    ],
)
async def test_what_telegram_refuses_is_refused(
    open_place: Place, words: str, call: dict[str, Any]
) -> None:
    """Limits and unknown names get a 400 with Telegram's words and leave no message."""
    if "button" in call:
        button = {"text": "Go", **call["button"]}
        call = {"reply_markup": {"inline_keyboard": [[button]]}}
    before = len(open_place.world.state.messages[KIM])

    answer = await open_place.http.post(
        SEND_MESSAGE, json={"chat_id": KIM, "text": "Hello", **call}
    )

    assert answer.status_code == 400
    assert answer.json()["description"] == f"Bad Request: {words}"
    assert len(open_place.world.state.messages[KIM]) == before


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<div>x</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_wrong_html_is_refused(open_place: Place, source: str, words: str) -> None:
    """Only Telegram's tags, properly closed."""
    call = {"chat_id": KIM, "text": source, "parse_mode": "HTML"}
    answer = await open_place.http.post(SEND_MESSAGE, json=call)

    assert answer.json()["description"] == f"Bad Request: can't parse entities: {words}"


async def test_a_picture_is_uploaded_and_shown(open_place: Place) -> None:
    """A multipart upload becomes a photo message that the window can load."""
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (37).to_bytes(4) + (41).to_bytes(4) + b"\x08\0\0\0\0"
    sent = await open_place.bot.send_photo(KIM, png, caption="<b>Scan</b>", parse_mode="HTML")
    shown = (await open_place.window.state(KIM))["chats"][0]["messages"][-1]
    loaded = await open_place.http.get(shown["photo"]["url"])

    assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (37, 41, "Scan")
    assert (loaded.content, loaded.headers["content-type"]) == (png, "image/png")
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await open_place.bot.send_photo(KIM, b"not a picture")


async def test_messages_can_be_deleted_and_keyboards_changed(open_place: Place) -> None:
    """deleteMessage and editMessageReplyMarkup answer as Telegram does, also when repeated."""
    bot = open_place.bot
    sent = await bot.send_message(
        KIM, "Review", reply_markup=PAY, reply_parameters=ReplyParameters(1)
    )
    copy = InlineKeyboardButton("Copy id", copy_text=CopyTextButton("TU-7K3M9Q2X"))
    bare = await bot.edit_message_reply_markup(KIM, sent.message_id)
    await bot.edit_message_reply_markup(
        KIM, sent.message_id, reply_markup=InlineKeyboardMarkup([[copy]])
    )

    assert sent.reply_to_message is not None
    assert isinstance(bare, type(sent))
    assert (bare.reply_markup, bare.edit_date) == (None, None)
    assert await open_place.window.press(KIM, KIM, sent.message_id, 0, 0) == {
        "copy": "TU-7K3M9Q2X"
    }
    assert await bot.delete_message(KIM, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(KIM, sent.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", KIM, sent.message_id)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", KIM, 1)
