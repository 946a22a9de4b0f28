"""Views of a draft or top-up that is open already: go on, start anew, or drop it."""

from __future__ import annotations

from dataclasses import replace

from conversations.drafts.draft_rows import draft_rows
from conversations.messages.cards import top_up_card
from conversations.messages.questions import cancel_draft_choice
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import CancelTopUp, OpenPayPage, ResumeDraft, StartNewDraft
from conversations.protocol.events import Draft
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import ButtonStyle, Choice, View
from conversations.text.localizer import Localizer
from conversations.words import words


def open_draft_view(draft: Draft, terms: Terms, text: str) -> View:
    """There is a draft already: go on, start anew, or drop it."""
    say = terms.localizer.text
    title, body = say(words.OPEN_DRAFT_TITLE), say(words.OPEN_DRAFT_BODY)
    rows = draft_rows(draft, terms)
    go_on = Choice(say(words.CONTINUE), ResumeDraft(), ButtonStyle.PRIMARY)
    anew = Choice(say(words.START_NEW), StartNewDraft(text))
    return View(
        title,
        alt_text(title, (body,), rows),
        (body,),
        rows,
        ((go_on, anew), (cancel_draft_choice(terms),)),
    )


def open_top_up_view(facts: TopUpFacts, terms: Terms, text: str) -> View:
    """There is an unpaid top-up already: its card, to pay it, cancel it, or start another."""
    say = terms.localizer.text
    title, body = say(words.OPEN_TOP_UP_TITLE), say(words.OPEN_TOP_UP_BODY)
    card = top_up_card(facts, terms.localizer, terms.support)
    pay, more, cancel, *rest = card.choices
    return replace(
        card,
        title=title,
        fallback=alt_text(title, (body,), card.rows),
        body=(body,),
        choices=(pay, more, (Choice(say(words.START_NEW), StartNewDraft(text)), *cancel), *rest),
    )


def keep_restart_choice(view: View, before: View) -> View:
    """A top-up's card shown anew while it waits: a way to another one that was there stays."""
    known = [choice for line in before.choices for choice in line]
    anew = next((one for one in known if isinstance(one.action, StartNewDraft)), None)
    now = [choice.action for line in view.choices for choice in line]
    waits = any(isinstance(action, OpenPayPage) for action in now)
    if anew is None or not waits or any(isinstance(action, StartNewDraft) for action in now):
        return view
    lines = tuple(
        (anew, *line) if CancelTopUp in {type(one.action) for one in line} else line
        for line in view.choices
    )
    return replace(view, choices=lines)


def moved_view(localizer: Localizer) -> View:
    """What an older message says once the draft or top-up goes on in a newer one."""
    title, body = localizer.text(words.MOVED_TITLE), localizer.text(words.MOVED_BODY)
    return View(title=title, fallback=alt_text(title, (body,)), body=(body,))


def dropped_view(terms: Terms) -> View:
    """The draft was cancelled."""
    title, body = (
        terms.localizer.text(words.DROPPED_TITLE),
        terms.localizer.text(words.DROPPED_BODY),
    )
    return View(title=title, fallback=alt_text(title, (body,)), body=(body,))
