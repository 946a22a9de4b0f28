"""The `topup-bot` command as typed in a folder of its own, in this process.

It is `main` itself; only a Python does not start each time. What serves until a signal, or reads
a keyboard, is for a process of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.house.log_state import logs_as_they_were

ROOM_FOR_TABLES = "200"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """Types commands with these settings and no others."""

    capture: pytest.CaptureFixture[str]
    settings: dict[str, str]

    def __call__(self, *arguments: str, **settings: str) -> Answer:
        # Only here: this is loaded for every test, and most of them type nothing.
        from bot.cli import main
        from bot.settings.config import Settings

        self.capture.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name in Settings.names():
                patch.delenv(name.upper(), raising=False)
            for name, value in {**self.settings, **settings}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["topup-bot", *arguments])
            with pytest.raises(SystemExit) as left:
                main()
        printed = self.capture.readouterr()
        return Answer(int(left.value.code or 0), printed.out, printed.err)


@pytest.fixture
def topup_bot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """A terminal in a folder that nothing has been in yet."""
    before = Path.cwd()
    os.chdir(tmp_path)
    with logs_as_they_were():
        yield Terminal(capsys, {"SECRET_KEY": "k" * 32, "COLUMNS": ROOM_FOR_TABLES})
    os.chdir(before)
