"""A pytest plugin that notes which functions each test runs, and how long the test takes.

`pytest -p tests.mutant_trace` writes `trace-*.json` into the folder that TRACE_FOLDER names: of
each test the seconds and the functions, as `path:first line`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.source import ROOT

FOLDER = "TRACE_FOLDER"
_SCOPE = tuple(f"{ROOT / part}{os.sep}" for part in ("billing", "conversations", "bot"))


class Trace:
    """Which code of the scope was entered since the last test began."""

    def __init__(self) -> None:
        self.entered: set[CodeType] = set()
        self.tests: dict[str, dict[str, Any]] = {}

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        # No line of the function is traced: to know that it was entered is enough.
        self.entered.add(frame.f_code)

    def names(self) -> list[str]:
        """What was entered in the product's core and use cases."""
        # Copied in one step: other threads still add to it.
        codes = [each for each in self.entered.copy() if each.co_filename.startswith(_SCOPE)]
        found = {
            f"{Path(each.co_filename).relative_to(ROOT).as_posix()}:{each.co_firstlineno}"
            for each in codes
        }
        return sorted(found)


_TRACE = Trace()


def pytest_configure() -> None:
    """Trace other threads too: the store works in one of its own."""
    threading.settrace(_TRACE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Trace one test with its fixtures."""
    _TRACE.entered = set()
    began = time.perf_counter()
    sys.settrace(_TRACE)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        seconds = round(time.perf_counter() - began, 3)
        _TRACE.tests[item.nodeid] = {"seconds": seconds, "functions": _TRACE.names()}


def pytest_sessionfinish() -> None:
    """Write down what this process saw."""
    if _TRACE.tests:
        path = Path(os.environ[FOLDER]) / f"trace-{os.getpid()}.json"
        path.write_text(json.dumps(_TRACE.tests), encoding="utf-8")
