"""Kills bots and lets them live again: every life is a fork of one process that only imports.

A fork must not inherit threads or an event loop, so the forking is left to a process of its own:
`python -m tests.support.kills.kill_harness`, cases in, outcomes out, a line of JSON each.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from adapters.storage.engines import sqlite
from service.common.fail_points import FailPoint
from tests.support.bots.bot_place import Rows
from tests.support.databases.database_rows import database_in, read
from tests.support.databases.no_fsync import QUICK
from tests.support.kills.kill_child import Fuse, Place, live

ROOT = Path(__file__).parents[3]
AT_ONCE = 4
KILLED = -9
QUIET = 0
FAILED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A top-up, and where each life before the last one ends: a point, and which passing of it.

    Without a point a life ends after so many milliseconds, wherever it is then.
    `method` is `card`, `bank_transfer`, or `refund` for a card whose payment is sent back again.
    `address` is a database of its own; none for a file beside the log.
    """

    name: str
    method: str
    kills: tuple[tuple[FailPoint | None, int], ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How each life ended, and where the database, the journal and the log are."""

    case: Case
    ends: tuple[int, ...]
    directory: Path

    @property
    def tables(self) -> dict[str, Rows]:
        """What the lives left behind."""
        return read(self.case.address or database_in(self.directory))

    @property
    def log(self) -> str:
        """What all lives printed."""
        return (self.directory / "log").read_text(encoding="utf-8")


def run(cases: Iterable[Case], directory: Path) -> dict[str, Outcome]:
    """Live through every case, each in a directory below this one; outcomes by case name."""
    known = {case.name: case for case in cases}
    asked = "\n".join(json.dumps(asdict(case)) for case in known.values())
    answered = subprocess.run(  # noqa: S603 (a program of our own, without a shell)
        [sys.executable, "-m", "tests.support.kills.kill_harness", str(directory)],
        cwd=ROOT,
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in answered.stdout.splitlines()]
    return {
        name: Outcome(known[name], tuple(ends), directory / name)
        for name, ends in sorted((each["name"], each["ends"]) for each in found)
    }


def main() -> None:
    """Fork a keeper for each case, a few at once."""
    directory = Path(sys.argv[1])
    sqlite._SYNCHRONOUS = QUICK
    keepers = 0
    for line in sys.stdin:
        read = json.loads(line)
        kills = tuple((point and FailPoint(point), hit) for point, hit in read["kills"])
        if keepers == AT_ONCE:
            os.wait()
            keepers -= 1
        case = Case(read["name"], read["method"], kills, read["address"])
        _forked(partial(_keep, case, directory))
        keepers += 1
    for _ in range(keepers):
        os.wait()


def _keep(case: Case, parent: Path) -> None:
    """Live through one case, life after life, and print how each of them ended."""
    directory = parent / case.name
    directory.mkdir()
    door = socket.create_server(("127.0.0.1", 0))
    place = Place(directory, case.address or database_in(directory), door)
    ends = [
        _end_of(partial(_live, place, life, case.method, _fuse(kill)), _deadline(kill))
        for life, kill in enumerate([*case.kills, None])
    ]
    os.write(1, json.dumps({"name": case.name, "ends": ends}).encode() + b"\n")


def _fuse(kill: tuple[FailPoint | None, int] | None) -> Fuse | None:
    return None if kill is None or kill[0] is None else Fuse(kill[0], kill[1])


def _deadline(kill: tuple[FailPoint | None, int] | None) -> float | None:
    return None if kill is None or kill[0] is not None else kill[1] / 1000


def _end_of(life: Callable[[], None], seconds: float | None) -> int:
    """How a life ended; with a deadline, killed then if it is not over by itself."""
    child = _forked(life)
    if seconds is not None:
        time.sleep(seconds)
        # Over by itself or not: nobody has waited for it yet, so it is still there to be killed.
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live(place: Place, life: int, method: str, fuse: Fuse | None) -> None:
    log = os.open(place.directory / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    asyncio.run(live(place, life, method, fuse))


def _forked(work: Callable[[], None]) -> int:
    """The id of a new process that does this work and nothing else."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(FAILED)
    os._exit(QUIET)


if __name__ == "__main__":
    main()
