"""The long lanes: histories, kills, one payment told again and again, bad days."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from service.common.fail_points import FailPoint
from tests.support.databases.postgres_server import Server, postgres_server
from tests.support.histories import run as histories
from tests.support.histories.restore import RestoredHistories
from tests.support.kills.kill_child import BANK_TRANSFER, REFUND
from tests.support.kills.kill_harness import KILLED, QUIET, Case, run
from tests.support.kills.kill_promises import broken
from tests.support.kills.stop_place import stopped_under_load
from tests.support.soak import database as soak_database
from tests.support.soak.duplicates import duplicates
from tests.support.soak.webhook_load import once

HISTORY_STEPS = 25
KILLS_EACH_MAX = 3
STOPPED_AFTER_MAX = 50
AT_ANY_TIME = 0.3
DELIVERIES = 6
METHODS = ("card", BANK_TRANSFER, REFUND)

Work = Callable[[ExitStack, int, int], None]
"""Does so many tries of a seed; what it enters ends with the lane. Raises when a promise broke."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How much of what the long run does, and how much of it at a time."""

    total: int
    chunk: int
    what: str
    work: Work


def lanes() -> dict[str, Lane]:
    """Every lane by name."""
    return {
        "histories": Lane(10_000, 125, "histories of up to 25 steps", _histories),
        "histories with restores": Lane(
            2_000, 125, "histories that go back to backups", _restored
        ),
        "kills on SQLite": Lane(1_000, 20, "top-ups, each killed 1 to 3 times", _kills_on_sqlite),
        "kills on PostgreSQL": Lane(
            1_000, 20, "top-ups, each killed 1 to 3 times", _kills_on_postgres
        ),
        "stops on SQLite": Lane(200, 5, "bots stopped under load", _stops_on_sqlite),
        "stops on PostgreSQL": Lane(200, 5, "bots stopped under load", _stops_on_postgres),
        "duplicates on PostgreSQL": Lane(
            5_000, 1_000, "payments, each told 6 times in 2 processes", _duplicates
        ),
        **{
            name: Lane(each.total, each.chunk, each.what, _on_a_server(each.work))
            for name, each in soak_database.LANES.items()
        },
    }


def _on_a_server(work: soak_database.Work) -> Work:
    return lambda stack, seed, tries: work(_server(stack), seed, tries)


def _histories(_: ExitStack, seed: int, tries: int) -> None:
    histories.play(tries, seed, HISTORY_STEPS)


def _restored(_: ExitStack, seed: int, tries: int) -> None:
    histories.play(tries, seed, HISTORY_STEPS, RestoredHistories)


# --- kills -----------------------------------------------------------------------------------


def _kills_on_sqlite(_: ExitStack, seed: int, tries: int) -> None:
    with _folder() as folder:
        _killed(cases(seed, tries), folder)


def _kills_on_postgres(stack: ExitStack, seed: int, tries: int) -> None:
    server = _server(stack)
    names = [server.fresh() for _ in range(tries)]
    known = zip(cases(seed, tries), names, strict=True)
    try:
        with _folder() as folder:
            _killed([replace(case, address=server.url(name)) for case, name in known], folder)
    finally:
        for name in names:
            server.run(f"DROP DATABASE {name} WITH (FORCE)")


def cases(seed: int, tries: int) -> list[Case]:
    """Top-ups by any method, each with one to three lives that end at any point."""
    # A seed must give the same cases again; nothing here is secret.
    dice = Random(seed)  # noqa: S311
    return [
        Case(
            f"{seed}-{number}",
            dice.choice(METHODS),
            tuple(_end(dice) for _ in range(dice.randint(1, KILLS_EACH_MAX))),
        )
        for number in range(tries)
    ]


def _end(dice: Random) -> tuple[FailPoint | None, int]:
    """A point, or any moment of the first second and a half."""
    if dice.random() < AT_ANY_TIME:
        return None, dice.randint(1, 1_500)
    return dice.choice(list(FailPoint)), dice.randint(1, 3)


def _killed(these: list[Case], folder: Path) -> None:
    """Raises with the first case that broke a promise."""
    for outcome in run(these, folder).values():
        ended = set(outcome.ends[:-1]) <= {KILLED, QUIET} and outcome.ends[-1] == QUIET
        wrong = broken(outcome) if ended else [outcome.log]
        if wrong:
            raise AssertionError(f"{outcome.case}: {wrong}")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="topup-soak-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


# --- stops -----------------------------------------------------------------------------------


def _stops_on_sqlite(_: ExitStack, seed: int, tries: int) -> None:
    for number in range(tries):
        with _folder() as folder:
            _stopped(f"sqlite:///{folder}/bot.db", folder, seed + number)


def _stops_on_postgres(stack: ExitStack, seed: int, tries: int) -> None:
    server = _server(stack)
    for number in range(tries):
        name = server.fresh()
        with _folder() as folder:
            _stopped(server.url(name), folder, seed + number)
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _stopped(address: str, folder: Path, seed: int) -> None:
    """Raises with what was not as it should be."""
    after = Random(seed).randint(1, STOPPED_AFTER_MAX)  # noqa: S311 (it is not secret)
    wrong = asyncio.run(stopped_under_load(address, folder, after))
    if wrong:
        raise AssertionError(f"stopped after {after} messages: {wrong}")


# --- duplicates ------------------------------------------------------------------------------


def _duplicates(stack: ExitStack, seed: int, tries: int) -> None:
    server = _server(stack)
    name = server.fresh()
    found = asyncio.run(duplicates(server.url(name), tries, DELIVERIES, seed))
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
    if found != once(tries):
        raise AssertionError(f"{found}, and not {once(tries)}")


@cache
def _server(stack: ExitStack) -> Server:
    return stack.enter_context(postgres_server())
