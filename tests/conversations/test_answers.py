"""Answers to questions: what is left and open, what may be pressed, and who may not ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.topups import TopUpStatus
from conversations.drafts.sentences import Question, Suggestion
from conversations.messages import answers
from conversations.protocol.actions import (
    Action,
    AnswerInPrivate,
    AskTopic,
    CancelTopUp,
    ShowTopUp,
    StartNewDraft,
    Topic,
)
from conversations.protocol.events import Membership
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import ButtonStyle, View
from conversations.text.localizer import Localizer
from conversations.words.surface_words import BARRED
from tests.support.dialogs.terms import NOW, facts, one_of_each, terms

SECOND = timedelta(seconds=1)


def actions(view: View) -> list[Action]:
    return [choice.action for line in view.choices for choice in line]


def waiting(count: int) -> tuple[TopUpFacts, ...]:
    """So many top-ups to be paid."""
    known = facts()
    return tuple(replace(known, top_up=replace(known.top_up, id=f"TU-{n}")) for n in range(count))


def until(status: TopUpStatus, life: timedelta) -> tuple[TopUpFacts, Terms]:
    known = facts(status)
    ends = replace(known, top_up=replace(known.top_up, expires_at=NOW + life))
    return ends, terms(history=(ends,))


@pytest.mark.parametrize("status", TopUpStatus)
@pytest.mark.parametrize("life", [-SECOND, timedelta(0), SECOND])
def test_only_what_waits_and_is_not_over_can_be_paid(status: TopUpStatus, life: timedelta) -> None:
    """A link that ends now has ended: nobody is led to a page that refuses them."""
    known, place = until(status, life)
    can_be = status is TopUpStatus.AWAITING_PAYMENT and life == SECOND

    assert answers.is_payable(known, place) is can_be
    assert answers.payable_top_ups(place) == ((known,) if can_be else ())


def test_open_is_what_money_may_still_come_for() -> None:
    """Waiting, on its way, or being credited; nothing that has ended."""
    shown = answers.open_top_ups(terms(history=one_of_each()))

    stages = [each.top_up.status for each in shown]
    assert stages == [TopUpStatus.AWAITING_PAYMENT, TopUpStatus.PROCESSING, TopUpStatus.PAID]


@pytest.mark.parametrize(("count", "lines"), [(9, 9), (10, 10), (11, 10)])
def test_status_has_buttons_for_ten_top_ups(count: int, lines: int) -> None:
    """Each can be paid or cancelled; all are told, and more buttons fit in no chat."""
    view = answers.status_view(terms(history=waiting(count)))

    assert len(view.rows) == count
    assert view.choices[-1][0].action == ShowTopUp(f"TU-{lines - 1}")
    assert view.choices[-1][1].action == CancelTopUp(f"TU-{lines - 1}")
    assert len(view.choices) == lines
    assert view.choices[0][0].style is ButtonStyle.PRIMARY
    assert view.choices[0][0].label == "Pay TU-0"


def test_nothing_open_is_said() -> None:
    """No empty list, and nothing to press."""
    view = answers.status_view(terms())

    assert (view.body, view.rows, view.choices) == (("You have no open top-up.",), (), ())
    assert view.fallback == "📋 Open top-ups. You have no open top-up."


def test_which_to_cancel_is_asked_and_asked_once_more() -> None:
    """Each open one by its id, with a warning of what cancelling does and a way back."""
    view = answers.choose_cancel_view(terms(history=waiting(2)))
    labels = [(choice.label, choice.style, choice.deny) for (choice,) in view.choices]

    assert view.body == ("Which one?",)
    assert view.fallback.endswith("Which one?")
    assert actions(view) == [CancelTopUp("TU-0"), CancelTopUp("TU-1")]
    assert labels[0] == ("Cancel TU-0", ButtonStyle.DANGER, "Keep it")
    assert (view.choices[0][0].confirm or "").startswith("The pay link stops working.")
    assert [row.label for row in view.rows] == ["TU-0", "TU-1"]


@pytest.mark.parametrize("doubtful", [False, True])
@pytest.mark.parametrize("question", Question)
def test_whoever_may_have_more_accounts_is_told_so(doubtful: bool, question: Question) -> None:
    """Whatever they ask about what is left, a balance that is missing is no balance of zero."""
    view = answers.answer_view(question, replace(terms(), doubtful=doubtful))
    told = "I could not check all of your groups, so an account may be missing here."

    assert (told in view.body) is (told in view.fallback) is doubtful
    assert ("how many days" in view.fallback) is (question is Question.HOW_LONG)
    assert "⏳" in view.title or question is Question.WHAT_IS_LEFT
    assert [row.value for row in view.rows] == ["$22.10", "€5.00"]
    assert view.hint == "As of 12:00\u202fPM UTC."
    assert "$22.10" in view.fallback


def test_nothing_that_happened_is_said() -> None:
    """An empty history is told, one with something in it is not called empty."""
    none, some = answers.history_view(terms()), answers.history_view(terms(history=one_of_each()))

    assert none.body == ("Nothing happened on your accounts yet. Type /topup to begin.",)
    assert none.body[0] in none.fallback
    assert (some.body, len(some.rows)) == ((), 10)


@pytest.mark.parametrize(
    ("meant", "label", "help_too"),
    [
        (Suggestion("balance", Topic.BALANCE), "Show balance", True),
        (Suggestion("status TU-1", Topic.STATUS, "TU-1"), "Show TU-1", True),
        (Suggestion("cancel TU-1", Topic.CANCEL, "TU-1"), "Cancel TU-1", True),
        (Suggestion("cancel", Topic.CANCEL), "Cancel what is open", True),
        (Suggestion("help", Topic.HELP), "Show help", False),
    ],
)
def test_a_slip_is_offered_as_it_may_be_meant(
    meant: Suggestion, label: str, help_too: bool
) -> None:
    """The button says what it does to which top-up; help beside it leads out, once."""
    view = answers.suggestion_view(meant, terms())
    (buttons,) = view.choices

    assert meant.line in view.title
    assert (buttons[0].label, buttons[0].action) == (label, AnswerInPrivate(meant.line))
    assert [each.action for each in buttons[1:]] == [AskTopic(Topic.HELP)] * help_too


def test_help_offers_each_question_and_says_when_it_understood_nothing() -> None:
    """Top up first, then what is left, what is open and what happened."""
    plain, lost = answers.help_view(terms()), answers.help_view(terms(), unknown=True)

    topics = [AskTopic(each) for each in (Topic.BALANCE, Topic.STATUS, Topic.HISTORY)]
    assert actions(plain) == actions(lost) == [StartNewDraft(), *topics]
    assert lost.body == ("I did not understand that. This is what I can do:", *plain.body)
    assert plain.body[1].startswith("I never ask for card numbers.")


@pytest.mark.parametrize("administered", [False, True])
@pytest.mark.parametrize(("line", "helps"), [("help", True), ("balance", False), ("50", False)])
def test_a_group_is_told_how_to_serve_it_only_by_help(
    administered: bool, line: str, helps: bool
) -> None:
    """The operator's line can be copied, and where it must be an administrator that is said."""
    place = replace(terms(), administered=administered)
    view = answers.private_chat_view(f" {line} ", place)

    assert [(row.value, row.code) for row in view.rows] == [(place.link_command, True)] * helps
    assert any("administrator" in each for each in view.body) is (helps and administered)
    assert actions(view) == [AnswerInPrivate(line)]
    assert any("stay between you and me" in each for each in view.body)


@pytest.mark.parametrize("standing", BARRED)
def test_who_is_barred_learns_why_and_who_is_unknown_how_to_get_in(standing: Membership) -> None:
    """Only whom the operator may let in is given the line for it, to copy."""
    title, why = BARRED[standing]
    barred = answers.stranger_view(replace(terms(accounts=()), barred=(title, why)))
    unknown = answers.stranger_view(terms(accounts=()))

    assert (barred.title, barred.rows) == (title, ())
    assert barred.body == (why.replace("{support}", "billing@example.com"),)
    assert unknown.title == "🔒 You have no account here yet"
    assert [(row.value, row.code) for row in unknown.rows] == [(terms().link_command, True)]
    assert "billing@example.com" in unknown.body[0]


def test_a_top_up_that_is_not_theirs_leads_to_those_that_are() -> None:
    """The command is spelled as their chat has it."""
    there, here = terms(), replace(terms(), own_commands=True)

    assert answers.not_found_view(there).body[0].endswith("Type /topup history to see yours.")
    assert answers.not_found_view(here).body[0].endswith("Type /history to see yours.")
    assert answers.not_found_view(there).title in answers.not_found_view(there).fallback


def test_a_sentence_with_nowhere_to_pop_up_is_a_card() -> None:
    """Marked as a note, and said once."""
    view = answers.sentence_view("Cancelled.")

    assert view.title == view.fallback == "ℹ️ Cancelled."
    noted = answers.titled_view("Title", "Body", replace(terms(), localizer=Localizer()))
    assert (noted.title, noted.body, noted.fallback) == ("Title", ("Body",), "Title. Body")
