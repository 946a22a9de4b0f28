"""Telegram's updates in our words: what counts, what does not, and what nobody can read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.telegram.events import to_delivery, to_event, update_id
from conversations.protocol.events import ConversationKey, Said
from conversations.protocol.ports import Incoming, Pressed, UnreadableDelivery
from tests.support.chats.telegram_bot_api import BOT_ID, PERSON, PRIVATE, message, press

KEY = ConversationKey("telegram", BOT_ID, "77", "77")
GROUP = {"id": -5, "type": "group", "title": "Team"}

NAMES = st.sampled_from(
    [
        "update_id",
        "message",
        "callback_query",
        "my_chat_member",
        "edited_message",
        "message_id",
        "date",
        "chat",
        "from",
        "id",
        "type",
        "text",
        "caption",
        "data",
        "photo",
        "entities",
        "is_bot",
        "first_name",
        "language_code",
        "card_number",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["private", "group", "\ud800", PERSON, PRIVATE, [PERSON]]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=20,
)


def read(body: dict[str, Any]) -> Incoming | None:
    return to_event(body, BOT_ID)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("50 USD & <b>", Said("50 USD & <b>")),
        ("/topup", Said("", command=True)),
        ("/topup 50 USD", Said("50 USD", command=True)),
        ("/topup@topup_bot  50\nUSD", Said("50\nUSD", command=True)),
        ("/TopUp 5", Said("5", command=True)),
        ("/balance", Said("balance", command=True)),
        ("/status TU-7K3M", Said("status TU-7K3M", command=True)),
        ("/start", Said("start", command=True)),
        ("/start invited", Said("start invited", command=True)),
        ("/start p_", Said("start p_", command=True)),
        ("/nonsense here", Said("nonsense here", command=True)),
        ("/", Said("/")),
        ("/ topup", Said("/ topup")),
        ("/@bot", Said("/@bot")),
        ("half/topup", Said("half/topup")),
    ],
)
def test_typed_words(typed: str, said: Said) -> None:
    """Commands lose their slash and the bot's name; all else arrives letter by letter."""
    assert read(message(9, typed)) == Incoming(KEY, said, name="Ana", locale="pt-br")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"caption": "50 USD"}, Said("50 USD")),
        ({"location": {"longitude": 1.0, "latitude": 2.0}}, Said("")),
    ],
)
def test_messages_without_text_are_answered_too(fields: dict[str, Any], said: Said) -> None:
    """A caption counts as text; a thing without words is an empty message."""
    incoming = read(message(9, None, **fields))
    assert incoming is not None
    assert incoming.event == said


def test_a_removed_card_number_is_told() -> None:
    """The mark that the inbox left on the body reaches the machine."""
    incoming = read({**message(9, "/topup"), "card_number": True})
    assert incoming is not None
    assert incoming.event == Said("", command=True, bank_card_number=True)


def test_a_press_brings_its_token() -> None:
    """The token comes back untouched, in the conversation of the message it stands on."""
    assert read(press(9)) == Incoming(KEY, Pressed("k3.AbC"), name="Ana", locale="pt-br")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"update_id": 1, "edited_message": message(1)["message"]},
        {"update_id": 1, "channel_post": message(1)["message"]},
        message(1, "50", chat=GROUP),
        message(1, "50", **{"from": {**PERSON, "is_bot": True}}),
        message(1, None, new_chat_title="x"),
        press(1, None, game_short_name="chess"),
        press(1, message=None),
        press(1, message={"message_id": 5, "date": 0, "chat": GROUP}),
    ],
)
def test_what_is_none_of_our_business(body: dict[str, Any]) -> None:
    """Chatter, channels, edits, robots, service messages and games mean nothing to us."""
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        {"update_id": 1, "message": 5},
        {"update_id": 1, "my_chat_member": {"anything": 1}},
        to_delivery("no update at all", BOT_ID).body,
        {"update_id": 1, "message": {"text": "50"}},
        {"message": message(1)["message"]},
        message(1, "50", chat={"id": "77", "type": "private"}),
        message(1, "50", **{"from": {**PERSON, "first_name": ["Ana"]}}),
        message(1, "50", date=10**20),
        press(1, **{"from": None}),
    ],
)
def test_poison_is_named(body: dict[str, Any]) -> None:
    """An update of ours in a shape that cannot be read is for quarantine."""
    with pytest.raises(UnreadableDelivery):
        read(body)


@given(body=st.dictionaries(NAMES, JSON, max_size=6))
def test_reading_raises_nothing_else(body: dict[str, Any]) -> None:
    """Arbitrary JSON is read, ignored or named unreadable."""
    with suppress(UnreadableDelivery):
        read(body)


@given(fields=st.dictionaries(NAMES, JSON, max_size=4), pressed=st.booleans())
def test_nearly_right_updates_raise_nothing_else(fields: dict[str, Any], pressed: bool) -> None:
    """A good update with some parts exchanged gives sound text and whole ids, or is named."""
    body = press(9) if pressed else message(9)
    body["callback_query" if pressed else "message"] |= fields
    with suppress(UnreadableDelivery):
        incoming = read(body)
        if incoming is not None:
            event = incoming.event
            assert isinstance(event, Said | Pressed)
            assert incoming.key.person.lstrip("-").isdigit()
            (event.text if isinstance(event, Said) else event.token).encode()


@given(update=JSON)
def test_anything_can_be_stored(update: object) -> None:
    """Whatever stands in a batch becomes a delivery with a name of its own."""
    delivery = to_delivery(update, BOT_ID)
    assert delivery == to_delivery(update, BOT_ID)
    assert delivery.sender_id.startswith(f"{BOT_ID}:")
    assert delivery.lane.startswith(f"telegram:{BOT_ID}:")


def test_deliveries_are_named_by_update_and_lined_up_by_person() -> None:
    """The update's number is the sender's id; one person's updates stand in one lane."""
    typed, pressed = to_delivery(message(9), BOT_ID), to_delivery(press(10), BOT_ID)
    assert (typed.sender_id, typed.context) == ("4242:9", {})
    assert (pressed.sender_id, pressed.context) == ("4242:10", {"callback_query_id": "q10"})
    assert typed.lane == pressed.lane == "telegram:4242:77"
    assert typed.body["message"]["text"] == "50"


@pytest.mark.parametrize("number", [None, "9", True, 9.0, -1, 2**70])
def test_ids_that_are_none(number: object) -> None:
    """Without a usable number the content names the delivery, so a repeat is still known."""
    first = to_delivery({"update_id": number, "x": 1}, BOT_ID)
    other = to_delivery({"update_id": number, "x": 2}, BOT_ID)
    assert update_id(first.body) is None
    assert first.sender_id.startswith("4242:sha256-")
    assert first.sender_id != other.sender_id
    assert first.lane == "telegram:4242:unknown"
