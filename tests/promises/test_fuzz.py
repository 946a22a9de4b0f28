"""A bounded run of each lane of the fuzzer, so that the long one cannot rot."""

from __future__ import annotations

import pytest

from tests.support.fuzz.jobs import plans

SHARE = 200
SEED = 20261123


@pytest.mark.parametrize("name", sorted(plans()))
def test_the_laws_hold_in_a_short_run(name: str) -> None:
    """The same lanes as `python3 tasks.py fuzz`, a two-hundredth of the tries."""
    plan = plans()[name]
    tried: list[None] = []

    plan.run(SEED, plan.tries // SHARE, lambda: tried.append(None))

    assert plan.tries // SHARE == len(tried)
