"""The bot's own page in a chat: balances, what is open, what was last. It decides nothing."""

from __future__ import annotations

from conversations import surface_words, words
from conversations.actions import ShowTopUp, StartNew
from conversations.aloud import aloud
from conversations.answers import doubts, history_line, open_ones, stranger
from conversations.balances import balance_rows
from conversations.facts import Terms, TopUpFacts
from conversations.views import Choice, Row, Style, View

_OPEN_MAX = 5
_LAST_MAX = 5


def home(terms: Terms) -> View:
    """What a person may top up, what waits for them, and their last top-ups with their ids."""
    if not terms.accounts:
        return stranger(terms)
    say = terms.speaker.say
    waiting = open_ones(terms)[:_OPEN_MAX]
    over = tuple(one for one in terms.history if one not in open_ones(terms))[:_LAST_MAX]
    rows = (
        *balance_rows(terms),
        *_part(surface_words.HOME_OPEN, waiting, terms),
        *_part(surface_words.HOME_LAST, over, terms),
    )
    title, as_of = say(surface_words.HOME_TITLE), say(words.AS_OF, at=terms.now)
    begin = Choice(say(words.TOP_UP), StartNew(), Style.PRIMARY)
    shows = tuple(
        Choice(say(surface_words.SHOW_TOP_UP, top_up=one.top_up.id), ShowTopUp(one.top_up.id))
        for one in waiting
    )
    return View(
        title=title,
        fallback=aloud(title, (*doubts(terms), as_of), rows),
        body=doubts(terms),
        rows=rows,
        choices=((begin,), shows) if shows else ((begin,),),
        hint=as_of,
    )


def _part(heading: str, listed: tuple[TopUpFacts, ...], terms: Terms) -> tuple[Row, ...]:
    say = terms.speaker.say
    count = terms.speaker.fact(len(listed)) if listed else say(surface_words.HOME_NONE)
    return (Row(say(heading), count), *(_line(one, terms) for one in listed))


def _line(facts: TopUpFacts, terms: Terms) -> Row:
    line = history_line(facts, terms)
    told = f"{line}, {facts.transaction}" if facts.transaction else line
    return Row(facts.top_up.id, told)
