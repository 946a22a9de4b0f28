"""Rows of lanes: the one way in which pending work is claimed.

A claim takes over everything that was scheduled before it. What is scheduled while it lasts is
kept beside it, and comes back when the claim is released or its lease runs out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, select, update

from adapters.storage.schema.columns import UtcTime
from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables import counters, lanes
from service.ports.records import Claim

_FENCE = "fence"

# Statements are built once: building them is most of what a short transaction would cost.
_FREE = lanes.c.owner.is_(None)
_ADD = insert(lanes)
_NEW = _ADD.excluded.claimable_at
_SCHEDULE = _ADD.on_conflict_do_update(
    index_elements=["kind", "key"],
    set_={
        "claimable_at": case(
            (_FREE & (lanes.c.claimable_at > _NEW), _NEW), else_=lanes.c.claimable_at
        ),
        "wanted_at": case((_FREE | (lanes.c.wanted_at <= _NEW), lanes.c.wanted_at), else_=_NEW),
    },
)
_READY = (
    select(lanes.c.key, lanes.c.tries)
    .where(lanes.c.kind == bindparam("this_kind"), lanes.c.claimable_at <= bindparam("now"))
    .order_by(lanes.c.claimable_at, lanes.c.key)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_READY_ONE = (
    select(lanes.c.key, lanes.c.tries)
    .where(
        lanes.c.kind == bindparam("this_kind"),
        lanes.c.key == bindparam("this_key"),
        lanes.c.claimable_at <= bindparam("now"),
    )
    .with_for_update(skip_locked=True)
)
_NEXT_AT = select(func.min(lanes.c.claimable_at)).where(lanes.c.kind == bindparam("this_kind"))
# What a claim whose lease ran out left as wanted, and is due by now, the new claim serves.
_STILL_WANTED = case((lanes.c.wanted_at > bindparam("now"), lanes.c.wanted_at))
_TAKE = (
    update(lanes)
    .where(
        lanes.c.kind == bindparam("this_kind"),
        lanes.c.key.in_(bindparam("these_keys", expanding=True)),
    )
    .values(
        owner=bindparam("by"),
        fence=bindparam("this_fence"),
        claimable_at=bindparam("until"),
        wanted_at=_STILL_WANTED,
    )
)
_HELD = (
    (lanes.c.kind == bindparam("this_kind"))
    & (lanes.c.key == bindparam("this_key"))
    & (lanes.c.fence == bindparam("this_fence"))
    & lanes.c.owner.is_not(None)
)
_HELD_LANE = select(lanes.c.wanted_at).where(_HELD).with_for_update()
_HAND_BACK = update(lanes).where(_HELD)
_RETIRE = delete(lanes).where(_HELD)
_OTHERS = lanes.c.owner.is_(None) | (lanes.c.owner != bindparam("by"))
_TOO_FAR = (
    select(lanes.c.key)
    .where(
        lanes.c.kind == bindparam("this_kind"),
        lanes.c.claimable_at > bindparam("after", type_=UtcTime),
        _OTHERS,
    )
    .with_for_update(skip_locked=True)
)
_BRING_FORWARD = update(lanes).where(
    lanes.c.kind == bindparam("this_kind"), lanes.c.key.in_(_TOO_FAR)
)
_WANTED_TOO_FAR = update(lanes).where(
    lanes.c.kind == bindparam("this_kind"),
    lanes.c.owner == bindparam("by"),
    lanes.c.wanted_at > bindparam("after", type_=UtcTime),
)
_ADD_COUNTER = insert(counters)
_COUNT = _ADD_COUNTER.on_conflict_do_update(
    index_elements=["name"], set_={"value": counters.c.value + 1}
).returning(counters.c.value)


class LaneRows:
    """Everything pending: a kind of work and a key, due at a time, claimed under a lease."""

    def __init__(self, connection: Connection, scheduled: set[tuple[str, str]]) -> None:
        """`scheduled` collects kind and key of what somebody should look at after the commit."""
        self._connection = connection
        self._scheduled = scheduled

    def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        """Due at that time, or earlier if it already was; never lost to a claim in progress."""
        self._connection.execute(_SCHEDULE, {"kind": kind, "key": key, "claimable_at": due_at})
        self._scheduled.add((kind, key))

    def claim(
        self, kind: str, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> Sequence[Claim]:
        """Take due lanes that nobody holds; each claim raises the fence.

        The one that has waited longest comes first. A lease that ends at `now` has run out.
        """
        due = {"this_kind": kind, "now": now, "most": limit}
        ready = self._connection.execute(_READY, due).all()
        return self._take(kind, ready, now, owner, until)

    def claim_one(
        self, kind: str, key: str, now: datetime, *, owner: str, until: datetime
    ) -> Claim | None:
        """Take this lane, if it is due and nobody holds it."""
        due = {"this_kind": kind, "this_key": key, "now": now}
        ready = self._connection.execute(_READY_ONE, due).all()
        claim = next(iter(self._take(kind, ready, now, owner, until)), None)
        if claim is not None:
            # Whoever else looked for it would find it held.
            self._scheduled.discard((kind, key))
        return claim

    def _take(
        self, kind: str, ready: Sequence[Row[Any, Any]], now: datetime, owner: str, until: datetime
    ) -> Sequence[Claim]:
        if not ready:
            return ()
        fence = self._next_fence()
        these = {"this_kind": kind, "these_keys": [row.key for row in ready]}
        claim = {"by": owner, "this_fence": fence, "until": until, "now": now}
        self._connection.execute(_TAKE, these | claim)
        return [Claim(kind, row.key, fence, row.tries, until) for row in ready]

    def next_due_at(self, kind: str) -> datetime | None:
        """When the next lane of a kind may be claimed, be it now or long ago."""
        return self._connection.execute(_NEXT_AT, {"this_kind": kind}).scalar()

    def bring_forward(self, kind: str, now: datetime, most: timedelta, *, owner: str) -> int:
        """Due now what is due later than in so long; what `owner` holds stays held. How many.

        A lease that lasts so long has run out: whoever gave it did so by another clock.
        """
        these = {"this_kind": kind, "after": now + most, "by": owner}
        due = {"owner": None, "wanted_at": None, "claimable_at": now}
        brought = self._connection.execute(_BRING_FORWARD, these | due).rowcount
        self._connection.execute(_WANTED_TOO_FAR, these | {"wanted_at": now})
        return brought

    def release(self, claim: Claim, *, next_due: datetime | None, tries: int) -> bool:
        """Hand it back; None retires it unless it was scheduled meanwhile. False: fenced off."""
        row = self._connection.execute(_HELD_LANE, _this(claim)).first()
        if row is None:
            return False
        times = [time for time in (row.wanted_at, next_due) if time is not None]
        if not times:
            self._connection.execute(_RETIRE, _this(claim))
            return True
        due = {"owner": None, "claimable_at": min(times), "wanted_at": None, "tries": tries}
        self._connection.execute(_HAND_BACK, _this(claim) | due)
        self._scheduled.add((claim.kind, claim.key))
        return True

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still ours: nobody took it over, and it was not handed back."""
        return self._connection.execute(_HELD_LANE, _this(claim)).first() is not None

    def _next_fence(self) -> int:
        # One count for all lanes: a lane that was retired and scheduled again must not give out
        # the number of a claim that somebody may still believe to hold.
        fence: int = self._connection.execute(_COUNT, {"name": _FENCE, "value": 1}).scalar_one()
        return fence


def _this(claim: Claim) -> dict[str, Any]:
    return {"this_kind": claim.kind, "this_key": claim.key, "this_fence": claim.fence}
