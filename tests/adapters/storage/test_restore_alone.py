"""`topup-bot restore` beside a command that has the database open: refused, and nothing moved."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]

WHY = ("--reason", "the disk died")


def test_a_restore_is_refused_while_a_command_reads(operator: Operator) -> None:
    """What closes last would tidy up the log of the database that took its place."""
    operator.types("accounts", "add", "old")
    operator.types("backup", "kept.db", "--reason", "every night")
    operator.types("accounts", "add", "new")
    with closing(sqlite3.connect(operator.database)) as reading:
        reading.execute("PRAGMA journal_mode = WAL")
        reading.execute("BEGIN")
        reading.execute("SELECT id FROM accounts").fetchall()
        told = operator.types("restore", "kept.db", *WHY)

    assert told.code == 2
    assert "another program has it open" in told.err
    assert operator.runs_sql("SELECT id FROM accounts ORDER BY id") == [("new",), ("old",)]
    assert operator.types("restore", "kept.db", *WHY).code == 0
