"""A standby that takes over, and a pooler in between.

`python -m tests.support.soak.failover` runs longer.
"""

from __future__ import annotations

import os

import pytest

from tests.support.databases.postgres_server import Server
from tests.support.databases.postgres_standby import pair, pooler
from tests.support.soak.failover import POOLED_CONNECTIONS, pooled, promoted

pytestmark = pytest.mark.xdist_group("postgres")

PAYMENTS = 20


async def test_50_a_promoted_standby_has_all_that_was_acknowledged() -> None:
    """Promoted under load while the old primary still lives, by the same address: none is lost.

    Without `synchronous_standby_names` this loses some: what the old one alone still took.
    """
    with pair() as servers:
        found = await promoted(servers, PAYMENTS, seed=1, early=True)

    assert found.whole


async def test_50_a_pooler_in_between_loses_nothing(postgres: Server) -> None:
    """pgbouncer lends four connections, one transaction at a time, through kills and a crash."""
    with pooler(postgres, POOLED_CONNECTIONS) as front:
        if front is None and "CI" in os.environ:
            pytest.fail("pgbouncer is not installed here")
        if front is None:
            pytest.skip("pgbouncer is not installed here")
        found = await pooled(postgres, front, PAYMENTS, seed=1)

    assert found.whole
    assert found.broken > 1
