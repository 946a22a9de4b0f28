"""`python3 tasks.py bench`: runs every bench beside its anchor and prints one table of ratios.

It is no test: it runs for minutes, wants a quiet machine, and nothing fails by being slow.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.rounds import Bench, Line, compete
from bench.stage import Stage, stage
from bench.ways import (
    callback_card,
    many_accounts,
    open_top_ups,
    processor,
    settle_alone,
    settle_http,
    slack_turn,
    telegram_turn,
)

BENCHES: dict[str, Bench] = {
    "settle-alone": settle_alone.races,
    "settle-http": settle_http.races,
    "callback-card": callback_card.races,
    "processor": processor.races,
    "open-top-ups": open_top_ups.races,
    "telegram-turn": telegram_turn.races,
    "slack-turn": slack_turn.races,
    "many-accounts": many_accounts.races,
}
ROUNDS, QUICK_ROUNDS = 7, 3
QUICK_SHARE = 0.2
WIDTH = 140


def main() -> int:
    """0, once the table is printed."""
    wanted = argparse.ArgumentParser(prog="python3 tasks.py bench", description=__doc__)
    wanted.add_argument("--quick", action="store_true", help="a fifth, in three rounds")
    wanted.add_argument("--only", choices=sorted(BENCHES), action="append", help="this one")
    asked = wanted.parse_args()
    # A bot that is in trouble measures nothing; its warnings are about a busy machine.
    logging.disable(logging.WARNING)
    console = Console(stderr=True)
    rounds = QUICK_ROUNDS if asked.quick else ROUNDS
    with stage(QUICK_SHARE if asked.quick else 1.0) as at:
        lines = asyncio.run(run_all(asked.only or list(BENCHES), at, rounds, console))
    print_table(lines, rounds)
    return 0


async def run_all(names: Sequence[str], at: Stage, rounds: int, console: Console) -> list[Line]:
    """One bench after the other."""
    lines: list[Line] = []
    columns = (TextColumn("{task.description:>14}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for name in names:
            bar = progress.add_task(name, total=None)
            async with BENCHES[name](at) as races:
                turns = sum(len(race.rivals) + 1 for race in races) * (rounds + 1)
                progress.update(bar, total=turns)
                for race in races:
                    lines += await compete(race, rounds, partial(progress.advance, bar))
    return lines


def print_table(lines: Sequence[Line], rounds: int) -> None:
    """As Markdown, so that it can go to docs/performance.md as it is."""
    table = Table(box=box.MARKDOWN)
    for heading in ("what", "beside"):
        table.add_column(heading, no_wrap=True)
    for heading in ("times as long", "from – to", "ms", "anchor's ms"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(
            line.what,
            line.anchor,
            f"{line.ratio:.2f}",
            f"{min(line.ratios):.2f} – {max(line.ratios):.2f}",
            f"{median(line.took) * 1000:.2f}",
            f"{median(line.anchor_took) * 1000:.2f}",
        )
    console = Console(width=max(WIDTH, Console().width))
    console.print(table)
    console.print(f"{datetime.now(UTC):%Y-%m-%d}, median of {rounds} rounds in turns")


if __name__ == "__main__":
    sys.exit(main())
