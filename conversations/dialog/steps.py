"""step(state, event, terms): what one event leads to. Total: never raises, never stays silent."""

from __future__ import annotations

from typing import assert_never

from conversations.dialog.drafting import (
    begin,
    chose_in_draft,
    drop,
    on_form,
    on_form_changed,
    on_form_missed,
    on_words,
    show_open_business,
)
from conversations.drafts.lines import topic_of
from conversations.drafts.sentences import question_in, slip_of
from conversations.messages import answers
from conversations.messages.cards import pay_code_card, top_up_card
from conversations.messages.claims import on_cancel, on_check
from conversations.protocol.actions import (
    Ask,
    AskTopic,
    CancelTopUp,
    Change,
    CheckPayment,
    Confirm,
    CopyText,
    DropDraft,
    OpenPayPage,
    Pick,
    Resume,
    SayHere,
    ShowPayCode,
    ShowTopUp,
    StartNew,
    Topic,
    TopUpAccount,
)
from conversations.protocol.events import (
    AskGateway,
    AskToCancel,
    CancelAnswered,
    CheckStarted,
    Chose,
    Draft,
    Event,
    FormChanged,
    FormMissed,
    Idle,
    NotOpened,
    PressRefused,
    Refusal,
    Said,
    State,
    Submitted,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import Point, Reply, Show, Step, Tell, Toast, View
from conversations.words import surface_words, words


def step(state: State, event: Event, terms: Terms) -> Step:
    """Answer one event. Whoever has no account learns how to ask for one, and no more."""
    if isinstance(event, Said) and event.card_number:
        warning = answers.note(words.CARD_NUMBER_TITLE, words.CARD_NUMBER_BODY, terms)
        return _told(state, warning, terms, here=event.form)
    if isinstance(event, Said) and event.public:
        return Step(state, (Show(terms.new_id, answers.in_private(event.text, terms)),))
    if not terms.accounts:
        return _stranger(state, event, terms)
    match event:
        case Said():
            return _said(state, event, terms)
        case Chose():
            return _chose(state, event, terms)
        case PressRefused(refusal):
            return _toast(state, words.REFUSALS[refusal], terms, alert=True)
        case Submitted():
            return on_form(state, event, terms)
        case FormChanged():
            return on_form_changed(state, event, terms)
        case FormMissed():
            return _form_missed(state, terms)
        case TopUpOpened(facts) | CheckStarted(facts) | CancelAnswered(facts):
            return _told_of_top_up(state, event, facts, terms)
        case TopUpRefused(because):
            return _not_opened(state, because, terms)
        case _:
            assert_never(event)


def _said(state: State, event: Said, terms: Terms) -> Step:
    text = event.text.strip()
    topic = topic_of(text)
    if topic is not None:
        return _topic(state, *topic, terms, here=event.form)
    question, meant = question_in(text, terms), slip_of(text, terms)
    if question is not None:
        return _told(state, answers.answer(question, terms), terms, here=event.form)
    if meant is not None:
        suggestion = Show(terms.new_id, answers.did_you_mean(meant, terms))
        return Step(state, (suggestion,), _point(terms))
    if not event.command:
        return on_words(state, text, terms)
    business = show_open_business(state, text, terms)
    if business is not None:
        return business
    return begin(text, terms, form=event.form, leaving=state)


def _chose(state: State, event: Chose, terms: Terms) -> Step:
    action = event.action
    match action:
        case Pick() | Ask() | Change() | Confirm() | Resume() | DropDraft():
            step_taken = chose_in_draft(state, event, terms)
            return step_taken or _toast(state, words.REFUSALS[Refusal.STALE], terms, alert=True)
        case StartNew(text):
            return begin(text, terms, form=event.form, leaving=state)
        case TopUpAccount(account):
            begun = Draft(terms.new_id, account=account, origin=event.card)
            return begin("", terms, form=event.form, leaving=state, draft=begun)
        case AskTopic(topic):
            return _topic(state, topic, "", terms, here=event.form)
        case CheckPayment(top_up):
            return Step(state, effects=(AskGateway(top_up),))
        case CancelTopUp(top_up):
            return Step(state, effects=(AskToCancel(top_up),))
        case ShowTopUp(top_up):
            return _show_top_up(state, top_up, terms, here=event.form)
        case ShowPayCode(top_up):
            return _show_pay_code(state, top_up, terms, here=event.form)
        case SayHere(text):
            return _said(state, Said(text, command=True, form=event.form), terms)
        case CopyText():
            # Apps copy by themselves and send nothing; the id stands on the card for all others.
            return _toast(state, words.REFUSALS[Refusal.STALE], terms)
        case OpenPayPage():
            return _toast(state, words.PAY_HERE, terms)
        case _:
            assert_never(action)


def _topic(state: State, topic: Topic, after: str, terms: Terms, *, here: bool) -> Step:
    match topic:
        case Topic.BALANCE:
            return _told(state, answers.balance(terms), terms, here=here)
        case Topic.HISTORY:
            return _told(state, answers.history(terms), terms, here=here)
        case Topic.STATUS if after:
            return _show_top_up(state, after.upper(), terms, here=here)
        case Topic.STATUS if answers.payable(terms):
            # With buttons, and these stand on a card only.
            return Step(state, (Show(terms.new_id, answers.status(terms)),), _point(terms))
        case Topic.STATUS:
            return _told(state, answers.status(terms), terms, here=here)
        case Topic.CANCEL:
            return _cancel(state, after.upper(), terms, here=here)
        case Topic.HELP:
            return _told(state, answers.help_card(terms), terms, here=here)
        case _:
            assert_never(topic)


def _cancel(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    if wanted:
        known = _find(wanted, terms)
        if known is None:
            return _not_found(state, terms, here=here)
        return Step(state, effects=(AskToCancel(wanted),))
    if not isinstance(state, Idle) and not state.draft.empty:
        return drop(state, terms, typed=True)
    open_ones = answers.open_ones(terms)
    if not open_ones:
        nothing = answers.note(words.NOTHING_TO_CANCEL_TITLE, words.NOTHING_TO_CANCEL, terms)
        return _told(Idle(), nothing, terms, here=here)
    if len(open_ones) == 1:
        return Step(Idle(), effects=(AskToCancel(open_ones[0].top_up.id),))
    return Step(Idle(), (Show(terms.new_id, answers.which_to_cancel(terms)),), _point(terms))


def _show_top_up(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    facts = _find(wanted, terms)
    if facts is None:
        return _not_found(state, terms, here=here)
    view = top_up_card(facts, terms.speaker, terms.support)
    return Step(state, (Show(terms.new_id, view, facts.top_up.id),), _point(terms))


def _not_found(state: State, terms: Terms, *, here: bool) -> Step:
    return _told(state, answers.not_found(terms), terms, here=here)


def _show_pay_code(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    facts = _find(wanted, terms)
    if facts is None or not answers.is_payable(facts, terms):
        # Paid, cancelled or expired meanwhile: its card says which.
        return _show_top_up(state, wanted, terms, here=here)
    view = pay_code_card(facts, terms.speaker, terms.support)
    return Step(state, (Show(terms.new_id, view, facts.top_up.id),), _point(terms))


def _told_of_top_up(state: State, event: Event, facts: TopUpFacts, terms: Terms) -> Step:
    view = top_up_card(facts, terms.speaker, terms.support)
    show = Show(facts.top_up.card, view, facts.top_up.id)
    match event:
        case TopUpOpened():
            return Step(Idle(), (show,))
        case CancelAnswered(cancelled=cancelled):
            late = terms.speaker.say(words.CANCEL_TOO_LATE)
            said = on_cancel(facts.known, terms.speaker) if cancelled else late
            return Step(state, (show,), (Toast(said, alert=not cancelled),))
        case _:
            return Step(state, (show,), (Toast(on_check(facts.known, terms.speaker)),))


def _not_opened(state: State, because: NotOpened, terms: Terms) -> Step:
    left: State = Idle()
    match because:
        case NotOpened.NOT_ALLOWED:
            why = words.NOT_ALLOWED
        case NotOpened.METHOD_GONE:
            why = words.METHOD_GONE
        case NotOpened.NOT_SURE:
            # The review still stands: the same button may work in a minute.
            left, why = state, surface_words.NOT_SURE
        case _:
            assert_never(because)
    sentence = terms.speaker.say(words.NOT_OPENED, why=terms.speaker.say(why))
    return Step(left, (), (Toast(sentence, alert=True),))


def _form_missed(state: State, terms: Terms) -> Step:
    if isinstance(state, Idle):
        return _told(state, answers.help_card(terms), terms, here=False)
    return on_form_missed(state, terms)


def _stranger(state: State, event: Event, terms: Terms) -> Step:
    view = answers.stranger(terms)
    # Who is barred may not be for long: a platform that is silent must not lose them a draft.
    left = state if terms.barred is not None else Idle()
    match event:
        case Said(form=here):
            return _told(left, view, terms, here=here)
        case Submitted() | FormMissed():
            return _told(left, view, terms, here=False)
        case _:
            return Step(left, (), (Toast(view.fallback, alert=True),))


def _told(state: State, view: View, terms: Terms, *, here: bool) -> Step:
    """Answer in place where the platform can; a message of its own elsewhere."""
    if here:
        return Step(state, (), (Tell(view),))
    return Step(state, (Show(terms.new_id, view),))


def _toast(state: State, sentence: str, terms: Terms, *, alert: bool = False) -> Step:
    return Step(state, (), (Toast(terms.speaker.say(sentence), alert=alert),))


def _point(terms: Terms) -> tuple[Reply, ...]:
    return (Point(terms.speaker.say(words.POINT)),)


def _find(top_up: str, terms: Terms) -> TopUpFacts | None:
    known = (*terms.history, *((terms.named,) if terms.named else ()))
    return next((facts for facts in known if facts.top_up.id == top_up), None)
