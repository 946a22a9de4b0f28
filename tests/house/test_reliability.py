"""docs/reliability.md leaves out no fault and no promise."""

from __future__ import annotations

import re

from tests.support.histories import invariants
from tests.support.house.source import ROOT

FAULTS = {*range(1, 29), *range(32, 60), *range(61, 71)}
FOUND = {*range(101, 186)}
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
WITHOUT_TEST = ("not yet", "does not apply")


def test_every_fault_has_its_row() -> None:
    """Each fault names a test that bears its number, or says in words why there is none."""
    rows = dict(re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", TEXT, flags=re.MULTILINE))

    assert {int(number) for number in rows} == FAULTS | FOUND
    for number, answer in rows.items():
        own = rf"`test_(\d+_)*{int(number):02}_"
        assert re.search(own, answer) or any(each in answer for each in WITHOUT_TEST), number


def test_no_fault_stands_there_twice() -> None:
    """What was tried has one row, which names all of its tests."""
    tried = re.findall(r"^\| (\d+ \| [^|]+) \|", TEXT, flags=re.MULTILINE)

    assert sorted(tried) == sorted(set(tried))


def test_every_promise_is_explained() -> None:
    """Each promise that is checked stands in the table, and the other way round."""
    checks = [*invariants.ALWAYS.items(), *invariants.FINALLY.items()]
    rows = dict(re.findall(r"^\| (I\d+) \| [^|]+ \| ([^|]+) \|$", TEXT, flags=re.MULTILINE))

    for name, check in checks:
        assert f"`{check.__name__}`" in rows[name]
    assert set(rows) - {name for name, _ in checks} == {"I9"}
