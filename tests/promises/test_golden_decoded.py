"""Buttons, links, tokens, forms and stored deliveries of earlier code mean what they meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.golden.decoded import decoded, deliveries, read_back, tokens
from tests.support.golden.write import FOLDER

TOKENS = json.loads((FOLDER / "tokens.json").read_text(encoding="utf-8"))
DELIVERIES = json.loads((FOLDER / "deliveries.json").read_text(encoding="utf-8"))


def test_every_token_of_before_is_read() -> None:
    """Whoever has a button, a link, a code or a sealed token of that day can use it."""
    broken = [each for each, holds in read_back(TOKENS).items() if not holds]

    assert not broken, f"people, platforms and databases hold these, and they are lost: {broken}"


def test_every_kind_of_token_is_kept() -> None:
    """Each kind that today's code makes is in tests/golden/tokens.json, and read from there."""
    assert set(TOKENS) == set(tokens()) == set(read_back(TOKENS))


@pytest.mark.parametrize("name", sorted(DELIVERIES))
def test_a_delivery_means_what_it_meant(name: str) -> None:
    """The same is stored of what a platform sent, and the same is understood by it."""
    before = DELIVERIES[name]
    today = decoded(name, before["sent"])

    assert today.get("stored") == before.get("stored")
    assert values(today) == values(before)


def values(delivery: dict[str, Any]) -> Any:
    return delivery["means"][1] if delivery.get("means") else None


def test_a_class_stands_for_one_of_before() -> None:
    """It may be called otherwise today; two may not have become one, nor one two."""
    pairs = {
        pair
        for name, before in DELIVERIES.items()
        if before.get("means")
        for pair in zip(before["means"][0], decoded(name, before["sent"])["means"][0], strict=True)
    }

    assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})


def test_every_kind_of_delivery_is_kept() -> None:
    """Each that the tests know is in tests/golden/deliveries.json."""
    assert set(DELIVERIES) == set(deliveries())
