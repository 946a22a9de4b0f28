"""Where a question and a slip of the pen end: lengths, digits and ids at their very limits."""

from __future__ import annotations

import pytest

from conversations.drafts.sentences import Question, Suggestion, find_typo, question_in
from conversations.protocol.actions import Topic
from tests.support.dialogs.terms import terms


@pytest.mark.parametrize(("between", "asks"), [(38, True), (39, False)])
def test_a_question_is_read_in_forty_words(between: int, asks: bool) -> None:
    """What is longer is a letter, and no question to a bot."""
    said = f"much {'x ' * between}have"

    assert question_in(said, terms()) is (Question.WHAT_IS_LEFT if asks else None)


@pytest.mark.parametrize("said", ["how much for 50 have", "much have 5x", "much have x٥"])
def test_a_sentence_with_a_number_is_no_question(said: str) -> None:
    """It may be an amount, in whatever digits, and that comes first."""
    assert question_in(said, terms()) is None
    assert question_in("how much have", terms()) is Question.WHAT_IS_LEFT


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("hel", None),
        ("hepl", "help"),
        (f"stornieren{'x' * 5}", "stornieren"),
        (f"stornieren{'x' * 6}", None),
        ("balance2", None),
        ("b4lance", None),
        ("balence", "balance"),
        (" balence ", "balance"),
    ],
)
def test_a_slip_has_the_length_and_letters_of_a_word(said: str, line: str | None) -> None:
    """Too short to tell, too long for a slip, or with a digit in it: it is left alone."""
    found = find_typo(said, terms())

    assert (found.line if found else None) == line
    assert found is None or found.top_up == ""


@pytest.mark.parametrize("said", ["startu TU-1", "cancle TU-1 TU-2", "cancle TU-1 x", "hlep TU-1"])
def test_only_the_closest_word_is_meant_and_one_id_behind_it(said: str) -> None:
    """What takes no id, or more than one word behind it, was meant otherwise."""
    assert find_typo(said, terms()) is None
    expected = Suggestion("cancel TU-1", Topic.CANCEL, "TU-1")
    assert find_typo("cancle \n tu-1", terms()) == expected
    assert find_typo("hepl", terms()) == Suggestion("help", Topic.HELP)
