"""`python3 tasks.py mutants`: changes the core in small ways and counts what the tests find.

A sample by seed over billing, conversations and the use cases. Each change is written into a copy
of the project, and the tests that run the changed function are run there, the quick ones first.
What is found by none stands in docs/mutants.md with the reason, or needs a new test.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.mutant_runs import Found, Workshop, traced
from tests.mutant_sites import Mutant, mutants, scope
from tests.source import ROOT

SEED_MAX = 2**32
SAMPLE = 300
FOUND_PERCENT_MIN = 92
WORKERS = 2
# One line each, `path function: was -> becomes`, and after it why nobody would notice.
EXPLAINED = ROOT / "docs" / "mutants.md"


@dataclass(slots=True)
class Tally:
    """What became of each change."""

    found: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    harmless: list[Mutant] = field(default_factory=list)

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
    chosen = sorted(dice.sample(every, min(asked.sample, len(every))))
    console = Console()
    console.print(f"seed {asked.seed}: {len(chosen)} of {len(every)} changes", highlight=False)
    with ExitStack() as stack:
        kept = asked.trace or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tally = asyncio.run(_try_all(chosen, traced(kept, console), console))
    return _report(tally, console)


async def _try_all(
    chosen: Sequence[Mutant], known: dict[str, dict[str, float]], console: Console
) -> Tally:
    tally, waiting = Tally(), list(reversed(chosen))
    explained = EXPLAINED.read_text(encoding="utf-8")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(*columns, TimeElapsedColumn(), console=console))
        bar = progress.add_task("changes", total=len(chosen))

        async def work() -> None:
            workshop = stack.enter_context(Workshop.opened(known))
            while waiting:
                mutant = waiting.pop()
                if f"`{mutant.words}`" in explained:
                    tally.harmless.append(mutant)
                elif await workshop.finds(mutant) is Found.NOTHING:
                    tally.survived.append(mutant)
                    progress.console.print(f"not found, line {mutant.line}: {mutant.words}")
                else:
                    tally.found.append(mutant)
                progress.advance(bar)

        await asyncio.gather(*(work() for _ in range(WORKERS)))
    return tally


def _report(tally: Tally, console: Console) -> int:
    console.print(
        f"found {len(tally.found)}, not found {len(tally.survived)}, changes nothing "
        f"{len(tally.harmless)}: {tally.percent:.1f} % of those that change anything",
        highlight=False,
    )
    console.print_json(json.dumps([each.words for each in tally.survived]))
    return 0 if tally.percent >= FOUND_PERCENT_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
