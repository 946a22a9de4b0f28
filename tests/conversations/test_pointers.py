"""Of the messages that say only that it goes on below, one stays; the older ones are deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.contracts.cards import record_outcome
from conversations.protocol.delivery import Overtaken
from conversations.protocol.places import read_chat
from conversations.protocol.ports import ChatError, Verdict
from conversations.words import words
from service.cards.cards import schedule_showing
from service.ports.store import Tx
from tests.support.bots.bot_place import ANA, BotPlace, bot_place

FOUR = ("/topup", "/topup 50", "/topup 60 card", "/topup 70")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


def titles(place: BotPlace) -> list[str]:
    return [each.view.title for each in place.chat.seen_by(ANA)]


def pointers(place: BotPlace) -> int:
    return titles(place).count(words.MOVED_TITLE)


async def types(place: BotPlace, *lines: str) -> None:
    for line in lines:
        await place.does(ANA, text=line)


async def test_150_four_in_a_row_leave_one_pointer(place: BotPlace) -> None:
    """However often somebody begins, one message says that it goes on below: the newest."""
    await types(place, *FOUR)
    assert titles(place)[-2:] == [words.MOVED_TITLE, words.OPEN_DRAFT_TITLE]
    assert pointers(place) == 1

    await types(place, *FOUR)
    assert pointers(place) == 1
    assert [each["shown_rev"] for each in place.rows("cards")] == [
        each["wanted_rev"] for each in place.rows("cards")
    ]


async def test_150_so_it_is_with_a_top_up(place: BotPlace) -> None:
    """An open top-up that is asked for again and again goes on in one message as well."""
    card = await place.asks_for(ANA)
    await types(place, *FOUR, f"/topup status {card.subject}", "/topup")
    assert pointers(place) == 1
    assert place.chat.newest(ANA).subject == card.subject


async def test_150_where_nothing_is_deleted_the_pointers_stay(place: BotPlace) -> None:
    """Where the platform refuses, each still says where it goes on."""
    place.chat.keeps_all = True
    await types(place, *FOUR)
    assert pointers(place) == len(FOUR) - 1


async def test_150_what_never_came_is_not_posted_to_be_deleted(place: BotPlace) -> None:
    """Typed while the chat is out: of what is out of date by then, the newest pointer comes."""
    place.chat.troubles = [ChatError("down", Verdict.OUTAGE, retry_after=timedelta(minutes=1))]
    await types(place, *FOUR)
    assert titles(place) == []
    place.clock.advance(minutes=2)
    await place.quiet()
    await types(place, "/topup balance")
    assert pointers(place) == 1
    assert len(titles(place)) == 3


async def test_150_a_deletion_of_which_nobody_heard(place: BotPlace) -> None:
    """Killed before it was noted, it is asked for again: nothing comes back, nothing waits."""
    await types(place, *FOUR)
    before = titles(place)

    def again(tx: Tx) -> None:
        for row in place.rows("cards"):
            record_outcome(tx, row["id"], Overtaken())
            schedule_showing(
                tx, read_chat(row["platform"], row["tenant"], row["chat"]), place.clock()
            )

    await place.app.store.transact(again)
    await place.quiet()

    assert titles(place) == before
    rows = place.rows("cards")
    assert [row["shown_rev"] for row in rows] == [row["wanted_rev"] for row in rows]
    assert [row["message_id"] for row in rows].count(None) == len(FOUR) - 2
