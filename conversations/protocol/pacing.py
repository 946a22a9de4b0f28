"""How fast messages may follow each other, and when the next one may go.

A platform's limits are data here; nothing is sent, and no platform is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# The name under which a chat's own messages are counted.
OWN = ""
# Bots whose clocks differ by less go by each other's times.
CLOCKS_APART = timedelta(minutes=1)
# What a platform asks for beyond that is asked for once more when it is over.
CLOSED_MAX = timedelta(hours=12)
TURN_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `times` messages within `within`, of all chats that share the name `of`.

    OWN is one chat alone. Without `times` nothing is counted, and only waits are kept that the
    platform itself asks for.
    """

    of: str = OWN
    times: int | None = None
    within: timedelta = timedelta(0)

    @property
    def mean_gap(self) -> timedelta:
        """How far apart messages are on average when they are as fast as may be."""
        return self.within / self.times if self.times else timedelta(0)


@dataclass(frozen=True, slots=True)
class Bucket:
    """When messages went out under one name, oldest first, and until when none may.

    `turn_at` is when a chat that had to wait has its turn; in a bucket that several share, the
    turn of the last one.
    """

    sent: tuple[datetime, ...] = ()
    closed_until: datetime | None = None
    turn_at: datetime | None = None

    @property
    def last_at(self) -> datetime | None:
        """The last moment that it tells of."""
        times = (*self.sent, self.closed_until, self.turn_at)
        return max((time for time in times if time is not None), default=None)


Buckets = Mapping[str, Bucket]


def reserve_slot(
    buckets: Buckets, paces: Iterable[Pace], now: datetime
) -> tuple[datetime, Buckets]:
    """When one more message may go out, and the buckets that changed.

    At `now`: then it is counted. Later: then that is its chat's turn, behind all who wait already.
    `buckets` has one for OWN and one for each name in `paces`.
    """
    buckets = {name: _by_this_clock(each, now) for name, each in buckets.items()}
    own = buckets[OWN]
    if own.turn_at is not None and own.turn_at > now:
        return own.turn_at, {}
    limits = [*paces]
    own_at = max(_room_at(own, pace, now) for pace in (Pace(), *limits) if pace.of == OWN)
    if own_at > now:
        return own_at, {}
    waits: dict[str, datetime] = {}
    for pace in limits:
        at = now if pace.of == OWN else _shared_at(buckets[pace.of], pace, own, now)
        if at > now:
            waits[pace.of] = max(at, waits.get(pace.of, at))
    if not waits:
        return now, {name: _counted(each, limits, now) for name, each in buckets.items()}
    turn = max(waits.values())
    return turn, {name: replace(buckets[name], turn_at=turn) for name in (OWN, *waits)}


def close_bucket(bucket: Bucket, until: datetime) -> Bucket:
    """The bucket when the platform wants nothing before then, for CLOSED_MAX at most."""
    return replace(bucket, closed_until=max(until, bucket.closed_until or until))


def _by_this_clock(bucket: Bucket, now: datetime) -> Bucket:
    """The bucket without waits that a clock which ran ahead put there.

    What went out later than now went out by such a clock, and so did all that was told then; and
    nobody waits for longer than the longest wait there is.
    """
    if bucket.sent and bucket.sent[-1] > now + CLOCKS_APART:
        return Bucket(tuple(min(each, now) for each in bucket.sent))
    return Bucket(
        bucket.sent,
        _within(bucket.closed_until, now + CLOSED_MAX),
        _within(bucket.turn_at, now + TURN_MAX),
    )


def _within(time: datetime | None, end: datetime) -> datetime | None:
    return time if time is not None and time <= end else None


def _room_at(bucket: Bucket, pace: Pace, now: datetime) -> datetime:
    """When one more fits; a clock that was set back does not make anybody wait for longer."""
    at = max(now, bucket.closed_until or now)
    if pace.times is None or len(bucket.sent) < pace.times:
        return at
    return max(at, min(bucket.sent[-pace.times], now) + pace.within)


def _shared_at(bucket: Bucket, pace: Pace, own: Bucket, now: datetime) -> datetime:
    """The same, where whoever comes first waits behind those who wait already."""
    at = _room_at(bucket, pace, now)
    if own.turn_at is not None or bucket.turn_at is None or bucket.turn_at <= now:
        return at
    return max(at, bucket.turn_at + pace.mean_gap)


def _counted(bucket: Bucket, limits: Iterable[Pace], now: datetime) -> Bucket:
    most = max((pace.times or 1 for pace in limits), default=1)
    turn = bucket.turn_at if bucket.turn_at is not None and bucket.turn_at > now else None
    return replace(bucket, sent=(*bucket.sent, now)[-most:], turn_at=turn)
