"""Reads the marks in a SQLite file that is about to be replaced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from adapters.storage.maintenance.backup import read_only
from billing.marks import InstallationMarks, MarkStatus

_ALL = "SELECT mark, standing, place FROM marks"


def read_marks(database: Path) -> InstallationMarks | None:
    """None where it cannot tell: it is damaged, or of a version that had no marks."""
    try:
        with closing(read_only(database)) as connection:
            rows = connection.execute(_ALL).fetchall()
    except sqlite3.Error:
        return None
    own = next(
        ((mark, place) for mark, standing, place in rows if standing == MarkStatus.OWN), None
    )
    return InstallationMarks(
        own=own[0] if own else None,
        adopted=frozenset(mark for mark, standing, _ in rows if standing == MarkStatus.ADOPTED),
        place=own[1] if own else None,
    )
