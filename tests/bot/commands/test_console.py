"""The conversation in a terminal: lines become deliveries, cards become text with numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.console import CHAT, KEY, ConsoleChat
from conversations.protocol.events import Said
from conversations.protocol.ports import (
    Button,
    ChatError,
    Incoming,
    Message,
    MessageRef,
    Pressed,
    UnreadableDelivery,
)
from conversations.protocol.views import ButtonStyle, CardPointer, PrivateReply, Row, Toast, View
from tests.support.chats.inmemory_inbox import Inbox

PAY = Button("Pay $50.00", ButtonStyle.PRIMARY, url="https://pay.example.org/pay/t")
CHECK = Button("I have paid", ButtonStyle.PLAIN, token="tok.check")
CARD = Message(
    View(
        title="⏳ Waiting for payment",
        fallback="Waiting.",
        body=("Nothing is charged yet.",),
        rows=(Row("Amount", "$50.00"), Row("Top-up", "TU-7K3M", code=True)),
        hint="Ends at 14:05 UTC.",
    ),
    ((PAY,), (CHECK,)),
)


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


def console(*lines: str) -> tuple[ConsoleChat, list[str]]:
    printed: list[str] = []
    numbers = count(1)
    return ConsoleChat(typed(*lines), printed.append, lambda: f"id{next(numbers)}"), printed


async def heard(chat: ConsoleChat, inbox: Inbox) -> list[dict[str, Any]]:
    """What was stored once all lines are read."""
    async with chat.listening(inbox):
        await chat.until_end_of_input()
    return [dict(delivery.body) for delivery in inbox.stored]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("50 USD", Said("50 USD")),
        ("/topup", Said("", command=True)),
        ("/topup 50 USD card", Said("50 USD card", command=True)),
        ("/balance", Said("balance", command=True)),
        ("/Status TU-7K3M", Said("status TU-7K3M", command=True)),
        ("/", Said("/")),
    ],
)
async def test_lines_and_commands(line: str, said: Said) -> None:
    """A line with a slash is a command, any other is what the person said."""
    chat, _ = console("", f"  {line}  ")
    (body,) = await heard(chat, Inbox())
    assert chat.to_event(body) == Incoming(KEY, said)


async def test_a_card() -> None:
    """Title, sentences, rows, numbered choices with their links, and the hint."""
    chat, printed = console()
    await chat.show(CHAT, CARD, replacing=None)
    assert printed == [
        "\n⏳ Waiting for payment\nNothing is charged yet.\n  Amount: $50.00\n  Top-up: TU-7K3M\n"
        "  1. Pay $50.00 → https://pay.example.org/pay/t\n  2. I have paid\nEnds at 14:05 UTC.\n"
    ]


async def test_an_edit_is_printed_again() -> None:
    """The same message is shown anew and says so; its reference stays."""
    chat, printed = console()
    ref = await chat.show(CHAT, CARD, replacing=None)
    assert await chat.show(CHAT, Message(View("✅ Credited", "Credited.")), replacing=ref) == ref
    assert printed[1] == "\n✅ Credited (updated)\n"


async def test_a_number_presses_its_button() -> None:
    """A button's token comes back; a link is printed again and nothing is stored."""
    chat, printed = console("2", "1")
    await chat.show(CHAT, CARD, replacing=None)
    (body,) = await heard(chat, Inbox())
    assert chat.to_event(body) == Incoming(KEY, Pressed("tok.check"))
    assert printed[1:] == ["Pay $50.00: https://pay.example.org/pay/t"]


@pytest.mark.parametrize("line", ["3", "50", "0", "2.00", "٢", "-1", "02"])
async def test_other_numbers_are_amounts(line: str) -> None:
    """What numbers no button of the newest card is said, not pressed."""
    chat, _ = console(line)
    await chat.show(CHAT, CARD, replacing=None)
    assert await heard(chat, Inbox()) == [{"text": line}]


async def test_a_pasted_number_waits_for_its_card() -> None:
    """Lines that come faster than the cards between them mean what they mean when typed."""

    async def pasted() -> AsyncIterator[str]:
        yield "/topup"
        showing.append(asyncio.create_task(chat.show(CHAT, CARD, replacing=None)))
        yield "2"

    showing: list[asyncio.Task[MessageRef]] = []
    chat = ConsoleChat(pasted(), lambda text: None, iter(("id1", "id2", "id3")).__next__)
    assert (await heard(chat, Inbox()))[1] == {"press": "tok.check"}
    assert all(task.done() for task in showing)


async def test_numbers_follow_the_newest_buttons() -> None:
    """A card without buttons leaves the numbers alone; losing its own buttons ends them."""
    chat, _ = console()
    other = Message(
        View("Pick", "Pick."), ((Button("Card", ButtonStyle.PLAIN, token="tok.card"),),)
    )
    old = await chat.show(CHAT, CARD, replacing=None)
    new = await chat.show(CHAT, other, replacing=None)
    await chat.show(CHAT, Message(View("✅ Credited", "Credited.")), replacing=old)
    assert chat.button_numbered("1") == other.buttons[0][0]
    await chat.show(CHAT, Message(View("Picked", "Picked.")), replacing=new)
    assert chat.button_numbered("1") is None


async def test_replies_are_printed_at_once() -> None:
    """Toasts, pointers and answers in place appear; they take no numbers."""
    chat, printed = console("/balance")
    tell = PrivateReply(View("Balance", "Balance.", rows=(Row("Team A", "$5.00"),)))
    await heard(chat, Inbox(replies=(Toast("Done."), CardPointer("See above."), tell)))
    assert printed == ["Done.", "See above.", "\nBalance\n  Team A: $5.00\n"]


async def test_deliveries_are_named_apart() -> None:
    """The same line twice is two deliveries in one lane."""
    chat, _ = console("50", "50")
    inbox = Inbox(replies=None)
    await heard(chat, inbox)
    assert len(set(inbox.names())) == 2
    assert {delivery.lane for delivery in inbox.stored} == {"console:local:me"}


async def test_nothing_steers_the_terminal() -> None:
    """Escape sequences that somebody typed or named lose their power."""
    chat, printed = console()
    await chat.show(CHAT, Message(View("\x1b[2JCleared\x07", "x")), replacing=None)
    assert printed == ["\n\\x1b[2JCleared\\x07\n"]


@pytest.mark.parametrize(
    "acts", ["\u202e", "\u2066", "\u2028", "\u200f", "\x1b[2J", "\x9b", "\ud800"]
)
async def test_113_what_would_turn_a_line_is_shown(acts: str) -> None:
    """A title that strangers gave turns, ends and clears nothing; what stood there is told."""
    chat, printed = console()
    await chat.show(CHAT, Message(View(f"a{acts}b", "")), replacing=None)
    (text,) = printed
    assert acts not in text
    assert "a\\" in text


async def test_a_terminal_that_is_gone() -> None:
    """A closed output is a chat error, so that the card stays wanted."""

    def broken(_: str) -> None:
        raise BrokenPipeError

    chat = ConsoleChat(typed(), broken, lambda: "id")
    with pytest.raises(ChatError):
        await chat.show(CHAT, CARD, replacing=None)


async def test_a_failing_store_ends_the_conversation() -> None:
    """What could not be stored is not silently dropped: the error comes out."""
    chat, _ = console("50")
    with pytest.raises(OSError, match="disk full"):
        await heard(chat, Inbox(failures=[OSError("disk full")]))


def test_card_number_and_channels() -> None:
    """The inbox's mark reaches the machine; alien bodies mean nothing."""
    chat, _ = console()
    incoming = chat.to_event({"text": "/topup", "card_number": True})
    assert incoming == Incoming(KEY, Said("", command=True, bank_card_number=True))
    assert chat.to_event({}) is None
    with pytest.raises(UnreadableDelivery):
        chat.to_event({"text": 5})


@given(body=st.dictionaries(st.sampled_from(["text", "press", "x"]), st.none() | st.text()))
def test_reading_raises_nothing_else(body: dict[str, Any]) -> None:
    """Whatever was stored is read, ignored or named unreadable."""
    with suppress(UnreadableDelivery):
        console()[0].to_event(body)
