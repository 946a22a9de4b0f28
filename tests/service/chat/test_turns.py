"""One turn: what is kept between turns, where an answer appears, who is given an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.contracts.cards import want_card
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.money import Money
from billing.records import Account
from billing.topups import Mode
from conversations.messages import answers
from conversations.protocol.actions import TopUpAccount
from conversations.protocol.events import (
    ConversationKey,
    FormChanged,
    FormMissed,
    Membership,
    Reviewing,
    Said,
)
from conversations.protocol.places import home_of, read_chat
from conversations.protocol.ports import (
    AskedAbout,
    ChatMoved,
    ChatOpened,
    HomeOpened,
    Pressed,
    Uninstalled,
)
from conversations.protocol.views import Choice, OpenForm, PrivateReply, Reply, Toast, View
from conversations.words import surface_words, words
from service.chat.turns import DRAFT_KEPT
from service.common.signed_tokens import Press, sign_press
from service.lanes.keys import LaneKind
from service.people.access import Doubt
from service.ports.records import Link, LinkKind
from service.ports.store import Card, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import ACCOUNT, ANA, TurnPlace, turn_place

REVIEW = Said("50 USD card", command=True)
START_WORD = Said("start", command=True)
UNCHECKED = surface_words.BARRED[Membership.UNKNOWN][0]
CHANNEL = read_chat("slack", "T1", "C1")
STRANGER = words.STRANGER_TITLE


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


async def token(place: TurnPlace, label: str) -> str:
    """What the newest card's button with that label comes back with."""
    card = (await place.cards())[-1]
    labels = [choice.label for line in card.wanted.choices for choice in line]
    (index,) = [at for at, each in enumerate(labels) if each.startswith(label)]
    return sign_press(Press(card.id, card.wanted_rev, index), place.services.secret)


def opens_form(replies: tuple[Reply, ...]) -> bool:
    return any(isinstance(each, OpenForm) for each in replies)


async def opens(place: TurnPlace) -> None:
    """Ana opens a top-up."""
    await place.take(REVIEW)
    await place.take(Pressed(await token(place, "Confirm")), prompt=True)


@pytest.mark.parametrize(
    ("after", "kept"),
    [(timedelta(hours=24) - timedelta(seconds=1), True), (timedelta(hours=24), False)],
)
async def test_a_draft_is_kept_for_a_day(
    place: TurnPlace, after: timedelta, *, kept: bool
) -> None:
    """Who comes back later begins anew, and confirms no price of yesterday."""
    await place.take(REVIEW)
    place.clock.at += after
    await place.take(HomeOpened())

    assert isinstance((await place.saved()).state, Reviewing) is kept
    assert timedelta(hours=24) == DRAFT_KEPT


@pytest.mark.parametrize("event", [ChatMoved("D2"), ChatOpened(), Uninstalled(START)])
async def test_what_a_platform_tells_is_answered_to_nobody(place: TurnPlace, event: Any) -> None:
    """Nothing pops up and no conversation begins."""
    nobody = ConversationKey("slack", "T1", "D1", "")
    assert await place.take(event, nobody, prompt=True) == ()
    assert await place.cards() == []
    assert await place.act(lambda tx: tx.conversations.load(nobody)) is None


async def test_language_and_clock_are_those_heard_last(place: TurnPlace) -> None:
    """They stay where an event does not tell them, and what it tells counts more."""
    heard = [("de", "Europe/Vienna"), (None, None), ("en", "Asia/Tokyo")]
    for locale, zone in heard:
        await place.take(Said("help", command=True), locale=locale, zone=zone)

    assert [(one.locale, one.zone) for one in await place.cards()] == [
        ("de", "Europe/Vienna"),
        ("de", "Europe/Vienna"),
        ("en", "Asia/Tokyo"),
    ]


async def test_a_page_is_made_where_somebody_looks_at_it(place: TurnPlace) -> None:
    """Not for whoever writes; and it is made anew once something happened to a top-up."""
    await opens(place)
    assert LaneKind.HOME not in await place.due()
    await place.take(HomeOpened())
    assert [one.chat for one in await place.cards()][-1] == home_of(ANA)
    await place.take(REVIEW)
    assert LaneKind.HOME not in await place.due()
    await place.take(Said("cancel", command=True))
    assert LaneKind.HOME in await place.due()


async def test_who_asks_what_happened_reads_what_was_spent(place: TurnPlace) -> None:
    """What moved on their account is looked up in that turn, and stands on the card."""
    spent = Posting(customer_account(ACCOUNT), "revenue", Money(500, "USD"))
    await place.act(
        lambda tx: tx.ledger.post(Transaction("spent", TransactionKind.CHARGE, (spent,), START))
    )
    await place.take(Said("history", command=True))
    (row,) = (await place.cards())[-1].wanted.rows
    assert row.value.startswith("$5.00 from")


# --- where an answer appears -------------------------------------------------------------------


@pytest.mark.parametrize(("prompt", "cards"), [(False, 1), (True, 0)])
async def test_who_typed_reads_what_cannot_pop_up(
    place: TurnPlace, *, prompt: bool, cards: int
) -> None:
    """Where nobody waits for an answer in place, its sentence is a card."""
    await opens(place)
    before = len(await place.cards())
    (toast,) = await place.take(Said("cancel", command=True), prompt=prompt)

    assert isinstance(toast, Toast)
    added = (await place.cards())[before:]
    assert [one.wanted for one in added] == [answers.sentence_view(toast.text)] * cards


@pytest.mark.parametrize(("by_link", "cards"), [(True, 1), (False, 0)])
async def test_who_came_by_a_link_reads_why_it_is_refused(
    place: TurnPlace, *, by_link: bool, cards: int
) -> None:
    """A sentence pops up on a button alone, waited for or not."""
    (toast,) = await place.take(Pressed("forged", by_link=by_link))
    assert isinstance(toast, Toast)
    assert [one.wanted for one in await place.cards()] == [
        answers.sentence_view(toast.text)
    ] * cards


@pytest.mark.parametrize(("event", "cards"), [(FormMissed(), 1), (FormChanged("d", ()), 0)])
async def test_who_fills_in_a_form_in_vain_is_told_once(
    place: TurnPlace, event: Any, cards: int
) -> None:
    """When it is sent, by a card; while it is filled in, there is no card beside it."""
    await place.take(event, membership=Membership.GUEST)
    assert len(await place.cards()) == cards


@pytest.mark.parametrize("prompt", [False, True])
@pytest.mark.parametrize(
    "event", [Said("", command=True, form=True), AskedAbout("none", form=True)]
)
async def test_a_form_opens_only_where_somebody_waits(
    place: TurnPlace, event: Any, *, prompt: bool
) -> None:
    """A platform opens one in answer to a command or to a message's menu, at once."""
    assert opens_form(await place.take(event, prompt=prompt)) is prompt


@pytest.mark.parametrize(("form", "prompt"), [(True, True), (True, False), (False, True)])
async def test_a_button_opens_a_form_only_where_somebody_waits(
    place: TurnPlace, *, form: bool, prompt: bool
) -> None:
    """And where the platform can."""
    await place.take(Said("", command=True))
    other = await token(place, "Type another amount")
    replies = await place.take(Pressed(other, form=form), prompt=prompt)
    assert opens_form(replies) is (form and prompt)


@pytest.mark.parametrize("event", [Said("", command=True), AskedAbout("none")])
async def test_no_form_opens_where_a_platform_has_none(place: TurnPlace, event: Any) -> None:
    """However much somebody waits."""
    assert not opens_form(await place.take(event, prompt=True))


async def test_a_late_answer_is_in_their_language(place: TurnPlace) -> None:
    """It comes as a card, on their clock, as what came in time did."""
    await place.take_late(REVIEW, PrivateReply(View("Late", "Late")))
    await place.take(REVIEW, locale="de", zone="Europe/Vienna")
    await place.take_late(REVIEW, PrivateReply(View("Spät", "Spät")), Toast("nothing new"))

    first, _, last = await place.cards()
    assert (first.locale, first.zone) == ("en", "UTC")
    assert (last.wanted.title, last.locale, last.zone) == ("Spät", "de", "Europe/Vienna")


# --- while it is not known which accounts are theirs -------------------------------------------


async def shared(place: TurnPlace) -> None:
    """An account of a group that Ana is in, and her review about it."""

    def work(tx: Tx) -> None:
        tx.accounts.add(Account("lab", "Lab", "USD", Mode.SANDBOX), START)
        tx.accounts.link(Link("lab", "slack", "T1", LinkKind.CHANNEL, "C1"), START)

    await place.act(work)
    await place.take(Said("50 lab card", command=True), channels=frozenset({"C1"}))


async def test_a_draft_about_an_account_in_doubt_waits(place: TurnPlace) -> None:
    """Its next word is not taken for a word about another account; a command begins anew."""
    await shared(place)
    await place.take(Said("60"), doubt=Doubt.SILENT)
    assert (await place.titles())[-1] == UNCHECKED
    await place.take(REVIEW, doubt=Doubt.SILENT)
    assert (await place.titles())[-1] != UNCHECKED


async def test_a_button_about_an_account_in_doubt_waits(place: TurnPlace) -> None:
    """An alert's button begins no top-up of another account instead."""
    for account in ("lab", ACCOUNT):
        wanted = View("Low", "Low", choices=((Choice("Top up", TopUpAccount(account)),),))
        alert = Card(f"{account:x>16}".encode().hex()[:16], CHANNEL, "", "en", "UTC", wanted)
        await place.act(partial(want, alert))
        press = Pressed(sign_press(Press(alert.id, 1, 0), place.services.secret))
        told = await place.take(press, doubt=Doubt.SILENT, prompt=True)
        assert any(UNCHECKED in repr(each) for each in told) is (account == "lab")


def want(card: Card, tx: Tx) -> None:
    want_card(tx, card)


@pytest.mark.parametrize(
    ("standing", "opened"), [(Membership.MEMBER, 1), (Membership.REMEMBERED, 0)]
)
async def test_money_moves_for_members_of_this_moment(
    place: TurnPlace, standing: Membership, opened: int
) -> None:
    """Who was one a moment ago may look on, and keeps the review."""
    await place.take(REVIEW, membership=standing)
    confirm = await token(place, "Confirm")
    await place.take(Pressed(confirm), membership=standing, prompt=True)
    rows = await place.act(lambda tx: tx.top_ups.unpaid(place.clock()))
    assert len(rows) == opened
    assert isinstance((await place.saved()).state, Reviewing) is not bool(opened)
