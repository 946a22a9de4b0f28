"""Every route that the web side serves is tried with texts of every length."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.fuzz import door as fuzz_door
from tests.support.fuzz.door import Door
from tests.support.fuzz.routes import Answers, served
from tests.support.fuzz.web_readers import web_readers

# A way over ASGI beside everything that belongs to a request there, and one over the wire.
WELL_MADE, OVER_THE_WIRE = ": header accept", ": many headers"
CONFLICT = 409


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    directory = tmp_path_factory.mktemp("door")
    with asyncio.Runner() as runner:
        opened = fuzz_door.door(directory, runner.run)
        try:
            yield runner.run(opened.__aenter__())
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_103_every_route_lets_in_what_the_lane_sends(door: Door) -> None:
    """`work and memory` gets past signatures, keys and shapes; a new route says what it reads."""
    answers = tried(door, WELL_MADE)

    shut = [
        f"{route.name} {sorted(answers.of(route))}"
        for route in served(door.place.app.web)
        if not any(status < 400 or status == CONFLICT for status in answers.of(route))
    ]
    assert not shut, "Say in sayings.py, or in door.py's paths, what it lets in:\n" + "\n".join(
        shut
    )


def test_103_every_route_that_reads_a_body_is_sent_its_fields(door: Door) -> None:
    """Each of them is filled with text by the lane."""
    answers = tried(door, WELL_MADE)
    filled = {name.partition(": field")[0] for name in web_readers(door, most=lambda *_: 1)}

    plain = [
        route.name
        for route in served(door.place.app.web)
        if route.method == "POST" and answers.has_read(route)
        if filled.isdisjoint(f"POST {path}" for path in route.paths(door.paths))
    ]
    assert not plain, "Say in sayings.py what stands in its body:\n" + "\n".join(plain)


def test_103_every_route_is_tried_over_the_wire(door: Door) -> None:
    """The lane reaches each through the server's own protocol, too."""
    answers = tried(door, OVER_THE_WIRE)

    missed = [route.name for route in served(door.place.app.web) if not answers.of(route)]
    assert not missed, "Not reached over the wire:\n" + "\n".join(missed)


def tried(door: Door, way: str) -> Answers:
    """What each route answers to a short text that comes that way."""
    answers = Answers(door.web)
    readers = web_readers(replace(door, web=answers), most=lambda *_: 1)
    for name, reader in readers.items():
        if name.endswith(way):
            reader.read("en")
    return answers
