"""A pytest plugin that notes which functions each test runs, and how long the test takes.

`pytest -p tests.support.mutants.trace` writes `trace-*.json` into the folder that
TRACE_FOLDER names: of
each test the seconds and the functions, as `path function`. A test that fails is left out, since
it would find every change.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from tests.support.house.source import name
from tests.support.mutants.loading import ChangedFinder
from tests.support.mutants.sites import tops

FOLDER = "TRACE_FOLDER"
NOTE, RECALL = "note_entered", "note_recalled"
_CACHES = ("cache", "lru_cache")


class _Making(threading.local):
    """What this thread has entered for each cached answer that it is making."""

    def __init__(self) -> None:
        self.entered: list[set[str]] = []


class Trace:
    """Which functions of the product were entered since the last test began."""

    def __init__(self) -> None:
        self.entered: set[str] = set()
        self.tests: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self._making = _Making()

    def note(self, function: str) -> None:
        for each in (self.entered, *self._making.entered):
            each.add(function)

    def recall(self, cached: Callable[..., Any]) -> Callable[..., Any]:
        """The cached function; a test that hears an answer of before counts as one that made it.

        Otherwise only the first test to ask would be run when the function or its table changes.
        """
        ever: set[str] = set()

        @wraps(cached)
        def call(*given: Any, **named: Any) -> Any:
            self._making.entered.append(ever)
            try:
                return cached(*given, **named)
            finally:
                self._making.entered.pop()
                for each in tuple(ever):
                    self.note(each)

        call.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
        return call


def noting(source: str, path: Path) -> ast.Module:
    """The module with one call in each function, in a line that it has already, and in each cache.

    `sys.settrace` would call for every function of every library, and is three times as slow.
    """
    tree = ast.parse(source)
    for top, within in tops(tree):
        if isinstance(top, ast.FunctionDef | ast.AsyncFunctionDef):
            call = ast.parse(f"{NOTE}({f'{name(path)} {within}'!r})").body[0]
            for node in ast.walk(call):
                ast.copy_location(node, top.body[0])
            top.body.insert(1 if ast.get_docstring(top) is not None else 0, call)
            if any(_is_cache(each) for each in top.decorator_list):
                recall = ast.copy_location(ast.Name(RECALL, ast.Load()), top.decorator_list[0])
                top.decorator_list.insert(0, recall)
    return tree


def _is_cache(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id in _CACHES


_TRACE = Trace()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Note what is entered from now on; what conftest.py loads is not loaded yet."""
    setattr(builtins, NOTE, _TRACE.note)
    setattr(builtins, RECALL, _TRACE.recall)
    sys.meta_path.insert(0, ChangedFinder(noting))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Trace one test with its fixtures."""
    _TRACE.entered = set()
    began = time.perf_counter()
    try:
        return (yield)
    finally:
        seconds = round(time.perf_counter() - began, 3)
        _TRACE.tests[item.nodeid] = {"seconds": seconds, "functions": sorted(_TRACE.entered)}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what fails without any change."""
    if report.failed:
        _TRACE.failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write down what this process saw."""
    green = {test: told for test, told in _TRACE.tests.items() if test not in _TRACE.failed}
    if green:
        path = Path(os.environ[FOLDER]) / f"trace-{os.getpid()}.json"
        path.write_text(json.dumps(green), encoding="utf-8")
