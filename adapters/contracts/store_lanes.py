"""What every store must do with lanes: nothing scheduled is lost, and no claim has two owners."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

import pytest

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import UnitOfWork
from service.ports.records import Claim

_LEASE = timedelta(seconds=30)
_LATER = NOW + timedelta(minutes=5)
_ALL = 100
KEYS = ("a", "b", "c")


async def schedule_lane(store: StoreUnderTest, key: str, due_at: datetime = NOW) -> None:
    """Schedule a lane of one kind."""
    await store.transact(lambda tx: tx.lanes.schedule("cards", key, due_at))


async def claim_lane(
    store: StoreUnderTest, now: datetime = NOW, *, owner: str = "bot-1", limit: int = _ALL
) -> list[Claim]:
    """Claim what is due, until half a minute later."""
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


async def release_lane(
    store: StoreUnderTest, claim: Claim, next_due: datetime | None = None, tries: int = 0
) -> bool:
    """Hand a lane back; False for who does not hold it any more."""
    return await store.transact(lambda tx: tx.lanes.release(claim, next_due=next_due, tries=tries))


async def holds_lane(store: StoreUnderTest, claim: Claim) -> bool:
    """Whether a claim still counts."""
    return await store.transact(lambda tx: tx.lanes.holds(claim))


class LaneContract(OpensStore):
    """Due times, leases, fences and waking."""

    async def test_a_lane_is_claimed_once_when_due(self, store: StoreUnderTest) -> None:
        """Not before its time, and by nobody else while the lease lasts."""
        await schedule_lane(store, "a", NOW)

        assert not await claim_lane(store, NOW - timedelta(microseconds=1))
        [claim] = await claim_lane(store)
        assert (claim.kind, claim.key, claim.tries, claim.until) == ("cards", "a", 0, NOW + _LEASE)
        assert await holds_lane(store, claim)
        assert not await claim_lane(store, NOW + _LEASE - timedelta(microseconds=1), owner="bot-2")

    async def test_the_earlier_time_counts(self, store: StoreUnderTest) -> None:
        """To schedule again brings a lane forward and never puts it off."""
        await schedule_lane(store, "a", _LATER)
        await schedule_lane(store, "a", NOW)
        await schedule_lane(store, "a", _LATER)

        assert [claim.key for claim in await claim_lane(store)] == ["a"]

    async def test_the_longest_wait_comes_first(self, store: StoreUnderTest) -> None:
        """As many as asked are claimed, the oldest due time first, and of one kind only."""
        for minutes, key in enumerate("cab"):
            await schedule_lane(store, key, NOW - timedelta(minutes=minutes))
        await store.transact(lambda tx: tx.lanes.schedule("inbox", "z", NOW - _LEASE * 100))

        assert [claim.key for claim in await claim_lane(store, limit=2)] == ["b", "a"]
        assert [claim.key for claim in await claim_lane(store)] == ["c"]

    async def test_a_lane_is_retired_when_nothing_is_wanted(self, store: StoreUnderTest) -> None:
        """Released for no time it is gone, also after its lease would have ended."""
        await schedule_lane(store, "a")
        [claim] = await claim_lane(store)

        assert await release_lane(store, claim)
        assert not await holds_lane(store, claim)
        assert not await release_lane(store, claim)
        assert not await claim_lane(store, _LATER)

    async def test_a_lane_comes_back_with_its_tries(self, store: StoreUnderTest) -> None:
        """Released for later it is due then, and remembers how often it was tried."""
        await schedule_lane(store, "a")
        [claim] = await claim_lane(store)
        await release_lane(store, claim, _LATER, tries=3)

        assert not await claim_lane(store, _LATER - timedelta(seconds=1))
        assert [again.tries for again in await claim_lane(store, _LATER)] == [3]

    async def test_what_is_scheduled_during_a_claim_is_not_lost(
        self, store: StoreUnderTest
    ) -> None:
        """It comes back at the earliest of all times asked for, although released for none."""
        await schedule_lane(store, "a")
        [claim] = await claim_lane(store)
        await schedule_lane(store, "a", _LATER)
        await schedule_lane(store, "a", NOW + _LEASE / 2)
        await schedule_lane(store, "a", _LATER)
        assert not await claim_lane(store, NOW + _LEASE / 2)

        assert await release_lane(store, claim)
        assert [each.key for each in await claim_lane(store, NOW + _LEASE / 2)] == ["a"]

    async def test_58_59_a_lease_that_ran_out_is_taken_over(self, store: StoreUnderTest) -> None:
        """Who lost it can no longer release it; what was scheduled for later still comes."""
        await schedule_lane(store, "a")
        [lost] = await claim_lane(store)
        await schedule_lane(store, "a", _LATER)
        [taken] = await claim_lane(store, NOW + _LEASE, owner="bot-2")

        assert taken.fence > lost.fence
        assert not await holds_lane(store, lost)
        assert not await release_lane(store, lost, _LATER, tries=9)
        assert await holds_lane(store, taken)
        assert await release_lane(store, taken)
        assert [each.key for each in await claim_lane(store, _LATER)] == ["a"]

    async def test_a_fence_is_never_given_twice(self, store: StoreUnderTest) -> None:
        """A claim on a lane that was retired meanwhile does not hold the lane that came after."""
        await schedule_lane(store, "a")
        [stale] = await claim_lane(store)
        [second] = await claim_lane(store, NOW + _LEASE)
        await release_lane(store, second)
        await schedule_lane(store, "a")
        [third] = await claim_lane(store, NOW + _LEASE)

        assert not await holds_lane(store, stale)
        assert not await release_lane(store, stale)
        assert await holds_lane(store, third)

    async def test_two_workers_share_the_lanes(self, store: StoreUnderTest) -> None:
        """Claiming at once, they get every lane between them and none twice."""
        for number in range(20):
            await schedule_lane(store, f"lane-{number}")
        takes = [claim_lane(store, owner=f"bot-{number}", limit=3) for number in range(8)]
        claimed = [claim.key for claims in await asyncio.gather(*takes) for claim in claims]

        assert sorted(claimed) == sorted(f"lane-{number}" for number in range(20))

    async def test_one_lane_is_claimed_by_its_name(self, store: StoreUnderTest) -> None:
        """Only where it is due and free: once, under a fence of its own, and no other lane."""
        for key, due_at in {"a": NOW, "b": NOW, "c": _LATER}.items():
            await schedule_lane(store, key, due_at)
        first, again, early, none = [await _claim_one(store, key) for key in ("b", "b", "c", "d")]

        assert (first and first.key, again, early, none) == ("b", None, None, None)
        assert [claim.key for claim in await claim_lane(store)] == ["a"]

    async def test_a_commit_wakes_each_kind_once(self, store: StoreUnderTest) -> None:
        """After the commit, in the event loop; a rolled back transaction wakes nobody."""
        woken: list[str] = []

        def wake(kind: str) -> None:
            asyncio.get_running_loop()  # raises outside the event loop
            woken.append(kind)

        def work(tx: UnitOfWork) -> None:
            for key in KEYS:
                tx.lanes.schedule("inbox", key, NOW)
                tx.lanes.schedule("cards", key, NOW)
            assert not woken

        def fail(tx: UnitOfWork) -> None:
            tx.lanes.schedule("jobs", "a", NOW)
            raise RuntimeError

        store.on_schedule(wake)
        await store.transact(work)
        with pytest.raises(RuntimeError):
            await store.transact(fail)
        await asyncio.sleep(0)

        assert woken == ["cards", "inbox"]

    async def test_the_next_time_is_told(self, store: StoreUnderTest) -> None:
        """The earliest of a kind: when a lane is due, or when a lease ends; None without lanes."""

        async def next_at() -> datetime | None:
            return await store.transact(lambda tx: tx.lanes.next_due_at("cards"))

        await store.transact(lambda tx: tx.lanes.schedule("inbox", "z", NOW - _LEASE))
        assert await next_at() is None
        await schedule_lane(store, "a", _LATER)
        assert await next_at() == _LATER
        await schedule_lane(store, "b", NOW)
        [_] = await claim_lane(store)
        assert await next_at() == NOW + _LEASE

    async def test_what_is_due_too_far_ahead_is_brought_forward(
        self, store: StoreUnderTest
    ) -> None:
        """Also under the lease of somebody else, with what was wanted meanwhile; not one's own."""
        await schedule_lane(store, "held")
        [held] = await claim_lane(store, owner="another")
        await schedule_lane(store, "held", _LATER)
        await schedule_lane(store, "mine")
        [mine] = await claim_lane(store)
        await schedule_lane(store, "mine", _LATER)
        await schedule_lane(store, "late", _LATER)
        await schedule_lane(store, "soon", NOW + timedelta(seconds=1))
        brought = await store.transact(
            lambda tx: tx.lanes.bring_forward("cards", NOW, timedelta(seconds=2), owner="bot-1")
        )
        assert brought == 2
        assert {each.key for each in await claim_lane(store)} == {"held", "late"}
        assert not await store.transact(lambda tx: tx.lanes.holds(held))
        assert await store.transact(lambda tx: tx.lanes.holds(mine))
        await release_lane(store, mine)
        assert [each.key for each in await claim_lane(store)] == ["mine"]

    async def test_what_is_claimed_as_it_is_scheduled_wakes_nobody(
        self, store: StoreUnderTest
    ) -> None:
        """Nobody else could take it; a lane beside it is looked for as ever."""
        woken: list[str] = []

        def claims(tx: UnitOfWork, kind: str, key: str) -> None:
            tx.lanes.schedule(kind, key, NOW)
            tx.lanes.claim_one(kind, "a", NOW, owner="me", until=NOW + _LEASE)

        store.on_schedule(woken.append)
        await store.transact(partial(claims, kind="cards", key="a"))
        await store.transact(partial(claims, kind="turns", key="b"))
        await asyncio.sleep(0)

        assert woken == ["turns"]

    async def test_handing_back_for_later_wakes(self, store: StoreUnderTest) -> None:
        """Who sleeps until the next due time learns of a new one; a retired lane is no news."""
        await schedule_lane(store, "a")
        woken: list[str] = []
        store.on_schedule(woken.append)
        [claim] = await claim_lane(store)
        await release_lane(store, claim, _LATER)
        [claim] = await claim_lane(store, _LATER)
        await release_lane(store, claim)

        assert woken == ["cards"]
