"""Platforms that make the bot wait, or do not answer, in virtual time: nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.protocol.places import read_chat
from conversations.protocol.ports import ChatError, Verdict
from service.cards.delivery import SEND_SECONDS
from service.lanes.lanes import BACK_OFF_SECONDS_MAX, LEASE
from tests.support.bots.bot_place import START
from tests.support.bots.pacing_place import (
    ANA,
    MINUTE,
    SECOND,
    SOON,
    Call,
    PacingPlace,
    Platform,
    by_chat,
    card,
    most_within,
    pacing_place,
)
from tests.support.house import virtual_time

BEN, CAT = read_chat("telegram", "4242", "7002"), read_chat("telegram", "4242", "7003")
GROUP = read_chat("telegram", "4242", "-100")
CHANNEL = read_chat("slack", "T1", "C1")


# --- waits that a platform asks for ----------------------------------------------------------


@settings(max_examples=10)
@given(waits=st.lists(st.none() | st.integers(1, 600), min_size=1, max_size=12))
def test_35_a_wait_is_kept_to_the_second(waits: list[int | None]) -> None:
    """Whatever comes meanwhile: nothing before its time, at once after it, all of it in order."""
    told = iter(waits)
    closed: list[datetime] = []

    async def limits(call: Call) -> None:
        wait = next(told, None)
        if wait is not None:
            closed.append(virtual_time.now() + timedelta(seconds=wait))
            raise ChatError("slow down", Verdict.OUTAGE, retry_after=timedelta(seconds=wait))

    telegram = Platform("telegram", limits)

    async def plays() -> None:
        async with pacing_place(telegram) as place:
            for number in range(6):
                await place.want(card(number, ANA, f"{number}"))
                await asyncio.sleep(0.7)
            await place.until_all_shown()

    virtual_time.run(plays())
    tried = [call.at for call in telegram.calls]

    for until in closed:
        again = min(at for at in tried if at > until - SECOND)
        assert until <= again <= until + SECOND / 10
    assert [*telegram.shown.values()] == [f"{number}" for number in range(6)]
    assert most_within(telegram.calls, SECOND) == 1


def test_35_one_chat_that_waits_holds_up_no_other() -> None:
    """What is told of one chat is kept in that chat alone."""

    async def limits(call: Call) -> None:
        if call.chat == GROUP and virtual_time.now() < START + MINUTE:
            raise ChatError("slow down", Verdict.OUTAGE, retry_after=MINUTE)

    telegram = Platform("telegram", limits)

    async def plays() -> None:
        async with pacing_place(telegram) as place:
            await place.want(card(1, GROUP, "low"), card(2, ANA, "Hi"), card(3, BEN, "Hi"))
            await place.until_all_shown()

    virtual_time.run(plays())
    after = {call.chat: call.at - START for call in telegram.calls}

    assert max(after[ANA], after[BEN]) < SOON
    assert MINUTE <= after[GROUP] < MINUTE + SOON
    assert len(telegram.calls) == 4


def test_35_a_second_chat_that_waits_means_all() -> None:
    """A platform that makes two chats wait means the bot: a third is not even tried."""

    async def limits(call: Call) -> None:
        if virtual_time.now() < START + MINUTE:
            raise ChatError("slow down", Verdict.OUTAGE, retry_after=MINUTE)

    telegram = Platform("telegram", limits)

    async def plays() -> None:
        async with pacing_place(telegram) as place:
            await place.want(card(1, ANA, "Hi"), card(2, BEN, "Hi"))
            await asyncio.sleep(1)
            await place.want(card(3, CAT, "Hi"))
            await place.until_all_shown()

    virtual_time.run(plays())

    assert [call.chat for call in telegram.calls if call.at < START + MINUTE] == [ANA, BEN]
    assert len(telegram.shown) == 3


def test_35_a_limit_that_is_named_holds_for_that_alone() -> None:
    """Slack makes edits wait in the whole workspace; posts go on."""

    async def limits(call: Call) -> None:
        if call.edit and virtual_time.now() < START + MINUTE:
            wait = START + MINUTE - virtual_time.now()
            raise ChatError("slow", Verdict.OUTAGE, retry_after=wait, limit="chat.update")

    slack = Platform("slack", limits)
    other = read_chat("slack", "T1", "D2")

    async def plays() -> None:
        async with pacing_place(slack) as place:
            await place.want(card(1, CHANNEL, "low"), card(2, other, "Hi"))
            await asyncio.sleep(5)
            await place.want(card(1, CHANNEL, "fine"))
            await asyncio.sleep(5)
            await place.want(card(2, other, "Bye"), card(3, read_chat("slack", "T1", "D3"), "Hi"))
            await place.until_all_shown()

    virtual_time.run(plays())
    edits = [(call.title, call.at >= START + MINUTE) for call in slack.calls if call.edit]

    assert edits == [("fine", False), ("fine", True), ("Bye", True)]
    assert next(call.at for call in slack.calls if call.card.endswith("3")) < START + 11 * SECOND


# --- outages ---------------------------------------------------------------------------------


def test_36_an_hour_without_an_answer() -> None:
    """Tried less and less often, not all at the same time, and delivered when it is over."""

    async def away(call: Call) -> None:
        if virtual_time.now() < START + 60 * MINUTE:
            raise ChatError("503", Verdict.OUTAGE)

    telegram = Platform("telegram", away)
    people = [read_chat("telegram", "4242", f"{number}") for number in range(4)]

    async def plays() -> None:
        async with pacing_place(telegram) as place:
            await place.want(*(card(number, chat, "Hi") for number, chat in enumerate(people)))
            await place.until_all_shown()

    virtual_time.run(plays())
    waits = [
        (later.at - call.at).total_seconds()
        for chat in by_chat(telegram.calls)
        for call, later in pairwise(chat)
    ]

    assert len(telegram.shown) == 4
    assert max(waits) <= BACK_OFF_SECONDS_MAX + 1
    assert 4 * 60 <= len(waits) <= 4 * (3600 / (BACK_OFF_SECONDS_MAX / 2) + 8)
    assert len({call.at for call in telegram.calls[-4:]}) == 4
    assert telegram.calls[-1].at < START + 60 * MINUTE + BACK_OFF_SECONDS_MAX * SECOND + SECOND


def test_36_a_platform_that_hangs_holds_up_no_other() -> None:
    """While Slack takes its time over every message, Telegram's are as quick as ever."""

    async def hangs(call: Call) -> None:
        await asyncio.sleep(SEND_SECONDS - 1)

    slack, telegram = Platform("slack", hangs), Platform("telegram")
    channels = [read_chat("slack", "T1", f"C{number}") for number in range(40)]

    async def plays() -> None:
        async with pacing_place(slack, telegram) as place:
            await place.want(*(card(number, each, "low") for number, each in enumerate(channels)))
            await asyncio.sleep(5)
            await place.want(card(100, ANA, "Review"))
            await place.until_all_shown()

    virtual_time.run(plays())

    assert telegram.calls[0].at - START < 5 * SECOND + SOON
    assert len(slack.shown) == 40


# --- leases ----------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("answered", [False, True])
def test_58_a_lease_that_ends_while_a_card_is_sent(*, known: bool, answered: bool) -> None:
    """Whoever takes over shows the newest, and what comes late does not stay in its place.

    A message that was known is edited and never doubles; a new one is there twice at most.
    """

    telegram, taken_over = Platform("telegram"), list[Call]()

    async def frozen(place: PacingPlace, call: Call) -> None:
        if call.title != "second" or taken_over:
            return
        taken_over.append(call)
        # As if the process had stood still meanwhile: its lease ends, another shows the card.
        await place.want(card(1, ANA, "third"))
        await asyncio.sleep(1)
        await place.shows(ANA, virtual_time.now() + LEASE)
        if not answered:
            raise ChatError("no answer", Verdict.OUTAGE)

    async def plays() -> None:
        async with pacing_place(telegram) as place:
            if known:
                await place.want(card(1, ANA, "first"))
                await place.until_all_shown()
            telegram.trouble = partial(frozen, place)
            await place.want(card(1, ANA, "second"))
            await place.until_all_shown()

    virtual_time.run(plays())
    shown = [*telegram.shown.values()]

    assert [call.title for call in telegram.calls][-3:] == ["second", "third", "third"]
    assert sorted(shown) == (["third"] if known or not answered else ["second", "third"])
