"""Tries changes in forks of one process that has collected the tests: none has to start again.

In its fork a changed function gets other code. What is read while a module loads (a table, a
field) is read again there, with all of the project, while the libraries stay loaded.
"""

from __future__ import annotations

import ast
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import _lru_cache_wrapper
from types import CodeType, FunctionType
from typing import Any, NoReturn

import pytest

from tests.support.house.source import PRODUCT, ROOT
from tests.support.mutants.loading import ChangedFinder
from tests.support.mutants.sites import Mutant

WORKERS = 2
SECONDS_MAX = 240.0
# A loop without an end is known by its work, however busy the machine is.
_WORK_SECONDS_MAX = 40
_LOOK_SECONDS = 0.02
_GREEN, _FAILED, _NO_TESTS = 0, 1, 5
_NOT_TRIED = 70


class Found(Enum):
    """What the tests said to a change."""

    BY_A_TEST = auto()
    BY_THE_CLOCK = auto()
    NOTHING = auto()


@dataclass(slots=True)
class _Try:
    """A change whose tests run: the fork, how long it may take, and the tests of later rounds."""

    mutant: Mutant
    later: list[list[str]]
    pid: int
    until: float


class Unshrunk:
    """A pytest plugin: that a property fails is enough, and the smallest example is not sought."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """After conftest.py, and before any test takes its settings."""
        # pytest warns of its plugins that were loaded before it began.
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("unshrunk", settings.get_profile("house"), phases=phases)
        settings.load_profile("unshrunk")


@dataclass(slots=True)
class Forks:
    """A pytest plugin that runs no test itself: it tries each change, and tells of it."""

    plan: Iterable[tuple[Mutant, list[list[str]]]]
    tell: Callable[[Mutant, Found], None]
    running: list[_Try] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every change of the plan, a few at a time."""
        items = {each.nodeid: each for each in session.items}
        waiting = iter(self.plan)
        while self._begin(waiting, items) or self.running:
            time.sleep(_LOOK_SECONDS)
            for each in list(self.running):
                self._look(each, items)
        return True

    def _begin(
        self, waiting: Iterator[tuple[Mutant, list[list[str]]]], items: Mapping[str, pytest.Item]
    ) -> bool:
        while len(self.running) < WORKERS:
            mutant, rounds = next(waiting, (None, []))
            if mutant is None:
                return False
            self._next_round(mutant, rounds, items)
        return True

    def _next_round(
        self, mutant: Mutant, rounds: list[list[str]], items: Mapping[str, pytest.Item]
    ) -> None:
        if not rounds:
            self.tell(mutant, Found.NOTHING)
            return
        pid = os.fork()
        if pid == 0:
            _child(mutant, [items[each] for each in rounds[0] if each in items])
        until = time.monotonic() + SECONDS_MAX
        self.running.append(_Try(mutant, rounds[1:], pid, until))

    def _look(self, running: _Try, items: Mapping[str, pytest.Item]) -> None:
        pid, status = os.waitpid(running.pid, os.WNOHANG)
        late = time.monotonic() > running.until
        if pid == 0 and not late:
            return
        self.running.remove(running)
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # also what a test has started
        if pid == 0:
            os.waitpid(running.pid, 0)
            self.tell(running.mutant, Found.BY_THE_CLOCK)
        elif (code := os.waitstatus_to_exitcode(status)) in (_GREEN, _NO_TESTS):
            self._next_round(running.mutant, running.later, items)
        elif code == _NOT_TRIED:
            raise RuntimeError(f"cannot be made: {running.mutant.words}")
        else:
            self.tell(running.mutant, Found.BY_A_TEST)


def _child(mutant: Mutant, items: Sequence[pytest.Item]) -> NoReturn:
    code = _NOT_TRIED
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (_WORK_SECONDS_MAX, _WORK_SECONDS_MAX))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(nowhere, each)
        again = mutant.while_loading or not fits(mutant)
        code = _read_again(mutant, items) if again else _patched(mutant, items)
    finally:
        os._exit(code)


def fits(mutant: Mutant) -> bool:
    """Whether the functions take other code: not one that no longer says `super()`."""
    return all(
        function.__code__.co_freevars == code.co_freevars for function, code in _exchange(mutant)
    )


def _exchange(mutant: Mutant) -> list[tuple[FunctionType, CodeType]]:
    source = (ROOT / mutant.path).read_text(encoding="utf-8")
    changed = compile(mutant.apply(source), ROOT / mutant.path, "exec", dont_inherit=True)
    codes = {(each.co_qualname, each.co_firstlineno): each for each in _codes(changed)}
    module = sys.modules[mutant.path.removesuffix(".py").replace("/", ".")]
    return [
        (function, codes[mutant.within, function.__code__.co_firstlineno])
        for function in functions(module, mutant.within)
    ]


def _patched(mutant: Mutant, items: Sequence[pytest.Item]) -> int:
    for function, code in _exchange(mutant):
        function.__code__ = code
    forget()
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if item.session.testsfailed:
            return _FAILED
    return _GREEN


def forget() -> None:
    """Answers that were cached while the tests were collected: the change may give others."""
    for module, held in list(sys.modules.items()):
        if module.split(".")[0] in PRODUCT:
            for each in vars(held).values():
                if isinstance(each, _lru_cache_wrapper):
                    each.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def functions(module: Any, within: str) -> list[FunctionType]:
    """The function itself, whatever its decorators made of it."""
    inside, _, own = within.rpartition(".")
    held = vars(getattr(module, inside) if inside else module)[own]
    match held:
        case property():
            held = [held.fget, held.fset]
        case staticmethod() | classmethod():
            held = [held.__func__]
        case _:
            held = [held]
    bare = [getattr(each, "__wrapped__", each) for each in held if each is not None]
    return [each for each in bare if isinstance(each, FunctionType)]


def _read_again(mutant: Mutant, items: Sequence[pytest.Item]) -> int:
    # By their files: a test is a module of its own, in no package.
    own = tuple(f"{ROOT / each}{os.sep}" for each in (*PRODUCT, "tests"))
    for module, held in list(sys.modules.items()):
        if (getattr(held, "__file__", None) or "").startswith(own):
            del sys.modules[module]
    finder = ChangedFinder(lambda source, _path: ast.parse(mutant.apply(source)), mutant.path)
    sys.meta_path.insert(0, finder)
    names = [each.nodeid for each in items]
    asked = ["-q", "-x", "-p", "no:cacheprovider", *names]
    return int(pytest.main(asked, plugins=[Unshrunk()]))
