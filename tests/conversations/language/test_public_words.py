"""What is typed where others read along: answered with a way to the private chat, and no money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.dialog.steps import step
from conversations.protocol.actions import AnswerInPrivate, Slot
from conversations.protocol.events import Asking, Chose, Draft, Idle, Said, State
from conversations.protocol.facts import Terms
from conversations.protocol.views import View
from conversations.words import words
from tests.support.dialogs.terms import TEAM_A, facts, terms

CARD = "00000000000000bb"
LINES = st.text(max_size=30) | st.sampled_from(
    ["", "50 USD card", "balance", "history", "cancel", "status TU-7K3M9Q2X", "help", "start", "?"]
)
PLACES = st.sampled_from(
    [terms(), terms(accounts=()), terms(history=(facts(),)), terms(accounts=(TEAM_A,))]
)
STATES: st.SearchStrategy[State] = st.sampled_from([Idle(), Asking(Draft("d"), Slot.AMOUNT)])


def shown(state: State, said: Said, place: Terms) -> View:
    (show,) = step(state, said, place).shows
    return show.view


@given(STATES, LINES, PLACES)
def test_nothing_of_money_is_said_in_public(state: State, line: str, place: Terms) -> None:
    """There is one answer: a button that says the same in private; nothing is forgotten."""
    said = Said(line, command=True, public=True)
    view = shown(state, said, place)

    assert [choice.action for lines in view.choices for choice in lines] == [
        AnswerInPrivate(line.strip())
    ]
    assert view.title == words.PRIVATE_TITLE
    assert not any(sign in view.fallback for sign in "$€¥")
    assert step(state, said, place).state == state


def test_help_tells_the_operator_how_alerts_get_there() -> None:
    """Only help does: other answers need no number of the group."""
    rows = [
        shown(Idle(), Said(line, command=True, public=True), terms()).rows
        for line in ("help", "start", "balance", "50")
    ]

    assert [len(each) for each in rows] == [1, 1, 0, 0]


@pytest.mark.parametrize("line", ["50 USD card", "balance", "status TU-7K3M9Q2X", "cancel", ""])
def test_what_was_said_in_public_is_answered_in_private(line: str) -> None:
    """The button does what the words would have done, had they been typed there."""
    place = terms(history=(facts(),))

    pressed = step(Idle(), Chose(AnswerInPrivate(line), CARD), place)
    assert pressed == step(Idle(), Said(line, command=True), place)


def test_a_card_number_in_public_is_still_warned_of() -> None:
    """The warning is worth more than the detour."""
    said = Said("4242", command=True, bank_card_number=True, public=True)

    assert shown(Idle(), said, terms()).title == words.BANK_CARD_NUMBER_TITLE
