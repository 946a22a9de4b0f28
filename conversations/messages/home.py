"""The view of a person's Home tab: balances, what is open, what was last."""

from __future__ import annotations

from conversations.messages.answers import doubt_sentences, open_top_ups, stranger_view
from conversations.messages.balances import balance_rows
from conversations.messages.history import history_rows, top_up_line
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import ShowTopUp, StartNewDraft
from conversations.protocol.facts import Terms
from conversations.protocol.views import ButtonStyle, Choice, Row, View
from conversations.words import history_words, surface_words, words

_OPEN_MAX = 5
_LAST_MAX = 5


def home_view(terms: Terms) -> View:
    """What a person may top up, what waits for them, and their last top-ups with their ids."""
    if not terms.accounts:
        return stranger_view(terms)
    say = terms.localizer.text
    waiting = open_top_ups(terms)[:_OPEN_MAX]
    last = history_rows(terms, _LAST_MAX, over=True)
    rows = (
        *balance_rows(terms),
        _heading(surface_words.HOME_OPEN, history_words.HOME_OPEN_COUNT, len(waiting), terms),
        *(Row(one.top_up.id, top_up_line(one, terms)) for one in waiting),
        _heading(history_words.HOME_LAST, history_words.HOME_NEWEST, len(last), terms),
        *last,
    )
    title, as_of = say(surface_words.HOME_TITLE), say(words.AS_OF, at=terms.now)
    begin = Choice(say(words.TOP_UP), StartNewDraft(), ButtonStyle.PRIMARY)
    shows = tuple(
        Choice(say(surface_words.SHOW_TOP_UP, top_up=one.top_up.id), ShowTopUp(one.top_up.id))
        for one in waiting
    )
    return View(
        title=title,
        fallback=alt_text(title, (*doubt_sentences(terms), as_of), rows),
        body=doubt_sentences(terms),
        rows=rows,
        choices=((begin,), shows) if shows else ((begin,),),
        hint=as_of,
    )


def _heading(heading: str, counted: str, count: int, terms: Terms) -> Row:
    """A line above others that is no account: its value says that it counts them."""
    say = terms.localizer.text
    return Row(say(heading), say(counted, count=count) if count else say(surface_words.HOME_NONE))
