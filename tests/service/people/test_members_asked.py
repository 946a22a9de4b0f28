"""Who is asked about whom, and what is made of an answer, a refusal or none: fail closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from billing.records import Account
from billing.topups import Mode
from conversations.protocol.events import ConversationKey, Membership, Said
from conversations.protocol.pacing import Pace
from conversations.protocol.ports import ChatError, ChatOpened, HomeOpened, Incoming, Verdict
from service.money import held
from service.people import access
from service.people.access import Doubt
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.bots.bot_place import ACCOUNT, EVE, START, BotPlace, bot_place
from tests.support.chats.pocket_chat import PLATFORM, TENANT, key_of

SILENT = ChatError("no answer", Verdict.OUTAGE)
REFUSED = ChatError("bot is not an administrator", Verdict.SHUT_OUT)
GONE = ChatError("the group is gone", Verdict.GONE)
LOOKS = Incoming(key_of(EVE), HomeOpened())


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    """Two accounts, each of a group; Eve is in both."""

    def work(tx: Tx) -> None:
        tx.accounts.add(Account("lab", "Lab", "USD", Mode.SANDBOX), START)
        for account, group in ((ACCOUNT, "G1"), ("lab", "G2")):
            tx.accounts.link(Link(account, PLATFORM, TENANT, LinkKind.CHANNEL, group), START)

    async with bot_place(tmp_path) as opened:
        await opened.app.store.transact(work)
        opened.chat.inside = {"G1": {EVE}, "G2": {EVE}}
        yield opened


def linked(link: Link, tx: Tx) -> None:
    tx.accounts.link(link, START)


async def asks(place: BotPlace) -> access.CheckedPerson:
    return await place.app.turns.members.check_person(key_of(EVE))


async def open_tasks(place: BotPlace) -> list[str]:
    rows = await place.app.store.transact(held.list_held)
    return [row["id"].rpartition("/")[2] for row in rows]


@pytest.mark.parametrize(("waited", "asked"), [(59, False), (60, True), (-59, False), (-60, True)])
async def test_what_a_platform_said_of_a_sender_counts_for_a_minute(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch, waited: int, *, asked: bool
) -> None:
    """Then it is asked again, whichever way the clock went."""

    async def standing(_: object, key: ConversationKey) -> Membership:
        return Membership.GUEST

    monkeypatch.setattr(type(place.chat), "membership", standing)
    received_at = place.clock.at - timedelta(seconds=waited)
    who = await place.app.turns.members.check_sender(LOOKS, received_at)
    assert who.membership is (Membership.GUEST if asked else Membership.MEMBER)


async def test_nobody_is_a_member_of_a_platform_that_is_configured_away(place: BotPlace) -> None:
    """Nobody could ask it: nobody is served, and no channel opens."""
    members, key = place.app.turns.members, replace(key_of(EVE), platform="away")
    for group in ("G1", "G2"):
        link = Link(ACCOUNT, "away", TENANT, LinkKind.CHANNEL, group)
        await place.app.store.transact(partial(linked, link))

    who = await members.check_person(key)
    assert (who.membership, who.channels) == (Membership.UNKNOWN, frozenset())
    assert await place.app.store.transact(lambda tx: access.accounts_of_checked(tx, who)) == ()
    sent = await members.check_sender(replace(LOOKS, key=key), place.clock.at)
    assert sent.channels == frozenset()


@pytest.mark.parametrize("error", [SILENT, TimeoutError()])
async def test_who_a_platform_does_not_know_is_not_served(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Fail closed: no answer is no membership."""

    async def standing(_: object, key: ConversationKey) -> Membership:
        raise error

    monkeypatch.setattr(type(place.chat), "membership", standing)
    assert (await asks(place)).membership is Membership.UNKNOWN


@pytest.mark.parametrize("event", [ChatOpened(), Said("hello")])
async def test_of_nobody_nothing_is_asked(place: BotPlace, event: ChatOpened | Said) -> None:
    """Where a platform does not say who it was."""
    nobody = Incoming(replace(key_of(EVE), person=""), event)
    who = await place.app.turns.members.check_sender(nobody, place.clock.at)
    assert (who.channels, who.doubt, place.chat.asked) == (frozenset(), None, [])


# --- an answer, a refusal, or none -------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "doubt"),
    [
        (None, None, None),
        (REFUSED, None, Doubt.REFUSED),
        (REFUSED, GONE, Doubt.REFUSED),
        (SILENT, None, Doubt.SILENT),
        (SILENT, REFUSED, Doubt.SILENT),
        (GONE, SILENT, Doubt.SILENT),
    ],
)
async def test_a_silence_is_more_than_a_refusal(
    place: BotPlace, first: ChatError | None, second: ChatError | None, doubt: Doubt | None
) -> None:
    """It may be over in a minute; and only who is said to be in a group is in it."""
    said = {"G1": first, "G2": second}
    place.chat.silences = {group: error for group, error in said.items() if error is not None}
    who = await asks(place)
    assert who.doubt is doubt
    assert who.channels == {group for group, error in said.items() if error is None}


@pytest.mark.parametrize("refusal", [REFUSED, GONE])
async def test_an_operator_is_told_of_the_group_that_refuses(
    place: BotPlace, refusal: ChatError
) -> None:
    """Of no other; in words that say what would help, closed in words that say why."""
    place.chat.silences["G1"] = refusal
    await asks(place)
    (row,) = [each for each in place.rows("tasks") if each["kind"] == "members_refused"]
    assert row["detail"] == (
        f"{refusal}; nobody is let in as its member: make the bot an administrator or a member, "
        "or unlink it"
    )
    assert await open_tasks(place) == ["G1"]
    place.chat.silences.clear()
    await asks(place)
    assert await open_tasks(place) == []
    assert "it tells who is a member again" in repr(place.rows("tasks"))


async def test_a_silence_ends_no_refusal(place: BotPlace) -> None:
    """Whatever else there is news of meanwhile."""
    place.chat.silences["G1"] = REFUSED
    await asks(place)
    place.chat.recalls.clear()
    place.chat.silences = {"G1": SILENT, "G2": REFUSED}
    await asks(place)
    assert sorted(await open_tasks(place)) == ["G1", "G2"]


async def test_a_platform_that_is_too_slow_is_named_with_a_reason(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator reads that no answer came in time, and of which bot."""
    monkeypatch.setattr("service.people.membership.SHARES_SECONDS", 0.01)
    place.chat.seconds = 0.05
    assert (await asks(place)).doubt is Doubt.SILENT
    await place.app.turns.members.wait_until_idle()
    told = f"membership_unknown platform={PLATFORM} tenant={TENANT}: no answer in time"
    assert told in caplog.text


async def test_bots_of_two_versions_share_a_pace(place: BotPlace) -> None:
    """What they asked is counted by the same name."""
    place.chat.limits = (Pace("getChatMember", 15, timedelta(seconds=1)),)
    await asks(place)
    assert any("members" in str(row) for row in place.rows("buckets"))


# --- in which order ----------------------------------------------------------------------------


async def test_the_likeliest_account_is_asked_about_first(place: BotPlace) -> None:
    """Those of the draft and of the last top-up, before the rest, each in a fixed order."""
    store, key = place.app.store, key_of(EVE)

    async def order() -> list[str]:
        return list(await store.transact(lambda tx: access.channels_to_ask(tx, key)))

    def third(tx: Tx) -> None:
        tx.accounts.add(Account("mill", "Mill", "USD", Mode.SANDBOX), START)
        tx.accounts.link(Link("mill", PLATFORM, TENANT, LinkKind.CHANNEL, "G0"), START)

    await store.transact(third)
    place.chat.inside["G0"] = {EVE}
    assert await order() == ["G0", "G1", "G2"]
    for account, ordered in ((ACCOUNT, ["G1", "G0", "G2"]), ("lab", ["G1", "G2", "G0"])):
        await place.does(EVE, text=f"/topup 50 USD card {account}")
        assert await order() == ordered
        await place.presses(EVE, "Confirm")
        await place.does(EVE, text="/topup cancel")
        place.clock.advance(minutes=1)
    assert await order() == ["G2", "G0", "G1"]
