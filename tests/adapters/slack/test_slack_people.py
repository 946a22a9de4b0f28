"""Who may look and who may pay in Slack: full members, as Slack says at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.slack import people as slack_people
from adapters.chat.slack.people import PeopleCache
from conversations.protocol.ports import ChatError
from tests.support.chats.slack_adapter_env import NOW, read
from tests.support.chats.slack_bot_env import CHANNEL, SlackBot, slack_bot
from tests.support.chats.slack_server import DIRECT, Json, Planned

ANA: Json = {"id": "U1", "team_id": "T1", "name": "ana", "locale": "de-DE", "tz": "Europe/Berlin"}


class Directory:
    """Slack's own list of people, which may be silent or slow."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record, self.silent, self.asked = record, False, 0
        self.slow: asyncio.Event | None = None
        self.limited: timedelta | None = None
        self.at = NOW

    async def person(self, user: str) -> Mapping[str, Any]:
        self.asked += 1
        if self.slow is not None:
            await self.slow.wait()
        if self.silent or self.limited:
            raise ChatError("silent", retry_after=self.limited)
        return self.record

    def people(self) -> PeopleCache:
        return PeopleCache(self, lambda: self.at)


@pytest.mark.parametrize(
    ("record", "team", "standing"),
    [
        ({"team_id": "E9"}, "E9", "outsider"),
        ({"team_id": "E9", "enterprise_user": {"teams": ["T9"]}}, "E9", "outsider"),
        ({"team_id": "E9", "enterprise_user": {"teams": ["T9", 7, ["T8"]]}}, "T9", "member"),
        ({"team_id": ""}, "", "outsider"),
        ({}, "", "outsider"),
    ],
)
async def test_104_nobody_is_a_member_of_an_organisation_or_of_nothing(
    record: Json, team: str, standing: str
) -> None:
    """Accounts are linked to workspaces: the line to link one would be refused."""
    people = Directory(record).people()
    assert (await people.delivery_fields(team, "U1"))["standing"] == standing


async def test_a_member_is_told_with_language_and_clock() -> None:
    """Asked once a minute, however often they write."""
    directory = Directory(ANA)
    people = directory.people()
    for _ in range(3):
        assert await people.delivery_fields("T1", "U1") == {
            "name": "ana",
            "locale": "de-DE",
            "zone": "Europe/Berlin",
            "standing": "member",
        }
    assert directory.asked == 1
    directory.at += timedelta(seconds=60)
    await people.delivery_fields("T1", "U1")
    assert directory.asked == 2


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "outsider"),
        ({"deleted": True}, "outsider"),
        ({"is_bot": True}, "outsider"),
        ({"team_id": "T9"}, "outsider"),
        ({"team_id": "T9", "enterprise_user": {"id": "W1", "teams": ["T1", "T9"]}}, "member"),
        ({"team_id": "T9", "enterprise_user": {"id": "W1", "teams": ["T9"]}}, "outsider"),
        ({"team_id": None}, "outsider"),
    ],
)
async def test_only_full_members_are_members(more: Json, standing: str) -> None:
    """Guests, Slack Connect strangers, former members and bots are not; an organisation's are."""
    told = await Directory({**ANA, **more}).people().delivery_fields("T1", "U1")
    assert told["standing"] == standing


async def test_silence_lets_members_look_for_an_hour() -> None:
    """Then nothing is known of them; of whom Slack never spoke, nothing ever was."""
    directory = Directory(ANA)
    people = directory.people()
    await people.delivery_fields("T1", "U1")
    directory.silent = True
    directory.at += timedelta(minutes=5)
    assert (await people.delivery_fields("T1", "U1"))["standing"] == "remembered"
    directory.at += timedelta(hours=1)
    assert (await people.delivery_fields("T1", "U1"))["standing"] == "unknown"
    assert await people.delivery_fields("T1", "U2") == {"standing": "unknown"}


async def test_silence_makes_no_guest_a_member() -> None:
    """Who was refused stays refused."""
    directory = Directory({**ANA, "is_restricted": True})
    people = directory.people()
    await people.delivery_fields("T1", "U1")
    directory.silent = True
    directory.at += timedelta(minutes=5)
    assert (await people.delivery_fields("T1", "U1"))["standing"] == "guest"


async def test_a_slow_answer_serves_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than half a second, and Slack is asked once for all who wait."""
    directory = Directory(ANA)
    directory.slow = asyncio.Event()
    people = directory.people()
    with monkeypatch.context() as short:
        short.setattr(slack_people, "_WAIT_SECONDS", 0.05)
        told = await asyncio.gather(
            people.delivery_fields("T1", "U1"), people.delivery_fields("T1", "U1")
        )
    assert [one["standing"] for one in told] == ["unknown", "unknown"]
    directory.slow.set()
    assert (await people.delivery_fields("T1", "U1"))["standing"] == "member"
    assert directory.asked == 1


async def test_124_a_wait_that_slack_asks_for_is_kept() -> None:
    """Nobody is asked about until it is over; then everybody is."""
    directory = Directory(ANA)
    directory.limited = timedelta(seconds=30)
    people = directory.people()
    for user in ("U1", "U2", "U1"):
        assert await people.delivery_fields("T1", user) == {"standing": "unknown"}
    assert directory.asked == 1
    directory.limited = None
    directory.at += timedelta(seconds=30)
    assert (await people.delivery_fields("T1", "U1"))["standing"] == "member"


# --- through the whole bot ---------------------------------------------------------------------


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[SlackBot]:
    async with slack_bot(tmp_path) as opened:
        yield opened


async def test_a_guest_is_refused_in_a_sentence(place: SlackBot) -> None:
    """They may be in the channel that opens the account to members; it does not open to them."""
    place.slack.people["U1"] = {"is_restricted": True}
    told = (await place.world.command("balance")).json()
    assert "Guests cannot top up" in told["text"]
    assert "Team Alpha" not in str(told)
    await place.opens_home()
    assert "Guests cannot top up" in place.home()


async def test_a_silent_slack_stops_payments_and_loses_no_review(place: SlackBot) -> None:
    """The balance may still be seen; the same button works once Slack answers again."""
    await place.world.command("50 USD card")
    await place.bot.quiet()
    review = place.newest(DIRECT)
    place.world.later(120)
    place.slack.plan("users.info", Planned("internal_error", 503))
    await place.presses(review, "Confirm")
    assert "tell me in time who you are" in str(place.slack.hooked[-1])
    assert place.bot.rows("top_ups") == []
    place.slack.plan("users.info", Planned("internal_error", 503))
    seen = (await place.world.command("balance", trigger_id="2")).json()
    assert "Team Alpha" in seen["text"]
    await place.presses(review, "Confirm", trigger_id="3")
    assert len(place.bot.rows("top_ups")) == 1


async def test_times_are_shown_on_the_persons_own_clock(place: SlackBot) -> None:
    """The profile's zone, from the very first message."""
    place.slack.people["U1"] = {"tz": "Asia/Tokyo"}
    await place.world.command("50 USD card")
    await place.bot.quiet()
    await place.presses(place.newest(DIRECT), "Confirm")
    assert "10:00\u202fPM JST" in read(place.newest(DIRECT))


async def test_language_and_amounts_follow_the_profile(place: SlackBot) -> None:
    """A German profile is spoken to in German, with amounts as Germans write them."""
    place.slack.people["U1"] = {"locale": "de-DE"}
    await place.world.command("50 USD card", channel=CHANNEL)
    await place.bot.quiet()
    assert "50,00" in read(place.newest(DIRECT))
