"""What every store must do with lanes: nothing scheduled is lost, and no claim has two owners."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import Rows
from billing.records import Claim

_LEASE = timedelta(seconds=30)
_LATER = NOW + timedelta(minutes=5)
_ALL = 100
_KEYS = ("a", "b", "c")


async def _schedule(store: StoreUnderTest, key: str, due_at: datetime = NOW) -> None:
    await store.transact(lambda tx: tx.lanes.schedule("cards", key, due_at))


async def _claim(
    store: StoreUnderTest, now: datetime = NOW, *, owner: str = "bot-1", limit: int = _ALL
) -> list[Claim]:
    until = now + _LEASE
    return [
        *await store.transact(
            lambda tx: tx.lanes.claim("cards", now, owner=owner, until=until, limit=limit)
        )
    ]


async def _claim_one(store: StoreUnderTest, key: str) -> Claim | None:
    until = NOW + _LEASE
    return await store.transact(
        lambda tx: tx.lanes.claim_one("cards", key, NOW, owner="me", until=until)
    )


async def _release(
    store: StoreUnderTest, claim: Claim, next_due: datetime | None = None, tries: int = 0
) -> bool:
    return await store.transact(lambda tx: tx.lanes.release(claim, next_due=next_due, tries=tries))


async def _holds(store: StoreUnderTest, claim: Claim) -> bool:
    return await store.transact(lambda tx: tx.lanes.holds(claim))


class LaneContract(OpensStore):
    """Due times, leases, fences and waking."""

    async def test_a_lane_is_claimed_once_when_due(self, store: StoreUnderTest) -> None:
        """Not before its time, and by nobody else while the lease lasts."""
        await _schedule(store, "a", NOW)

        assert not await _claim(store, NOW - timedelta(microseconds=1))
        [claim] = await _claim(store)
        assert (claim.kind, claim.key, claim.tries, claim.until) == ("cards", "a", 0, NOW + _LEASE)
        assert await _holds(store, claim)
        assert not await _claim(store, NOW + _LEASE - timedelta(microseconds=1), owner="bot-2")

    async def test_the_earlier_time_counts(self, store: StoreUnderTest) -> None:
        """To schedule again brings a lane forward and never puts it off."""
        await _schedule(store, "a", _LATER)
        await _schedule(store, "a", NOW)
        await _schedule(store, "a", _LATER)

        assert [claim.key for claim in await _claim(store)] == ["a"]

    async def test_the_longest_wait_comes_first(self, store: StoreUnderTest) -> None:
        """As many as asked are claimed, the oldest due time first, and of one kind only."""
        for minutes, key in enumerate("cab"):
            await _schedule(store, key, NOW - timedelta(minutes=minutes))
        await store.transact(lambda tx: tx.lanes.schedule("inbox", "z", NOW - _LEASE * 100))

        assert [claim.key for claim in await _claim(store, limit=2)] == ["b", "a"]
        assert [claim.key for claim in await _claim(store)] == ["c"]

    async def test_a_lane_is_retired_when_nothing_is_wanted(self, store: StoreUnderTest) -> None:
        """Released for no time it is gone, also after its lease would have ended."""
        await _schedule(store, "a")
        [claim] = await _claim(store)

        assert await _release(store, claim)
        assert not await _holds(store, claim)
        assert not await _release(store, claim)
        assert not await _claim(store, _LATER)

    async def test_a_lane_comes_back_with_its_tries(self, store: StoreUnderTest) -> None:
        """Released for later it is due then, and remembers how often it was tried."""
        await _schedule(store, "a")
        [claim] = await _claim(store)
        await _release(store, claim, _LATER, tries=3)

        assert not await _claim(store, _LATER - timedelta(seconds=1))
        assert [again.tries for again in await _claim(store, _LATER)] == [3]

    async def test_what_is_scheduled_during_a_claim_is_not_lost(
        self, store: StoreUnderTest
    ) -> None:
        """It comes back at the earliest of all times asked for, although released for none."""
        await _schedule(store, "a")
        [claim] = await _claim(store)
        await _schedule(store, "a", _LATER)
        await _schedule(store, "a", NOW + _LEASE / 2)
        await _schedule(store, "a", _LATER)
        assert not await _claim(store, NOW + _LEASE / 2)

        assert await _release(store, claim)
        assert [each.key for each in await _claim(store, NOW + _LEASE / 2)] == ["a"]

    async def test_58_59_a_lease_that_ran_out_is_taken_over(self, store: StoreUnderTest) -> None:
        """Who lost it can no longer release it; what was scheduled for later still comes."""
        await _schedule(store, "a")
        [lost] = await _claim(store)
        await _schedule(store, "a", _LATER)
        [taken] = await _claim(store, NOW + _LEASE, owner="bot-2")

        assert taken.fence > lost.fence
        assert not await _holds(store, lost)
        assert not await _release(store, lost, _LATER, tries=9)
        assert await _holds(store, taken)
        assert await _release(store, taken)
        assert [each.key for each in await _claim(store, _LATER)] == ["a"]

    async def test_a_fence_is_never_given_twice(self, store: StoreUnderTest) -> None:
        """A claim on a lane that was retired meanwhile does not hold the lane that came after."""
        await _schedule(store, "a")
        [stale] = await _claim(store)
        [second] = await _claim(store, NOW + _LEASE)
        await _release(store, second)
        await _schedule(store, "a")
        [third] = await _claim(store, NOW + _LEASE)

        assert not await _holds(store, stale)
        assert not await _release(store, stale)
        assert await _holds(store, third)

    async def test_two_workers_share_the_lanes(self, store: StoreUnderTest) -> None:
        """Claiming at once, they get every lane between them and none twice."""
        for number in range(20):
            await _schedule(store, f"lane-{number}")
        takes = [_claim(store, owner=f"bot-{number}", limit=3) for number in range(8)]
        claimed = [claim.key for claims in await asyncio.gather(*takes) for claim in claims]

        assert sorted(claimed) == sorted(f"lane-{number}" for number in range(20))

    async def test_one_lane_is_claimed_by_its_name(self, store: StoreUnderTest) -> None:
        """Only where it is due and free: once, under a fence of its own, and no other lane."""
        for key, due_at in {"a": NOW, "b": NOW, "c": _LATER}.items():
            await _schedule(store, key, due_at)
        first, again, early, none = [await _claim_one(store, key) for key in ("b", "b", "c", "d")]

        assert (first and first.key, again, early, none) == ("b", None, None, None)
        assert [claim.key for claim in await _claim(store)] == ["a"]

    async def test_a_commit_wakes_each_kind_once(self, store: StoreUnderTest) -> None:
        """After the commit, in the event loop; a rolled back transaction wakes nobody."""
        woken: list[str] = []

        def wake(kind: str) -> None:
            asyncio.get_running_loop()  # raises outside the event loop
            woken.append(kind)

        def work(tx: Rows) -> None:
            for key in _KEYS:
                tx.lanes.schedule("inbox", key, NOW)
                tx.lanes.schedule("cards", key, NOW)
            assert not woken

        def fail(tx: Rows) -> None:
            tx.lanes.schedule("jobs", "a", NOW)
            raise RuntimeError

        store.on_schedule(wake)
        await store.transact(work)
        with pytest.raises(RuntimeError):
            await store.transact(fail)
        await asyncio.sleep(0)

        assert woken == ["cards", "inbox"]

    async def test_handing_back_for_later_wakes(self, store: StoreUnderTest) -> None:
        """Who sleeps until the next due time learns of a new one; a retired lane is no news."""
        await _schedule(store, "a")
        woken: list[str] = []
        store.on_schedule(woken.append)
        [claim] = await _claim(store)
        await _release(store, claim, _LATER)
        [claim] = await _claim(store, _LATER)
        await _release(store, claim)

        assert woken == ["cards"]


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
        self.store = self.run(self.open_store())
        self.now = NOW
        self.model: dict[str, _Lane] = {}
        self.claims: list[Claim] = []

    @abstractmethod
    async def open_store(self) -> StoreUnderTest:
        """A new store without a row."""

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run on the machine's own loop."""
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        """Sooner or later every lane that is left can be claimed."""
        claimed = self.run(_claim(self.store, self.now + timedelta(days=1)))
        self.run(self.store.close())
        self.runner.close()
        assert {claim.key for claim in claimed} == set(self.model)

    @rule(key=st.sampled_from(_KEYS), seconds=st.integers(-60, 60))
    def schedule(self, key: str, seconds: int) -> None:
        """Free: the earlier time counts. Held: remembered beside the claim."""
        due_at = self.now + timedelta(seconds=seconds)
        self.run(_schedule(self.store, key, due_at))
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
        claims = self.run(_claim(self.store, self.now, owner=owner, limit=limit))
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
        heard = self.run(_release(self.store, claim, next_due, tries))

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
            assert self.run(_holds(self.store, claim)) == held
