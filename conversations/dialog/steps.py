"""`step` says what one event leads to. It is total: it never raises and is never silent."""

from __future__ import annotations

from typing import assert_never

from conversations.dialog.drafting import (
    begin_draft,
    drop_draft,
    on_choice,
    on_form,
    on_form_changed,
    on_form_missed,
    on_words,
    show_open_business,
)
from conversations.drafts.line_parser import topic_of
from conversations.drafts.sentences import find_typo, question_in
from conversations.messages import answers
from conversations.messages.cards import pay_code_card, top_up_card
from conversations.messages.claims import cancel_sentence, check_sentence
from conversations.protocol.actions import (
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
    StartNewDraft,
    Topic,
    TopUpAccount,
)
from conversations.protocol.events import (
    AskGateway,
    CancelAnswered,
    CancelIfUnpaid,
    CheckStarted,
    Chose,
    Draft,
    Event,
    FormChanged,
    FormMissed,
    Idle,
    NotOpenedReason,
    PressRefusal,
    PressRefused,
    Said,
    State,
    Submitted,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import (
    CardPointer,
    PrivateReply,
    Reply,
    ShowCard,
    Step,
    Toast,
    View,
)
from conversations.words import surface_words, words


def step(state: State, event: Event, terms: Terms) -> Step:
    """Answer one event. Whoever has no account learns how to ask for one, and no more."""
    if isinstance(event, Said) and event.bank_card_number:
        warning = answers.titled_view(
            words.BANK_CARD_NUMBER_TITLE, words.BANK_CARD_NUMBER_BODY, terms
        )
        return _told(state, warning, terms, here=event.form)
    if isinstance(event, Said) and event.public:
        return Step(state, (ShowCard(terms.new_id, answers.private_chat_view(event.text, terms)),))
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
    question, meant = question_in(text, terms), find_typo(text, terms)
    if question is not None:
        return _told(state, answers.answer_view(question, terms), terms, here=event.form)
    if meant is not None:
        suggestion = ShowCard(terms.new_id, answers.suggestion_view(meant, terms))
        return Step(state, (suggestion,), _point(terms))
    if not event.command:
        return on_words(state, text, terms)
    business = show_open_business(state, text, terms)
    if business is not None:
        return business
    return begin_draft(text, terms, form=event.form, leaving=state)


def _chose(state: State, event: Chose, terms: Terms) -> Step:
    action = event.action
    match action:
        case Pick() | AskSlot() | ChangeDraft() | ConfirmDraft() | ResumeDraft() | DropDraft():
            step_taken = on_choice(state, event, terms)
            return step_taken or _toast(
                state, words.REFUSALS[PressRefusal.STALE], terms, alert=True
            )
        case StartNewDraft(text):
            return begin_draft(text, terms, form=event.form, leaving=state)
        case TopUpAccount(account):
            begun = Draft(terms.new_id, account=account, origin=event.card)
            return begin_draft("", terms, form=event.form, leaving=state, draft=begun)
        case AskTopic(topic):
            return _topic(state, topic, "", terms, here=event.form)
        case CheckPayment(top_up):
            return Step(state, effects=(AskGateway(top_up),))
        case CancelTopUp(top_up):
            return Step(state, effects=(CancelIfUnpaid(top_up),))
        case ShowTopUp(top_up):
            return _show_top_up(state, top_up, terms, here=event.form)
        case ShowPayCode(top_up):
            return _show_pay_code(state, top_up, terms, here=event.form)
        case AnswerInPrivate(text):
            return _said(state, Said(text, command=True, form=event.form), terms)
        case CopyText():
            # Apps copy by themselves and send nothing; the id stands on the card for all others.
            return _toast(state, words.REFUSALS[PressRefusal.STALE], terms)
        case OpenPayPage():
            return _toast(state, words.PAY_HERE, terms)
        case _:
            assert_never(action)


def _topic(state: State, topic: Topic, after: str, terms: Terms, *, here: bool) -> Step:
    match topic:
        case Topic.BALANCE:
            return _told(state, answers.balance_view(terms), terms, here=here)
        case Topic.HISTORY:
            return _told(state, answers.history_view(terms), terms, here=here)
        case Topic.STATUS if after:
            return _show_top_up(state, after.upper(), terms, here=here)
        case Topic.STATUS if answers.payable_top_ups(terms):
            # With buttons, and these stand on a card only.
            return Step(
                state, (ShowCard(terms.new_id, answers.status_view(terms)),), _point(terms)
            )
        case Topic.STATUS:
            return _told(state, answers.status_view(terms), terms, here=here)
        case Topic.CANCEL:
            return _cancel(state, after.upper(), terms, here=here)
        case Topic.HELP:
            return _told(state, answers.help_view(terms), terms, here=here)
        case _:
            assert_never(topic)


def _cancel(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    if wanted:
        known = _find(wanted, terms)
        if known is None:
            return _not_found(state, terms, here=here)
        return Step(state, effects=(CancelIfUnpaid(wanted),))
    if not isinstance(state, Idle) and not state.draft.is_empty:
        return drop_draft(state, terms, typed=True)
    open_ones = answers.open_top_ups(terms)
    if not open_ones:
        nothing = answers.titled_view(
            words.NOTHING_TO_CANCEL_TITLE, words.NOTHING_TO_CANCEL, terms
        )
        return _told(Idle(), nothing, terms, here=here)
    if len(open_ones) == 1:
        return Step(Idle(), effects=(CancelIfUnpaid(open_ones[0].top_up.id),))
    return Step(
        Idle(), (ShowCard(terms.new_id, answers.choose_cancel_view(terms)),), _point(terms)
    )


def _show_top_up(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    facts = _find(wanted, terms)
    if facts is None:
        return _not_found(state, terms, here=here)
    view = top_up_card(facts, terms.localizer, terms.support)
    return Step(state, (ShowCard(terms.new_id, view, facts.top_up.id),), _point(terms))


def _not_found(state: State, terms: Terms, *, here: bool) -> Step:
    return _told(state, answers.not_found_view(terms), terms, here=here)


def _show_pay_code(state: State, wanted: str, terms: Terms, *, here: bool) -> Step:
    facts = _find(wanted, terms)
    if facts is None or not answers.is_payable(facts, terms):
        # Paid, cancelled or expired meanwhile: its card says which.
        return _show_top_up(state, wanted, terms, here=here)
    view = pay_code_card(facts, terms.localizer, terms.support)
    return Step(state, (ShowCard(terms.new_id, view, facts.top_up.id),), _point(terms))


def _told_of_top_up(state: State, event: Event, facts: TopUpFacts, terms: Terms) -> Step:
    view = top_up_card(facts, terms.localizer, terms.support)
    show = ShowCard(facts.top_up.card, view, facts.top_up.id)
    match event:
        case TopUpOpened():
            return Step(Idle(), (show,))
        case CancelAnswered(cancelled=cancelled):
            late = terms.localizer.text(words.CANCEL_TOO_LATE)
            said = cancel_sentence(facts.known, terms.localizer) if cancelled else late
            return Step(state, (show,), (Toast(said, alert=not cancelled),))
        case _:
            return Step(state, (show,), (Toast(check_sentence(facts.known, terms.localizer)),))


def _not_opened(state: State, because: NotOpenedReason, terms: Terms) -> Step:
    left: State = Idle()
    match because:
        case NotOpenedReason.NOT_ALLOWED:
            why = words.NOT_ALLOWED
        case NotOpenedReason.METHOD_GONE:
            why = words.METHOD_GONE
        case NotOpenedReason.NOT_SURE:
            # The review still stands: the same button may work in a minute.
            left, why = state, surface_words.NOT_SURE
        case _:
            assert_never(because)
    sentence = terms.localizer.text(words.NOT_OPENED, why=terms.localizer.text(why))
    return Step(left, (), (Toast(sentence, alert=True),))


def _form_missed(state: State, terms: Terms) -> Step:
    if isinstance(state, Idle):
        return _told(state, answers.help_view(terms), terms, here=False)
    return on_form_missed(state, terms)


def _stranger(state: State, event: Event, terms: Terms) -> Step:
    view = answers.stranger_view(terms)
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
        return Step(state, (), (PrivateReply(view),))
    return Step(state, (ShowCard(terms.new_id, view),))


def _toast(state: State, sentence: str, terms: Terms, *, alert: bool = False) -> Step:
    return Step(state, (), (Toast(terms.localizer.text(sentence), alert=alert),))


def _point(terms: Terms) -> tuple[Reply, ...]:
    return (CardPointer(terms.localizer.text(words.POINT)),)


def _find(top_up: str, terms: Terms) -> TopUpFacts | None:
    known = (*terms.history, *((terms.named,) if terms.named else ()))
    return next((facts for facts in known if facts.top_up.id == top_up), None)
