"""`python3 tasks.py mutants`: changes the core in small ways and counts what the tests find.

A sample by seed over billing, conversations and the use cases. Each change is made in a process of
its own, and the tests that run the changed function are run there, those closest to it first.
What is found by none stands in docs/mutants.md with the reason, or needs a new test.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import SystemRandom

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.support.house.source import ROOT
from tests.support.mutants.forks import Forks, Found, Unshrunk
from tests.support.mutants.runs import Known, files, rounds, traced
from tests.support.mutants.sites import Mutant, mutants, scope

SEED_MAX = 2**32
SAMPLE = 300
FOUND_PERCENT_MIN = 92
COLLECTED = ("-q", "-s", "-p", "no:cacheprovider")
# One line each, `path function: was -> becomes`, and after it why nobody would notice.
EXPLAINED = ROOT / "docs" / "mutants.md"


@dataclass(slots=True)
class Tally:
    """What became of each change."""

    found: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    harmless: list[Mutant] = field(default_factory=list)
    # The tests fail without a change.
    broken: bool = False

    @property
    def percent(self) -> float:
        """How many of those that change anything were found."""
        told = len(self.found) + len(self.survived)
        return 100 * len(self.found) / told if told else 100.0


def main() -> int:
    """0 where enough was found; 1 with what was not."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(SEED_MAX))
    wanted.add_argument("--sample", type=int, default=SAMPLE, help="how many changes are tried")
    wanted.add_argument("--only", default="", help="files whose path holds this word")
    wanted.add_argument("--trace", type=Path, help="a folder that keeps which test runs what")
    asked = wanted.parse_args()
    every = mutants(path for path in scope() if asked.only in str(path.relative_to(ROOT)))
    # A seed must give the same sample again.
    dice = random.Random(asked.seed)  # noqa: S311
    chosen = dice.sample(every, min(asked.sample, len(every)))
    console = Console()
    console.print(f"seed {asked.seed}: {len(chosen)} of {len(every)} changes", highlight=False)
    with ExitStack() as stack:
        kept = asked.trace or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tally = _try_all(chosen, traced(kept, console), console)
    return _report(tally, console)


def _try_all(chosen: Sequence[Mutant], known: Known, console: Console) -> Tally:
    tally = Tally()
    explained = EXPLAINED.read_text(encoding="utf-8")
    tally.harmless = [each for each in chosen if f"`{each.words}`" in explained]
    rest = [each for each in chosen if each not in tally.harmless]
    # It refreshes by itself in a thread, which a fork would lose.
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, auto_refresh=False) as progress:
        bar = progress.add_task("changes", total=len(rest))

        def tell(mutant: Mutant, found: Found) -> None:
            if mutant.was == mutant.becomes:
                tally.broken |= found is not Found.NOTHING
                return
            (tally.survived if found is Found.NOTHING else tally.found).append(mutant)
            if found is Found.NOTHING:
                _tell(mutant, progress.console, "not found")
            if found is Found.BY_THE_CLOCK:
                _tell(mutant, progress.console, "never ends")
            progress.advance(bar)
            progress.refresh()

        plan = [(each, rounds(each, known)[:1]) for each in _controls(rest)]
        plan += [(each, rounds(each, known)) for each in rest]
        os.environ["CI"] = "1"
        pytest.main([*COLLECTED, *files(ROOT)], plugins=[Unshrunk(), Forks(plan, tell)])
    return tally


def _controls(chosen: Sequence[Mutant]) -> list[Mutant]:
    """One of each kind that changes nothing, since tests that fail by themselves prove nothing."""
    kinds = {each.while_loading: replace(each, becomes=each.was) for each in chosen}
    return list(kinds.values())


def _tell(mutant: Mutant, console: Console, what: str) -> None:
    said = f"{what}, line {mutant.line}: {mutant.words}"
    console.print(said, highlight=False, markup=False, soft_wrap=True)


def _report(tally: Tally, console: Console) -> int:
    console.print(
        f"found {len(tally.found)}, not found {len(tally.survived)}, changes nothing "
        f"{len(tally.harmless)}: {tally.percent:.1f} % of those that change anything",
        highlight=False,
    )
    if tally.broken:
        console.print("The tests fail without a change: these figures say nothing.")
    return 0 if tally.percent >= FOUND_PERCENT_MIN and not tally.broken else 1


if __name__ == "__main__":
    sys.exit(main())
