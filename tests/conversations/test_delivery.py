"""What a card becomes by what comes of it: laws over any sequence of outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.protocol.delivery import (
    TRIES_MAX,
    ChatReachable,
    Dismissed,
    Failed,
    Outcome,
    Overtaken,
    Shown,
    Wanted,
    after_outcome,
    is_due,
    is_given_up,
)
from conversations.protocol.places import read_chat
from conversations.protocol.ports import ChatOpened, MessageRef, Verdict
from conversations.protocol.records import Card
from conversations.protocol.views import View

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAUSE = timedelta(seconds=7)
CARD = Card("c", read_chat("slack", "T1", "D1"), "U1", "en", "UTC", View("a", "a"))
MESSAGES = [MessageRef("D1", each) for each in "12"]

revisions = st.integers(1, 6)
failures = st.builds(
    Failed,
    revisions,
    st.sampled_from([None, *MESSAGES]),
    st.sampled_from(Verdict),
    st.just("no"),
    st.sampled_from([None, timedelta(minutes=3)]),
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.sampled_from("abc").map(lambda each: Wanted(replace(CARD, wanted=View(each, each)))),
    st.builds(Shown, revisions, st.sampled_from([None, *MESSAGES])),
    failures,
    st.sampled_from([Overtaken(), ChatReachable(), ChatOpened()]),
    st.sampled_from(Verdict).map(Dismissed),
)
histories = st.lists(outcomes, max_size=12)


def step(card: Card, outcome: Outcome) -> tuple[Card, datetime | None]:
    return after_outcome(card, outcome, NOW, lambda tries: PAUSE * tries)


def card_after(history: list[Outcome]) -> Card:
    card = CARD
    for outcome in history:
        card, _ = step(card, outcome)
    return card


@given(histories, outcomes)
def test_what_is_due_has_a_next_try_and_nothing_else_has(
    history: list[Outcome], outcome: Outcome
) -> None:
    """Never before now; what is shown, or given up, is tried no more."""
    card, again = step(card_after(history), outcome)
    assert (again is not None) is is_due(card)
    assert again is None or again >= NOW
    assert not (is_due(card) and is_given_up(card))
    assert is_due(card) or is_given_up(card) or card.shown_rev == card.wanted_rev


@given(histories, outcomes)
def test_no_revision_goes_back(history: list[Outcome], outcome: Outcome) -> None:
    """Neither what is wanted nor what is shown; and nothing is shown that nobody wanted."""
    before = card_after(history)
    card, _ = step(before, outcome)
    assert before.shown_rev <= card.shown_rev <= card.wanted_rev
    assert before.wanted_rev <= card.wanted_rev
    assert 0 <= card.given_up_rev <= card.wanted_rev
    assert 0 <= card.tries <= TRIES_MAX


@given(histories, st.sampled_from(MESSAGES))
def test_word_of_an_older_revision_changes_nothing(
    history: list[Outcome], message: MessageRef
) -> None:
    """Whether it was taken, or was refused."""
    card = card_after(history)
    for revision in range(card.wanted_rev):
        late = Failed(revision, None, Verdict.HOPELESS, "no")
        assert step(card, late)[0] == card
        if revision < card.shown_rev:
            assert step(card, Shown(revision, message))[0] == card


@given(histories, histories)
def test_what_is_given_up_waits_for_its_chat_or_for_something_newer(
    history: list[Outcome], later: list[Outcome]
) -> None:
    """No failure and no dismissal brings it back; the chat that opens does."""
    card, _ = step(CARD, Failed(1, None, Verdict.GONE, "blocked"))
    for outcome in (each for each in history + later if isinstance(each, Failed | Dismissed)):
        card, again = step(card, outcome)
        assert again is None
    assert step(card, ChatOpened())[1] == NOW
    assert step(card, ChatReachable())[1] == (NOW if card.refused is Verdict.GONE else None)
    assert step(card, Wanted(replace(CARD, locale="de")))[1] == NOW


@given(histories)
def test_what_is_shown_is_told_to_nobody(history: list[Outcome]) -> None:
    """Only what is not shown is among what a person has to help with."""
    card = card_after(history)
    if card.shown_rev == card.wanted_rev:
        assert (card.refused, card.error) == (None, None)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("asked", [None, timedelta(minutes=3)])
def test_each_verdict_has_its_next_try(verdict: Verdict, asked: timedelta | None) -> None:
    """After the wait that was asked for, or ours; or none at all."""
    card, again = step(CARD, Failed(1, None, verdict, "no", asked))
    ours = timedelta(minutes=5) if verdict is Verdict.SHUT_OUT else PAUSE
    ended = verdict in (Verdict.GONE, Verdict.HOPELESS)
    assert again == (None if ended else NOW + (asked or ours))
    assert is_given_up(card) is ended
    assert card.refused == (verdict if ended or verdict is Verdict.SHUT_OUT else None)


def test_a_revision_that_is_shown_meanwhile_has_not_failed() -> None:
    """Who was too slow does not have an operator look for what stands there."""
    card, _ = step(CARD, Shown(1, MESSAGES[0]))
    assert step(card, Failed(1, None, Verdict.GONE, "blocked")) == (card, None)


def test_an_overtaken_card_is_sent_once_more() -> None:
    """In place of the same message, as a revision that nobody has sent."""
    card, _ = step(CARD, Shown(1, MESSAGES[0]))
    card, again = step(card, Overtaken())
    assert (card.wanted_rev, card.shown_rev, card.message, again) == (2, 1, MESSAGES[0], NOW)
