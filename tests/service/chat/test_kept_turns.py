"""The lane that keeps the retention: what is old enough for it, and when it is due again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from billing.retention import RetentionKind, default_retention
from service.lanes.keys import LaneKind
from service.ports.store import Claim
from service.privacy.retention import RetentionWorker
from tests.support.bots.bot_place import START

CLAIM = Claim(LaneKind.RETAIN, "all", 1, 0, START)


@dataclass
class Rows:
    """Rows of one kind of which so many are over; it notes what it is asked to drop."""

    over: dict[str, int] = field(default_factory=dict)
    before: dict[str, datetime] = field(default_factory=dict)
    accounts: list[tuple[int, str | None]] = field(default_factory=lambda: [(0, None)])

    async def transact(self, work: Callable[[Any], Any]) -> Any:
        return work(SimpleNamespace(leftovers=self))

    def _some(self, name: str, most: int) -> int:
        some = min(most, self.over.get(name, 0))
        self.over[name] = self.over.get(name, 0) - some
        return some

    def note_new_rows(self, now: datetime, most: int) -> int:
        return self._some("noted", most)

    def drop(self, kept: RetentionKind, before: datetime, most: int) -> list[tuple[str, int]]:
        self.before[str(kept)] = before
        return [(str(kept), self._some(kept, most)), ("beside", 0)]

    def drop_lanes(self, running: object, before: datetime, most: int) -> int:
        self.before["lanes"] = before
        return self._some("lanes", most)

    def drop_idle_accounts(
        self, after: str, before: datetime, most: int
    ) -> tuple[int, str | None]:
        self.before["accounts"] = before
        return self.accounts.pop(0)


@dataclass
class Told:
    """What is counted of what was dropped."""

    rows: dict[str, int] = field(default_factory=dict)

    def count_dropped_rows(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows


async def turn(rows: Rows) -> tuple[datetime, dict[str, int]]:
    """One turn of the lane: when it is due again, and what was counted."""
    told = Told()
    services: Any = SimpleNamespace(sources=SimpleNamespace(now=lambda: START), metrics=told)
    store: Any = rows
    return await RetentionWorker(store, services, default_retention(), ()).work(CLAIM), told.rows


@pytest.mark.parametrize("kind", ["noted", "lanes", RetentionKind.DELIVERIES])
@pytest.mark.parametrize(("more", "seconds"), [(-1, 3_600), (0, 1)])
async def test_the_lane_is_soon_due_again_while_there_is_more(
    kind: str, more: int, seconds: int
) -> None:
    """Of any kind: a turn drops four thousand, batch by batch; with fewer it rests an hour."""
    rows = Rows({kind: 4_000 + more})

    due, counted = await turn(rows)

    assert due == START + timedelta(seconds=seconds)
    assert rows.over[kind] == 0
    assert counted.get(str(kind), 0) == (0 if kind == "noted" else 4_000 + more)


async def test_each_kind_is_kept_for_as_long_as_is_set() -> None:
    """A lane as long as a conversation, an account that nobody used as its setting says."""
    rows, kept = Rows(), default_retention()
    await turn(rows)

    ages = {str(kind): age for kind, age in kept.items()}
    ages |= {
        "lanes": kept[RetentionKind.CONVERSATIONS],
        "accounts": kept[RetentionKind.IDLE_ACCOUNTS],
    }
    assert rows.before == {kind: START - age for kind, age in ages.items()}


async def test_every_account_is_looked_at_and_those_dropped_are_counted() -> None:
    """Page by page, to the last one."""
    rows = Rows(accounts=[(1, "b"), (0, "c"), (2, None)])
    _, counted = await turn(rows)

    assert rows.accounts == []
    assert counted == {"accounts": 3}
