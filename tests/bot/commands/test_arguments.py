"""Words that no command takes: what is no text, and what is too long to be looked up."""

from __future__ import annotations

import pytest

from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]

COMMANDS = (
    ("charge", "acme", "5", "--key", "{}"),
    ("charge", "{}", "5"),
    ("accounts", "add", "{}"),
    ("accounts", "add", "acme", "--title", "{}"),
    ("accounts", "link", "acme", "--telegram-person", "{}"),
    ("people", "export", "{}"),
    ("held", "resolve", "{}", "--close", "--reason", "looked"),
    ("held", "resolve", "TU-1", "--close", "--reason", "{}"),
    ("refund", "{}", "--reason", "asked"),
    ("adopt", "{}", "--reason", "lost"),
    ("{}",),
)


@pytest.mark.parametrize("line", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("w\udcff", "it is no text in UTF-8"),
        ("\ud800", "it is no text in UTF-8"),
        ("k" * 501, "at most 500 characters, and it has 501"),
    ],
    ids=["half a pair", "a lone half", "long"],
)
def test_a_word_that_no_database_takes_is_refused_by_its_place(
    operator: Operator, line: tuple[str, ...], word: str, told: str
) -> None:
    """By one sentence and exit code 2, in every command, before anything is done."""
    given = [part.format(word) for part in line]
    answer = operator.types(*given)
    assert answer.code == 2
    assert told in answer.err
    assert f"Argument {given.index(word) + 1}, " in answer.err
    assert "Traceback" not in answer.err


def test_a_word_of_many_characters_is_taken(operator: Operator) -> None:
    """In whatever script."""
    operator.types("accounts", "add", "acme")
    told = operator.types(
        "charge", "acme", "5", "--overdraw", "--key", "\u0416" * 500, "--reason", "x"
    )
    assert told.code == 0, told.err
