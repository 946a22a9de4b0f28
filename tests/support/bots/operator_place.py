"""An operator at a terminal, in this process: types `topup-bot …` in a new folder."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.commands import maintenance
from bot.watch import logs
from service.common.ids import Sources
from tests.support.bots.bot_place import Clock, Dice, empty_database


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said, as a program reads it."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Operator:
    """Runs commands over one database, `bot.db`, and can also go past them."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    @property
    def database(self) -> Path:
        """The file that DATABASE_URL names."""
        return self.folder / "bot.db"

    def looks_at(self, clock: Clock) -> None:
        """Go by this clock from now on."""
        self.patch.setattr(maintenance, "system_sources", lambda _: Sources(clock, Dice()))

    def types(self, *arguments: str) -> Told:
        """Run `topup-bot` with these arguments."""
        self.patch.setattr(sys, "argv", ["topup-bot", *arguments])
        self.capture.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        said = self.capture.readouterr()
        return Told(code, said.out, said.err)

    def runs_sql(self, *statements: str) -> list[Any]:
        """Run statements on the file as a stranger would; the last one's rows."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return [connection.execute(each).fetchall() for each in statements][-1]

    def marks(self) -> list[str]:
        """Every mark that the database knows, its own first."""
        query = "SELECT mark FROM marks ORDER BY standing = 'own' DESC, mark"
        return [mark for (mark,) in self.runs_sql(query)]

    def unguards(self) -> None:
        """Drop every trigger."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in found.fetchall():
                connection.execute(f"DROP TRIGGER {name}")


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """An operator whose database has all tables and no row."""
    # It would take over the logging of the whole process.
    monkeypatch.setattr(logs, "set_up_logging", lambda secrets: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///bot.db")
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    (tmp_path / "bot.db").write_bytes(empty_database())
    return Operator(tmp_path, monkeypatch, capsys)
