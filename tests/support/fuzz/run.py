"""`python3 tasks.py fuzz`: the long run of every lane, with its progress."""

from __future__ import annotations

import argparse
import logging
import sys
import traceback
from random import SystemRandom

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.support.fuzz.jobs import Plan, plans

SEED_MAX = 2**32


def main() -> int:
    """0 when no law broke; 1 with the seed and the lane to try again."""
    every = plans()
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seed", type=int, default=SystemRandom().randrange(SEED_MAX))
    wanted.add_argument("--share", type=float, default=1.0, help="0.1 is a tenth of the tries")
    wanted.add_argument("--lane", choices=sorted(every), help="this lane alone")
    asked = wanted.parse_args()
    chosen = {asked.lane: every[asked.lane]} if asked.lane else every
    # The bot logs each odd request; the bars say all there is to see.
    logging.disable(logging.CRITICAL)
    console = Console()
    console.print(f"seed {asked.seed}")
    columns = (TextColumn("{task.description:>18}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        broken = [
            name
            for name, plan in chosen.items()
            if not _holds(name, plan, asked.seed, asked.share, progress)
        ]
    for name in broken:
        console.print(f'[red]broken[/]: python3 tasks.py fuzz --lane "{name}" --seed {asked.seed}')
    return 1 if broken else 0


def _holds(name: str, plan: Plan, seed: int, share: float, progress: Progress) -> bool:
    tries = max(1, int(plan.tries * share))
    bar = progress.add_task(name, total=tries)
    try:
        plan.run(seed, tries, lambda: progress.advance(bar))
    except Exception:
        progress.console.print(traceback.format_exc())
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
