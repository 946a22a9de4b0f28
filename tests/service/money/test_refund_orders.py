"""Orders to send money back: what may be ordered, once for each key, and what is left then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from billing.money import Money
from billing.reversals import Reversals
from billing.topups import PaymentStatus
from service.common.context import context_of
from service.lanes.keys import LaneKind
from service.money.refunds import RefundRefused, RefundRequest, order_refund
from service.ports.store import Tx
from tests.support.bots.bot_place import START
from tests.support.bots.refunding import (
    Asked,
    acts,
    asks,
    credited,
    key_of,
    left,
    paid_key,
    stored,
    works,
)
from tests.support.bots.settle_place import TOTAL, SettlePlace, paid, settle_place


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    """One database for all; each test has a top-up of its own, and orders by its own keys."""
    rows.clock.at = START
    return rows


@pytest.mark.parametrize("minor", [1, TOTAL.minor])
def test_the_least_and_all_of_a_payment_can_be_sent_back(place: SettlePlace, minor: int) -> None:
    """The order is due at once, and the trail says who asked for it."""
    made = credited(place)

    ordered = asks(place, made, minor)

    assert (ordered.amount.minor, ordered.done_at) == (minor, None)
    assert stored(place, made) == ordered
    assert ("operator", "refund_ordered", paid_key(made)) in acts(place)
    claimed = place.do(
        lambda tx: tx.lanes.claim_one(
            LaneKind.REFUND, ordered.id, START, owner="w", until=START + timedelta(minutes=1)
        )
    )
    assert claimed is not None


@pytest.mark.parametrize("minor", [-1, 0, TOTAL.minor + 1])
def test_nothing_and_more_than_all_are_refused(place: SettlePlace, minor: int) -> None:
    """The refusal says what can go back, and no order is written."""
    made = credited(place)

    with pytest.raises(RefundRefused, match=r"\$50\.75 of it can be sent back"):
        asks(place, made, minor)
    assert place.do(lambda tx: tx.refunds.get(key_of(made))) is None


@pytest.mark.parametrize("status", [PaymentStatus.OPEN, PaymentStatus.FAILED])
def test_what_was_never_taken_is_not_sent_back(place: SettlePlace, status: PaymentStatus) -> None:
    """A payment that nobody decided about, or that failed, has nothing in it."""
    made = place.new()
    place.settle(replace(paid(made), status=status))

    with pytest.raises(RefundRefused, match="nothing of it can be sent back"):
        asks(place, made, 1)


def test_a_payment_that_is_not_known_here_is_not_sent_back(place: SettlePlace) -> None:
    """Whoever found it in another database is refused, and no order is written."""
    made, elsewhere = credited(place), credited(place)
    payment = replace(place.books(made).payments[0], payment_ref="pay_elsewhere")
    ask = RefundRequest(key_of(elsewhere), None, "why", "operator")

    with pytest.raises(RefundRefused, match="nothing of it can be sent back"):
        place.do(lambda tx: order_refund(context_of(tx, place.services), payment, ask))


def test_money_of_another_currency_is_not_sent_back(place: SettlePlace) -> None:
    """A payment in dollars does not go back in euros, whatever the number."""
    made = credited(place)
    payment = place.books(made).payments[0]
    ask = RefundRequest(key_of(made), Money(100, "EUR"), "why", "operator")

    with pytest.raises(RefundRefused):
        place.do(lambda tx: order_refund(context_of(tx, place.services), payment, ask))


def test_what_is_ordered_and_what_is_gone_can_be_sent_back_no_more(place: SettlePlace) -> None:
    """Both count, each once: an order that was carried out counts by what went back alone."""
    made = credited(place)
    asks(place, made, 2_000)
    before = left(place, made)
    went = replace(paid(made), reversals=Reversals(refunded_minor=2_000))
    works(place, made, Asked((went,)))

    assert before == left(place, made) == TOTAL.minor - 2_000
    with pytest.raises(RefundRefused, match=r"\$30\.75"):
        asks(place, made, TOTAL.minor - 1_999, "key-2")
    assert asks(place, made, None, "key-3").amount.minor == TOTAL.minor - 2_000
    assert left(place, made) == 0


def test_one_key_orders_one_refund(place: SettlePlace) -> None:
    """Again it gives the same order; for another sum, or another payment, it is refused."""
    made, other = credited(place), credited(place)
    ordered = asks(place, made, 2_000)

    assert asks(place, made, 2_000) == asks(place, made, None) == ordered
    with pytest.raises(RefundRefused, match="ordered another refund already"):
        asks(place, made, 2_001)
    ask = RefundRequest(key_of(made), Money(2_000, "USD"), "why", "operator")
    payment = place.books(other).payments[0]
    with pytest.raises(RefundRefused, match="ordered another refund already"):
        place.do(lambda tx: order_refund(context_of(tx, place.services), payment, ask))
    assert left(place, made) == TOTAL.minor - 2_000
    assert left(place, other) == TOTAL.minor


def test_of_two_orders_by_one_key_at_one_moment_one_is_refused(place: SettlePlace) -> None:
    """Who did not see the other's order yet, since it was of another payment, writes none."""
    made, other = credited(place), credited(place)
    ordered = asks(place, made, 2_000)
    ask = RefundRequest(ordered.id, None, "why", "operator")
    payment = place.books(other).payments[0]

    with pytest.raises(RefundRefused, match="orders another refund at this moment"):
        place.do(
            lambda tx: order_refund(context_of(_sees_no_order(tx), place.services), payment, ask)
        )
    assert stored(place, made) == ordered
    assert left(place, other) == TOTAL.minor


def _sees_no_order(tx: Tx) -> Any:
    """A transaction that began before the other one wrote its order."""
    orders = tx.refunds
    unseen = SimpleNamespace(get=lambda _: None, of_payment=orders.of_payment, add=orders.add)
    return SimpleNamespace(payments=tx.payments, refunds=unseen)
