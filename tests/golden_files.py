"""Writes the golden files: what this code has stored and sent, for later code to hold to.

`python -m tests.golden_files` adds what is new, and takes away and changes nothing: an entry that
must end is deleted by hand, and CHANGELOG.md says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.golden_lists import LISTS
from tests.source import ROOT

FOLDER = ROOT / "tests" / "golden"


def path_of(name: str) -> Path:
    """Where a list is."""
    return FOLDER / f"{name}.txt"


def read(name: str) -> list[str]:
    """The entries of a list as they were written; none where it was never written."""
    path = path_of(name)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def add(name: str, entries: Iterable[str]) -> int:
    """Write down those that are new; how many."""
    before = set(read(name))
    after = before | set(entries)
    path_of(name).write_text("".join(f"{each}\n" for each in sorted(after)), encoding="utf-8")
    return len(after - before)


def main() -> None:
    """Bring every file up to what this code has."""
    FOLDER.mkdir(exist_ok=True)
    for name, made in LISTS.items():
        print(f"{path_of(name).name}: {add(name, made())} new")


if __name__ == "__main__":
    main()
