"""What became of a press: cancelled or too late, looked at, opened, or why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.claims import MoneyClaim, MoneyKnowledge
from conversations.dialog.steps import step
from conversations.protocol.events import (
    CancelAnswered,
    CheckStarted,
    Idle,
    NotOpenedReason,
    Reviewing,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.views import Toast
from conversations.words import surface_words, words
from tests.conversations.drafts.test_words_and_presses import (
    ASKED,
    DRAFT,
    ID,
    NONE,
    OLD,
    ONE,
    toast,
)
from tests.support.dialogs.terms import facts


@pytest.mark.parametrize("cancelled", [True, False])
def test_whoever_cancelled_is_told_what_became_of_it(cancelled: bool) -> None:
    """Too late is an alarm; done is told with what is known of the money."""
    known = replace(facts(), known=MoneyKnowledge(MoneyClaim.NOTHING_TAKEN))
    taken = step(ASKED, CancelAnswered(known, cancelled), ONE)

    late = "It cannot be cancelled any more. The card shows how things stand."
    done = "Cancelled. No money was taken."
    assert toast(taken) == Toast(done if cancelled else late, alert=not cancelled)
    assert [(show.card, show.subject) for show in taken.shows] == [(OLD, ID)]
    assert taken.state == ASKED


def test_whoever_says_that_they_paid_is_told_that_it_is_looked_at() -> None:
    """In passing, and the card is brought up to date."""
    taken = step(ASKED, CheckStarted(facts()), ONE)

    assert toast(taken).text.startswith("I am asking the payment service now.")
    assert not toast(taken).alert
    assert [(show.card, show.subject) for show in taken.shows] == [(OLD, ID)]
    assert taken.state == ASKED


def test_a_top_up_that_was_opened_takes_the_drafts_place() -> None:
    """The draft is over, and its card shows the top-up."""
    taken = step(Reviewing(DRAFT, OLD), TopUpOpened(facts()), ONE)

    assert (taken.state, taken.replies) == (Idle(), ())
    assert [(show.card, show.subject) for show in taken.shows] == [(OLD, ID)]


@pytest.mark.parametrize(
    ("because", "why", "stays"),
    [
        (NotOpenedReason.NOT_ALLOWED, words.NOT_ALLOWED, False),
        (NotOpenedReason.METHOD_GONE, words.METHOD_GONE, False),
        (NotOpenedReason.NOT_SURE, surface_words.NOT_SURE, True),
    ],
)
def test_a_top_up_that_was_not_opened_says_why(
    because: NotOpenedReason, why: str, stays: bool
) -> None:
    """Only where the same button may work in a minute does the review stand."""
    reviewed = Reviewing(DRAFT, OLD)
    taken = step(reviewed, TopUpRefused(because), NONE)

    expected = Toast(f"That did not work: {why} No top-up was begun.", alert=True)
    assert toast(taken) == expected
    assert taken.state == (reviewed if stays else Idle())
