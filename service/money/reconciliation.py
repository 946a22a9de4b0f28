"""Schedules questions to gateways about top-ups: about all that are watched, or about one.

It schedules lanes and asks no gateway itself: the running bot does, a few at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from billing.topups import TopUp
from service.lanes.keys import LaneKind, write_checkout_key
from service.money.accounts import OPERATOR, OperatorError
from service.ports.store import Store, Tx

# Five in a second: all gateways take more, and people who pay meanwhile do not wait behind these.
EVERY = timedelta(milliseconds=200)
PAGE = 200
ALL = "all"


async def ask_watched(store: Store, now: datetime) -> int:
    """Have everything that is watched asked about once, spread over time; how many that are."""
    asked, after = 0, None
    while page := await store.transact(partial(_ask_page, begin=now, asked=asked, after=after)):
        asked, after = asked + len(page), page[-1]
    return asked


def ask_one(tx: Tx, name: str, reason: str, now: datetime) -> None:
    """Have one top-up asked about now, also when it is watched no more. Raises OperatorError."""
    top_up = tx.top_ups.get(name)
    if top_up is None:
        raise OperatorError(f"{name}: there is no such top-up.")
    if not ask_at(tx, top_up, now):
        raise OperatorError(
            f"{name}: nobody opened its checkout yet, so there is nothing to ask for."
        )
    record_request(tx, name, reason, now)


def record_request(tx: Tx, subject: str, reason: str, now: datetime) -> None:
    """Write down that an operator asked, and why."""
    tx.audit.write(now, OPERATOR, "reconcile_asked", subject, {"reason": reason})


def ask_at(tx: Tx, top_up: TopUp, at: datetime) -> bool:
    """Have each opened checkout of a top-up asked about then, or sooner if it was due sooner.

    False where none was opened.
    """
    found = [each for each in tx.top_ups.attempts(top_up.id) if each.checkout_ref is not None]
    for attempt in found:
        tx.lanes.schedule(
            LaneKind.PAYMENTS, write_checkout_key(attempt.gateway, attempt.checkout_ref or ""), at
        )
    return bool(found)


def _ask_page(tx: Tx, begin: datetime, asked: int, after: TopUp | None) -> Sequence[TopUp]:
    # A page of all: whoever asks goes on until one is empty.
    page = tx.top_ups.watched(begin, PAGE, after)
    for number, top_up in enumerate(page, start=asked):
        ask_at(tx, top_up, begin + number * EVERY)
    return page
