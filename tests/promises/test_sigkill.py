"""A SIGKILL at any labelled point, and a restart: nothing is lost, and money is credited once."""

from __future__ import annotations

import os

import pytest

from service.common.fail_points import FailPoint
from tests.support.kills.kill_child import REFUND
from tests.support.kills.kill_harness import KILLED, QUIET, Case, Outcome, run
from tests.support.kills.kill_promises import broken

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

# How often a life that nobody ends passes each point, by method.
PASSED_BY_CARD = {
    FailPoint.DELIVERY_STORED: 3,
    FailPoint.TURN_COMMITTED: 2,
    FailPoint.ATTEMPT_STORED: 1,
    FailPoint.CHECKOUT_OPENED: 1,
    FailPoint.PAYMENT_STORED: 1,
    FailPoint.SETTLED: 1,
    FailPoint.CARD_SENT: 3,
}
# A bank transfer is first pending, then paid: each of these happens once more than by card.
LAST_BY_BANK = {
    FailPoint.DELIVERY_STORED: 4,
    FailPoint.PAYMENT_STORED: 2,
    FailPoint.SETTLED: 2,
    FailPoint.CARD_SENT: 4,
}
# A refund is one more of each of these, behind the credit.
LAST_BY_REFUND = {
    FailPoint.SETTLED: 2,
    FailPoint.REFUND_MADE: 1,
    FailPoint.CARD_SENT: 4,
}
IN_ORDER = tuple((point, 1) for point in FailPoint)


def once() -> list[Case]:
    """One kill in each case: at every point, every time that it is passed."""
    by_card = [
        ("card", point, hit)
        for point, passed in PASSED_BY_CARD.items()
        for hit in range(1, passed + 1)
    ]
    by_bank = [
        ("bank_transfer", point, hit)
        for point, last in LAST_BY_BANK.items()
        for hit in (last - 1, last)
    ]
    by_refund = [(REFUND, point, last) for point, last in LAST_BY_REFUND.items()]
    return [
        Case(f"{method}-{point}-{hit}", method, ((point, hit),))
        for method, point, hit in [*by_card, *by_bank, *by_refund]
    ]


def at_any_time() -> list[Case]:
    """Two lives that end wherever they are after a while, by each method."""
    return [
        Case(f"after-{first}-ms-{method}", method, ((None, first), (None, 2 * first)))
        for method, first in (("card", 60), ("bank_transfer", 150), (REFUND, 300))
    ]


def storms() -> list[Case]:
    """Several kills in each case: life after life at one point, or at one after the other."""
    again = [Case(f"thrice-{point}", REFUND, ((point, 1),) * 3) for point in FailPoint]
    every = [
        Case(f"every-point-{method}", method, IN_ORDER) for method in ("refund", "bank_transfer")
    ]
    return [*again, *every, *at_any_time()]


ONCE, STORMS = once(), storms()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run([*ONCE, *STORMS], tmp_path_factory.mktemp("lives"))


def test_every_point_has_its_cases() -> None:
    """A point that is added to the product is killed at here too."""
    assert {point for case in ONCE for point, _ in case.kills} == set(FailPoint)


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_46_48_49_one_kill_loses_nothing(outcomes: dict[str, Outcome], case: Case) -> None:
    """Killed there and started again, the top-up is credited once and its card says so."""
    outcome = outcomes[case.name]
    assert outcome.ends == (KILLED, QUIET), outcome.log
    assert broken(outcome) == []


@pytest.mark.parametrize("case", STORMS, ids=lambda case: case.name)
def test_46_47_many_kills_lose_nothing(outcomes: dict[str, Outcome], case: Case) -> None:
    """Killed in life after life, whatever was done before stays done, and once."""
    outcome = outcomes[case.name]
    assert outcome.ends[0] == KILLED or case.kills[0][0] is None, outcome.log
    assert set(outcome.ends[:-1]) <= {KILLED, QUIET}, outcome.log
    assert outcome.ends[-1] == QUIET, outcome.log
    assert broken(outcome) == []
