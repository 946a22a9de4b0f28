"""What happened last: the person's own top-ups, and all that moved on accounts they may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.ledger import Movement, TransactionKind
from billing.topups import TopUpStatus
from conversations.dialog.steps import step
from conversations.drafts.line_parser import asks_for_history, top_up_named
from conversations.messages.answers import history_view, status_view
from conversations.messages.home import home_view
from conversations.protocol.actions import AnswerInPrivate, AskTopic, CancelTopUp, ShowTopUp, Topic
from conversations.protocol.events import Chose, Event, Idle, Said
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import CardPointer, PrivateReply, View
from conversations.words import history_words
from tests.support.dialogs.terms import NOW, TEAM_A, facts, one_of_each, terms
from tests.support.house.languages import SHIPPED, localizer

SPENT = Movement("TX-000009", TransactionKind.CHARGE, "team-a", -60_500, "USD", NOW)
OTHERS = Movement(
    "TX-000008", TransactionKind.CREDIT, "team-a", 5_000, "USD", NOW - timedelta(days=1)
)


def rows(view: View) -> list[tuple[str, str]]:
    return [(row.label, row.value) for row in view.rows]


def at(
    language: str = "en",
    history: tuple[TopUpFacts, ...] = (),
    movements: tuple[Movement, ...] = (),
) -> Terms:
    place = terms(accounts=(TEAM_A,), history=history)
    return replace(place, localizer=localizer(language), movements=movements)


def test_151_160_whoever_sees_an_account_sees_what_moved() -> None:
    """Spending and other people's top-ups, with what they were for, the newest first."""
    shown = rows(history_view(at(movements=(OTHERS, SPENT))))

    assert shown == [
        ("TX-000009", "$605.00 from \u2068Team Alpha\u2069, spent, Nov 23, 2026"),
        ("TX-000008", "$50.00 to \u2068Team Alpha\u2069, topped up, Nov 22, 2026"),
    ]


def test_151_ones_own_top_up_is_told_once_and_its_amount_once() -> None:
    """The credit of a top-up stands on the top-up's line, which names the amount once."""
    own = replace(facts(TopUpStatus.CREDITED), transaction=OTHERS.transaction)
    shown = rows(history_view(at(history=(own,), movements=(SPENT, OTHERS))))

    assert [label for label, _ in shown] == ["TU-7K3M9Q2X", "TX-000009"]
    assert shown[0][1].count("$50.00") == 1
    assert "✅ Credited" in shown[0][1]


def test_160_home_shows_what_others_did_and_never_a_wrong_none() -> None:
    """A team member who paid nothing sees the movements; "none" is for where nothing is."""
    view = home_view(at(movements=(SPENT, OTHERS)))
    nothing = dict(rows(home_view(at())))
    told = dict(rows(view))

    assert told["🧾 What happened last"] == "the newest 2"
    assert told["TX-000009"].startswith("$605.00 from")
    assert nothing["📋 Open top-ups"] == nothing["🧾 What happened last"] == "none"


@pytest.mark.parametrize("language", SHIPPED)
def test_151_a_heading_is_no_account(language: str) -> None:
    """The value beside a heading is in words: a bare number reads as a balance."""
    place = at(language, history=one_of_each(), movements=(SPENT,))
    headings = [row for row in home_view(place).rows if row.label[:1] in "📋🧾"]

    assert len(headings) == 2
    assert all(any(map(str.isalpha, row.value)) for row in headings)


@pytest.mark.parametrize("kind", TransactionKind)
def test_151_every_kind_of_movement_has_words(kind: TransactionKind) -> None:
    """A kind without words would end the whole answer."""
    shown = rows(history_view(at(movements=(replace(SPENT, kind=kind),))))

    assert history_words.MOVED[kind]
    assert "$605.00" in shown[0][1]


@pytest.mark.parametrize(
    ("event", "asks"),
    [
        (Said("history", command=True), True),
        (Said("Verlauf"), True),
        (Chose(AskTopic(Topic.HISTORY), "c"), True),
        (Chose(AnswerInPrivate("history"), "c"), True),
        (Chose(AskTopic(Topic.BALANCE), "c"), False),
        (Said("50"), False),
    ],
)
def test_151_movements_are_looked_up_where_they_are_asked_for(event: Event, asks: bool) -> None:
    """However somebody asks; and in no other turn, which need not wait for them."""
    assert asks_for_history(event) is asks


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (Said("status tu-7k3m9q2x"), "TU-7K3M9Q2X"),
        (Said("cancel TU-7K3M9Q2X"), "TU-7K3M9Q2X"),
        (Chose(ShowTopUp("TU-7K3M9Q2X"), "c"), "TU-7K3M9Q2X"),
        (Chose(CancelTopUp("TU-7K3M9Q2X"), "c"), "TU-7K3M9Q2X"),
        (Said("status"), None),
        (Said("cancel"), None),
        (Said("help TU-7K3M9Q2X"), None),
        (Said("50"), None),
        (Chose(AskTopic(Topic.STATUS), "c"), None),
    ],
)
def test_a_top_up_that_somebody_names_is_looked_up(event: Event, named: str | None) -> None:
    """By its id, however it is typed, so that one of long ago is found; else none is meant."""
    assert top_up_named(event) == named


def test_152_each_open_top_up_says_until_when_and_what_can_be_done() -> None:
    """Pay and Cancel for each that waits; what is on its way has neither."""
    waiting = facts()
    pending = facts(TopUpStatus.PROCESSING)
    pending = replace(pending, top_up=replace(pending.top_up, id="TU-00000000"))
    place = at(history=(waiting, pending))
    taken = step(Idle(), Said("status", command=True, form=True), place)
    view = taken.shows[0].view
    actions = [choice.action for line in view.choices for choice in line]

    assert "until Nov 23, 2026, 2:00" in dict(rows(view))["TU-7K3M9Q2X"]
    assert "until" not in dict(rows(view))["TU-00000000"]
    assert actions == [ShowTopUp("TU-7K3M9Q2X"), CancelTopUp("TU-7K3M9Q2X")]
    assert isinstance(taken.replies[0], CardPointer)
    assert status_view(at()).choices == ()
    nothing = step(Idle(), Said("status", command=True, form=True), at())
    assert isinstance(nothing.replies[0], PrivateReply)
