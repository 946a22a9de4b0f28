"""The `topup-bot` command as a newcomer types it, in a folder that nothing has been in yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source import ROOT

_PATIENCE_SECONDS = 60

TopupBot = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def topup_bot(tmp_path: Path) -> TopupBot:
    """Runs the command there, with these lines typed and these settings and no others."""

    def run(*arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (our own command, without a shell)
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "SECRET_KEY": "k" * 32,
                "PORT": "0",
                **settings,
            },
            input=typed,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )

    return run


def test_the_first_word_in_a_terminal_tops_up(topup_bot: TopupBot) -> None:
    """`chat` opens the account of whoever sits there by itself, and a second visit keeps it."""
    first = topup_bot("chat", typed="/topup 50 USD card\n")
    again = topup_bot("chat", typed="/topup balance\n")
    listed = json.loads(topup_bot("accounts", "list", "--json").stdout)

    assert "Total to pay: $50.75" in first.stdout
    assert "$0.00" in again.stdout
    assert [account["links"] for account in listed] == [["console person me"]]


def test_a_wrong_database_is_one_sentence(topup_bot: TopupBot) -> None:
    """Not a traceback; and nothing of the address is repeated, since it may hold a password."""
    refused = topup_bot("accounts", "list", DATABASE_URL="mysql://bot:hush@db/topup")

    assert refused.returncode == 2
    assert refused.stderr.startswith("DATABASE_URL")
    assert "Traceback" not in refused.stderr
    assert "hush" not in refused.stderr


def test_diagrams_are_drawn_into_a_new_folder(topup_bot: TopupBot, tmp_path: Path) -> None:
    """The folder is made; every file that is named is there."""
    drawn = topup_bot("docs", "diagram", "--into", "new/docs").stdout.split()

    assert drawn
    assert all((tmp_path / name).is_file() for name in drawn)


def test_inspect_tells_no_amount_twice(topup_bot: TopupBot) -> None:
    """People read amounts as they are written; programs get minor units in JSON."""
    topup_bot("accounts", "add", "acme-cloud")
    topup_bot("charge", "acme-cloud", "5")
    shown = topup_bot("inspect", COLUMNS="200").stdout
    listed = json.loads(topup_bot("inspect", "--json").stdout)

    assert "-$5.00" in shown
    assert "_minor" not in shown
    assert listed["ledger"][0]["balance_minor"] == -500
