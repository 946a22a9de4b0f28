"""The small changes that `python3 tasks.py mutants` makes: each is code, and none is empty."""

from __future__ import annotations

import ast
import re

from tests.mutant_sites import mutants, scope
from tests.mutants import EXPLAINED
from tests.source import ROOT, name

SEEN = (
    "billing/topups.py advance",
    "conversations/steps.py step",
    "bot/topups.py hand_over: all -> any",
    "bot/checkout.py next_look",
)


def test_every_change_is_code() -> None:
    """A change that does not compile would be found by any test, and prove nothing."""
    for path in scope():
        source = path.read_text(encoding="utf-8")
        for mutant in mutants([path])[::200]:
            changed = mutant.apply(source)
            assert changed != source
            ast.parse(changed)


def test_core_and_use_cases_are_changed() -> None:
    """What decides about money and words is in the scope, and what starts programs is not."""
    words = {each.words for each in mutants(scope())}

    for start in SEEN:
        assert any(each.startswith(start) for each in words), start
    assert not {"bot/app.py", "bot/cli.py"} & {name(path) for path in scope()}


def test_what_is_explained_can_be_changed() -> None:
    """A line about code that is gone explains nothing."""
    explained = re.findall(r"^\| `([^`]+)` \|", EXPLAINED.read_text("utf-8"), flags=re.MULTILINE)
    files = {each.split(" ")[0] for each in explained}
    words = {each.words for each in mutants(ROOT / path for path in files)}

    assert set(explained) - words == set()
