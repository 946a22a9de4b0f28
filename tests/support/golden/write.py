"""Writes the golden files: what this code has stored and sent, for later code to hold to.

`python -m tests.support.golden.write` adds what is new, and takes away and changes nothing: an
entry that must end is deleted by hand, and CHANGELOG.md says so. With `--databases` both
databases are filled anew: the same each time, but for seals, and for numbers that
depend on who was quicker.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.bots.bot_place import empty_database
from tests.support.databases.postgres_server import postgres_server
from tests.support.golden.database import write
from tests.support.golden.decoded import as_text, deliveries, tokens
from tests.support.golden.lists import LISTS
from tests.support.house.source import ROOT

DATABASES = "--databases"
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


def add_decoded(name: str, made: dict[str, Any]) -> int:
    """Write down those whose name is new; how many."""
    path = FOLDER / f"{name}.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(as_text(made | before), encoding="utf-8")
    return len(made.keys() - before.keys())


def write_databases() -> None:
    """Fill a database of each engine anew, and keep what became of it."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "bot.db").write_bytes(empty_database())
        write("sqlite", f"sqlite:///{folder}/bot.db", Path(folder))
    with postgres_server() as server, TemporaryDirectory() as folder:
        write("postgres", server.url(server.fresh()), Path(folder))


def main() -> None:
    """Bring every list up to what this code has; the databases only where that is asked for."""
    if DATABASES in sys.argv[1:]:
        write_databases()
    FOLDER.mkdir(exist_ok=True)
    for name, made in LISTS.items():
        print(f"{path_of(name).name}: {add(name, made())} new")
    print(f"tokens.json: {add_decoded('tokens', tokens())} new")
    print(f"deliveries.json: {add_decoded('deliveries', deliveries())} new")


if __name__ == "__main__":
    main()
