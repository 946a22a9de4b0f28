"""Which tests are run for a change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rich.console import Console

from tests.support.house.source import ROOT
from tests.support.mutants.readers import readers
from tests.support.mutants.sites import Mutant
from tests.support.mutants.trace import FOLDER

# Tests that need a program or a server of their own take too long to be run for each change.
LEFT_OUT = (
    "browser", "postgres", "demo", "sigkill", "failover", "duplicates", "wheel", "tasks",
    "replicas", "stopping", "tidy", "full_disk", "sole_bot", "upgrades", "canary", "mutations",
    "time_travel", "old_top_ups", "playground", "emulator", "stand_ins",
    "fuzz", "backup", "restore", "sandbox_pages", "terminal", "owned_files",
    "accessible", "introductions", "strangers_cost", "slow_senders", "storage", "mutants",
)  # fmt: skip
# Most changes are found by the few tests that are about the function.
CLOSE = 4.0
SECONDS_MAX = 20.0
# What takes longer than 15 seconds by itself is left out too: it counts as failed.
_TRACING = (
    sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "auto",
    "--timeout", "15", "-p", "tests.support.mutants.trace",
)  # fmt: skip
# Tests that run no function of the product, for they read its words.
_READ_WORDS = (
    "tests/conversations/language/test_languages.py",
    "tests/conversations/language/test_language_fit.py",
    "tests/promises/test_golden_lists.py",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """How long a test takes, and how much it runs: what runs little is close to its subject."""

    seconds: float
    functions: int


Known = Mapping[str, Mapping[str, Cost]]
"""Function, as `path function` → the tests that run it."""


def traced(folder: Path, console: Console) -> Known:
    """Which tests run which function; the tests are run once for it, unless the folder knows."""
    if not list(folder.glob("trace-*.json")):
        console.print("Looking which test runs what, some minutes")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(  # noqa: S603 (a program of our own, without a shell)
            [*_TRACING, *files(ROOT)],
            cwd=ROOT,
            env={**os.environ, "CI": "1", FOLDER: str(folder.resolve())},
            capture_output=True,
            text=True,
            check=False,
        )
        console.print(done.stdout.splitlines()[-1], highlight=False)
    known: dict[str, dict[str, Cost]] = defaultdict(dict)
    for path in folder.glob("trace-*.json"):
        for test, noted in json.loads(path.read_text(encoding="utf-8")).items():
            for function in noted["functions"] or [test.split("::")[0]]:
                known[function][test] = Cost(noted["seconds"], len(noted["functions"]))
    return known


def files(root: Path) -> list[str]:
    """The tests that are quick enough."""
    return [
        path.relative_to(root).as_posix()
        for path in sorted((root / "tests").rglob("test_*.py"))
        if not any(word in path.name for word in LEFT_OUT)
    ]


def rounds(mutant: Mutant, known: Known) -> list[list[str]]:
    """The tests closest to what is changed, and for where they find nothing the quick ones."""
    tests = _tests(mutant, known)
    near = sorted(
        (each for each in tests if tests[each].functions),
        key=lambda each: (tests[each].functions, tests[each].seconds),
    )
    close = _as_long_as(near, tests, CLOSE)
    rest = sorted(tests.keys() - set(close), key=lambda each: (tests[each].seconds, each))
    return [each for each in (close, _as_long_as(rest, tests, SECONDS_MAX)) if each]


def _tests(mutant: Mutant, known: Known) -> Mapping[str, Cost]:
    entering = known.get(f"{mutant.path} {mutant.within}")
    if entering or not mutant.while_loading:
        return entering or {}
    keys = [*_READ_WORDS, *sorted(readers(mutant.within))]
    return {test: cost for key in keys for test, cost in known.get(key, {}).items()}


def _as_long_as(
    ordered: Iterable[str], tests: Mapping[str, Cost], seconds_max: float
) -> list[str]:
    chosen: list[str] = []
    seconds = 0.0
    for test in ordered:
        seconds += tests[test].seconds
        if chosen and seconds > seconds_max:
            break
        chosen.append(test)
    # File by file, since what a file's tests share is made once.
    by_file: dict[str, list[str]] = {}
    for test in chosen:
        by_file.setdefault(test.split("::")[0], []).append(test)
    return list(chain.from_iterable(by_file.values()))
