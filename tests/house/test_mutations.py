"""Each planted bug replaces something that is there, by something else of the same shape."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.support.planted.catalogue import MUTATIONS, plant

ROOT = Path(__file__).parents[2]
PLANTED_MIN = 12


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_applies(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it replaces exists, takes the same arguments, and is another function afterwards."""
    patches = MUTATIONS[name].patches()
    for (owner, attribute), buggy in patches.items():
        right = getattr(owner, attribute)
        assert right is not buggy
        if inspect.isfunction(right):
            ours, theirs = inspect.signature(right), inspect.signature(buggy)
            assert list(ours.parameters) == list(theirs.parameters)
        monkeypatch.setattr(owner, attribute, right)

    plant(patches)

    assert all(getattr(owner, name) is buggy for (owner, name), buggy in patches.items())


def test_there_are_enough_and_each_has_a_finder() -> None:
    """At least twelve bugs are planted, and the tests that must find them exist."""
    assert len(MUTATIONS) >= PLANTED_MIN
    assert all((ROOT / each).exists() for one in MUTATIONS.values() for each in one.finders)
