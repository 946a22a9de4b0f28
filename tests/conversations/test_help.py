"""The help card: each row says what its command does."""

from __future__ import annotations

from conversations.dialog.steps import step
from conversations.protocol.events import Idle, Said
from tests.support.dialogs.terms import terms


def test_183_help_says_of_each_command_what_it_does() -> None:
    """Whoever types what help shows gets what help says."""
    shown = step(Idle(), Said("help", command=True), terms()).shows[0].view

    assert {row.label: row.value for row in shown.rows} == {
        "/topup": "start a top-up, step by step",
        "/topup 50 USD card": "all in one line, in any order",
        "/topup balance": "what is left",
        "/topup status": "top-ups that are not finished",
        "/topup history": "the last ten, with their ids",
        "/topup cancel": "stop what is open",
    }
