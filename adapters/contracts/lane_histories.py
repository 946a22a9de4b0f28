"""Any history of lanes, against a model of what they should be; it knows no engine."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.contracts.store import NOW, StoreUnderTest
from adapters.contracts.store_lanes import (
    KEYS,
    claim_lane,
    holds_lane,
    release_lane,
    schedule_lane,
)
from service.ports.records import Claim


@dataclass(frozen=True)
class _Lane:
    """What a lane should be: free and due at `time`, or held by `claim` until then."""

    time: datetime
    claim: Claim | None = None
    wanted: datetime | None = None
    tries: int = 0


class LaneMachine(RuleBasedStateMachine):
    """Any history of scheduling, claiming, releasing and waiting, against a model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = self.run_coroutine(self.open_store())
        self.now = NOW
        self.model: dict[str, _Lane] = {}
        self.claims: list[Claim] = []

    @abstractmethod
    async def open_store(self) -> StoreUnderTest:
        """A new store without a row."""

    def run_coroutine(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run on the machine's own loop."""
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        """Sooner or later every lane that is left can be claimed."""
        claimed = self.run_coroutine(claim_lane(self.store, self.now + timedelta(days=1)))
        self.run_coroutine(self.store.close())
        self.runner.close()
        assert {claim.key for claim in claimed} == set(self.model)

    @rule(key=st.sampled_from(KEYS), seconds=st.integers(-60, 60))
    def schedule(self, key: str, seconds: int) -> None:
        """Free: the earlier time counts. Held: remembered beside the claim."""
        due_at = self.now + timedelta(seconds=seconds)
        self.run_coroutine(schedule_lane(self.store, key, due_at))
        lane = self.model.get(key)
        if lane is None:
            self.model[key] = _Lane(due_at)
        elif lane.claim is None:
            self.model[key] = replace(lane, time=min(lane.time, due_at))
        else:
            self.model[key] = replace(lane, wanted=min(lane.wanted or due_at, due_at))

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds: int) -> None:
        """Time goes on."""
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 3), owner=st.sampled_from(["bot-1", "bot-2"]))
    def claim(self, limit: int, owner: str) -> None:
        """Exactly the lanes that waited longest, each under a fence not seen before."""
        ready = [(lane.time, key) for key, lane in self.model.items() if lane.time <= self.now]
        expected = [(key, self.model[key].tries) for _, key in sorted(ready)[:limit]]
        claims = self.run_coroutine(claim_lane(self.store, self.now, owner=owner, limit=limit))
        highest = max((each.fence for each in self.claims), default=0)

        assert [(each.key, each.tries) for each in claims] == expected
        assert all(each.fence > highest for each in claims)
        self.claims += claims
        for each in claims:
            lane = self.model[each.key]
            later = lane.wanted if lane.wanted and lane.wanted > self.now else None
            self.model[each.key] = replace(lane, time=each.until, claim=each, wanted=later)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), seconds=st.none() | st.integers(0, 60), tries=st.integers(0, 3))
    def release(self, data: st.DataObject, seconds: int | None, tries: int) -> None:
        """Any claim ever given: only the one that holds its lane is heard."""
        claim = data.draw(st.sampled_from(self.claims))
        next_due = None if seconds is None else self.now + timedelta(seconds=seconds)
        heard = self.run_coroutine(release_lane(self.store, claim, next_due, tries))

        lane = self.model.get(claim.key)
        assert heard == (lane is not None and lane.claim == claim)
        if lane is None or not heard:
            return
        times = [time for time in (lane.wanted, next_due) if time]
        if times:
            self.model[claim.key] = _Lane(min(times), tries=tries)
        else:
            del self.model[claim.key]

    @invariant()
    def only_the_last_claim_holds(self) -> None:
        """A claim holds its lane exactly while the model says so."""
        for claim in self.claims[-6:]:
            lane = self.model.get(claim.key)
            held = lane is not None and lane.claim == claim
            assert self.run_coroutine(holds_lane(self.store, claim)) == held
