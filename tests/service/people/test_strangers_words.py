"""Whatever people call themselves and type is text in every terminal, log and spreadsheet."""

from __future__ import annotations

import csv
import io
import logging
import sqlite3
import unicodedata
from contextlib import closing, suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.storage.engines.sqlite import connect
from bot.watch import logs
from conversations.text.safe_text import escape_unsafe, spreadsheet_cell
from service.ports.records import TaskKind
from tests.support.bots.operator_place import Operator, operator
from tests.support.databases.filled import fill
from tests.support.house import source

URL = "sqlite:///bot.db"
# What is read in words of our own: nobody outside writes it.
READ_STRICTLY = frozenset(
    {
        "state",
        "wanted_view",
        "body",
        "kind",
        "refused",
        "dismissed",
        "currency",
        "version_num",
        "held_because",
    }
)
__all__ = ["operator"]

WORDS = (
    "[/x]",
    "[link=https://evil.example]free money[/link]",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m\u202egnitset\u2069",
    '=HYPERLINK("https://evil.example")',
    "@SUM(1)\r\n+cmd|' /C calc'!A0",
    "two\nlines",
)
EVERY = " ".join(WORDS)
PRINTING = (
    ("accounts", "list"),
    ("held", "list"),
    ("inspect",),
    ("audit", "verify"),
    ("audit", "export"),
    ("audit", "export", "--format", "json"),
    ("keys",),
    ("accounts", "list", "--json"),
    ("held", "list", "--json"),
    ("inspect", "--json"),
)


def acting(text: str) -> set[str]:
    """Characters that would not be shown but act, but for the ends of our own lines."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}


def plant(operator: Operator, word: str) -> set[str]:
    """Strangers' words in every column of text that takes any; the names of those columns."""
    with connect(URL) as connection:
        with connection.begin():
            fill(connection)
        connection.engine.dispose()
    operator.unguards()
    planted = set()
    with closing(sqlite3.connect(operator.database)) as rows:
        tables = rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for _, column, kind, *_ in rows.execute(f"PRAGMA table_info({table})").fetchall():
                if kind != "TEXT" or column in READ_STRICTLY:
                    continue
                with suppress(sqlite3.IntegrityError):
                    change = f"UPDATE {table} SET {column} = ?"  # noqa: S608
                    rows.execute(change, (f"{word}{column}",))
                    planted.add(f"{table}.{column}")
        opened = "UPDATE tasks SET kind = ?, closed_at = NULL, reason = NULL"
        rows.execute(opened, (TaskKind.WATCH_ENDED,))
        rows.commit()
    return planted


@pytest.mark.parametrize("width", ["80", "1000"])
def test_112_strangers_words_are_text_in_every_command(operator: Operator, width: str) -> None:
    """Whatever column they stand in: nothing ends in an error, acts, or is taken for markup."""
    operator.patch.setenv("COLUMNS", width)
    planted = plant(operator, EVERY)
    assert {"accounts.title", "conversations.person", "tasks.detail", "audit.subject"} <= planted
    for line in PRINTING:
        told = operator.types(*line)
        # The planted rows break the chain of the audit trail, and `verify` says so.
        assert told.code == (1 if "verify" in line else 0), line
        assert acting((told.out + told.err).replace("\r\n", "\n")) == set(), line
    assert escape_unsafe(EVERY) in operator.types("accounts", "list").out
    assert escape_unsafe(EVERY) in operator.types("held", "list").out


def test_112_no_cell_of_an_export_is_a_formula(operator: Operator) -> None:
    """Spreadsheets would run it; the JSON has every character as it is."""
    plant(operator, WORDS[4])
    rows = [*csv.DictReader(io.StringIO(operator.types("audit", "export").out))]
    assert rows[0]["subject"] == f"'{WORDS[4]}subject"
    found = operator.types("audit", "export", "--format", "json").json
    assert found[0]["subject"] == f"{WORDS[4]}subject"


@given(st.text())
def test_112_what_is_plain_acts_on_nothing(text: str) -> None:
    """Nothing that acts is left, what was shown already stays as it is, and no formula begins."""
    shown = escape_unsafe(text)
    assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")}
    assert escape_unsafe(shown) == shown
    assert spreadsheet_cell(text)[:1] not in ("=", "+", "-", "@")
    assert escape_unsafe(text, keep=text) == text


def test_112_a_log_line_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """A name cannot begin a line that looks like ours, nor steer the terminal that shows it."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(partial(logs._record, logs.redact))
    try:
        logging.getLogger("x").warning("tenant=%s", "T1\n2026 ERROR bot \x1b[2J")
        try:
            raise ValueError("\x1b[2J")
        except ValueError:
            logging.getLogger("x").exception("failed")
    finally:
        logging.setLogRecordFactory(before)
    first, second = caplog.records
    assert first.getMessage() == "tenant=T1\\n2026 ERROR bot \\x1b[2J"
    assert "\x1b" not in (second.exc_text or "\x1b")


def test_112_commands_print_through_one_door() -> None:
    """No command prints by itself: what strangers wrote would reach the terminal."""
    folder = source.ROOT / "bot" / "commands"
    others = [each for each in folder.glob("*.py") if each.name != "printing.py"]
    by_themselves = [
        f"{path.name}: {word}"
        for path in others
        for word in ("typer.echo", "typer.secho", "rich.", " print(", "click.echo")
        if word in path.read_text(encoding="utf-8")
    ]
    assert len(others) > 5
    assert by_themselves == []
