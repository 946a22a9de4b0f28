"""Plays histories.

`python -m tests.support.histories.run --histories 10000 --seed 7` is the long lane.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from random import SystemRandom

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.support.histories.machine import Histories
from tests.support.histories.restore import RestoredHistories
from tests.support.planted.catalogue import PLANTED

STEPS_MAX = 25
CHUNK = 125
SEED_MAX = 2**32


def play(
    histories: int,
    number: int | None = None,
    steps: int = STEPS_MAX,
    machine: type[Histories] = Histories,
) -> None:
    """Play so many histories; the same for the same number. Raises on the first broken one."""
    # A bug that was planted need not be made small: it is known.
    shrink = () if PLANTED in os.environ else (Phase.shrink,)
    quick = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, *shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )

    class Played(machine):  # type: ignore[valid-type,misc]  # one class or the other
        """A class of its own, since a seed belongs to a class."""

    run_state_machine_as_test(Played if number is None else seed(number)(Played), settings=quick)


def main() -> int:
    """0 when every promise held; 1 with the seed that breaks one."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--histories", type=int, default=10_000)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(SEED_MAX))
    wanted.add_argument("--steps", type=int, default=STEPS_MAX)
    wanted.add_argument("--restores", action="store_true", help="with backups and restores")
    asked = wanted.parse_args()
    machine = RestoredHistories if asked.restores else Histories
    console = Console()
    console.print(f"seed {asked.seed}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bar = progress.add_task("histories", total=asked.histories)
        for done in range(0, asked.histories, CHUNK):
            chunk = min(CHUNK, asked.histories - done)
            try:
                play(chunk, asked.seed + done, asked.steps, machine)
            except Exception:
                console.print(traceback.format_exc(), markup=False)
                again = f"--seed {asked.seed + done} --histories {chunk} --steps {asked.steps}"
                again += " --restores" * asked.restores
                console.print(f"[red]broken[/]: python -m tests.support.histories.run {again}")
                return 1
            progress.advance(bar, chunk)
    console.print(f"{asked.histories} histories, lost 0, credited twice 0, seed {asked.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
