"""Lets rivals run in turns, so that a busy machine hurts all alike, and compares their times."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median

from bench.stage import Stage

# Something hangs that has no end by then.
ROUND_SECONDS_MAX = 600.0

Run = Callable[[], Awaitable[tuple[float, ...]]]
"""One round of one rival: the seconds of each figure."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody who does the work, and by what name; "" for ours where there is no other."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Race:
    """Rivals that are compared to the anchor, figure by figure, within each round."""

    title: str
    anchor: Rival
    rivals: tuple[Rival, ...]
    figures: tuple[str, ...] = ("",)


Bench = Callable[[Stage], AbstractAsyncContextManager[Sequence[Race]]]
"""Makes its races ready on a stage, and clears them away."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a rival and its anchor took in each round, in seconds."""

    what: str
    anchor: str
    took: tuple[float, ...]
    anchor_took: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """How many times as long as the anchor, in each round."""
        return [ours / theirs for ours, theirs in zip(self.took, self.anchor_took, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of them."""
        return median(self.ratios)


async def compete(race: Race, rounds: int, progress: Callable[[], None]) -> list[Line]:
    """Everybody once in each round, the anchor first. One round before that warms up."""
    everybody = (race.anchor, *race.rivals)
    took: list[list[tuple[float, ...]]] = [[] for _ in everybody]
    for number in range(rounds + 1):
        for each, times in zip(everybody, took, strict=True):
            async with asyncio.timeout(ROUND_SECONDS_MAX):
                seconds = await each.run()
            if number:
                times.append(seconds)
            progress()
    return [
        Line(
            what=", ".join(part for part in (race.title, rival.name, figure) if part),
            anchor=race.anchor.name,
            took=tuple(each[at] for each in times),
            anchor_took=tuple(each[at] for each in took[0]),
        )
        for rival, times in zip(race.rivals, took[1:], strict=True)
        for at, figure in enumerate(race.figures)
    ]
