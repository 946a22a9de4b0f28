"""`python3 tasks.py soak`: every long lane with its progress; it goes on where it was stopped.

What is done is kept in `.soak.json`, with the seed, until a run is whole or `--fresh` begins anew.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import traceback
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.support.soak.jobs import Lane, lanes

KEPT = Path(__file__).parents[3] / ".soak.json"
SEED_MAX = 2**32


@dataclass(slots=True)
class Run:
    """A run of all lanes: its seed, and how far each lane came."""

    seed: int
    begun: str
    done: dict[str, int] = field(default_factory=dict)

    def keep(self) -> None:
        """Write it down, so that a run that is stopped goes on here."""
        KEPT.write_text(json.dumps(asdict(self)), encoding="utf-8")


def main() -> int:
    """0 when nothing was lost and nothing credited twice; 1 with what to run again."""
    every = lanes()
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seed", type=int, default=None)
    wanted.add_argument("--share", type=float, default=1.0, help="0.1 is a tenth of each lane")
    wanted.add_argument("--lane", choices=sorted(every), help="this lane alone")
    wanted.add_argument("--fresh", action="store_true", help="begin anew")
    asked = wanted.parse_args()
    # What bots log while they are killed says nothing that the promises do not.
    logging.disable(logging.CRITICAL)
    run = _kept(asked.seed, fresh=asked.fresh)
    chosen = {asked.lane: every[asked.lane]} if asked.lane else every
    console = Console()
    console.print(f"seed {run.seed}, begun {run.begun}")
    columns = (TextColumn("{task.description:>24}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        broken = [
            name
            for name, lane in chosen.items()
            if not _holds(name, lane, run, asked.share, progress)
        ]
    for name in broken:
        console.print(f'[red]broken[/]: python3 tasks.py soak --lane "{name}" --seed {run.seed}')
    if not broken and not asked.lane:
        KEPT.unlink(missing_ok=True)
        _report(console, run, every)
    return 1 if broken else 0


def _kept(seed: int | None, *, fresh: bool) -> Run:
    if KEPT.exists() and not fresh and seed is None:
        return Run(**json.loads(KEPT.read_text(encoding="utf-8")))
    chosen = SystemRandom().randrange(SEED_MAX) if seed is None else seed
    return Run(chosen, datetime.now(UTC).date().isoformat())


def _holds(name: str, lane: Lane, run: Run, share: float, progress: Progress) -> bool:
    total = max(lane.chunk, int(lane.total * share))
    bar = progress.add_task(name, total=total, completed=run.done.get(name, 0))
    with ExitStack() as stack:
        while (done := run.done.get(name, 0)) < total:
            tries = min(lane.chunk, total - done)
            try:
                lane.work(stack, run.seed + done, tries)
            except Exception:
                progress.console.print(traceback.format_exc(), markup=False)
                return False
            run.done[name] = done + tries
            run.keep()
            progress.update(bar, completed=done + tries)
    return True


def _report(console: Console, run: Run, every: dict[str, Lane]) -> None:
    """Rows for docs/reliability.md."""
    for name, lane in every.items():
        row = f"| {name} | {run.done[name]} {lane.what} | 0 | 0 | {run.seed} |"
        console.print(row, markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
