"""When a top-up's gateway is asked: at once, and for who asks again and again once in a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from billing.topups import TopUp
from service.common.context import context_of
from service.lanes.keys import LaneKind, write_checkout_key
from service.money import topups
from service.money.topups import ASK_EVERY
from service.ports.store import Attempt, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import GATEWAY, PAYER, SettlePlace, settle_place


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    """One database for all; each test has a top-up of its own."""
    rows.clock.at = START
    return rows


def due_at(place: SettlePlace, lane: str) -> datetime | None:
    """When a look at a checkout is due, by trying; None where it is not within two days."""
    for seconds in (0, 1, 9, 10, 172_800):
        at = START + timedelta(seconds=seconds)
        if place.do(partial(_claimed, lane=lane, at=at)):
            return at
    return None


def _claimed(tx: Tx, lane: str, at: datetime) -> bool:
    until = at + timedelta(microseconds=1)
    return tx.lanes.claim_one(LaneKind.PAYMENTS, lane, at, owner="w", until=until) is not None


def opened_at_gateway(place: SettlePlace, **known: Any) -> tuple[TopUp, str]:
    """A top-up whose checkout is open at its gateway, and the lane in which it is looked at."""
    made = place.new()
    opened = Attempt(f"a-{made.id}", made.id, 1, GATEWAY, START, f"cs_{made.id}", **known)
    place.do(lambda tx: tx.top_ups.add_attempt(opened))
    place.do(lambda tx: tx.top_ups.save_answer(opened))
    return made, write_checkout_key(GATEWAY, f"cs_{made.id}")


def asked_at(place: SettlePlace, top_up: TopUp) -> datetime | None:
    (attempt,) = place.do(lambda tx: tx.top_ups.attempts(top_up.id))
    return attempt.asked_at


def test_a_link_that_ends_has_its_gateway_asked(place: SettlePlace) -> None:
    """At once, even just after somebody asked: its page is to be closed."""
    made, lane = opened_at_gateway(place)
    place.do(lambda tx: topups.check_top_up(context_of(tx, place.services), made.id, PAYER))
    place.clock.advance(seconds=1)
    place.expire(made)

    assert asked_at(place, made) == START + timedelta(seconds=1)
    assert due_at(place, lane) == START


def test_a_cancel_has_its_gateway_asked_again(place: SettlePlace) -> None:
    """A look is due at once, though the last one was a second ago."""
    made, lane = opened_at_gateway(place, asked_at=START, answered_at=START)
    place.clock.advance(seconds=1)
    place.cancel(made)

    assert asked_at(place, made) == START + timedelta(seconds=1)
    assert due_at(place, lane) == START + timedelta(seconds=1)


def test_what_no_gateway_opened_is_not_asked_about(place: SettlePlace) -> None:
    """An attempt without a checkout has no lane; the opened one beside it has."""
    made, lane = opened_at_gateway(place)
    place.do(lambda tx: tx.top_ups.add_attempt(Attempt("a-none", made.id, 2, GATEWAY, START)))
    place.do(lambda tx: topups.ask_gateway(context_of(tx, place.services), made))

    (_, unopened) = place.do(lambda tx: tx.top_ups.attempts(made.id))
    assert unopened.asked_at is None
    assert due_at(place, f"{GATEWAY}|None") is None
    assert due_at(place, lane) == START


@pytest.mark.parametrize(
    ("since", "answered", "asked", "due"),
    [
        (9, False, 0, 10),  # still under way: that answer will do, and is looked for again
        (9, True, 10, 10),  # answered already, so it is wanted anew, a while after the last one
        (10, False, 10, 10),  # a while is over: as of now
        (10, True, 10, 10),
    ],
)
def test_who_asks_again_and_again_is_asked_for_once_in_a_while(
    place: SettlePlace, since: int, answered: bool, asked: int, due: int
) -> None:
    """So many seconds after the first time: as of when the answer is wanted, and when to look."""
    known = START if answered else None
    made, lane = opened_at_gateway(place, asked_at=START, answered_at=known)
    place.clock.advance(seconds=since)
    place.do(lambda tx: topups.check_top_up(context_of(tx, place.services), made.id, PAYER))

    assert timedelta(seconds=10) == ASK_EVERY
    assert asked_at(place, made) == START + timedelta(seconds=asked)
    assert due_at(place, lane) == START + timedelta(seconds=due)


@pytest.mark.parametrize(("ahead", "asked"), [(10, 10), (11, 0)])
def test_a_clock_that_ran_ahead_keeps_nobody_waiting(
    place: SettlePlace, ahead: int, asked: int
) -> None:
    """An answer that is wanted within a while stays wanted then; further ahead was a mistake."""
    made, _ = opened_at_gateway(place, asked_at=START + timedelta(seconds=ahead))
    place.do(lambda tx: topups.check_top_up(context_of(tx, place.services), made.id, PAYER))

    assert asked_at(place, made) == START + timedelta(seconds=asked)
