"""A person's own page, a chat that moves, an alert's thread: made for whom, in which words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contracts.cards import record_shown, want_card
from billing.records import Account
from billing.topups import Mode, TopUp, TopUpStatus
from conversations.protocol.events import Said
from conversations.protocol.places import Chat, home_of, read_chat
from conversations.protocol.ports import HomeOpened, Incoming, MessageRef
from conversations.protocol.views import View
from service.cards import cards, homes, places, progress
from service.cards.homes import HomeRefresher
from service.common.context import context_of
from service.lanes.keys import LaneKind
from service.lanes.lanes import LEASE
from service.people.membership import MembershipChecker
from service.people.terms import top_up_facts
from service.ports.records import Link, LinkKind
from service.ports.store import Card, Claim, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import ACCOUNT, ANA, TurnPlace, turn_place
from tests.support.chats.pocket_chat import PocketChat
from tests.support.dialogs import terms

GROUP = read_chat("slack", "T1", "C1")


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


def top_up(
    card: str, minutes: int = 0, status: TopUpStatus = TopUpStatus.AWAITING_PAYMENT
) -> TopUp:
    """One of the account, begun so many minutes ago."""
    began = START - timedelta(minutes=minutes)
    return replace(
        terms.top_up(status), account=ACCOUNT, card=card, created_at=began, requester="person-1"
    )


def a_card(id: str, chat: Chat = GROUP, person: str = "") -> Card:
    return Card(id * 16, chat, person, "de", "Europe/Vienna", View("Before", "Before"))


# --- a person's own page -----------------------------------------------------------------------


async def test_a_page_that_is_made_anew_is_in_its_persons_language(place: TurnPlace) -> None:
    """On their clock, whoever made it necessary; there is none for who is no person."""
    looker = replace(ANA, chat=ANA.person)
    await place.take(HomeOpened(), looker, locale="de", zone="Europe/Vienna")
    (first,) = await place.cards()
    pages = HomeRefresher(
        place.store,
        MembershipChecker(place.store, {"slack": PocketChat()}, place.services),
        place.services,
    )
    await place.act(lambda tx: tx.accounts.add(Account("new", "New", "EUR", Mode.SANDBOX), START))
    await place.act(lambda tx: tx.accounts.link(replace(of_team(), account="new"), START))
    for actor in (ANA.actor_name, "clock", "operator:1"):
        assert await pages.work(Claim(LaneKind.HOME, actor, 1, 0, START + LEASE)) is None
    (page,) = await place.cards()

    assert (page.id, page.chat, page.person) == (first.id, home_of(ANA), ANA.person)
    assert (page.locale, page.zone) == ("de", "Europe/Vienna")
    assert "New" in repr(page.wanted)


def of_team() -> Link:
    return Link(ACCOUNT, "slack", "T1", LinkKind.TEAM, "T1")


async def test_a_page_that_nobody_opened_is_not_made(place: TurnPlace) -> None:
    """Whatever changed: who has no such page in their chat never has one wanted."""
    await place.act(
        lambda tx: homes.schedule_home_refresh(context_of(tx, place.services), key=ANA)
    )
    assert LaneKind.HOME not in await place.due()


# --- a chat that goes on elsewhere -------------------------------------------------------------


@pytest.mark.parametrize("to", ["C2", GROUP.id])
async def test_links_and_alerts_move_with_a_group(place: TurnPlace, to: str) -> None:
    """Also of an account that has no alert; what moves nowhere is left alone."""
    alert = "a" * 16

    def work(tx: Tx) -> None:
        tx.accounts.add(Account("quiet", "Quiet", "USD", Mode.SANDBOX), START)
        for account in (ACCOUNT, "quiet"):
            tx.accounts.link(Link(account, "slack", "T1", LinkKind.CHANNEL, GROUP.id), START)
        tx.accounts.link(of_team(), START)
        tx.accounts.set_alert_card(ACCOUNT, alert)
        shown = replace(a_card("0"), id=cards.stable_card_id(alert, "slack", "T1", GROUP.id))
        want_card(tx, shown)
        record_shown(tx, shown.id, 1, MessageRef(GROUP.id, "1"))
        places.move_chat(context_of(tx, place.services), GROUP, to)

    await place.act(work)
    (moved,) = await place.cards()
    assert moved.id == cards.stable_card_id(alert, "slack", "T1", to)
    assert (moved.chat.id, moved.message is None) == (to, to == "C2")
    links = await place.act(lambda tx: tx.accounts.links("quiet"))
    assert [one.external_id for one in links] == [to]
    assert ("show:slack" in await place.due()) is (to == "C2")


def plain(line: Card) -> str:
    """Who takes care, without the marks that keep a name's direction to itself."""
    return line.wanted.rows[0].value.strip("\u2068\u2069")


# --- an alert's thread -------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "who"), [("Ana", "@Ana"), ("", ANA.person)])
async def test_a_channel_is_told_who_takes_care_of_its_alert(
    place: TurnPlace, name: str, who: str
) -> None:
    """In its thread, by name where there is one; and the line says how it goes on."""
    began = top_up("f" * 16)

    def work(tx: Tx) -> None:
        tx.top_ups.add(began)
        want_card(tx, a_card("a"))
        record_shown(tx, "a" * 16, 1, MessageRef(GROUP.id, "7"))
        incoming = Incoming(ANA, Said(""), name=name)
        progress.begin_progress(
            context_of(tx, place.services),
            top_up_facts(context_of(tx, place.services), began),
            "a" * 16,
            incoming,
        )

    await place.act(work)
    alert, line = await place.cards()
    assert alert.chat == GROUP
    assert line.chat != GROUP
    assert line.chat.id.startswith(GROUP.id)
    assert (plain(line), line.subject) == (who, began.id)
    before = line.wanted.title
    ended = replace(began, status=TopUpStatus.CANCELLED)
    await place.act(lambda tx: progress.want_progress(context_of(tx, place.services), ended))
    (_, line) = await place.cards()
    assert plain(line) == who
    assert line.wanted.title != before


@pytest.mark.parametrize(
    ("alert", "shown", "origin"),
    [
        (a_card("a", person="U1"), True, "a" * 16),
        (a_card("a"), False, "a" * 16),
        (a_card("a", read_chat("telegram", "9", "-1")), True, "a" * 16),
        (a_card("a"), True, "b" * 16),
        (a_card("a"), True, None),
    ],
    ids=["private", "not shown", "no threads", "gone", "no alert"],
)
async def test_who_has_no_thread_is_told_nothing(
    place: TurnPlace, alert: Card, shown: bool, origin: str | None
) -> None:
    """A private alert, one that is not there, or a platform without threads."""
    began = top_up("f" * 16)

    def work(tx: Tx) -> None:
        tx.top_ups.add(began)
        want_card(tx, alert)
        if shown:
            record_shown(tx, alert.id, 1, MessageRef(alert.chat.id, "7"))
        facts = top_up_facts(context_of(tx, place.services), began)
        progress.begin_progress(
            context_of(tx, place.services), facts, origin, Incoming(ANA, Said(""))
        )
        progress.want_progress(context_of(tx, place.services), began)

    await place.act(work)
    assert len(await place.cards()) == 1


# --- a note beside a card ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "waited", "told"),
    [
        (TopUpStatus.CREDITED, timedelta(seconds=119), False),
        (TopUpStatus.CREDITED, timedelta(minutes=2), True),
        (TopUpStatus.FAILED, timedelta(0), True),
        (TopUpStatus.FAILED, timedelta(hours=1), True),
    ],
)
async def test_who_looked_away_is_called_back(
    place: TurnPlace, status: TopUpStatus, waited: timedelta, *, told: bool
) -> None:
    """After two minutes by a message of its own, and always where it failed; once."""
    ended = replace(top_up("f" * 16, status=status), created_at=START - waited)

    def work(tx: Tx) -> None:
        tx.top_ups.add(ended)
        want_card(tx, replace(a_card("f", read_chat("slack", "T1", ANA.chat), ANA.person)))
        for _ in range(2):
            cards.want_note(context_of(tx, place.services), ended)

    await place.act(work)
    notes = [one for one in await place.cards() if one.id != "f" * 16]
    assert [(one.person, one.subject) for one in notes] == [(ANA.person, ended.id)] * told
