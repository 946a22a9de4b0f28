"""Answers to questions: balance, history, status, help, and who may not ask. No decisions."""

from __future__ import annotations

from billing.topups import OPEN_STATUSES, Status
from conversations import words
from conversations.actions import CancelTopUp
from conversations.cards import title_of
from conversations.facts import Terms, TopUpFacts
from conversations.speech import Typed
from conversations.views import Choice, Row, Style, View


def balance(terms: Terms) -> View:
    """What is left on every account of this person."""
    say, fact = terms.speaker.say, terms.speaker.fact
    rows = tuple(Row(fact(Typed(one.title)), fact(one.balance)) for one in terms.accounts)
    as_of = say(words.AS_OF, at=terms.now)
    facts = "; ".join(f"{row.label}: {row.value}" for row in rows)
    title = say(words.BALANCE_TITLE)
    return View(title=title, fallback=f"{title}. {facts}. {as_of}", rows=rows, hint=as_of)


def history(terms: Terms) -> View:
    """The last top-ups of this person, finished or not."""
    return _listing(words.HISTORY_TITLE, terms.history, words.NO_HISTORY, terms)


def status(terms: Terms) -> View:
    """The top-ups that are not finished."""
    return _listing(words.STATUS_TITLE, open_ones(terms), words.NOTHING_OPEN, terms)


def which_to_cancel(terms: Terms) -> View:
    """Several are open: a button for each."""
    listed, say = _listing(words.STATUS_TITLE, open_ones(terms), "", terms), terms.speaker.say
    buttons = tuple(
        (
            Choice(
                say(words.CANCEL_NAMED, top_up=facts.top_up.id),
                CancelTopUp(facts.top_up.id),
                Style.DANGER,
            ),
        )
        for facts in open_ones(terms)
    )
    return View(
        title=listed.title,
        fallback=f"{listed.fallback} {say(words.WHICH_CANCEL)}",
        body=(say(words.WHICH_CANCEL),),
        rows=listed.rows,
        choices=buttons,
    )


def help_card(terms: Terms, *, unknown: bool = False) -> View:
    """What is possible, in six lines."""
    say = terms.speaker.say
    title = say(words.HELP_TITLE)
    body: tuple[str, ...] = (say(words.HELP_BODY), say(words.HELP_CARD))
    rows = tuple(Row(command, say(meaning)) for command, meaning in words.HELP_ROWS)
    if unknown:
        body = (say(words.NOT_UNDERSTOOD), *body)
    commands = "; ".join(f"{row.label}: {row.value}" for row in rows)
    return View(title, f"{title}. {' '.join(body)} {commands}.", body, rows)


def note(title: str, body: str, terms: Terms) -> View:
    """One sentence with a title."""
    spoken, said = terms.speaker.say(title), terms.speaker.say(body)
    return View(title=spoken, fallback=f"{spoken}. {said}", body=(said,))


def stranger(terms: Terms) -> View:
    """Somebody without an account learns how to ask for one."""
    say = terms.speaker.say
    title, body = say(words.STRANGER_TITLE), say(words.STRANGER_BODY, support=terms.support)
    row = Row(say(words.STRANGER_ROW), terms.link_command, code=True)
    return View(title, f"{title}. {body} {terms.link_command}", (body,), (row,))


def open_ones(terms: Terms) -> tuple[TopUpFacts, ...]:
    """The top-ups whose money is still awaited or on its way."""
    return tuple(facts for facts in terms.history if facts.top_up.status in OPEN_STATUSES)


def payable(terms: Terms) -> tuple[TopUpFacts, ...]:
    """The top-ups that still wait for this person to pay, and can be paid now."""
    return tuple(
        facts
        for facts in terms.history
        if facts.top_up.status is Status.AWAITING_PAYMENT and facts.top_up.expires_at > terms.now
    )


def _listing(title: str, listed: tuple[TopUpFacts, ...], none: str, terms: Terms) -> View:
    say = terms.speaker.say
    spoken = say(title)
    if not listed:
        return View(title=spoken, fallback=f"{spoken}. {say(none)}", body=(say(none),))
    rows = tuple(Row(facts.top_up.id, _line(facts, terms), code=True) for facts in listed)
    lines = "; ".join(f"{row.label}: {row.value}" for row in rows)
    return View(title=spoken, fallback=f"{spoken}. {lines}.", rows=rows)


def _line(facts: TopUpFacts, terms: Terms) -> str:
    return terms.speaker.say(
        words.HISTORY_LINE,
        amount=facts.top_up.amount,
        account=Typed(facts.account_title),
        status=title_of(facts, terms.speaker),
        day=terms.speaker.day(facts.top_up.created_at),
    )
