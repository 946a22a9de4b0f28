"""Plants each known bug and runs the tests that must find it; one line each, and 1 on a miss."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.support.planted.catalogue import MUTATIONS, PLANTED

ROOT = Path(__file__).parents[3]
GREEN, FAILED = 0, 1


def main(wanted: list[str]) -> int:
    """Try all bugs, or those whose names hold one of these words."""
    names = [name for name in MUTATIONS if not wanted or any(word in name for word in wanted)]
    finders = sorted({finder for name in names for finder in MUTATIONS[name].finders})
    if run(finders) != GREEN:
        print("the tests fail without any bug: nothing can be found by them")
        return 1
    missed = 0
    for name in names:
        found = run(MUTATIONS[name].finders, name) == FAILED
        missed += not found
        print(f"{name} ({MUTATIONS[name].story}): {'found' if found else 'missed'}", flush=True)
    print(f"{len(names)} planted, {len(names) - missed} found, {missed} missed")
    return 1 if missed else 0


def run(finders: Iterable[str], planted: str | None = None) -> int:
    """How pytest ends; 1 is a test that failed, anything higher a run that did not work."""
    environment = {**os.environ, "CI": "1"} | ({PLANTED: planted} if planted else {})
    ended = subprocess.run(  # noqa: S603 (a program of our own, without a shell)
        [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "tests.support.planted.catalogue",
            *finders,
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
