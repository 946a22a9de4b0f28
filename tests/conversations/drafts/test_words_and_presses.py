"""What each press and each sub-word leads to: which card, which answer, and what is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.topups import TopUpStatus
from conversations.dialog.steps import step
from conversations.protocol.actions import (
    Action,
    AskTopic,
    CancelTopUp,
    CheckPayment,
    CopyText,
    OpenPayPage,
    ShowPayCode,
    ShowTopUp,
    Slot,
    Topic,
)
from conversations.protocol.events import (
    AskGateway,
    Asking,
    CancelIfUnpaid,
    Chose,
    Draft,
    FormChanged,
    FormMissed,
    Idle,
    PressRefusal,
    PressRefused,
    Said,
    State,
    Submitted,
)
from conversations.protocol.facts import Terms
from conversations.protocol.views import CardPointer, PrivateReply, Step, Toast, View
from conversations.words import surface_words, words
from tests.support.dialogs.terms import NOW, TEAM_A, facts, one_of_each, terms

ID = "TU-7K3M9Q2X"
OLD, NEW = "00000000000000bb", "00000000000000aa"
DRAFT = Draft("00000000000000dd", amount_text="12")
ASKED = Asking(DRAFT, Slot.ACCOUNT, OLD)
ONE, NONE = terms(history=(facts(),)), terms()
OTHER = replace(facts(), top_up=replace(facts().top_up, id="TU-OTHER"))
TWO = terms(history=(facts(), OTHER))
STALE = "That button is out of date. The newest card shows how things stand."


def said(line: str, place: Terms = NONE, state: State = ASKED, *, form: bool = False) -> Step:
    return step(state, Said(line, command=True, form=form), place)


def pressed(action: Action, place: Terms = ONE, state: State = ASKED) -> Step:
    return step(state, Chose(action, OLD), place)


def toast(taken: Step) -> Toast:
    """The only answer, where it is one that pops up."""
    (reply,) = taken.replies
    assert isinstance(reply, Toast)
    return reply


def told(taken: Step) -> View:
    """The answer in place."""
    (reply,) = taken.replies
    assert isinstance(reply, PrivateReply)
    assert taken.shows == ()
    return reply.view


def titles(taken: Step) -> list[tuple[str, str]]:
    return [(show.card, show.view.title) for show in taken.shows]


@pytest.mark.parametrize("refusal", PressRefusal)
def test_a_press_that_means_nothing_is_told_and_seen(refusal: PressRefusal) -> None:
    """Nobody waits for what will not come: it is said where it cannot be missed."""
    taken = step(ASKED, PressRefused(refusal), NONE)

    assert toast(taken) == Toast(words.REFUSALS[refusal], alert=True)
    assert (taken.state, taken.effects) == (ASKED, ())


@pytest.mark.parametrize(
    ("action", "effect"),
    [(CheckPayment(ID), AskGateway(ID)), (CancelTopUp(ID), CancelIfUnpaid(ID))],
)
def test_a_press_about_a_top_up_asks_for_that_one(action: Action, effect: object) -> None:
    """And changes nothing of a draft that is open."""
    assert pressed(action) == Step(ASKED, effects=(effect,))  # type: ignore[arg-type]


def test_a_copied_id_and_an_opened_page_are_answered_in_passing() -> None:
    """Where an app sends the press all the same, it is no alarm."""
    assert toast(pressed(CopyText("x"))) == Toast(STALE, alert=False)
    opened = toast(pressed(OpenPayPage(ID, 1)))
    assert opened == Toast("The payment page opens in your browser.", alert=False)


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        (Topic.BALANCE, "💰 Balance"),
        (Topic.HISTORY, "🧾 What happened last"),
        (Topic.STATUS, "📋 Open top-ups"),
        (Topic.HELP, "👋 Top up an account"),
    ],
)
def test_a_question_is_answered_in_place_or_by_a_card(topic: Topic, title: str) -> None:
    """Typed or pressed, with the same answer, and the draft stays."""
    in_place = said(topic, form=True)
    by_card = said(topic)

    assert told(in_place).title == title
    assert titles(by_card) == titles(pressed(AskTopic(topic), NONE)) == [(NEW, title)]
    assert (by_card.state, in_place.state) == (ASKED, ASKED)


def test_open_top_ups_with_buttons_are_a_card_wherever_it_was_typed() -> None:
    """Buttons stand on a card only; whoever typed elsewhere is told where it is."""
    taken = said("status", ONE, form=True)

    assert titles(taken) == [(NEW, "📋 Open top-ups")]
    assert isinstance(taken.replies[0], CardPointer)
    assert taken.state == ASKED


@pytest.mark.parametrize("line", [f"status {ID}", f"status {ID.lower()}"])
def test_a_top_up_is_shown_by_its_id(line: str) -> None:
    """Its card goes on here, as the newest one of that top-up."""
    for taken in (said(line, ONE), pressed(ShowTopUp(ID))):
        assert titles(taken) == [(NEW, "⏳ Waiting for payment")]
        assert taken.shows[0].subject == ID
        assert isinstance(taken.replies[0], CardPointer)
        assert taken.state == ASKED


@pytest.mark.parametrize("line", ["status TU-NONE", "cancel TU-NONE"])
def test_a_top_up_that_is_not_theirs_is_not_found(line: str) -> None:
    """It is neither shown nor cancelled, whoever else may have it."""
    for place in (ONE, NONE):
        taken = said(line, place, form=True)
        assert told(taken).title == "🔎 Not found"
        assert (taken.state, taken.effects) == (ASKED, ())
        assert titles(said(line, place)) == [(NEW, "🔎 Not found")]
    assert titles(pressed(ShowTopUp("TU-NONE"))) == [(NEW, "🔎 Not found")]
    assert titles(pressed(ShowPayCode("TU-NONE"))) == [(NEW, "🔎 Not found")]


def test_an_old_top_up_is_found_where_it_is_named() -> None:
    """However long ago it was: its id is enough, and another's is not."""
    place = replace(NONE, named=OTHER)

    assert titles(said("status TU-OTHER", place)) == [(NEW, "⏳ Waiting for payment")]
    assert said("cancel tu-other", place).effects == (CancelIfUnpaid("TU-OTHER"),)
    assert titles(said(f"status {ID}", place)) == [(NEW, "🔎 Not found")]


@pytest.mark.parametrize("life", [timedelta(0), timedelta(seconds=1)])
def test_a_picture_to_pay_by_is_shown_only_while_it_leads_somewhere(life: timedelta) -> None:
    """Over, cancelled or paid, the card says so instead."""
    known = replace(facts(), top_up=replace(facts().top_up, expires_at=NOW + life))
    taken = pressed(ShowPayCode(ID), terms(history=(known,)))
    cancelled = pressed(ShowPayCode(ID), terms(history=(facts(TopUpStatus.CANCELLED),)))

    assert titles(taken)[0][1] == ("📱 Pay with your phone" if life else "⏳ Waiting for payment")
    assert titles(cancelled) == [(NEW, "🚫 Cancelled")]
    for each in (taken, cancelled):
        assert each.shows[0].subject == ID
        assert isinstance(each.replies[0], CardPointer)


# --- cancel ------------------------------------------------------------------------------------


def test_cancel_drops_the_draft_first() -> None:
    """The card with the question goes on below, where it says that the draft is gone."""
    taken = said("cancel", TWO)

    assert titles(taken) == [(OLD, "↓ Continued below"), (NEW, "🚫 Cancelled")]
    assert (taken.state, taken.effects) == (Idle(), ())
    assert taken.shows[1].view.body == ("The draft is gone, and no top-up was begun.",)
    assert taken.shows[0].view.body == ("This top-up goes on in a newer message.",)


def test_a_draft_in_a_form_has_no_card_to_leave() -> None:
    """Only the new card says that it is gone."""
    assert titles(said("cancel", state=replace(ASKED, card=None))) == [(NEW, "🚫 Cancelled")]


@pytest.mark.parametrize("state", [Idle(), Asking(Draft("d"), Slot.ACCOUNT, OLD)])
def test_cancel_means_the_open_top_up_where_no_draft_has_anything(state: State) -> None:
    """The only one is cancelled, one of several is asked for, and none is told."""
    one, two, none = (said("cancel", place, state) for place in (ONE, TWO, NONE))

    assert (one.effects, one.shows, one.state) == ((CancelIfUnpaid(ID),), (), Idle())
    assert (two.effects, two.state) == ((), Idle())
    actions = [choice.action for line in two.shows[0].view.choices for choice in line]
    assert actions == [CancelTopUp(ID), CancelTopUp("TU-OTHER")]
    assert isinstance(two.replies[0], CardPointer)
    assert titles(none) == [(NEW, "🚫 Nothing to cancel")]
    assert (none.effects, none.state) == ((), Idle())
    assert told(said("cancel", NONE, state, form=True)).title == "🚫 Nothing to cancel"


def test_cancel_with_an_id_means_that_one_and_leaves_the_draft() -> None:
    """Whatever else is open."""
    assert said("cancel tu-other", TWO) == Step(ASKED, effects=(CancelIfUnpaid("TU-OTHER"),))


# --- who may not, and what was missed ----------------------------------------------------------


@pytest.mark.parametrize("barred", [None, surface_words.NOT_TOLD])
def test_a_stranger_is_answered_where_they_can_read_it(barred: tuple[str, str] | None) -> None:
    """A press pops up, words are answered in place, a form by a card; only barred ones resume."""
    place = replace(terms(accounts=(), history=one_of_each()), barred=barred)
    title = barred[0] if barred else "🔒 You have no account here yet"
    left = ASKED if barred else Idle()
    alarm = step(ASKED, Chose(ShowTopUp(ID), OLD), place)

    assert toast(alarm).alert
    assert toast(alarm).text.startswith(title)
    assert (alarm.shows, alarm.effects, alarm.state) == ((), (), left)
    assert told(said("balance", place, form=True)).title == title
    for event in (Said("balance", command=True), Submitted("d", ()), FormMissed()):
        taken = step(ASKED, event, place)
        assert (titles(taken), taken.replies, taken.state) == ([(NEW, title)], (), left)
    assert toast(step(ASKED, FormChanged("d", ()), place)).alert


def test_a_form_that_was_missed_is_asked_by_a_card() -> None:
    """The draft goes on there; without one it is told what is possible."""
    asked = step(ASKED, FormMissed(), NONE)
    idle = step(Idle(), FormMissed(), NONE)

    assert titles(asked) == [(OLD, "↓ Continued below"), (NEW, "➕ Top up: which account?")]
    assert asked.state == replace(ASKED, card=NEW)
    assert titles(idle) == [(NEW, "👋 Top up an account")]
    assert (idle.state, idle.replies) == (Idle(), ())


def test_a_slip_is_asked_about_on_a_card() -> None:
    """Whoever typed elsewhere is told where it is, and the draft stays."""
    taken = said("balence", terms(accounts=(TEAM_A,)))

    assert titles(taken) == [(NEW, "🔎 Did you mean “balance”?")]
    assert isinstance(taken.replies[0], CardPointer)
    assert taken.state == ASKED
