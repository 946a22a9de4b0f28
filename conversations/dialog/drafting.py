"""The part of the machine that makes a draft: ask, fill, review, confirm."""

from __future__ import annotations

from dataclasses import replace

from conversations.drafts.checks import Problem, method_of
from conversations.drafts.drafts import (
    apply_pick,
    check_amount,
    complete_draft,
    contains_amount,
    fill_from_form,
    fill_from_line,
    form_so_far,
    next_slot,
)
from conversations.drafts.line_amounts import FilledDraft
from conversations.messages import answers, open_business, questions
from conversations.messages.forms import draft_form
from conversations.protocol.actions import (
    AskSlot,
    ChangeDraft,
    ConfirmDraft,
    DropDraft,
    Pick,
    ResumeDraft,
    Slot,
)
from conversations.protocol.events import (
    Asking,
    Chose,
    CreateTopUp,
    Draft,
    FormChanged,
    Idle,
    Reviewing,
    State,
    Submitted,
)
from conversations.protocol.facts import Terms
from conversations.protocol.views import CardPointer, FormErrors, OpenForm, Reply, ShowCard, Step
from conversations.words import words


def begin_draft(
    text: str,
    terms: Terms,
    *,
    form: bool,
    leaving: State,
    draft: Draft | None = None,
) -> Step:
    """Start a draft with these words; with none, as a form where the platform has one."""
    draft = draft or Draft(terms.new_id)
    if form and not text:
        # The card there was stays until the form is sent: who closes the form goes on from it.
        standing = None if isinstance(leaving, Idle) else leaving.card
        return open_form(draft, terms, card=standing)
    taken = show_filled(fill_from_line(draft, text, terms), terms, card=terms.new_id)
    return replace(taken, shows=(*_leave(leaving, terms), *taken.shows), replies=(_point(terms),))


def open_form(draft: Draft, terms: Terms, *, card: str | None = None) -> Step:
    """Ask for everything at once; no card but the one there was."""
    slot = next_slot(draft) or Slot.AMOUNT
    return Step(Asking(draft, slot, card), (), (OpenForm(draft_form(draft, terms)),))


def on_words(state: State, text: str, terms: Terms) -> Step:
    """Plain words fill the draft that is open, or start one; else tell what is possible.

    A question that nobody answered yet stays where it is then: what was said was none.
    """
    draft = Draft(terms.new_id) if isinstance(state, Idle) else state.draft
    filled = fill_from_line(draft, text, terms)
    as_before = filled.draft in (draft, _with_defaults(draft, terms))
    if as_before and is_untouched(draft, terms) and not contains_amount(draft, text, terms):
        unknown = filled.problem is not None
        return Step(state, (ShowCard(terms.new_id, answers.help_view(terms, unknown=unknown)),))
    if as_before and not filled.problems:
        nothing_new = Problem(None, terms.localizer.text(words.NOTHING_NEW))
        filled = replace(filled, problems=(nothing_new,))
    reviewed = isinstance(state, Reviewing)
    taken = show_filled(filled, terms, card=terms.new_id, reviewed=reviewed)
    return replace(taken, shows=(*_leave(state, terms), *taken.shows))


def on_form(state: State, event: Submitted, terms: Terms) -> Step:
    """Check a form: a sentence under each wrong field, or the review."""
    filled = fill_from_form(_sent_from(state, event), event.values, terms)
    if filled.problems:
        errors: dict[Slot, str] = {}
        for problem in filled.problems:
            errors.setdefault(problem.slot or Slot.AMOUNT, _sentence(problem, terms))
        return Step(state, (), (FormErrors(tuple(errors.items())),))
    taken = show_filled(filled, terms, card=terms.new_id)
    return replace(taken, shows=(*_leave(state, terms), *taken.shows), replies=(_point(terms),))


def on_form_changed(state: State, event: FormChanged, terms: Terms) -> Step:
    """Another account was chosen: limits and fees on the form follow, and what was typed stays."""
    draft = form_so_far(_sent_from(state, event), event.values, terms)
    return Step(state, (), (OpenForm(draft_form(draft, terms)),))


def on_form_missed(state: Asking | Reviewing, terms: Terms) -> Step:
    """The form could not be shown: the question comes as a card."""
    taken = ask_next_slot(state.draft, terms, card=terms.new_id)
    return replace(taken, shows=(*_leave(state, terms), *taken.shows))


def on_choice(state: State, event: Chose, terms: Terms) -> Step | None:
    """A button of the draft's own card; None when that card is not the draft's any more."""
    if isinstance(state, Idle) or not _belongs(state, event):
        return None
    draft, card, action = state.draft, event.card, event.action
    match action:
        case Pick():
            return show_filled(apply_pick(draft, action, terms), terms, card=card)
        case AskSlot(_, typed) if typed and not event.form:
            view = questions.amount_question(draft, terms)
            prompt = questions.amount_prompt(draft, terms)
            return Step(Asking(draft, Slot.AMOUNT, card), (ShowCard(card, view),), (prompt,))
        case AskSlot(_, typed) if typed:
            return _form_over(draft, card, terms)
        case AskSlot(slot):
            view = questions.question_view(draft, slot, terms)
            return Step(Asking(draft, slot, card), (ShowCard(card, view),))
        case ChangeDraft() | ResumeDraft():
            return ask_next_slot(draft, terms, card=card)
        case ConfirmDraft():
            return _confirm(state, terms)
        case DropDraft():
            return drop_draft(state, terms, typed=False)
        case _:
            return None


def show_filled(filled: FilledDraft, terms: Terms, *, card: str, reviewed: bool = False) -> Step:
    """Ask for what is wrong or missing on `card`, or show the review there.

    A word that means nothing leaves a review standing that was there before; in a first line it
    may be what the amount is in, so the amount is asked for.
    """
    problem = filled.problem
    if problem is None:
        return ask_next_slot(filled.draft, terms, card=card)
    draft, slot = filled.draft, problem.slot or next_slot(filled.draft)
    review = questions.review_view(draft, terms, problem) if reviewed and slot is None else None
    if review is not None:
        return Step(Reviewing(draft, card), (ShowCard(card, review),))
    slot = slot or Slot.AMOUNT
    view = questions.question_view(draft, slot, terms, problem)
    return Step(Asking(draft, slot, card), (ShowCard(card, view),))


def ask_next_slot(draft: Draft, terms: Terms, *, card: str) -> Step:
    """Ask for the first empty slot, or show the review."""
    filled = complete_draft(draft, terms)
    if filled.problem is not None:
        return show_filled(filled, terms, card=card)
    draft = filled.draft
    slot = next_slot(draft)
    view = questions.review_view(draft, terms) if slot is None else None
    if view is not None:
        return Step(Reviewing(draft, card), (ShowCard(card, view),))
    slot = slot or Slot.METHOD
    return Step(
        Asking(draft, slot, card), (ShowCard(card, questions.question_view(draft, slot, terms)),)
    )


def drop_draft(state: State, terms: Terms, *, typed: bool) -> Step:
    """Forget the draft and say so."""
    view = open_business.dropped_view(terms)
    card = None if isinstance(state, Idle) else state.card
    if card is None or typed:
        return Step(Idle(), (*_leave(state, terms), ShowCard(terms.new_id, view)))
    return Step(Idle(), (ShowCard(card, view),))


def show_open_business(state: State, text: str, terms: Terms) -> Step | None:
    """A draft or an unpaid top-up comes first; None when there is none."""
    if not isinstance(state, Idle) and not is_untouched(state.draft, terms):
        view = open_business.open_draft_view(state.draft, terms, text)
        moved = _leave(state, terms)
        asking = Asking(state.draft, next_slot(state.draft) or Slot.AMOUNT, terms.new_id)
        return Step(asking, (*moved, ShowCard(terms.new_id, view)), (_point(terms),))
    payable = answers.payable_top_ups(terms)
    if payable:
        view = open_business.open_top_up_view(payable[0], terms, text)
        shown = ShowCard(terms.new_id, view, payable[0].top_up.id)
        return Step(Idle(), (shown,), (_point(terms),))
    return None


def is_untouched(draft: Draft, terms: Terms) -> bool:
    """Whether all in a draft is what has one answer only, or what an alert's button said."""
    blank = Draft(draft.id, origin=draft.origin)
    if draft.origin is not None:
        blank = replace(blank, account=draft.account)
    return draft in (blank, _with_defaults(blank, terms))


def _confirm(state: Asking | Reviewing, terms: Terms) -> Step | None:
    draft, amount, account = state.draft, state.draft.amount, state.draft.account
    if isinstance(state, Asking) or amount is None or account is None:
        return None
    # What was right when it was typed may not be right any more.
    again = check_amount(draft, amount, terms)
    method = method_of(again.draft, terms)
    if method is None or again.problems:
        return show_filled(again, terms, card=state.card)
    fee = method.fee.for_amount(amount)
    opened = CreateTopUp(account, amount, fee, method.key, state.card, draft.origin)
    return Step(state, effects=(opened,))


def _form_over(draft: Draft, card: str, terms: Terms) -> Step:
    return Step(Asking(draft, Slot.AMOUNT, card), (), (OpenForm(draft_form(draft, terms)),))


def _sent_from(state: State, event: Submitted | FormChanged) -> Draft:
    """The form's draft, empty: what it names counts, and where it was begun."""
    if isinstance(state, Idle) or state.draft.id != event.draft:
        return Draft(event.draft)
    return Draft(event.draft, origin=state.draft.origin)


def _belongs(state: Asking | Reviewing, event: Chose) -> bool:
    return state.card == event.card


def _with_defaults(draft: Draft, terms: Terms) -> Draft:
    return complete_draft(draft, terms).draft


def _leave(state: State, terms: Terms) -> tuple[ShowCard, ...]:
    """The card that showed the draft so far says that it goes on elsewhere."""
    if isinstance(state, Idle) or state.card is None:
        return ()
    return (ShowCard(state.card, open_business.moved_view(terms.localizer)),)


def _sentence(problem: Problem, terms: Terms) -> str:
    readings = " / ".join(terms.localizer.format(amount) for amount in problem.readings)
    return f"{problem.sentence} {readings}".strip()


def _point(terms: Terms) -> Reply:
    say = terms.localizer.text
    return CardPointer(say(words.POINT), say(words.FORM_TITLE), say(words.FORM_CLOSE))
