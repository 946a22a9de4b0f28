"""Two processes on one PostgreSQL are told of the same payments again and again, at once."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.databases.postgres_server import Server
from tests.support.soak.duplicates import duplicates
from tests.support.soak.webhook_load import once

pytestmark = pytest.mark.xdist_group("postgres")

PAYMENTS = 100
DELIVERIES = 6
_SECONDS_MAX = 180


async def test_02_two_processes_credit_each_payment_once(postgres: Server) -> None:
    """Each payment by six events of their own, over HTTP: 100 credits, and no balance is off."""
    address = postgres.url(postgres.fresh())
    async with asyncio.timeout(_SECONDS_MAX):
        found = await duplicates(address, PAYMENTS, DELIVERIES, seed=1)

    assert found == once(PAYMENTS)
