"""What is counted of the payments that are fetched: credits, once, and what is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from billing.money import Money
from billing.topups import PaymentSnapshot, PaymentStatus, TopUp
from conversations.protocol.ports import Delivery
from service.common.metrics import Owner
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import Told, checkouts, claim_of, opened
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place


@dataclass
class Counts:
    """What the cashier tells whoever counts."""

    told: list[Any] = field(default_factory=list)

    def observe_credit(self, gateway: str, after: timedelta | None) -> None:
        self.told.append((gateway, after))

    def count_left_aside(self, gateway: str, whose: Owner) -> None:
        self.told.append((gateway, whose))


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def counted(place: SettlePlace, made: TopUp, *says: PaymentSnapshot) -> list[Any]:
    """What is told of one look at a checkout."""
    counts: Any = Counts()
    place.runner.run(checkouts(place, Told([says]), measures=counts).settle(claim_of(made)))
    told: list[Any] = counts.told
    return told


def hint(place: SettlePlace, made: TopUp, name: str) -> None:
    """A callback came now."""
    delivery = Delivery(GATEWAY, name, claim_of(made).key, {}, {})
    place.do(lambda tx: tx.deliveries.add(delivery, place.clock()))


@pytest.mark.parametrize("before", [None, PaymentStatus.PROCESSING])
def test_a_credit_is_counted_once_with_the_time_since_its_first_callback(
    place: SettlePlace, before: PaymentStatus | None
) -> None:
    """Also of a payment that was known already; the same again is no credit."""
    made = opened(place)
    if before is not None:
        place.settle(replace(paid(made), status=before))
    hint(place, made, "first")
    place.clock.advance(seconds=3)
    hint(place, made, "second")
    place.clock.advance(seconds=4)

    assert counted(place, made, paid(made)) == [(GATEWAY, timedelta(seconds=7))]
    assert counted(place, made, paid(made)) == []


def test_a_credit_without_a_callback_has_no_time(place: SettlePlace) -> None:
    """It was found by looking, and is counted all the same."""
    made = opened(place)

    assert counted(place, made, paid(made)) == [(GATEWAY, None)]
    assert place.clock() == START


@pytest.mark.parametrize(
    "change", [{"amount": Money(1, "USD")}, {"status": PaymentStatus.PROCESSING}]
)
def test_only_what_is_applied_is_counted_as_a_credit(
    place: SettlePlace, change: dict[str, Any]
) -> None:
    """Not what is held, nor what is under way."""
    made = opened(place)

    assert counted(place, made, replace(paid(made), **change)) == []


@pytest.mark.parametrize(
    ("installation", "whose"),
    [("in_ffffffffffffffff", Owner.ANOTHER_INSTALLATION), (None, Owner.UNMARKED)],
)
def test_what_is_not_ours_is_counted_by_whose_it_seems_to_be(
    place: SettlePlace, installation: str | None, whose: Owner
) -> None:
    """By its mark, or as bearing none."""
    made = place.new()
    theirs = replace(paid(made), installation=installation, reference=None)

    assert counted(place, made, theirs) == [(GATEWAY, whose)]
    assert place.payment(theirs.payment_ref) is None


@pytest.mark.parametrize("known", [False, True])
def test_a_checkout_without_a_payment_is_another_products_unless_we_opened_it(
    place: SettlePlace, known: bool
) -> None:
    """Ours may still be paid, and is not left aside."""
    made = opened(place) if known else place.new()

    assert counted(place, made) == ([] if known else [(GATEWAY, Owner.ANOTHER_PRODUCT)])
