"""A draft from its first word to its confirmation: which card shows it, and what may open it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.money import Money
from conversations.dialog.steps import step
from conversations.protocol.actions import (
    Action,
    AskSlot,
    ChangeDraft,
    ConfirmDraft,
    DropDraft,
    Pick,
    ResumeDraft,
    Slot,
    StartNewDraft,
    TopUpAccount,
)
from conversations.protocol.events import (
    Asking,
    Chose,
    CreateTopUp,
    Draft,
    FormChanged,
    Idle,
    Reviewing,
    Said,
    State,
    Submitted,
)
from conversations.protocol.views import CardPointer, FormErrors, OpenForm, Prompt, Step, Toast
from tests.support.dialogs.terms import TEAM_A, facts, terms

OLD, NEW = "00000000000000bb", "00000000000000aa"
ALERT = "00000000000000cc"
BOUGHT = Draft("00000000000000dd", "team-a", Money(5_000, "USD"), "USD", "card")
TYPED = Draft("00000000000000dd", amount_text="12")
ASKED = Asking(TYPED, Slot.ACCOUNT, OLD)
REVIEWED = Reviewing(BOUGHT, OLD)
OPENED = CreateTopUp("team-a", Money(5_000, "USD"), Money(75, "USD"), "card", OLD)
FORM = ((Slot.ACCOUNT, "team-a"), (Slot.AMOUNT, "50"), (Slot.METHOD, "card"))
LEFT = (OLD, "↓ Continued below")
REVIEW = "🔎 Review your top-up"


def pressed(action: Action, state: State, *, form: bool = False, card: str = OLD) -> Step:
    return step(state, Chose(action, card, form), terms())


def titles(taken: Step) -> list[tuple[str, str]]:
    return [(show.card, show.view.title) for show in taken.shows]


def is_stale(taken: Step) -> bool:
    """Whether nothing came of it but a word that the button is out of date."""
    (reply,) = taken.replies
    return isinstance(reply, Toast) and reply.alert and not taken.shows and not taken.effects


def test_a_confirmed_review_opens_what_it_showed() -> None:
    """The same account, amount, fee and way to pay, and where it was begun."""
    origin = replace(REVIEWED, draft=replace(BOUGHT, origin=ALERT))

    assert pressed(ConfirmDraft(), REVIEWED) == Step(REVIEWED, effects=(OPENED,))
    assert pressed(ConfirmDraft(), origin).effects == (replace(OPENED, origin=ALERT),)


@pytest.mark.parametrize(
    "state",
    [
        Idle(),
        Asking(BOUGHT, Slot.AMOUNT, OLD),
        Reviewing(replace(BOUGHT, amount=None), OLD),
        Reviewing(replace(BOUGHT, account=None), OLD),
        replace(REVIEWED, card=ALERT),
    ],
)
def test_only_a_review_of_all_that_is_paid_can_be_confirmed(state: State) -> None:
    """Nothing is opened that nobody saw as it is: not while something is asked, nor in part."""
    taken = pressed(ConfirmDraft(), state)

    assert is_stale(taken)
    assert taken.state == state


@pytest.mark.parametrize("change", [{"method": "gone"}, {"amount": Money(1, "USD")}])
def test_what_is_not_right_any_more_is_asked_again(change: dict[str, object]) -> None:
    """The way to pay is gone or the limit was raised since: nothing is opened."""
    changed = replace(BOUGHT, **change)  # type: ignore[arg-type]
    taken = pressed(ConfirmDraft(), Reviewing(changed, OLD))

    assert taken.effects == ()
    assert [card for card, _ in titles(taken)] == [OLD]
    assert isinstance(taken.state, Asking)


@pytest.mark.parametrize("action", [ChangeDraft(), ResumeDraft()])
def test_going_on_shows_the_review_or_what_is_missing(action: Action) -> None:
    """On the same card."""
    assert titles(pressed(action, REVIEWED)) == [(OLD, REVIEW)]
    assert titles(pressed(action, ASKED)) == [(OLD, "➕ Top up: which account?")]


def test_going_on_after_an_account_is_gone_asks_for_another() -> None:
    """It is told; the draft goes to no other account by itself."""
    gone = Reviewing(replace(BOUGHT, account="gone"), OLD)
    taken = pressed(ResumeDraft(), gone)

    assert titles(taken) == [(OLD, "➕ Top up: which account?")]
    assert taken.shows[0].view.body == ("That is not one of your accounts. Pick one.",)


def test_a_pick_goes_on_where_it_was_pressed() -> None:
    """The next question, or the review, on the same card."""
    taken = pressed(Pick(Slot.ACCOUNT, "team-a"), ASKED)
    reviewed = pressed(Pick(Slot.METHOD, "card"), taken.state)

    assert titles(taken) == [(OLD, "➕ Top up: how do you want to pay?")]
    assert isinstance(taken.state, Asking)
    assert taken.state.slot is Slot.METHOD
    assert titles(reviewed) == [(OLD, REVIEW)]
    assert reviewed.state == Reviewing(replace(BOUGHT, amount=Money(1_200, "USD")), OLD)


def test_a_dropped_draft_is_gone_from_its_own_card() -> None:
    """One card, and nothing is asked any more."""
    taken = pressed(DropDraft(), REVIEWED)

    assert titles(taken) == [(OLD, "🚫 Cancelled")]
    assert (taken.state, taken.effects) == (Idle(), ())
    assert is_stale(pressed(DropDraft(), Idle()))


@pytest.mark.parametrize("form", [False, True])
def test_an_amount_is_typed_in_a_form_or_by_the_keyboard(form: bool) -> None:
    """The same card goes on either way."""
    taken = pressed(AskSlot(Slot.AMOUNT, typed=True), REVIEWED, form=form)
    (reply,) = taken.replies

    assert taken.state == Asking(BOUGHT, Slot.AMOUNT, OLD)
    assert isinstance(reply, OpenForm if form else Prompt)
    assert bool(taken.shows) is not form


def test_a_first_line_with_a_word_that_means_nothing_is_asked_about() -> None:
    """It may be what the amount is in, so that no review is shown past it."""
    taken = step(Idle(), Said("50 USD card team-a foo", command=True), terms())

    assert titles(taken) == [(NEW, "➕ Top up: how much?")]
    assert isinstance(taken.state, Asking)
    assert (taken.state.draft, taken.state.slot) == (replace(BOUGHT, id=NEW), Slot.AMOUNT)


def test_a_new_line_leaves_the_card_there_was() -> None:
    """Who starts anew finds the draft below, in one card that is up to date."""
    by_button = pressed(StartNewDraft("50 USD card team-a"), ASKED, form=True)
    by_alert = pressed(TopUpAccount("team-a"), ASKED, card=ALERT)

    assert titles(by_button) == [LEFT, (NEW, REVIEW)]
    assert isinstance(by_button.replies[0], CardPointer)
    assert titles(by_alert) == [LEFT, (NEW, "➕ Top up: how much?")]
    assert isinstance(by_alert.state, Asking)
    draft = by_alert.state.draft
    assert (draft.account, draft.origin) == ("team-a", ALERT)


def test_where_the_card_is_can_be_told_in_place_of_a_form() -> None:
    """With a title and a way to close it, for whoever has a form open."""
    (point,) = step(Idle(), Said("50", command=True), terms()).replies

    assert point == CardPointer("I have sent it to you in our direct messages.", "Top up", "Close")


@pytest.mark.parametrize("state", [Idle(), ASKED])
def test_a_form_is_opened_over_the_card_there_was(state: State) -> None:
    """It stays until the form is sent; the alert's account is chosen in it."""
    blank = step(state, Said("", command=True, form=True), terms()) if state == Idle() else None
    anew = pressed(StartNewDraft(), state, form=True)
    alert = pressed(TopUpAccount("team-b"), state, form=True, card=ALERT)
    standing = None if isinstance(state, Idle) else OLD

    assert blank in (None, anew)
    assert anew.state == Asking(Draft(NEW), Slot.ACCOUNT, standing)
    begun = Draft(NEW, account="team-b", origin=ALERT)
    assert alert.state == Asking(begun, Slot.AMOUNT, standing)
    for taken in (anew, alert):
        (reply,) = taken.replies
        assert isinstance(reply, OpenForm)
        assert taken.shows == ()


def test_a_sent_form_is_reviewed_below_and_keeps_where_it_was_begun() -> None:
    """Only the form of that very draft was begun from the alert."""
    state = Asking(Draft("d", origin=ALERT), Slot.ACCOUNT, OLD)
    own, other = (step(state, Submitted(id, FORM), terms()) for id in ("d", "e"))

    assert titles(own) == [LEFT, (NEW, REVIEW)]
    assert isinstance(own.replies[0], CardPointer)
    assert own.state == Reviewing(replace(BOUGHT, id="d", origin=ALERT), NEW)
    assert other.state == Reviewing(replace(BOUGHT, id="e"), NEW)
    assert step(Idle(), Submitted("d", FORM), terms()).state == Reviewing(
        replace(BOUGHT, id="d"), NEW
    )


def test_a_field_that_can_be_read_in_two_ways_says_both() -> None:
    """Under the field, in the account's currency; the form stays open, and so does the draft."""
    values = ((Slot.ACCOUNT, "team-a"), (Slot.AMOUNT, "1.000"), (Slot.METHOD, "card"))
    taken = step(ASKED, Submitted("d", values), terms())
    (reply,) = taken.replies

    assert isinstance(reply, FormErrors)
    ((slot, sentence),) = reply.errors
    assert slot is Slot.AMOUNT
    assert "two ways" in sentence
    assert "$1,000.00" in sentence
    assert "$1.00" in sentence
    assert taken.state == ASKED


def test_a_form_that_changes_keeps_its_draft() -> None:
    """What was chosen is shown again; nothing of it is kept before it is sent."""
    taken = step(ASKED, FormChanged(TYPED.id, FORM), terms())
    (reply,) = taken.replies

    assert isinstance(reply, OpenForm)
    assert reply.form.draft == TYPED.id
    assert (taken.state, taken.shows) == (ASKED, ())


@pytest.mark.parametrize(("draft", "slot"), [(TYPED, Slot.ACCOUNT), (BOUGHT, Slot.AMOUNT)])
def test_an_open_draft_is_offered_again_below(draft: Draft, slot: Slot) -> None:
    """With what is known of it, a way on, a way to start anew, and a way out."""
    state = Asking(draft, Slot.METHOD, OLD)
    taken = step(state, Said("20 card", command=True), terms(history=(facts(),)))
    actions = [choice.action for line in taken.shows[1].view.choices for choice in line]

    assert titles(taken) == [LEFT, (NEW, "📝 You have a draft")]
    assert taken.state == Asking(draft, slot, NEW)
    assert actions == [ResumeDraft(), StartNewDraft("20 card"), DropDraft()]
    assert isinstance(taken.replies[0], CardPointer)


def test_plain_words_go_on_with_the_draft_below() -> None:
    """A review that stood stays a review, with the new amount in it."""
    taken = step(REVIEWED, Said("60"), terms())
    idle = step(Idle(), Said("60"), terms(accounts=(TEAM_A,)))

    assert titles(taken) == [LEFT, (NEW, REVIEW)]
    assert taken.state == Reviewing(replace(BOUGHT, amount=Money(6_000, "USD")), NEW)
    assert [card for card, _ in titles(idle)] == [NEW]
