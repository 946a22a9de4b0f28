"""The conversation's laws: it answers everything, in words, and never moves money by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.money import Money
from billing.topups import TopUpStatus
from conversations.dialog.steps import step
from conversations.protocol.actions import (
    Action,
    AnswerInPrivate,
    AskSlot,
    AskTopic,
    CancelTopUp,
    ChangeDraft,
    CheckPayment,
    ConfirmDraft,
    CopyText,
    DropDraft,
    OpenPayPage,
    Pick,
    ResumeDraft,
    ShowPayCode,
    ShowTopUp,
    Slot,
    StartNewDraft,
    Topic,
    TopUpAccount,
)
from conversations.protocol.events import (
    Asking,
    CancelAnswered,
    CheckStarted,
    Chose,
    CreateTopUp,
    Draft,
    Event,
    FormChanged,
    FormMissed,
    Idle,
    NotOpenedReason,
    PressRefusal,
    PressRefused,
    Reviewing,
    Said,
    State,
    Submitted,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.views import FormErrors, OpenForm, PrivateReply, Step, Toast, View
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, facts, one_of_each, terms

CARDS = ("00000000000000aa", "00000000000000bb")
LINES = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                "50",
                "$50",
                "1,000",
                "1.000",
                "12,34",
                "-5",
                "0",
                "5",
                "1e9",
                "NaN",
                "usd",
                "EUR",
                "team-a",
                "Team",
                "Alpha",
                "bank",
                "card",
                "foo",
                "cancel",
                "balance",
                "status",
                "history",
                "help",
                "TU-7K3M9Q2X",
                "50k",
                "٥٠",
                "start",
            ]
        ),
        max_size=5,
    ).map(" ".join),
)
SLOTS = st.sampled_from(list(Slot))
FIELDS = st.lists(st.tuples(SLOTS, LINES), max_size=4).map(tuple)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Pick, st.just(Slot.ACCOUNT), st.sampled_from(["team-a", "team-b", "gone"])),
    st.builds(
        Pick,
        st.just(Slot.AMOUNT),
        st.integers(-5, 300_000).map(str),
        st.sampled_from(["USD", "EUR", "JPY"]),
    ),
    st.builds(Pick, st.just(Slot.METHOD), st.sampled_from(["card", "bank_transfer", "gone"])),
    st.builds(Pick, st.just(Slot.CURRENCY), st.sampled_from(["USD", "EUR", "JPY"])),
    st.builds(AskSlot, SLOTS, st.booleans()),
    st.builds(StartNewDraft, LINES),
    st.builds(TopUpAccount, st.sampled_from(["team-a", "gone"])),
    st.builds(AskTopic, st.sampled_from(list(Topic))),
    st.sampled_from(
        (ChangeDraft(), ConfirmDraft(), ResumeDraft(), DropDraft(), OpenPayPage("T", 1))
    ),
    st.builds(CheckPayment, st.just("TU-7K3M9Q2X")),
    st.builds(CancelTopUp, st.just("TU-7K3M9Q2X")),
    st.builds(ShowTopUp, st.sampled_from(["TU-7K3M9Q2X", "TU-NONE"])),
    st.builds(AnswerInPrivate, LINES),
    st.just(CopyText("TU-{not a format}")),
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Said, LINES, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    st.builds(Chose, ACTIONS, st.sampled_from(CARDS), st.booleans()),
    st.builds(PressRefused, st.sampled_from(list(PressRefusal))),
    st.builds(Submitted, st.just(CARDS[0]), FIELDS),
    st.builds(FormChanged, st.just(CARDS[0]), FIELDS),
    st.just(FormMissed()),
    st.builds(TopUpOpened, st.sampled_from(list(TopUpStatus)).map(facts)),
    st.builds(TopUpRefused, st.sampled_from(list(NotOpenedReason))),
    st.builds(CancelAnswered, st.sampled_from(list(TopUpStatus)).map(facts), st.booleans()),
    st.builds(CheckStarted, st.sampled_from(list(TopUpStatus)).map(facts)),
)
PLACES = st.sampled_from(
    [
        terms(),
        terms(accounts=(TEAM_A,)),
        terms(accounts=()),
        terms(methods=()),
        terms(methods=(CARD,), history=(facts(),)),
        terms(history=one_of_each(), locale="de"),
        terms(accounts=(TEAM_B,), methods=(BANK,), locale="ar"),
    ]
)


@settings(max_examples=300)
@given(st.lists(st.tuples(EVENTS, PLACES), max_size=8))
def test_every_event_in_every_state_gets_an_answer(history: list[tuple[Event, object]]) -> None:
    """No history raises or falls silent, and every view can be read without looking."""
    state: State = Idle()
    for event, place in history:
        taken = step(state, event, place)  # type: ignore[arg-type]  # PLACES are Terms
        assert taken.shows or taken.replies or taken.effects
        for view in views(taken):
            assert_readable(view)
        state = taken.state


def views(taken: Step) -> list[View]:
    """Everything a step shows or tells."""
    told = [reply.view for reply in taken.replies if isinstance(reply, PrivateReply)]
    return [show.view for show in taken.shows] + told


def assert_readable(view: View) -> None:
    """Unique verb labels, a full-sentence fallback, a symbol that never stands alone."""
    labels = [choice.label for line in view.choices for choice in line]
    assert len(labels) == len(set(labels))
    assert all(label.strip() for label in labels)
    assert view.title in view.fallback
    assert any(letter.isalpha() for letter in view.title)


def test_one_line_goes_straight_to_the_review() -> None:
    """`/topup 50 USD card` with one account needs no question."""
    taken = step(Idle(), Said("50 USD card", command=True), terms(accounts=(TEAM_A,)))

    assert isinstance(taken.state, Reviewing)
    rows = {row.label: row.value for row in taken.shows[0].view.rows}
    assert (rows["Amount"], rows["Fee"], rows["Total to pay"]) == ("$50.00", "$0.75", "$50.75")


def test_any_word_order_fills_the_same_draft() -> None:
    """Words may come in any order."""
    lines = ("50 usd card team-a", "team-a card 50 USD", "card $50 team-a", "usd 50 team-a card")
    drafts = {
        str(step(Idle(), Said(line, command=True), terms()).state).replace("'", "")
        for line in lines
    }

    assert len(drafts) == 1


def test_only_a_confirmed_review_asks_to_open_a_top_up() -> None:
    """No other event leads to OpenTopUp, whatever it says."""
    reviewed = step(Idle(), Said("50 card team-a", command=True), terms()).state
    assert isinstance(reviewed, Reviewing)
    confirmed = step(reviewed, Chose(ConfirmDraft(), reviewed.card), terms())
    elsewhere = step(reviewed, Chose(ConfirmDraft(), CARDS[1]), terms())

    wanted = CreateTopUp("team-a", Money(5_000, "USD"), Money(75, "USD"), "card", reviewed.card)
    assert (wanted,) == confirmed.effects
    assert elsewhere.effects == ()


@given(EVENTS)
def test_nothing_but_a_confirmation_opens_a_top_up(event: Event) -> None:
    """From a review, only its own Confirm button has that effect."""
    reviewed = step(Idle(), Said("50 card team-a", command=True), terms()).state
    taken = step(reviewed, event, terms())
    opened = [effect for effect in taken.effects if isinstance(effect, CreateTopUp)]

    chosen = event.action if isinstance(event, Chose) and event.card == CARDS[0] else None
    assert bool(opened) == (chosen == ConfirmDraft())


def test_an_old_price_is_not_confirmed() -> None:
    """When the limits changed after the review, the confirmation asks again instead."""
    reviewed = Reviewing(Draft("d", "team-a", Money(60_000, "USD"), "USD", "card"), CARDS[0])
    taken = step(reviewed, Chose(ConfirmDraft(), CARDS[0]), terms())

    assert taken.effects == ()
    assert "$600.00 is above $500.00" in taken.shows[0].view.fallback


def test_a_form_answers_each_wrong_field() -> None:
    """The form stays open with one sentence under each field that is wrong."""
    values = (
        (Slot.ACCOUNT, "team-a"),
        (Slot.AMOUNT, "ten"),
        (Slot.METHOD, "cheque"),
    )
    (reply,) = step(Idle(), Submitted("d", values), terms()).replies

    assert isinstance(reply, FormErrors)
    assert {Slot.AMOUNT, Slot.METHOD} == {slot for slot, _ in reply.errors}


def test_a_good_form_is_reviewed() -> None:
    """All of them at once lead to the review."""
    values = (
        (Slot.ACCOUNT, "team-a"),
        (Slot.AMOUNT, "75.50"),
        (Slot.METHOD, "bank_transfer"),
    )
    taken = step(Idle(), Submitted("d", values), terms())

    assert isinstance(taken.state, Reviewing)
    assert Money(7_550, "USD") == taken.state.draft.amount


def test_a_form_opens_only_where_the_platform_has_one() -> None:
    """`/topup` alone is a form in Slack and a question in Telegram."""
    with_form = step(Idle(), Said("", command=True, form=True), terms())
    without = step(Idle(), Said("", command=True), terms())

    assert isinstance(with_form.replies[0], OpenForm)
    assert with_form.shows == ()
    assert isinstance(without.state, Asking)
    assert "which account" in without.shows[0].view.title


def test_a_card_number_is_answered_with_a_warning_and_changes_nothing() -> None:
    """Whatever else the message said, the state stays as it was."""
    state = Asking(Draft("d", "team-a"), Slot.AMOUNT, CARDS[0])
    taken = step(state, Said("[card number removed] 50", bank_card_number=True), terms())

    assert state == taken.state
    assert "never send card numbers" in taken.shows[0].view.title


def test_a_stranger_learns_how_to_ask_and_no_more() -> None:
    """Without an account there is one answer to everything."""
    taken = step(Idle(), Said("50 USD card", command=True), terms(accounts=()))

    assert "You have no account here" in taken.shows[0].view.title
    assert "topup-bot accounts link" in taken.shows[0].view.fallback


def test_open_business_comes_first() -> None:
    """An unpaid top-up is shown before a new one begins, and its words are kept."""
    taken = step(Idle(), Said("20 card", command=True), terms(history=(facts(),)))
    actions = [choice.action for line in taken.shows[0].view.choices for choice in line]

    top_up = "TU-7K3M9Q2X"
    assert taken.shows[0].subject == top_up
    assert [
        OpenPayPage(top_up, 1),
        CheckPayment(top_up),
        ShowPayCode(top_up),
        StartNewDraft("20 card"),
        CancelTopUp(top_up),
    ] == actions


def test_a_stale_button_is_told_and_changes_nothing() -> None:
    """A button of another card than the draft's has no effect."""
    state = Asking(Draft("d", "team-a"), Slot.AMOUNT, CARDS[0])
    taken = step(state, Chose(Pick(Slot.AMOUNT, "5000", "USD"), CARDS[1]), terms())

    assert state == taken.state
    assert (Toast, True) == (type(taken.replies[0]), getattr(taken.replies[0], "alert", None))
