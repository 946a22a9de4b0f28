"""Lanes on SQLite: their contract, and any history of them. No work is done here."""

from __future__ import annotations

from hypothesis import settings

from adapters.contracts.lane_histories import LaneMachine
from adapters.contracts.store import StoreUnderTest
from adapters.contracts.store_lanes import LaneContract
from adapters.storage.store import open_store


class TestSqliteLanes(LaneContract):
    """Due times, leases, fences and waking."""

    async def open_store(self) -> StoreUnderTest:
        """A store in memory."""
        return open_store("sqlite://")


class _SqliteLaneMachine(LaneMachine):
    async def open_store(self) -> StoreUnderTest:
        """A store in memory."""
        return open_store("sqlite://")


TestSqliteLaneHistories = _SqliteLaneMachine.TestCase
TestSqliteLaneHistories.settings = settings(max_examples=40, stateful_step_count=30)
