"""A double click: the second press says nothing, while any other old button still gets words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conversations.protocol.events import PressRefusal
from conversations.protocol.views import Toast
from conversations.words import words
from tests.support.bots.bot_place import ANA, BotPlace, bot_place
from tests.support.chats.pocket_chat import button

OUT_OF_DATE = (Toast(words.REFUSALS[PressRefusal.STALE], alert=True),)
REVIEW = "/topup 50 USD card"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


async def presses_twice(place: BotPlace, label: str) -> str:
    """Press the newest card's button and again: nothing happens and nothing is said."""
    token = button(place.chat.newest(ANA), label).token or ""
    await place.does(ANA, press=token)
    seen, money = place.chat.seen_by(ANA), place.money()

    assert await place.does(ANA, press=token) == ()
    assert (place.chat.seen_by(ANA), place.money()) == (seen, money)
    return token


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        (["/topup"], ["$25.00", "Card", "Confirm", "Cancel this top-up"]),
        ([REVIEW], ["Change amount", "Keep $50.00", "Change method", "Bank transfer"]),
        ([REVIEW], ["Change amount", "Type another amount", "Cancel"]),
        ([REVIEW], ["Cancel"]),
        (["/topup 50", "/topup 100"], ["Continue this top-up", "Cancel"]),
        (["/topup 50", "/topup 100 card"], ["Start a new top-up", "Confirm"]),
    ],
)
async def test_164_a_double_click_is_silent(
    place: BotPlace, lines: list[str], labels: list[str]
) -> None:
    """Whatever a button does, it does once, and the second press is no mistake of theirs."""
    for line in lines:
        await place.does(ANA, text=line)

    for label in labels:
        await presses_twice(place, label)
    assert len(place.rows("top_ups")) == labels.count("Confirm")


async def test_164_another_old_button_is_refused_in_words(place: BotPlace) -> None:
    """Only the press that made the card is silent, also after a refusal; no other becomes so."""
    await place.does(ANA, text=REVIEW)
    other = button(place.chat.newest(ANA), "Change amount").token
    made = await presses_twice(place, "Confirm")

    for _ in range(2):
        assert await place.does(ANA, press=other) == OUT_OF_DATE
        assert await place.does(ANA, press=made) == ()


async def test_164_a_press_is_no_repeat_once_there_is_a_newer_card(place: BotPlace) -> None:
    """Another press, another message or another day: then the newest card is to be pointed at."""
    await place.does(ANA, text="/topup card")
    first = await presses_twice(place, "$25.00")
    second = await presses_twice(place, "Confirm")
    assert await place.does(ANA, press=first) == OUT_OF_DATE

    third = await presses_twice(place, "Cancel this top-up")
    assert await place.does(ANA, press=second) == OUT_OF_DATE
    place.clock.advance(hours=25)
    assert await place.does(ANA, press=third) == OUT_OF_DATE

    await place.does(ANA, text=REVIEW)
    fourth = await presses_twice(place, "Change amount")
    await place.does(ANA, text="/topup balance")
    assert await place.does(ANA, press=fourth) == OUT_OF_DATE
