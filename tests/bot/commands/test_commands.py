"""The `topup-bot` command as a newcomer types it, in a folder that nothing has been in yet."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.house.source import ROOT
from tests.support.house.terminal import Terminal

_PATIENCE_SECONDS = 60


def test_the_first_word_in_a_terminal_tops_up(tmp_path: Path, topup_bot: Terminal) -> None:
    """`chat` opens an account by itself, numbers press buttons, and a second visit keeps all."""
    first = _chatted(tmp_path, "/topup 50 USD card\n1\n2\n")
    again = _chatted(tmp_path, "/topup balance\n")
    listed = json.loads(topup_bot("accounts", "list", "--json").out)

    assert "Total to pay: $50.75" in first
    assert "Waiting for payment" in first
    assert "no payment page was opened yet" in first
    assert "$0.00" in again
    assert [account["links"] for account in listed] == [["console person me"]]


def test_a_wrong_database_is_one_sentence(topup_bot: Terminal) -> None:
    """Not a traceback; and nothing of the address is repeated, since it may hold a password."""
    refused = topup_bot("accounts", "list", DATABASE_URL="mysql://bot:hush@db/topup")

    assert refused.code == 2
    assert refused.err.startswith("DATABASE_URL")
    assert "Traceback" not in refused.err
    assert "hush" not in refused.err


def test_66_a_command_that_fails_tells_no_secret(tmp_path: Path, topup_bot: Terminal) -> None:
    """A row that nobody can read, which quotes a secret: a traceback, and the secret is hidden."""
    assert topup_bot("accounts", "add", "ops").code == 0
    with closing(sqlite3.connect(tmp_path / "topup.db")) as rows, rows:
        told = ("slack", "T1", "D1", "U1", "canary-in-a-row", 0, "en", "UTC")
        rows.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?, ?)", told)

    failed = topup_bot("inspect", SLACK_SIGNING_SECRET="canary-in-a-row")

    assert failed.code == 1
    assert "Traceback" in failed.err
    assert "[hidden]" in failed.err
    assert "canary" not in failed.err + failed.out


def test_commands_that_serve_nobody_load_no_chat_and_no_gateway() -> None:
    """A program that draws balances down by `charge` would wait for them each time."""
    asked = "import bot.cli, sys; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603 (our own Python, without a shell)
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "typer" in loaded
    assert not {"slack_sdk", "telegram", "stripe", "starlette", "uvicorn"} & set(loaded)


def test_a_trial_is_not_for_a_database_that_bots_share(topup_bot: Terminal) -> None:
    """There it would take their messages, which it cannot send."""
    refused = topup_bot("chat", DATABASE_URL="postgresql://bot:hush@db/topup")

    assert refused.code == 2
    assert "SQLite" in refused.err


def test_diagrams_are_drawn_into_a_new_folder(topup_bot: Terminal, tmp_path: Path) -> None:
    """The folder is made; every file that is named is there."""
    drawn = topup_bot("docs", "diagram", "--into", "new/docs").out.split()

    assert drawn
    assert all((tmp_path / name).is_file() for name in drawn)


def test_an_account_is_listed_as_it_was_described(topup_bot: Terminal) -> None:
    """Nobody yet; then each link as it is typed, in the table and for programs."""
    none = topup_bot("accounts", "list")
    topup_bot("accounts", "add", "acme", "--country", "de", "--alert-below", "20")
    topup_bot("accounts", "link", "acme", "--slack-channel", "T1/C1", "--telegram-person", "7")
    shown = topup_bot("accounts", "list").out
    (listed,) = json.loads(topup_bot("accounts", "list", "--json").out)

    assert "accounts add" in none.out
    assert listed["links"] == ["slack channel T1/C1", "telegram person 7"]
    assert (listed["country"], listed["alert_below_minor"]) == ("DE", 2000)
    assert all(each in shown for each in ("acme", "$20.00", "T1/C1"))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "PUBLIC_URL"),
        (("--base-url", "http://pay.example.com"), "--base-url"),
        (("--base-url", "pay.example.com"), "--base-url"),
        (("--socket-mode", "--distributed"), "PUBLIC_URL"),
    ],
)
def test_a_manifest_that_slack_would_refuse_is_not_printed(
    options: tuple[str, ...], named: str, topup_bot: Terminal
) -> None:
    """Slack calls https addresses only."""
    refused = topup_bot("slack", "manifest", *options)

    assert (refused.code, refused.out) == (2, "")
    assert named in refused.err


def test_a_manifest_is_printed_for_pasting(topup_bot: Terminal) -> None:
    """With the given address or the settings' one; over a socket Slack needs none."""
    given = topup_bot("slack", "manifest", "--base-url", "https://pay.example.com").out
    own = topup_bot("slack", "manifest", PUBLIC_URL="https://pay.example.com").out
    socket = topup_bot("slack", "manifest", "--socket-mode").out

    assert given == own
    assert json.loads(own)["settings"]["interactivity"]["request_url"].startswith("https://pay.")
    assert "url" not in socket


def test_links_are_made_all_or_none(topup_bot: Terminal) -> None:
    """One that is misspelled leaves the others unmade, so the line can be typed again."""
    topup_bot("accounts", "add", "acme")
    wrong = topup_bot("accounts", "link", "acme", "--slack-team", "T1", "--slack-channel", "C1")
    (listed,) = json.loads(topup_bot("accounts", "list", "--json").out)

    assert (wrong.code, wrong.out) == (2, "")
    assert "team/channel" in wrong.err
    assert listed["links"] == []


def test_a_leave_is_given_and_taken_back(topup_bot: Terminal) -> None:
    """In the same words; a reason is asked for, and what is not there cannot be taken."""
    topup_bot("accounts", "add", "acme")
    topup_bot("accounts", "link", "acme", "--slack-team", "T1", "--telegram-person", "7")
    leave = "accounts", "unlink", "acme", "--slack-team", "T1"
    unsaid = topup_bot(*leave)
    taken = topup_bot(*leave, "--reason", "they left")
    again = topup_bot(*leave, "--reason", "they left")
    nobody = topup_bot("accounts", "unlink", "acme", "--reason", "x")
    (listed,) = json.loads(topup_bot("accounts", "list", "--json").out)

    assert "--reason" in unsaid.err
    assert taken.out == "Unlinked acme from slack team T1.\n"
    assert (again.code, "may not use acme" in again.err) == (2, True)
    assert (nobody.code, "--slack-team" in nobody.err) == (2, True)
    assert listed["links"] == ["telegram person 7"]


def test_inspect_tells_no_amount_twice(topup_bot: Terminal) -> None:
    """People read amounts as they are written; programs get minor units in JSON."""
    topup_bot("accounts", "add", "acme-cloud")
    topup_bot("charge", "acme-cloud", "5", "--overdraw")
    shown = topup_bot("inspect").out
    listed = json.loads(topup_bot("inspect", "--json").out)

    assert "-$5.00" in shown
    assert "_minor" not in shown
    assert listed["ledger"][0]["balance_minor"] == -500


def test_inspect_answers_each_line(topup_bot: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one line of JSON each, read anew, until its input ends."""

    class Input:
        lines = iter(("\n", "\n", ""))

        def readline(self) -> str:
            with closing(sqlite3.connect("topup.db")) as database, database:
                database.execute("UPDATE accounts SET title = title || '!'")
            return next(self.lines)

    topup_bot("accounts", "add", "acme-cloud", "--title", "Acme")
    monkeypatch.setattr(sys, "stdin", Input())
    answers = topup_bot("inspect", "--each-line").out.splitlines()

    titles = [json.loads(answer)["accounts"][0]["title"] for answer in answers]
    assert titles == ["Acme!", "Acme!!"]


def _chatted(folder: Path, typed: str) -> str:
    """What `topup-bot chat` printed to these lines, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "k" * 32,
            "PORT": "0",
            # A terminal is for trying things out, whatever else is configured.
            "GATEWAYS": "stripe",
            "STRIPE_API_KEY": "sk_test_abc",
        },
        input=typed,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return done.stdout


def test_what_is_asked_by_hand_is_answered_in_a_sentence(topup_bot: Terminal) -> None:
    """Nothing is held; an unknown name, no decision and no reason are refused, and say why."""
    assert json.loads(topup_bot("held", "list", "--json").out) == []
    refused = [
        topup_bot("refund", "TU-0", "--reason", "asked"),
        topup_bot("held", "resolve", "pay_1", "--reason", "asked"),
        topup_bot("held", "resolve", "pay_1", "--refund", "--reason", " "),
    ]

    assert [each.code for each in refused] == [2, 2, 2]
    assert "no such payment" in refused[0].err
    assert "--credit ACCOUNT" in refused[1].err
    assert "--reason" in refused[2].err
