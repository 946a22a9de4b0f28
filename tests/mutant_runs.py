"""Where a changed copy of the project lives, and the tests that are run there."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from rich.console import Console

from tests.mutant_sites import Mutant
from tests.mutant_trace import FOLDER
from tests.source import ROOT

# Tests that need a program or a server of their own take too long to be run for each change.
LEFT_OUT = (
    "browser", "postgres", "demo", "sigkill", "failover", "duplicates", "wheel", "tasks",
    "replicas", "stopping", "tidy", "full_disk", "sole_bot", "upgrades", "canary", "mutations",
    "time_travel", "old_top_ups",
)  # fmt: skip
SECONDS_MAX = 60.0
_START_SECONDS = 60.0
_SLOWER = 8
_GREEN, _FAILED, _NO_TESTS = 0, 1, 5


class Found(Enum):
    """What the tests said to a change."""

    BY_A_TEST = auto()
    BY_THE_CLOCK = auto()
    NOTHING = auto()


Known = Mapping[str, Mapping[str, float]]
"""Function, as `path:first line` → the tests that run it, with their seconds."""


def traced(folder: Path, console: Console) -> dict[str, dict[str, float]]:
    """Which tests run which function; the tests are run once for it, unless the folder knows."""
    if not list(folder.glob("trace-*.json")):
        console.print("Looking which test runs what, some minutes")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(  # noqa: S603 (a program of our own, without a shell)
            [*_PYTEST, "-n", "2", "-p", "tests.mutant_trace", *_files(ROOT)],
            cwd=ROOT,
            env={**os.environ, "CI": "1", FOLDER: str(folder)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
    known: dict[str, dict[str, float]] = defaultdict(dict)
    for path in folder.glob("trace-*.json"):
        for test, told in json.loads(path.read_text(encoding="utf-8")).items():
            for function in told["functions"]:
                known[function][test] = told["seconds"]
    return known


_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=0")


def _files(root: Path) -> list[str]:
    return [
        f"tests/{path.name}"
        for path in sorted((root / "tests").glob("test_*.py"))
        if not any(word in path.name for word in LEFT_OUT)
    ]


@dataclass(frozen=True, slots=True)
class Workshop:
    """A copy of the project in which one change at a time is tried."""

    root: Path
    known: Known

    @classmethod
    @contextmanager
    def opened(cls, known: Known) -> Iterator[Workshop]:
        """A copy that is gone afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
            for each in (".env.example", ".ci", ".gitignore"):
                source = ROOT / each
                copy = shutil.copytree if source.is_dir() else shutil.copy
                copy(source, root / each)
            yield cls(root, known)

    async def finds(self, mutant: Mutant) -> Found:
        """Whether any test that runs the changed function fails, or never ends."""
        tests = self._tests(mutant)
        if not tests:
            return Found.NOTHING
        path = self.root / mutant.path
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.apply(whole), encoding="utf-8")
        try:
            return await self._run(tests)
        finally:
            path.write_text(whole, encoding="utf-8")

    def _tests(self, mutant: Mutant) -> dict[str, float]:
        """The quick ones first, as long as they take a minute together."""
        if mutant.function:
            tests = dict(self.known.get(f"{mutant.path}:{mutant.function_line}", {}))
        else:
            own = [each for key, each in self.known.items() if key.startswith(f"{mutant.path}:")]
            tests = {test: seconds for each in own for test, seconds in each.items()}
        chosen: dict[str, float] = {}
        for test, seconds in sorted(tests.items(), key=lambda pair: pair[1]):
            if sum(chosen.values()) + seconds > SECONDS_MAX and chosen:
                break
            chosen[test] = seconds
        return chosen

    async def _run(self, tests: Mapping[str, float]) -> Found:
        names = self.root / "chosen.txt"
        names.write_text("\n".join(tests), encoding="utf-8")
        # Bytecode goes by size and second: a change within one second would not be seen.
        environment = {**os.environ, "CI": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = str(self.root)
        process = await asyncio.create_subprocess_exec(
            *_PYTEST,
            "-x",
            "-p",
            "no:xdist",
            f"@{names}",
            cwd=self.root,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        limit = _START_SECONDS + _SLOWER * sum(tests.values())
        try:
            code = await asyncio.wait_for(process.wait(), limit)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            return Found.BY_THE_CLOCK
        return Found.NOTHING if code in (_GREEN, _NO_TESTS) else Found.BY_A_TEST


__all__ = ["Found", "Known", "Workshop", "traced"]
