"""Views that answer questions: balance, history, status, help, and who may not ask."""

from __future__ import annotations

from dataclasses import replace

from billing.topups import OPEN_STATUSES, TopUpStatus
from conversations.drafts.line_parser import as_command, topic_of
from conversations.drafts.sentences import Question, Suggestion
from conversations.messages.balances import balance_rows
from conversations.messages.history import HISTORY_MAX, history_rows, top_up_line
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import (
    AnswerInPrivate,
    AskTopic,
    CancelTopUp,
    ShowTopUp,
    StartNewDraft,
    Topic,
)
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import ButtonStyle, Choice, Row, View
from conversations.words import history_words, sentence_words, surface_words, words

# Two for each: more than these fit in no chat.
_BUTTONS_MAX = 10
_ASKED = (Topic.BALANCE, Topic.STATUS, Topic.HISTORY)


def balance_view(terms: Terms) -> View:
    """What is left on every account of this person."""
    say = terms.localizer.text
    rows = balance_rows(terms)
    as_of = say(words.AS_OF, at=terms.now)
    title, body = say(words.BALANCE_TITLE), doubt_sentences(terms)
    return View(title, alt_text(title, (*body, as_of), rows), body, rows, hint=as_of)


def doubt_sentences(terms: Terms) -> tuple[str, ...]:
    """That an account may be missing, where that is so."""
    return (terms.localizer.text(surface_words.SOME_UNKNOWN),) if terms.doubtful else ()


def history_view(terms: Terms) -> View:
    """What happened last on all accounts of this person, and their own top-ups."""
    rows, title = (
        history_rows(terms, HISTORY_MAX),
        terms.localizer.text(history_words.HISTORY_TITLE),
    )
    none = () if rows else (terms.localizer.text(history_words.NO_HISTORY),)
    return View(title=title, fallback=alt_text(title, none, rows), body=none, rows=rows)


def status_view(terms: Terms) -> View:
    """The top-ups that are not finished: until when, and what can be done about each."""
    listed = _listing(words.STATUS_TITLE, open_top_ups(terms), words.NOTHING_OPEN, terms)
    buttons = [
        (_pay(one, terms), _cancel(one, terms)) for one in payable_top_ups(terms)[:_BUTTONS_MAX]
    ]
    return replace(listed, choices=tuple(buttons))


def choose_cancel_view(terms: Terms) -> View:
    """Several are open: a button for each."""
    listed, say = (
        _listing(words.STATUS_TITLE, open_top_ups(terms), "", terms),
        terms.localizer.text,
    )
    return replace(
        listed,
        fallback=f"{listed.fallback} {say(words.WHICH_CANCEL)}",
        body=(say(words.WHICH_CANCEL),),
        choices=tuple((_cancel(facts, terms),) for facts in open_top_ups(terms)),
    )


def _cancel(facts: TopUpFacts, terms: Terms) -> Choice:
    say = terms.localizer.text
    return Choice(
        say(words.CANCEL_NAMED, top_up=facts.top_up.id),
        CancelTopUp(facts.top_up.id),
        ButtonStyle.DANGER,
        confirm=say(words.CANCEL_SURE),
        deny=say(words.KEEP),
    )


def _pay(facts: TopUpFacts, terms: Terms) -> Choice:
    """A way to the card with the pay link: a second link would outlive the first."""
    label = terms.localizer.text(history_words.PAY_NAMED, top_up=facts.top_up.id)
    return Choice(label, ShowTopUp(facts.top_up.id), ButtonStyle.PRIMARY)


def answer_view(question: Question, terms: Terms) -> View:
    """What can be said today to a question about money."""
    shown, say = balance_view(terms), terms.localizer.text
    if question is Question.WHAT_IS_LEFT:
        return shown
    title, body = say(sentence_words.HOW_LONG_TITLE), say(sentence_words.HOW_LONG_BODY)
    spoken = alt_text(title, (body, *shown.body, shown.hint), shown.rows)
    return replace(shown, title=title, fallback=spoken, body=(body, *shown.body))


def suggestion_view(meant: Suggestion, terms: Terms) -> View:
    """A sub-word that was nearly typed, as a button."""
    say = terms.localizer.text
    title = say(sentence_words.MEANT_TITLE, words=meant.line)
    label = say(sentence_words.SHOW_TOPIC[meant.topic])
    if meant.top_up:
        named = words.CANCEL_NAMED if meant.topic is Topic.CANCEL else surface_words.SHOW_TOP_UP
        label = say(named, top_up=meant.top_up)
    buttons = [Choice(label, AnswerInPrivate(meant.line), ButtonStyle.PRIMARY)]
    if meant.topic is not Topic.HELP:
        buttons.append(Choice(say(sentence_words.SHOW_TOPIC[Topic.HELP]), AskTopic(Topic.HELP)))
    return View(title=title, fallback=alt_text(title, ()), choices=(tuple(buttons),))


def help_view(terms: Terms, *, unknown: bool = False) -> View:
    """What is possible, in six lines and a button for each question."""
    say = terms.localizer.text
    title = say(words.HELP_TITLE)
    body: tuple[str, ...] = (say(words.HELP_BODY), say(words.HELP_BANK_CARD))
    rows = tuple(Row(as_command(said, terms), say(meaning)) for said, meaning in words.HELP_ROWS)
    if unknown:
        body = (say(words.NOT_UNDERSTOOD), *body)
    begin = Choice(say(words.TOP_UP), StartNewDraft(), ButtonStyle.PRIMARY)
    asks = tuple(
        Choice(say(sentence_words.SHOW_TOPIC[topic]), AskTopic(topic)) for topic in _ASKED
    )
    return View(title, alt_text(title, body, rows), body, rows, ((begin,), asks))


def private_chat_view(text: str, terms: Terms) -> View:
    """The answer where others read along: a way to the private chat, and no money."""
    say, topic = terms.localizer.text, topic_of(text)
    title = say(words.PRIVATE_TITLE)
    body: tuple[str, ...] = (say(words.PRIVATE_BODY),)
    rows: tuple[Row, ...] = ()
    if topic is not None and topic[0] is Topic.HELP:
        administer = (say(surface_words.ADMINISTER),) if terms.administered else ()
        body = (say(words.HELP_BODY), *body, *administer)
        rows = (Row(say(words.OPERATOR_ROW), terms.link_command, code=True),)
    go_on = Choice(say(words.CONTINUE_PRIVATE), AnswerInPrivate(text.strip()), ButtonStyle.PRIMARY)
    return View(title, alt_text(title, body, rows), body, rows, ((go_on,),))


def sentence_view(sentence: str) -> View:
    """A sentence that had nowhere to pop up, as a card."""
    title = f"{words.NOTE_SYMBOL} {sentence}"
    return View(title=title, fallback=title)


def titled_view(title: str, body: str, terms: Terms) -> View:
    """One sentence with a title."""
    spoken, said = terms.localizer.text(title), terms.localizer.text(body)
    return View(title=spoken, fallback=alt_text(spoken, (said,)), body=(said,))


def not_found_view(terms: Terms) -> View:
    """They have no top-up of that id, and how to see those they have."""
    title = terms.localizer.text(words.NOT_FOUND_TITLE)
    body = terms.localizer.text(words.NOT_FOUND, command=as_command(Topic.HISTORY, terms))
    return View(title=title, fallback=alt_text(title, (body,)), body=(body,))


def stranger_view(terms: Terms) -> View:
    """Somebody without an account learns how to ask for one; who is barred learns why."""
    say = terms.localizer.text
    if terms.barred is not None:
        barred, why = say(terms.barred[0]), say(terms.barred[1], support=terms.support)
        return View(barred, alt_text(barred, (why,)), (why,))
    title, body = say(words.STRANGER_TITLE), say(words.STRANGER_BODY, support=terms.support)
    row = Row(say(words.STRANGER_ROW), terms.link_command, code=True)
    return View(title, alt_text(title, (body,), (row,)), (body,), (row,))


def open_top_ups(terms: Terms) -> tuple[TopUpFacts, ...]:
    """The top-ups whose money is still awaited or on its way."""
    return tuple(facts for facts in terms.history if facts.top_up.status in OPEN_STATUSES)


def payable_top_ups(terms: Terms) -> tuple[TopUpFacts, ...]:
    """The top-ups that still wait for this person to pay, and can be paid now."""
    return tuple(facts for facts in terms.history if is_payable(facts, terms))


def is_payable(facts: TopUpFacts, terms: Terms) -> bool:
    """Whether a top-up can be paid now."""
    waits = facts.top_up.status is TopUpStatus.AWAITING_PAYMENT
    return waits and facts.top_up.expires_at > terms.now


def _listing(title: str, listed: tuple[TopUpFacts, ...], none: str, terms: Terms) -> View:
    say = terms.localizer.text
    spoken = say(title)
    if not listed:
        return View(title=spoken, fallback=alt_text(spoken, (say(none),)), body=(say(none),))
    rows = tuple(Row(facts.top_up.id, top_up_line(facts, terms)) for facts in listed)
    return View(title=spoken, fallback=alt_text(spoken, (), rows), rows=rows)
