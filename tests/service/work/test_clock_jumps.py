"""The clock runs ahead for a day and is put right: nothing sleeps for that day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.people import PeopleCache, Person
from adapters.chat.slack.web import SlackWeb
from bot.wiring.kinds import RULES
from conversations.protocol.events import Membership
from conversations.protocol.pacing import (
    CLOCKS_APART,
    OWN,
    TURN_MAX,
    Bucket,
    Pace,
    close_bucket,
    reserve_slot,
)
from service.audit.trail import SEAL_EVERY
from service.common.clock import OffsetClock
from service.common.ids import Sources
from service.lanes.keys import LaneKind, read_kind
from service.lanes.lanes import LEASE
from service.lanes.polls import PollLeases
from service.money.checkout import RECONCILE_AFTER
from service.ports.store import Tx
from tests.support.bots.bot_place import ANA, START, BotPlace, Clock, Dice, bot_place

DAY = timedelta(days=1)
PATIENCE_SECONDS = 8
PER_CHAT, SHARED = Pace(times=1, within=timedelta(seconds=1)), Pace("all", 2, timedelta(seconds=1))

# Between two looks at a clock, on a busy machine.
APART_SECONDS = 30


async def until_due(place: BotPlace, kind: str, most: timedelta) -> None:
    """Wait until no lane of that kind is due later than in so long."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while late(place, kind, most):
            await asyncio.sleep(0.05)


def late(place: BotPlace, kind: str, most: timedelta) -> list[str]:
    """Lanes of a kind that are due later than that."""
    ends = (place.clock() + most).timestamp() * 1e6
    lanes = [each for each in place.rows("lanes") if each["kind"] == kind]
    return [each["key"] for each in lanes if each["claimable_at"] > ends]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    """A bot whose clock was a day ahead while a top-up was opened, and is right again."""
    async with bot_place(tmp_path) as found:
        found.clock.advance(days=1)
        await found.checkout(await found.asks_for(ANA))
        await found.quiet()
        found.clock.advance(days=-1)
        yield found


async def test_108_a_clock_that_was_put_right_delays_nothing(place: BotPlace) -> None:
    """Seals, looks at gateways and payments go on at once; a pay link keeps its own end."""
    await until_due(place, LaneKind.SEAL, SEAL_EVERY)
    await until_due(place, LaneKind.RECONCILE, timedelta(hours=1))
    await until_due(place, LaneKind.PAYMENTS, LEASE)
    assert late(place, LaneKind.EXPIRE, LEASE)
    sealed = len(place.rows("audit_seals"))
    await place.app.store.transact(
        lambda tx: tx.audit.write(place.clock(), "operator", "tried", "x", {})
    )
    place.clock.advance(seconds=11)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(place.rows("audit_seals")) == sealed:
            await asyncio.sleep(0.05)


async def test_108_a_bot_that_starts_afterwards_waits_no_day(tmp_path: Path) -> None:
    """The clock was put right while nobody served: the next start finds what is due too late."""
    clock = Clock(START + DAY)
    async with bot_place(tmp_path, clock=clock) as found:

        def work(tx: Tx) -> None:
            tx.lanes.schedule(LaneKind.PAYMENTS, "sandbox|cs_1", clock() + timedelta(seconds=30))

        await found.app.store.transact(work)
    clock.at = START
    async with bot_place(tmp_path, seed="again", clock=clock) as found:
        await until_due(found, LaneKind.PAYMENTS, LEASE)


async def test_108_a_poll_of_a_clock_that_ran_ahead_keeps_nobody_out(tmp_path: Path) -> None:
    """The lease of a bot that died a day ahead is over; that of one that lives is not."""
    async with bot_place(tmp_path) as found:
        store, clock = found.app.store, Clock(START + DAY)
        first = PollLeases(store, Sources(clock, Dice()), "first")
        second = PollLeases(store, Sources(Clock(), Dice()), "second")
        assert await first.may_poll("bot")
        assert await second.may_poll("bot")
        third = PollLeases(store, Sources(Clock(START + LEASE / 4), Dice()), "third")
        assert not await third.may_poll("bot")
        kinds = [each["kind"] for each in found.rows("lanes")]
        assert kinds.count(LaneKind.POLL) == 1


@given(
    ahead=st.timedeltas(CLOCKS_APART * 2, timedelta(days=400)),
    sent=st.integers(0, 4),
    told=st.integers(0, 3600),
)
def test_108_pacing_waits_no_longer_than_its_own_longest_wait(
    ahead: timedelta, sent: int, told: int
) -> None:
    """Whatever was noted by a clock that ran ahead: the next message goes within the pace."""
    buckets = {OWN: Bucket(), SHARED.of: Bucket()}
    then = START + ahead
    for number in range(sent + 1):
        _, changed = reserve_slot(buckets, (PER_CHAT, SHARED), then + timedelta(seconds=number))
        buckets |= changed
    buckets = {
        name: close_bucket(each, then + timedelta(seconds=told)) for name, each in buckets.items()
    }
    at, _ = reserve_slot(buckets, (PER_CHAT, SHARED), START)
    assert at <= START + PER_CHAT.within + SHARED.within


@given(wait=st.timedeltas(timedelta(0), TURN_MAX))
def test_108_what_a_platform_asked_for_is_kept(wait: timedelta) -> None:
    """While no clock jumped, nobody is written to sooner than it wants."""
    _, changed = reserve_slot({OWN: Bucket()}, (PER_CHAT,), START)
    told = {name: close_bucket(each, START + wait) for name, each in changed.items()}
    at, _ = reserve_slot(told, (PER_CHAT,), START)
    assert at >= START + wait


def test_108_a_memory_of_a_clock_that_ran_ahead_lets_nobody_in() -> None:
    """Who was in a channel tomorrow is asked anew, and so is how somebody stands."""
    clock = Clock(START + DAY)
    web = SlackWeb("xoxb-1", "http://127.0.0.1:9/", clock)
    people = PeopleCache(web, clock)
    web._members["C1"] = (clock(), frozenset({"U1"}))
    known = Person("Kim", "en", "UTC", Membership.MEMBER, clock())
    assert web.recalled_members("C1") == frozenset({"U1"})
    assert people._standing(known) is Membership.MEMBER
    clock.at = START
    assert web.recalled_members("C1") is None
    assert people._standing(known) is not Membership.MEMBER


@pytest.mark.parametrize(
    ("written", "ahead"),
    [("3600", 3600), ("-60", -60), ("", 0), ("soon", 0), (str(100 * 366 * 86_400), 0)],
)
def test_a_moved_clock_is_as_far_ahead_as_its_file_says(
    tmp_path: Path, written: str, ahead: int
) -> None:
    """What is half written, senseless or a century away moves nothing."""
    (tmp_path / "ahead").write_text(written, "ascii")

    apart = OffsetClock(tmp_path / "ahead")() - datetime.now(UTC)

    assert abs(apart.total_seconds() - ahead) < APART_SECONDS


async def test_108_each_kind_of_work_waits_no_longer_than_its_own_longest_wait(
    tmp_path: Path,
) -> None:
    """None is forgotten; money and the home page wait hours, and a list of waits is not cut."""
    async with bot_place(tmp_path) as place:
        kinds = {each.kind for each in place.app.runners}
    longest = {kind: rule.waits.usual for kind, rule in RULES.items()}
    reconcile, recover = RULES[LaneKind.RECONCILE].waits, RULES[LaneKind.RECOVER].waits

    assert {read_kind(each) for each in kinds} == set(RULES)
    assert longest[LaneKind.PAYMENTS] == timedelta(hours=6)
    assert longest[LaneKind.REFUND] == longest[LaneKind.HOME] == timedelta(hours=1)
    assert (recover.usual, recover.set_back) == (DAY, DAY)
    assert all(wait <= (reconcile.set_back or timedelta(0)) for wait in RECONCILE_AFTER)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("beyond", [0, 1])
def test_a_clock_is_moved_by_ten_leap_years_at_most(
    tmp_path: Path, sign: int, beyond: int
) -> None:
    """A second further, either way, is taken for a mistake, and the clock stays as it was."""
    seconds = sign * (10 * 366 * 24 * 60 * 60 + beyond)
    (tmp_path / "moved").write_text(str(seconds))

    apart = OffsetClock(tmp_path / "moved")() - datetime.now(UTC)
    assert round(apart.total_seconds()) == (0 if beyond else seconds)
