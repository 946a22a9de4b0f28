"""What every store must do with buckets: kept exactly, one at a time; it knows no engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import UnitOfWork
from conversations.protocol.pacing import OWN, Bucket, Pace, reserve_slot

_LATER = NOW + timedelta(minutes=5)
_MUCH_LATER = NOW + timedelta(hours=2)


class PaceContract(OpensStore):
    """What went out under which limit."""

    async def test_a_bucket_comes_back_as_it_was(self, store: StoreUnderTest) -> None:
        """To the microsecond; a new one is empty, and stays so until it is saved."""
        kept = Bucket((NOW, NOW + timedelta(microseconds=1)), _LATER, NOW)

        def save(tx: UnitOfWork) -> dict[str, Bucket]:
            found = tx.buckets.lock(["b", "a"], NOW)
            tx.buckets.save("b", kept)
            return found

        assert await store.transact(save) == {"a": Bucket(), "b": Bucket()}
        again = await store.transact(lambda tx: tx.buckets.lock(["a", "b"], NOW))
        assert again == {"a": Bucket(), "b": kept}

    async def test_a_bucket_that_is_not_there_is_told(self, store: StoreUnderTest) -> None:
        """Only what was locked can be saved."""
        with pytest.raises(LookupError):
            await store.transact(lambda tx: tx.buckets.save("a", Bucket()))

    async def test_another_closed_one_is_found(self, store: StoreUnderTest) -> None:
        """By how its name begins, as long as it is closed, and never the named one itself."""

        def close(tx: UnitOfWork) -> None:
            for name in ("t|1||a", "t|2||b", "t|1|all|"):
                tx.buckets.lock([name], NOW)
                tx.buckets.save(name, Bucket(closed_until=_LATER))

        await store.transact(close)

        def closed(tx: UnitOfWork) -> list[bool]:
            return [
                tx.buckets.is_another_closed("t|1||b", "t|1||", NOW),
                tx.buckets.is_another_closed("t|1||a", "t|1||", NOW),
                tx.buckets.is_another_closed("t|1||b", "t|1||", _LATER),
                tx.buckets.is_another_closed("t|3||b", "t|3||", NOW),
            ]

        assert await store.transact(closed) == [True, False, False, False]

    async def test_what_counts_no_more_is_forgotten(self, store: StoreUnderTest) -> None:
        """An hour after the last thing that a bucket tells of, and not before."""

        def save(tx: UnitOfWork) -> None:
            tx.buckets.lock(["closed", "new", "sent"], NOW)
            tx.buckets.save("sent", Bucket((NOW,)))
            tx.buckets.save("closed", Bucket((NOW,), closed_until=_MUCH_LATER))

        await store.transact(save)
        await store.transact(lambda tx: tx.buckets.forget_idle(_LATER))
        kept = await store.transact(lambda tx: tx.buckets.lock(["closed", "sent"], _LATER))
        await store.transact(lambda tx: tx.buckets.forget_idle(_MUCH_LATER))
        left = await store.transact(lambda tx: tx.buckets.lock(["closed", "sent"], _MUCH_LATER))

        assert [each != Bucket() for each in kept.values()] == [True, True]
        assert [each != Bucket() for each in left.values()] == [True, False]

    async def test_nobody_counts_past_another(self, store: StoreUnderTest) -> None:
        """Many ask at once for few places: exactly so many get one."""
        pace = Pace("all", 5, timedelta(minutes=1))

        def asks(tx: UnitOfWork) -> bool:
            at, changed = reserve_slot(
                {OWN: Bucket(), **tx.buckets.lock(["all"], NOW)}, [pace], NOW
            )
            tx.buckets.save("all", changed["all"])
            return at == NOW

        got = await asyncio.gather(*(store.transact(asks) for _ in range(20)))
        assert sum(got) == 5
