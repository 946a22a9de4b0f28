"""The small changes that `python3 tasks.py mutants` makes: each is code, and none is empty."""

from __future__ import annotations

import ast
import asyncio
import re
import sys
from functools import cache
from typing import Any

from billing.tender import tender_currencies
from tests.support.house.source import ROOT, name
from tests.support.mutants.forks import fits, forget, functions
from tests.support.mutants.readers import readers
from tests.support.mutants.run import EXPLAINED
from tests.support.mutants.sites import Mutant, mutants, scope
from tests.support.mutants.trace import NOTE, RECALL, Trace, noting

SEEN = (
    "billing/topups.py advance",
    "conversations/dialog/steps.py step",
    "service/money/topups.py escalate: all -> any",
    "service/money/checkout.py next_reconcile_at",
    "billing/topups.py TopUpStatus.EXPIRED:",
    "billing/amounts/currency_signs.py _USUAL:",
    "conversations/words/words.py FILLER_WORDS:",
)
PROGRAM = """
class Desk:
    async def ask(self):
        'A docstring stays the first.'
        return [each for each in range(3)]
"""
CACHED = """
from functools import cache, lru_cache

@cache
def row():
    return 1

@lru_cache(maxsize=1)
def table():
    return row()
"""


@cache
def every() -> list[Mutant]:
    return mutants(scope())


def test_every_change_is_code() -> None:
    """A change that does not compile would be found by any test, and prove nothing."""
    for mutant in every()[::50]:
        source = (ROOT / mutant.path).read_text(encoding="utf-8")
        changed = mutant.apply(source)
        assert changed != source
        ast.parse(changed)


def test_a_function_that_loses_its_super_is_read_again() -> None:
    """It cannot be given other code, which would end the whole run; others can."""
    loaded = [each for each in every() if not each.while_loading and _module(each) in sys.modules]
    lost = [each for each in loaded if "super()" in each.was]

    assert lost
    assert not any(fits(each) for each in lost)
    assert all(fits(each) for each in loaded[::200] if each not in lost)


def _module(mutant: Mutant) -> str:
    return mutant.path.removesuffix(".py").replace("/", ".")


def test_core_and_use_cases_are_changed() -> None:
    """What decides, tables among it, is in the scope; what starts programs is not."""
    words = {each.words for each in every()}

    for start in SEEN:
        assert any(each.startswith(start) for each in words), start
    outside = {"bot/wiring/app.py", "bot/cli.py", "bot/watch/drawings.py", "bot/watch/diagrams.py"}
    assert not outside & {name(path) for path in scope()}


def test_what_is_explained_can_be_changed() -> None:
    """A line about code that is gone explains nothing."""
    explained = re.findall(r"^\| `([^`]+)` \|", EXPLAINED.read_text("utf-8"), flags=re.MULTILINE)
    words = {each.words for each in every()}

    assert set(explained) - words == set()


def test_types_are_not_changed() -> None:
    """No program reads an annotation, so that no test could tell."""
    for mutant in every():
        if mutant.was == "|":
            after = (ROOT / mutant.path).read_bytes()[mutant.end :]
            assert not after.startswith(b" None"), mutant.words


def test_a_table_is_tried_with_those_who_read_it() -> None:
    """The functions that name it, and those that name a table made of it."""
    assert "service/money/topups.py escalate" in readers("billing.topups.TopUpStatus.PAID")
    assert readers("no_such_name_anywhere") == set()


def test_a_function_notes_that_it_is_entered() -> None:
    """A coroutine too, in the name of the outermost function around it."""
    noted: list[str] = []
    room: dict[str, Any] = {NOTE: noted.append}

    exec(compile(noting(PROGRAM, ROOT / "desk.py"), "desk.py", "exec"), room)  # noqa: S102
    assert asyncio.run(room["Desk"]().ask()) == [0, 1, 2]

    assert noted == ["desk.py Desk.ask"]
    assert room["Desk"].ask.__doc__ == "A docstring stays the first."


def test_an_answer_from_a_cache_counts_as_made() -> None:
    """Whoever hears it would hear another after a change, as the first who asked would."""
    trace = Trace()
    room: dict[str, Any] = {NOTE: trace.note, RECALL: trace.recall}
    exec(compile(noting(CACHED, ROOT / "desk.py"), "desk.py", "exec"), room)  # noqa: S102

    for _ in range(2):
        trace.entered = set()
        assert room["table"]() == 1
        assert trace.entered == {"desk.py table", "desk.py row"}
    room["table"].cache_clear()
    assert room["table"]() == 1


def test_what_was_cached_while_tests_were_collected_hides_no_change() -> None:
    """Tests that ask again ask the changed function."""
    assert tender_currencies()

    forget()

    assert tender_currencies.cache_info().currsize == 0


def test_a_property_and_a_wrapped_function_are_found() -> None:
    """What a decorator made of a function is not what gets other code."""
    for module, within in (
        ("mutants.forks", "Forks.pytest_runtestloop"),
        ("mutants.run", "Tally.percent"),
        ("house.source", "python_files"),
    ):
        held = functions(sys.modules[f"tests.support.{module}"], within)
        assert [each.__qualname__ for each in held] == [within]
