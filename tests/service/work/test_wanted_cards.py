"""Cards of top-ups: what each is to show, where a top-up goes on, and the notes beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contracts.cards import want_card
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.money import Money
from billing.topups import TopUp, TopUpStatus
from conversations.messages import open_business
from conversations.protocol.actions import ShowTopUp
from conversations.protocol.places import read_chat
from conversations.protocol.views import Choice, View
from conversations.text.localizer import Localizer
from service.cards import cards
from service.common.context import context_of
from service.ports.store import Card, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import ACCOUNT, ANA, TurnPlace, turn_place
from tests.support.dialogs import terms

CHAT = read_chat("slack", "T1", ANA.chat)
FIRST, SECOND = "a" * 16, "b" * 16
MOVED = open_business.moved_view(Localizer("en", "UTC"))


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    """A top-up that waits for its payment, with its card."""
    async with turn_place() as opened:
        await opened.act(lambda tx: tx.top_ups.add(top_up()))
        await opened.act(lambda tx: want_card(tx, card(FIRST)))
        yield opened


def top_up(status: TopUpStatus = TopUpStatus.AWAITING_PAYMENT) -> TopUp:
    return replace(terms.top_up(status), account=ACCOUNT, card=FIRST, created_at=START)


def card(id: str) -> Card:
    view = View("Before", "Before", choices=((Choice("Show", ShowTopUp("TU-1")),),))
    return Card(id, CHAT, ANA.person, "en", "UTC", view, subject=top_up().id)


async def wanted(place: TurnPlace, id: str) -> View:
    (found,) = [one.wanted for one in await place.cards() if one.id == id]
    return found


async def test_a_card_shows_how_its_top_up_stands(place: TurnPlace) -> None:
    """And its chat is due; a top-up without a card is no error."""
    ended = top_up(TopUpStatus.CANCELLED)
    await place.act(
        lambda tx: cards.want_top_up(context_of(tx, place.services), replace(ended, card="0" * 16))
    )
    assert await place.due() == set()
    await place.act(lambda tx: cards.want_top_up(context_of(tx, place.services), ended))
    view = await wanted(place, FIRST)
    assert "Cancelled" in view.title
    assert await place.due() == {"show:slack"}


async def test_a_top_up_goes_on_in_one_card_at_a_time(place: TurnPlace) -> None:
    """The one it had says so, and has no button left; the newer one is not told of itself."""
    id = top_up().id
    left = await place.act(
        lambda tx: cards.move_top_up_to_card(context_of(tx, place.services), id, SECOND)
    )
    assert left is not None
    assert left.id == FIRST
    assert await wanted(place, FIRST) == MOVED
    stored = await place.act(lambda tx: tx.top_ups.get(id))
    assert stored is not None
    assert stored.card == SECOND
    await place.act(lambda tx: want_card(tx, card(SECOND)))
    assert (
        await place.act(
            lambda tx: cards.move_top_up_to_card(context_of(tx, place.services), id, SECOND)
        )
        is None
    )
    assert (await wanted(place, SECOND)).title == "Before"
    assert (
        await place.act(
            lambda tx: cards.move_top_up_to_card(context_of(tx, place.services), "TU-0", SECOND)
        )
        is None
    )


async def test_a_top_up_whose_card_is_gone_goes_on_too(place: TurnPlace) -> None:
    """There is nothing to say so on."""

    def work(tx: Tx) -> None:
        tx.top_ups.save(replace(top_up(), card="0" * 16))
        assert (
            cards.move_top_up_to_card(context_of(tx, place.services), top_up().id, SECOND) is None
        )

    await place.act(work)
    stored = await place.act(lambda tx: tx.top_ups.get(top_up().id))
    assert stored is not None
    assert stored.card == SECOND


async def test_only_what_says_nothing_else_is_taken_away(place: TurnPlace) -> None:
    """A card that something happened to since then stays."""
    await place.act(lambda tx: cards.remove_pointer(context_of(tx, place.services), FIRST))
    await place.act(lambda tx: cards.remove_pointer(context_of(tx, place.services), "0" * 16))
    assert not (await wanted(place, FIRST)).away
    await place.act(lambda tx: want_card(tx, replace(card(FIRST), wanted=MOVED)))
    await place.act(lambda tx: cards.remove_pointer(context_of(tx, place.services), FIRST))
    assert await wanted(place, FIRST) == replace(MOVED, away=True)


async def test_what_waits_on_a_platform_is_tried_at_once(place: TurnPlace) -> None:
    """On that one alone."""
    await place.act(lambda tx: cards.retry_waiting(tx, "telegram", START))
    assert await place.due() == set()
    await place.act(lambda tx: cards.retry_waiting(tx, "slack", START))
    assert await place.due() == {"show:slack"}


@pytest.mark.parametrize(
    ("status", "word"), [(TopUpStatus.FAILED, "failed"), (TopUpStatus.CREDITED, "was credited")]
)
async def test_a_note_says_how_it_ended(place: TurnPlace, status: TopUpStatus, word: str) -> None:
    """In a message of its own, for the same person."""
    place.clock.at += timedelta(hours=1)
    await place.act(lambda tx: cards.want_note(context_of(tx, place.services), top_up(status)))
    note = (await place.cards())[-1]
    assert word in note.wanted.title
    assert (note.chat, note.person, note.subject) == (CHAT, ANA.person, top_up().id)


async def test_a_note_says_what_came_again(place: TurnPlace) -> None:
    """Once, with the id of that movement; there is none where no card is."""
    amount = Money(5_000, "USD")
    posting = Posting("gateway:sandbox:m", customer_account(ACCOUNT), amount)
    booked = Transaction("back-1", TransactionKind.REINSTATEMENT, (posting,), START)
    ended = top_up(TopUpStatus.CREDITED)

    def work(tx: Tx) -> None:
        tx.ledger.post(booked)
        cards.want_reversal_note(
            context_of(tx, place.services), replace(ended, card="0" * 16), booked
        )
        for _ in range(2):
            cards.want_reversal_note(context_of(tx, place.services), ended, booked)

    await place.act(work)
    _, note = await place.cards()
    assert note.chat == CHAT
    assert note.wanted.title.endswith("was credited again")
    assert note.wanted.rows[-1].value.startswith("TX-")
