"""Bursts against the limits of chat platforms, in virtual time, and the law behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from conversations.protocol.pacing import OWN, Bucket, Pace, reserve_slot
from conversations.protocol.places import Chat, read_chat
from tests.support.bots.bot_place import START
from tests.support.bots.pacing_place import (
    ANA,
    MINUTE,
    SECOND,
    SOON,
    Platform,
    by_chat,
    card,
    most_within,
    pacing_place,
)
from tests.support.house import virtual_time

# --- bursts ----------------------------------------------------------------------------------


def burst() -> list[Chat]:
    """Where 1,000 alerts go: 84 groups and channels, in four of them five times as many."""
    places = [read_chat("telegram", "4242", f"-{number}") for number in range(1, 43)]
    places += [read_chat("slack", "T1", f"C{number}") for number in range(1, 43)]
    busy = [places[0], places[1], places[-1], places[-2]] * 40
    return (places * 10 + busy)[:1000]


def test_44_a_burst_of_alerts() -> None:
    """1,000 at once: every limit is kept, nothing is dropped, edits that came too late vanish."""
    telegram, slack = Platform("telegram"), Platform("slack")
    alerts = [card(number, chat, f"low {number}") for number, chat in enumerate(burst())]
    resolved = [card(n, alerts[n].chat, f"fine {n}") for n in range(0, 1000, 3)]
    person = card(5000, ANA, "Review", person="7001")

    async def plays() -> None:
        async with pacing_place(telegram, slack) as place:
            await place.want(*alerts)
            await asyncio.sleep(5)
            await place.want(*resolved, person)
            await place.until_all_shown()
            # Once to be told its turn, once to take it, and once for what came between.
            assert place.asked.total() < 3 * (len(telegram.calls) + len(slack.calls))

    virtual_time.run(plays())
    calls = telegram.calls + slack.calls
    posts, edits = [[call for call in calls if call.edit is edit] for edit in (False, True)]
    in_groups = [chat for chat in by_chat(telegram.calls) if chat[0].chat.id.startswith("-")]

    assert most_within(telegram.calls, SECOND) <= 30
    assert all(most_within(chat, SECOND) == 1 for chat in by_chat(telegram.calls))
    assert all(most_within(chat, MINUTE) <= 20 for chat in in_groups)
    assert all(most_within(chat, SECOND) == 1 for chat in by_chat(posts))
    assert most_within([call for call in posts if call.chat.platform == "slack"], MINUTE) <= 200
    assert most_within([call for call in edits if call.chat.platform == "slack"], MINUTE) <= 50

    assert sorted(call.card for call in posts) == sorted(each.id for each in (*alerts, person))
    wanted = {each.id: each.wanted.title for each in (*alerts, *resolved, person)}
    shown = [*telegram.shown.values(), *slack.shown.values()]
    assert sorted(shown) == sorted(wanted.values())
    for chat in by_chat(posts):
        assert [call.card for call in chat] == sorted(call.card for call in chat)
    # What was resolved before it was shown is told once.
    assert len(calls) == len(posts) + len(edits) < 1001 + len(resolved)
    assert not any(call.title.startswith("low") for call in edits)
    # Nobody who waits for an answer waits for the alerts.
    [review] = [call for call in telegram.calls if call.card == person.id]
    assert review.at - (START + 5 * SECOND) < SOON


def test_44_bots_share_their_limits() -> None:
    """Two bots on one database send together what one alone might send, and each card once."""
    telegram = Platform("telegram")

    async def plays() -> None:
        async with pacing_place(telegram, bots=2) as place:
            people = [read_chat("telegram", "4242", f"{number}") for number in range(100)]
            await place.want(*(card(number, each, "Hi") for number, each in enumerate(people)))
            await place.until_all_shown()

    virtual_time.run(plays())
    took = telegram.calls[-1].at - telegram.calls[0].at

    assert most_within(telegram.calls, SECOND) == 30
    assert len(telegram.calls) == 100
    assert 3 * SECOND <= took < 4 * SECOND


# --- the law ---------------------------------------------------------------------------------


@given(
    paces=st.lists(
        st.builds(
            Pace,
            st.sampled_from([OWN, "all"]),
            st.integers(1, 4),
            st.integers(1, 20).map(lambda seconds: timedelta(seconds=seconds)),
        ),
        min_size=1,
        max_size=4,
    ),
    gaps=st.lists(st.integers(0, 5_000), min_size=1, max_size=30),
    chats=st.integers(1, 4),
)
def test_44_no_pace_is_ever_too_fast(paces: list[Pace], gaps: list[int], chats: int) -> None:
    """Whoever asks, and however often: no window holds too many, and everybody has a turn."""
    buckets = {OWN + str(number): Bucket() for number in range(chats)} | {"all": Bucket()}
    sent: list[tuple[datetime, int]] = []
    now, numbers = START, count()
    waiting: dict[int, datetime] = {}

    def asks(chat: int) -> None:
        mine = {OWN: buckets[str(chat)], "all": buckets["all"]}
        at, changed = reserve_slot(mine, paces, now)
        buckets.update({str(chat) if of == OWN else of: each for of, each in changed.items()})
        if at == now:
            sent.append((now, chat))
            waiting.pop(chat, None)
        else:
            assert at > now
            waiting[chat] = at

    for gap in gaps:
        now += timedelta(milliseconds=gap)
        asks(next(numbers) % chats)
    for _ in range(200):
        if not waiting:
            break
        chat = min(waiting, key=lambda each: waiting[each])
        now = max(now, waiting[chat])
        asks(chat)

    assert not waiting
    for pace in paces:
        for each in range(chats):
            assert fits([at for at, chat in sent if pace.of or chat == each], pace)


def fits(times: Sequence[datetime], pace: Pace) -> bool:
    """Whether no message is one too many."""
    most = pace.times or 0
    return all(later - at >= pace.within for at, later in zip(times, times[most:], strict=False))


def test_44_who_waits_goes_before_who_comes() -> None:
    """Turns are given in the order in which chats asked, a gap apart; nobody slips in between."""
    all_ = Pace("all", 2, 2 * SECOND)
    shared, chats = Bucket(), {name: Bucket() for name in "abcde"}

    def asks(name: str, seconds: float) -> float:
        nonlocal shared
        at, changed = reserve_slot(
            {OWN: chats[name], "all": shared}, [all_], START + timedelta(seconds=seconds)
        )
        chats[name], shared = changed.get(OWN, chats[name]), changed.get("all", shared)
        return (at - START).total_seconds()

    assert [asks(name, 0) for name in "abcd"] == [0, 0, 2, 3]
    assert [asks(name, 1) for name in "cdc"] == [2, 3, 2]
    assert [asks("e", 2), asks("c", 2), asks("d", 3), asks("e", 4)] == [4, 2, 3, 4]


def test_44_a_clock_that_was_set_back_stops_nobody() -> None:
    """What seems to have been sent in the future counts as sent just now."""
    sent = Bucket(sent=(START + timedelta(days=1),))

    assert reserve_slot({OWN: sent}, [Pace(times=1, within=SECOND)], START)[0] == START + SECOND
