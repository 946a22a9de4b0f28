"""How fast messages may follow: each limit at its very moment, and clocks that ran ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from conversations.protocol.pacing import OWN, Bucket, Buckets, Pace, close_bucket, reserve_slot
from tests.support.dialogs.terms import NOW

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
TINY = timedelta(microseconds=1)
ONCE = Pace(times=1, within=SECOND)
TWICE = Pace(times=2, within=MINUTE)
ALL = Pace("all", 2, 10 * SECOND)


def at(bucket: Bucket, *paces: Pace) -> timedelta:
    """How long one more message waits, in a chat of its own."""
    return reserve_slot({OWN: bucket}, paces, NOW)[0] - NOW


def shared(own: Bucket, all_: Bucket, *paces: Pace) -> tuple[timedelta, Buckets]:
    when, changed = reserve_slot({OWN: own, "all": all_}, paces, NOW)
    return when - NOW, changed


@pytest.mark.parametrize(
    ("sent", "waits"),
    [
        ((), timedelta(0)),
        ((NOW - SECOND,), timedelta(0)),
        ((NOW - SECOND + TINY,), TINY),
        ((NOW,), SECOND),
    ],
)
def test_one_a_second_waits_for_the_rest_of_the_second(
    sent: tuple[datetime, ...], waits: timedelta
) -> None:
    """A whole second after the last one the next may go, and not before."""
    assert at(Bucket(sent), ONCE) == waits


def test_of_several_paces_the_slowest_counts() -> None:
    """The last of a minute's messages may go at once, the next waits for the first to be over."""
    one, two = Bucket((NOW - 9 * SECOND,)), Bucket((NOW - 9 * SECOND, NOW - SECOND))

    assert at(one, ONCE, TWICE) == timedelta(0)
    assert at(two, ONCE, TWICE) == at(two, TWICE, ONCE) == 51 * SECOND


def test_what_went_out_is_counted_as_long_as_any_pace_looks_back() -> None:
    """No more than the longest pace needs, the newest last."""
    sent = (NOW - 50 * SECOND, NOW - 40 * SECOND - MINUTE)
    _, changed = reserve_slot({OWN: Bucket(tuple(sorted(sent)))}, [ONCE, TWICE], NOW)

    assert changed == {OWN: Bucket((NOW - 50 * SECOND, NOW))}
    assert reserve_slot({"": Bucket((NOW - HOUR,))}, [Pace()], NOW)[1] == {"": Bucket((NOW,))}
    assert reserve_slot({OWN: Bucket((NOW,))}, [], NOW) == (NOW, {OWN: Bucket((NOW,))})


@pytest.mark.parametrize(
    ("ahead", "waits"),
    [
        (12 * HOUR, 12 * HOUR),
        (12 * HOUR + TINY, timedelta(0)),
        (SECOND, SECOND),
        (-SECOND, timedelta(0)),
    ],
)
def test_a_platform_that_wants_nothing_is_left_alone(ahead: timedelta, waits: timedelta) -> None:
    """For twelve hours at most, which no pace shortens; it is asked once more then."""
    assert at(Bucket(closed_until=NOW + ahead)) == waits
    assert at(Bucket((NOW - SECOND,), NOW + ahead), ONCE) == waits


@pytest.mark.parametrize(
    ("ahead", "waits"),
    [(HOUR, HOUR), (HOUR + TINY, timedelta(0)), (timedelta(0), timedelta(0)), (TINY, TINY)],
)
def test_a_turn_is_kept_for_an_hour_at_most(ahead: timedelta, waits: timedelta) -> None:
    """A longer one was given by a clock that ran ahead; one that has come is over."""
    bucket = Bucket(turn_at=NOW + ahead)
    when, changed = reserve_slot({OWN: bucket}, [ONCE], NOW)

    assert when - NOW == waits
    assert changed == ({} if waits else {OWN: Bucket((NOW,))})


@pytest.mark.parametrize(("ahead", "waits"), [(MINUTE, SECOND + HOUR), (MINUTE + TINY, SECOND)])
def test_a_minute_ahead_is_another_bots_clock_and_more_is_a_wrong_one(
    ahead: timedelta, waits: timedelta
) -> None:
    """Of a wrong clock all waits are forgotten, and what it sent counts as sent now."""
    bucket = Bucket((NOW - 3 * SECOND, NOW + ahead), closed_until=NOW + SECOND + HOUR)

    assert at(bucket, ONCE) == waits


def test_what_a_wrong_clock_sent_is_kept_as_sent_now() -> None:
    """Its messages went out, and count; no time to come is written down."""
    bucket = Bucket((NOW + HOUR, NOW + 2 * HOUR))
    _, changed = reserve_slot({OWN: bucket}, [Pace(times=5, within=SECOND)], NOW)

    assert changed == {OWN: Bucket((NOW, NOW, NOW))}


def test_closing_never_opens_sooner() -> None:
    """The longer of two waits counts, and nothing else changes."""
    bucket = Bucket((NOW,), NOW + HOUR, NOW + SECOND)

    assert close_bucket(bucket, NOW + MINUTE) == bucket
    assert close_bucket(bucket, NOW + 2 * HOUR) == replace(bucket, closed_until=NOW + 2 * HOUR)
    assert close_bucket(Bucket(), NOW).closed_until == NOW


def test_whoever_waits_for_all_chats_has_a_turn_a_gap_apart() -> None:
    """The next one's turn is behind the last one's; whose turn it is does not queue again."""
    full = Bucket((NOW - SECOND, NOW - SECOND))
    first, changed = shared(Bucket(), full, ALL)
    second, _ = shared(Bucket(), changed["all"], ALL)
    mine, _ = shared(Bucket(turn_at=NOW), replace(full, turn_at=NOW + 9 * SECOND), ALL)

    assert first == 9 * SECOND
    assert changed["all"] == replace(full, turn_at=NOW + 9 * SECOND)
    assert changed[OWN] == Bucket(turn_at=NOW + 9 * SECOND)
    assert second == 14 * SECOND
    assert mine == 9 * SECOND
    assert shared(Bucket(), Bucket(turn_at=NOW), ALL)[0] == timedelta(0)
    assert shared(Bucket(), Bucket(turn_at=NOW + TINY), ALL)[0] == 5 * SECOND + TINY


def test_of_two_paces_of_all_chats_the_slower_gives_the_turn() -> None:
    """In whatever order they are named; the chat's own pace alone gives no turn."""
    full = Bucket((NOW - 2 * SECOND, NOW - SECOND))
    slow = Pace("all", 2, MINUTE)

    for paces in ((ALL, slow), (slow, ALL)):
        assert shared(Bucket(), full, *paces)[0] == 58 * SECOND
    assert shared(Bucket((NOW,)), full, ONCE, ALL) == (SECOND, {})
    other = Pace("other", 1, MINUTE)
    buckets = {OWN: Bucket(), "all": full, "other": Bucket((NOW,))}
    for paces in ((ALL, other), (other, ALL)):
        when, changed = reserve_slot(buckets, paces, NOW)
        assert when == NOW + MINUTE
        assert {each.turn_at for each in changed.values()} == {when}
    assert shared(Bucket(), Bucket(), ONCE, ALL)[1] == {
        OWN: Bucket((NOW,)),
        "all": Bucket((NOW,)),
    }


def test_a_turn_still_to_come_is_kept_by_whoever_goes_first() -> None:
    """Whose turn has come goes, and the last turn of all others stays."""
    _, changed = shared(Bucket(turn_at=NOW), Bucket(turn_at=NOW + HOUR), ALL)
    _, over = shared(Bucket(turn_at=NOW), Bucket(turn_at=NOW), ALL)

    assert changed["all"] == Bucket((NOW,), turn_at=NOW + HOUR)
    assert over["all"] == Bucket((NOW,))


def test_the_gap_is_the_mean_distance() -> None:
    """Without a count there is none."""
    assert (ALL.mean_gap, Pace("all", None, HOUR).mean_gap) == (5 * SECOND, timedelta(0))
    assert Pace(times=2).mean_gap == timedelta(0)


@pytest.mark.parametrize(
    ("bucket", "last"),
    [
        (Bucket(), None),
        (Bucket((NOW - HOUR, NOW)), NOW),
        (Bucket((NOW,), NOW + SECOND, NOW + MINUTE), NOW + MINUTE),
        (Bucket((NOW,), NOW + HOUR, NOW + MINUTE), NOW + HOUR),
    ],
)
def test_a_bucket_is_kept_until_the_last_moment_it_tells_of(bucket: Bucket, last: object) -> None:
    """It is cleared away some time after that, and no wait of a chat with it."""
    assert bucket.last_at == last
