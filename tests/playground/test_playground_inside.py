"""The demo's look inside: one reader that stays, and another where it ends or talks nonsense."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from playground.bot.child import Child
from playground.bot.program import Program
from playground.page import inside
from playground.page.inside import Inside

_COUNTS = "import sys\nfor n, _ in enumerate(sys.stdin): print('{\"n\": %d}' % n, flush=True)"
_NONSENSE = "import sys\nfor _ in sys.stdin: print('Traceback', flush=True)"
_SILENT = "import sys\nfor _ in sys.stdin: pass"


@dataclass(slots=True)
class Readers:
    """Starts the next of some programs in place of the product's command."""

    scripts: list[str]
    started: list[Process] = field(default_factory=list)

    async def ask(self) -> Process:
        self.started.append(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", self.scripts.pop(0)), stdin=PIPE, stdout=PIPE
            )
        )
        return self.started[-1]


@dataclass(frozen=True, slots=True)
class Ready:
    """A bot that answers."""

    ready: bool = True


@dataclass(frozen=True, slots=True)
class Looking:
    """An inside, and what reads it."""

    inside: Inside
    readers: Readers

    async def again(self) -> tuple[object, bool]:
        """What is known after another reading, and whether that failed."""
        self.inside.touched(at_once=True)
        self.inside.look()
        await cast("asyncio.Task[None]", self.inside._reading)
        return self.inside.known, self.inside.failed


@pytest.fixture
async def looking(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Looking]:
    monkeypatch.setattr(inside, "_ANSWER_SECONDS", 2.0)
    readers = Readers(list(request.param))
    found = Inside(cast("Program", readers), cast("Child", Ready()))
    yield Looking(found, readers)
    await found.aclose()
    assert all(each.returncode is not None for each in readers.started)


@pytest.mark.parametrize("looking", [(_COUNTS,)], indirect=True)
async def test_one_reader_answers_again_and_again(looking: Looking) -> None:
    """No Python starts for each look."""
    assert [await looking.again() for _ in range(3)] == [({"n": n}, False) for n in range(3)]
    assert len(looking.readers.started) == 1


@pytest.mark.parametrize("looking", [(_COUNTS, _COUNTS)], indirect=True)
async def test_a_reader_that_ended_is_started_again(looking: Looking) -> None:
    """What was known stays known meanwhile."""
    assert await looking.again() == ({"n": 0}, False)
    looking.readers.started[0].kill()
    await looking.readers.started[0].wait()
    assert await looking.again() == ({"n": 0}, False)
    assert len(looking.readers.started) == 2


@pytest.mark.parametrize(
    "looking", [(_NONSENSE, _COUNTS), (_SILENT, _COUNTS), ("", _COUNTS)], indirect=True
)
async def test_a_reader_that_says_nothing_of_use_is_replaced(looking: Looking) -> None:
    """The look fails, and says so; the next is another reader's."""
    assert await looking.again() == (None, True)
    assert await looking.again() == ({"n": 0}, False)
