"""Nobody keeps others waiting by what they write: work grows with its length, and no faster."""

from __future__ import annotations

import json

import pytest

from service.chat.inbox import scrub_body
from tests.support.fuzz.bounded_work import SHAPES, Reader, breaks, led
from tests.support.fuzz.strangers_words import READERS

DEEP = 100_000


@pytest.mark.parametrize("door", sorted(READERS))
def test_103_four_times_the_text_is_at_most_six_times_the_work(door: str) -> None:
    """For each reader of strangers' words, and whatever they are made of."""
    found = {shape: breaks(READERS[door], text) for shape, text in SHAPES.items()}

    assert {shape: growth for shape, growth in found.items() if growth} == {}


def test_103_the_law_finds_what_grows_faster() -> None:
    """A reader that looks at each pair of characters breaks it."""
    pairs = Reader(lambda text: [one == other for one in text for other in text], 16_384)

    assert breaks(pairs, SHAPES["'a'"])


def test_103_what_is_nested_deeply_is_read_or_refused() -> None:
    """A hundred thousand brackets, and as many as the parser lets through: no reader falls."""
    for depth in (500, 900, DEEP):
        for first, last in (("[", "]"), ('{"a":', "}")):
            for text in (first * depth + "1" + last * depth, led(first, first)(depth)):
                READERS["json"].read(text)
                READERS["gateway's answer"].read(text)


@pytest.mark.parametrize("depth", [50, 400, 900])
def test_103_a_nested_body_is_scrubbed(depth: int) -> None:
    """However deep it is when it can be parsed at all; what is too deep to store is left out."""
    body = json.loads('{"text":' + "[" * depth + '"4242 4242 4242 4242"' + "]" * depth + "}")

    clean = scrub_body(body)

    assert "4242" not in json.dumps(clean)
