"""Asked and answered by a clock that ran ahead: what is said once it was put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from billing.claims import MoneyKnowledge
from billing.topups import PaymentStatus, TopUp
from service.common.context import context_of
from service.money import topups
from service.people.terms import top_up_facts
from service.ports.store import Tx
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import Told, checkouts, claim_of, opened
from tests.support.bots.settle_place import PAYER, SettlePlace, paid, settle_place


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(minutes=2)])
def test_108_an_answer_of_a_clock_that_ran_ahead_is_none_yet(
    place: SettlePlace, ahead: timedelta
) -> None:
    """Asked, or answered, tomorrow: today's answer ends the asking, and today's asking begins."""
    asked, answered = opened(place), opened(place)
    for made in (asked, answered):
        place.clock.at = START + ahead
        place.do(lambda tx, made=made: _asks(tx, place, made))  # type: ignore[misc]
    place.runner.run(checkouts(place, _waits(answered)).settle(claim_of(answered)))
    place.clock.at = START + timedelta(seconds=30)
    place.runner.run(checkouts(place, _waits(asked)).settle(claim_of(asked)))
    before = place.do(lambda tx: _known(tx, place, asked))
    place.cancel(answered)
    after = place.do(lambda tx: _known(tx, place, answered))

    assert (before.is_asking, before.answered_at) == (False, place.clock.at)
    assert (after.is_asking, after.asked_at) == (True, place.clock.at)
    assert after.answered_at is None


def test_108_nobody_reads_the_time_of_a_clock_that_ran_ahead(place: SettlePlace) -> None:
    """Not even before anybody asks again."""
    made = opened(place)
    place.clock.advance(days=1)
    place.do(lambda tx: _asks(tx, place, made))
    place.runner.run(checkouts(place, _waits(made)).settle(claim_of(made)))
    place.clock.advance(days=-1)

    known = place.do(lambda tx: _known(tx, place, made))
    assert (known.answered_at, known.asked_at) == (None, place.clock.at)


def _waits(made: TopUp) -> Told:
    return Told([(replace(paid(made), status=PaymentStatus.OPEN),)])


def _asks(tx: Tx, place: SettlePlace, made: TopUp) -> None:
    topups.check_top_up(context_of(tx, place.services), made.id, PAYER)


def _known(tx: Tx, place: SettlePlace, made: TopUp) -> MoneyKnowledge:
    return top_up_facts(context_of(tx, place.services), made).known
