"""What happened on a person's accounts: their top-ups, and all other movements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from billing.ledger import Movement, TransactionKind
from billing.money import Money
from billing.topups import OPEN_STATUSES, TopUpStatus
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import Row
from conversations.text.localizer import TypedText
from conversations.words import history_words

HISTORY_MAX = 10


def history_rows(terms: Terms, most: int, *, over: bool = False) -> tuple[Row, ...]:
    """The newest of it; only what is `over`, where the open top-ups are told elsewhere."""
    told = [*_top_ups(terms, over=over), *_others(terms)]
    told.sort(key=lambda one: one[0], reverse=True)
    return tuple(row for _, row in told[:most])


def top_up_line(facts: TopUpFacts, terms: Terms) -> str:
    """One top-up in a list: amount, account, where it stands, and one date.

    That is the time until which it may be paid, or the day on which it began.
    """
    top_up, localizer = facts.top_up, terms.localizer
    day = localizer.format_date(top_up.created_at)
    if top_up.status is TopUpStatus.AWAITING_PAYMENT:
        until = localizer.format_date_time(top_up.expires_at)
        day = localizer.text(history_words.UNTIL, at=until)
    return localizer.text(
        history_words.TOP_UP_LINE,
        amount=top_up.amount,
        account=TypedText(facts.account_title),
        status=localizer.text(history_words.STATUS[top_up.status]),
        day=day,
    )


def _top_ups(terms: Terms, *, over: bool) -> Iterator[tuple[datetime, Row]]:
    for facts in terms.history:
        if not (over and facts.top_up.status in OPEN_STATUSES):
            line = top_up_line(facts, terms)
            told = f"{line}, {facts.transaction}" if facts.transaction else line
            yield facts.top_up.created_at, Row(facts.top_up.id, told)


def _others(terms: Terms) -> Iterator[tuple[datetime, Row]]:
    """What moved otherwise: spending, other people's top-ups, and what went back."""
    own = {facts.transaction for facts in terms.history}
    for moved in terms.movements:
        if moved.transaction not in own:
            yield moved.at, Row(moved.transaction, _movement_line(moved, terms))


def _movement_line(moved: Movement, terms: Terms) -> str:
    title = next((one.title for one in terms.accounts if one.id == moved.account), moved.account)
    # A correction goes either way, and says so by its sign.
    signed = moved.kind is TransactionKind.CORRECTION
    minor = moved.change_minor if signed else abs(moved.change_minor)
    return terms.localizer.text(
        history_words.MOVED[moved.kind],
        amount=Money(minor, moved.currency),
        account=TypedText(title),
        day=terms.localizer.format_date(moved.at),
    )
