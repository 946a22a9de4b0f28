"""Who is in which linked channel: asked where it matters, within a pace; a doubt is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from billing.topups import Mode
from conversations.messages import answers
from conversations.protocol.events import Membership, Said
from conversations.protocol.pacing import Pace
from conversations.protocol.ports import ChatError, HomeOpened, Incoming, Verdict
from conversations.words import surface_words, words
from service.common.context import context_of
from service.money import held
from service.people import membership
from service.people.access import Doubt
from service.people.terms import terms_for
from service.ports.records import Link, LinkKind
from service.ports.store import Account, Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, EVE, START, BotPlace, bot_place
from tests.support.bots.operator_place import Operator, operator
from tests.support.chats.pocket_chat import PLATFORM, TENANT, key_of
from tests.support.dialogs.terms import terms

__all__ = ["operator"]

SILENT = ChatError("no answer", Verdict.OUTAGE)
ODD = TypeError("unhashable type: 'list'")
REFUSED = ChatError("bot is not an administrator", Verdict.SHUT_OUT)
FORTY = [f"G{number:02}" for number in range(40)]
UNCHECKED = surface_words.BARRED[Membership.UNKNOWN][0]
NOT_TOLD = surface_words.NOT_TOLD[1].partition(".")[0]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    """Eve uses the account as a member of a group; Ana, by a link of her own."""
    async with bot_place(tmp_path) as opened:
        await opened.app.store.transact(lambda tx: link(tx, ACCOUNT, "G"))
        opened.chat.inside["G"] = {EVE}
        yield opened


def link(tx: Tx, account: str, channel: str) -> None:
    tx.accounts.link(Link(account, PLATFORM, TENANT, LinkKind.CHANNEL, channel), START)


def link_forty(tx: Tx) -> None:
    """Forty groups, each with an account of its own."""
    for group in FORTY:
        account = f"of-{group.lower()}"
        tx.accounts.add(Account(account, f"Team {group}", "USD", Mode.SANDBOX), START)
        link(tx, account, group)


def shown(place: BotPlace, person: str = EVE) -> str:
    view = place.chat.newest(person).view
    return " ".join([view.title, *view.body, *(f"{row.label} {row.value}" for row in view.rows)])


async def held_now(place: BotPlace) -> list[tuple[str, str]]:
    rows = await place.app.store.transact(held.list_held)
    return [(row["why"], row["id"]) for row in rows]


@pytest.mark.parametrize(
    "trouble", [SILENT, REFUSED, ODD], ids=["silent", "refused", "of another form"]
)
async def test_124_a_member_is_not_told_that_they_have_no_account(
    place: BotPlace, trouble: Exception
) -> None:
    """Nor is a line shown that would let in whoever; the same words work when it is told."""
    place.chat.silences["G"] = trouble
    for said in ("/topup balance", "/topup 50 USD card", "hello"):
        await place.does(EVE, text=said)
        assert "I could not check who you are" in shown(place)
        assert "topup-bot" not in shown(place)
    place.chat.silences.clear()
    await place.does(EVE, text="/topup balance")
    assert "Team Alpha" in shown(place)


async def test_124_money_waits_until_it_is_known_who_asks(place: BotPlace) -> None:
    """The review stays, nothing is opened, and its button works once the platform answers."""
    await place.does(EVE, text="/topup 50 USD card")
    place.chat.recalls.clear()
    place.chat.silences["G"] = SILENT
    await place.presses(EVE, "Confirm")
    assert place.rows("top_ups") == []
    place.chat.silences.clear()
    await place.presses(EVE, "Confirm")
    assert len(place.rows("top_ups")) == 1


async def test_124_what_is_known_is_shown_and_what_is_not_is_said(place: BotPlace) -> None:
    """Ana's own account needs nobody's word; that another may be missing stands there too."""
    await place.app.store.transact(link_forty)
    place.chat.silences |= dict.fromkeys(FORTY, SILENT)
    await place.does(ANA, text="/topup balance")
    assert "Team Alpha" in shown(place, ANA)
    assert surface_words.SOME_UNKNOWN in shown(place, ANA)
    place.chat.silences = dict.fromkeys(FORTY, REFUSED)
    await place.does(ANA, text="/topup balance")
    assert surface_words.SOME_UNKNOWN not in shown(place, ANA)


async def test_124_a_slow_answer_serves_the_next_turn(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it, and it is asked once however often they try."""
    monkeypatch.setattr(membership, "SHARES_SECONDS", 0.02)
    place.chat.seconds = 0.3
    for _ in range(2):
        await place.does(EVE, text="/topup balance")
        assert UNCHECKED in shown(place)
    assert place.chat.asked == ["G"]
    await place.app.turns.members.wait_until_idle()
    await place.does(EVE, text="/topup balance")
    assert "Team Alpha" in shown(place)
    assert place.chat.asked == ["G"]


async def test_124_who_may_have_an_account_is_not_given_another(tmp_path: Path) -> None:
    """Signing up waits until it is known; a group that tells nobody does not shut others out."""
    members = {"G": SILENT}
    async with bot_place(tmp_path, signup_open=True) as place:
        await place.app.store.transact(lambda tx: link(tx, ACCOUNT, "G"))
        place.chat.silences = {**members}
        await place.does(EVE, text="/start")
    assert UNCHECKED in shown(place)


# --- where it matters, and how often -----------------------------------------------------------


async def test_125_forty_groups_are_asked_once_within_the_pace(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not all at once, and none twice; and all in the end."""
    monkeypatch.setattr(membership, "SHARES_SECONDS", 0.9)
    await place.app.store.transact(link_forty)
    place.chat.limits = (Pace("getChatMember", 15, timedelta(seconds=1)),)
    place.chat.inside["G39"] = {EVE}
    members, eve = place.app.turns.members, key_of(EVE)
    first = await members.check_person(eve)
    assert (first.doubt, len(place.chat.asked)) == (Doubt.SILENT, 15)
    for _ in range(2):
        place.clock.advance(seconds=1)
        last = await members.check_person(eve)
    assert last.doubt is None
    assert last.channels == {"G", "G39"}
    assert sorted(place.chat.asked) == sorted(["G", *FORTY])


async def test_125_nobody_waits_for_a_pace_that_leaves_no_time(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may be asked only when all the time is over is left at once for the next turn."""
    monkeypatch.setattr(membership, "SHARES_SECONDS", 5.0)
    await place.app.store.transact(link_forty)
    place.chat.limits = (Pace("getChatMember", 15, timedelta(seconds=5)),)
    async with asyncio.timeout(4):
        found = await place.app.turns.members.check_person(key_of(EVE))
    assert (found.doubt, len(place.chat.asked)) == (Doubt.SILENT, 15)


async def test_125_only_what_may_open_something_is_asked_about(place: BotPlace) -> None:
    """Not for an account of one's own, not for words in a group, not for who is not served."""
    members = place.app.turns.members
    public = Incoming(key_of(EVE), Said("balance", command=True, public=True))
    guest = Incoming(key_of(EVE), HomeOpened(), membership=Membership.GUEST)
    await members.check_person(key_of(ANA))
    for incoming in (public, guest):
        await members.check_sender(incoming, place.clock.at)
    assert place.chat.asked == []


async def test_125_the_account_in_hand_is_asked_about_first(place: BotPlace) -> None:
    """The one of the last top-up comes before those whose names come before it."""
    await place.pays(await place.asks_for(EVE))
    await place.app.store.transact(link_forty)
    place.chat.recalls.clear()
    place.chat.asked.clear()
    await place.app.turns.members.check_person(key_of(EVE))
    assert place.chat.asked[0] == "G"


async def test_125_a_wait_that_the_platform_asks_for_is_kept(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked about until it is over."""
    monkeypatch.setattr(membership, "SHARES_SECONDS", 0.9)
    place.chat.silences["G"] = ChatError(
        "too many", Verdict.OUTAGE, retry_after=timedelta(seconds=30)
    )
    members = place.app.turns.members
    for _ in range(3):
        assert (await members.check_person(key_of(EVE))).doubt is Doubt.SILENT
    assert place.chat.asked == ["G"]
    place.chat.silences.clear()
    place.clock.advance(seconds=31)
    assert (await members.check_person(key_of(EVE))).channels == {"G"}


# --- a group that tells nobody -----------------------------------------------------------------


async def test_125_a_refusal_stands_in_held_list_until_it_is_over(place: BotPlace) -> None:
    """One line for each group, with what would help; a closed one comes back while it lasts."""
    place.chat.silences["G"] = REFUSED
    for _ in range(2):
        await place.does(EVE, text="/topup balance")
        assert NOT_TOLD in shown(place)
    line = ("members_refused", f"{PLATFORM}/{TENANT}/G")
    assert await held_now(place) == [line]
    (row,) = await place.app.store.transact(held.list_held)
    assert "administrator" in row["detail"]
    services, looked = place.app.services, held.Decision("looked into")
    await place.app.store.transact(
        lambda tx: held.close_task(context_of(tx, services), line[1], looked)
    )
    assert await held_now(place) == []
    await place.does(EVE, text="/topup balance")
    assert await held_now(place) == [line]
    place.chat.silences.clear()
    await place.does(EVE, text="/topup balance")
    assert await held_now(place) == []


async def test_124_nobody_in_no_linked_group_is_a_stranger(place: BotPlace) -> None:
    """Where the platform says that somebody is in none, they learn how to ask."""
    place.chat.inside.clear()
    await place.does(EVE, text="/topup balance")
    assert words.STRANGER_TITLE in shown(place)


def test_125_help_in_a_group_says_what_the_bot_needs_there() -> None:
    """Where only administrators are told who is in it, whoever asks for help reads so."""
    for administered in (True, False):
        view = answers.private_chat_view("help", replace(terms(), administered=administered))
        assert (surface_words.ADMINISTER in view.body) is administered


@pytest.mark.parametrize(("platform", "told"), [("telegram", True), ("slack", False)])
async def test_125_only_telegram_tells_administrators_alone(
    place: BotPlace, platform: str, told: bool
) -> None:
    """Slack tells whoever is in a channel, so that help there asks for no such right."""
    key, services = replace(key_of(EVE), platform=platform), place.app.services
    seen = await place.app.store.transact(
        lambda tx: terms_for(context_of(tx, services), key, (), services.localizer())
    )
    assert seen.administered is told


def test_125_a_link_to_a_telegram_group_says_what_it_needs(operator: Operator) -> None:
    """Telegram tells who is in a group to its administrators."""
    operator.types("accounts", "add", "acme")
    link = ("accounts", "link", "acme")
    assert "administrator" in operator.types(*link, "--telegram-group", "-1001").out
    assert "administrator" not in operator.types(*link, "--telegram-person", "7").out
