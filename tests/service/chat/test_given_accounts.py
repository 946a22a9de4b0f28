"""Who is given an account of their own, and what else the first word to the bot does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.contracts.cards import record_failed
from conversations.protocol.events import Membership, Said
from conversations.protocol.places import read_chat
from conversations.protocol.ports import HomeOpened, Pressed, Verdict
from conversations.words import words
from service.common.context import context_of
from service.money import accounts
from service.people import access
from service.people.access import Doubt
from service.ports.records import Link, LinkKind
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import ACCOUNT, KIM, TurnPlace, turn_place

REVIEW = Said("50 USD card", command=True)
START_WORD = Said("start", command=True)
STRANGER = words.STRANGER_TITLE


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


@pytest.mark.parametrize(
    ("event", "more", "given"),
    [
        (START_WORD, {}, True),
        (Said("start ref", command=True), {}, True),
        (Pressed("forged", by_link=True), {}, True),
        (START_WORD, {"doubt": Doubt.REFUSED}, True),
        (START_WORD, {"doubt": Doubt.SILENT}, False),
        (START_WORD, {"membership": Membership.GUEST}, False),
        (START_WORD, {"membership": Membership.UNKNOWN}, False),
        (replace(START_WORD, public=True), {}, False),
        (Said("start"), {}, False),
        (Said("balance", command=True), {}, False),
        (Said("", command=True), {}, False),
        (Pressed("forged"), {}, False),
        (HomeOpened(), {}, False),
    ],
)
async def test_an_account_is_given_to_who_opens_the_chat(
    place: TurnPlace, event: Any, more: dict[str, Any], *, given: bool
) -> None:
    """By the bot's command or a link, where signing up is open, and while no other is possible."""
    await place.take(event, KIM, name="Kim", **more)
    assert len(await place.act(accounts.list_accounts)) == 1
    await place.but(signup_open=True).take(event, KIM, name="Kim", **more)
    assert (len(await place.act(accounts.list_accounts)) == 2) is given


async def test_who_has_an_account_is_given_no_other(place: TurnPlace) -> None:
    """Neither one of their own nor one that was shared with them."""
    shared = Link(ACCOUNT, "telegram", "", LinkKind.PERSON, KIM.person)
    await place.act(lambda tx: tx.accounts.link(shared, START))
    await place.but(signup_open=True).take(START_WORD, KIM)
    assert len(await place.act(accounts.list_accounts)) == 1


async def test_what_waited_for_a_person_is_shown_when_they_open_the_chat(place: TurnPlace) -> None:
    """A bot that was blocked shows what it could not, from the next /start on."""
    await place.take(Said("balance", command=True), KIM)
    (card,) = await place.cards()
    await place.act(lambda tx: record_failed(tx, card.id, Verdict.GONE, "blocked"))
    chat = read_chat("telegram", "9", KIM.chat)
    for event, due in ((REVIEW, False), (START_WORD, True)):
        await place.take(event, KIM)
        found = await place.act(lambda tx: tx.cards.due_in(chat, 9))
        assert (card.id in {one.id for one in found}) is due


@pytest.mark.parametrize(
    ("by_link", "titles"), [(True, [STRANGER]), (False, [])], ids=["link", "button"]
)
async def test_a_stranger_who_follows_a_link_begins(
    place: TurnPlace, *, by_link: bool, titles: list[str]
) -> None:
    """They learn how to ask, as whoever types the first word does; a button pops up the same."""
    await place.take(Pressed("forged", by_link=by_link), KIM, prompt=True)
    assert await place.titles(KIM) == titles


@pytest.mark.parametrize(("name", "title"), [("Kim  Lee\n", "Kim Lee"), (" ", KIM.person)])
async def test_an_own_account_is_for_trying(place: TurnPlace, name: str, title: str) -> None:
    """It holds play money in dollars, warns below $20, and its opening is in the trail."""
    await place.but(signup_open=True).take(START_WORD, KIM, name=name)
    (own,) = [row for row in await place.act(accounts.list_accounts) if row["id"] != ACCOUNT]
    trail = await place.act(lambda tx: tx.audit.page(1, 100))
    (entry,) = [one.entry for one in trail if one.entry]

    told = (own["title"], own["mode"], own["currency"], own["alert_below_minor"])
    assert told == (title, "sandbox", "USD", 2_000)
    assert (entry.act, entry.subject) == ("account_opened", own["id"])


async def test_signing_up_is_closed_where_nobody_opened_it(place: TurnPlace) -> None:
    """A bot that says nothing of it lets nobody in."""
    await place.act(
        lambda tx: access.open_signup_account(context_of(tx, place.services), KIM, "Kim")
    )
    assert len(await place.act(accounts.list_accounts)) == 1


def test_a_name_is_one_short_line() -> None:
    """A gateway shows it beside an amount, and refuses longer ones."""
    assert access.one_line("x" * 60) == "x" * 60
    assert access.one_line("x" * 61) == "x" * 60
