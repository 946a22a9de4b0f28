"""settle(): money that fits is credited once; money that does not is held, and visible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from billing.money import Money
from billing.topups import Disposition, HeldReason, Mode, PaymentStatus, TopUpStatus
from conversations.protocol.events import CancelAnswered, CheckStarted, PressRefusal, PressRefused
from service.cards.cards import stable_card_id
from service.common.context import context_of
from service.money import topups
from service.ports.store import Attempt
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import (
    GATEWAY,
    PAYER,
    SUPPORT,
    TOTAL,
    SettlePlace,
    paid,
    settle_place,
)

UNPAID = (
    PaymentStatus.OPEN,
    PaymentStatus.PROCESSING,
    PaymentStatus.FAILED,
    PaymentStatus.EXPIRED,
    PaymentStatus.CANCELLED,
)
WRONG: dict[HeldReason, tuple[dict[str, Any], ...]] = {
    HeldReason.WRONG_AMOUNT: tuple(
        {"amount": Money(minor, "USD")} for minor in (0, 1, 5_000, 5_074, 5_076, 507_500)
    ),
    HeldReason.WRONG_CURRENCY: (
        {"amount": Money(5_075, "EUR")},
        {"amount": Money(5_075, "JPY")},
        {"amount": Money(5_075, "usd")},
    ),
    HeldReason.WRONG_MODE: ({"mode": Mode.LIVE},),
    HeldReason.WRONG_MERCHANT: ({"merchant_account": "acct_2"}, {"gateway": "other"}),
}
ALL_WRONG = [(reason, change) for reason, changes in WRONG.items() for change in changes]


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    rows.clock.at = START
    return rows


def test_a_payment_that_fits_is_credited(place: SettlePlace) -> None:
    """The amount reaches the account, the fee the house, and the card shows the ids."""
    top_up = place.new()
    before = place.books(top_up)

    place.settle(paid(top_up))

    books = place.books(top_up)
    assert (books.status, books.balance_minor) == (TopUpStatus.CREDITED, 5_000)
    assert books.fees_minor - before.fees_minor == 75
    assert books.cleared_minor - before.cleared_minor == 5_075
    assert "$50.00" in [row.value for row in books.card.rows]
    assert paid(top_up).payment_ref in [row.value for row in books.card.rows]
    assert "Pay" not in " ".join(each.label for line in books.card.choices for each in line)


def test_01_03_repeated_news_credits_once(place: SettlePlace) -> None:
    """The same snapshot twenty times leaves the books as the first one did."""
    top_up = place.new()
    place.settle(paid(top_up))
    books = place.books(top_up)

    for _ in range(20):
        place.settle(paid(top_up))

    assert place.books(top_up) == books


@pytest.mark.parametrize(("reason", "change"), ALL_WRONG, ids=repr)
def test_15_17_a_payment_that_does_not_fit_is_held(
    place: SettlePlace, reason: HeldReason, change: dict[str, Any]
) -> None:
    """Another amount, currency, mode or merchant: nothing is credited, and the card tells."""
    top_up = place.new()

    place.settle(replace(paid(top_up), **change))

    books = place.books(top_up)
    (payment,) = books.payments
    assert (books.status, books.balance_minor) == (TopUpStatus.AWAITING_PAYMENT, 0)
    assert (payment.disposition, payment.held_because) == (Disposition.HELD, reason)
    (told,) = [line for line in books.card.body if "is held" in line]
    assert SUPPORT in told
    assert payment.payment_ref in told
    assert "No money was taken" not in books.card.fallback


def test_a_sandbox_payment_never_touches_a_live_account(place: SettlePlace) -> None:
    """A test payment for a live top-up is held, paid though it is."""
    top_up = place.new(Mode.LIVE)

    place.settle(replace(paid(top_up), mode=Mode.SANDBOX))

    books = place.books(top_up)
    assert (books.status, books.balance_minor) == (TopUpStatus.AWAITING_PAYMENT, 0)
    assert books.payments[0].held_because is HeldReason.WRONG_MODE


@pytest.mark.parametrize("reference", [None, "", "TU-00000000", "tu-00000001", "'; --"])
def test_12_a_payment_for_no_top_up_is_held(place: SettlePlace, reference: str | None) -> None:
    """Money whose top-up nobody knows is kept with its reason, and moves nothing."""
    top_up = place.new()

    place.settle(replace(paid(top_up), reference=reference))

    payment = place.payment(paid(top_up).payment_ref)
    assert payment is not None
    assert payment.disposition is Disposition.HELD
    assert payment.held_because is HeldReason.UNKNOWN_TOP_UP
    assert place.books(top_up).balance_minor == 0


def test_a_second_payment_is_held(place: SettlePlace) -> None:
    """Whoever pays twice is credited once, and told that the second payment is safe."""
    top_up = place.new()
    place.settle(paid(top_up, "pay_1"))

    place.settle(paid(top_up, "pay_2"))

    books = place.books(top_up)
    assert (books.status, books.balance_minor) == (TopUpStatus.CREDITED, 5_000)
    assert [payment.held_because for payment in books.payments] == [
        None,
        HeldReason.SECOND_PAYMENT,
    ]
    assert any("was paid already" in line for line in books.card.body)


@pytest.mark.parametrize("status", UNPAID)
@pytest.mark.parametrize(("reason", "change"), ALL_WRONG, ids=repr)
def test_news_of_a_payment_that_does_not_fit_moves_nothing(
    place: SettlePlace, status: PaymentStatus, reason: HeldReason, change: dict[str, Any]
) -> None:
    """A payment at another merchant, or of another sum, cannot fail or cancel a top-up."""
    top_up = place.new()

    place.settle(replace(paid(top_up), status=status, **change))

    assert place.books(top_up).status is TopUpStatus.AWAITING_PAYMENT


@pytest.mark.parametrize("status", UNPAID)
def test_63_late_news_changes_nothing_that_is_credited(
    place: SettlePlace, status: PaymentStatus
) -> None:
    """A failure, an expiry or a cancellation that arrives after the credit is too late."""
    top_up = place.new()
    place.settle(paid(top_up))
    books = place.books(top_up)

    place.settle(replace(paid(top_up), status=status, decline="card_declined"))
    place.settle(replace(paid(top_up, "pay_2"), status=status))

    after = place.books(top_up)
    assert (after.status, after.balance_minor) == (TopUpStatus.CREDITED, 5_000)
    assert after.payments[0] == books.payments[0]


def test_04_the_order_of_news_does_not_matter(place: SettlePlace) -> None:
    """Five snapshots of one payment, in each of the 120 orders: credited once, for good."""
    statuses = (*UNPAID[:4], PaymentStatus.PAID)
    for order in permutations(statuses):
        top_up = place.new()
        for status in order:
            place.settle(replace(paid(top_up), status=status))
        books = place.books(top_up)
        assert (books.status, books.balance_minor) == (TopUpStatus.CREDITED, 5_000), order


def test_04_without_a_payment_nothing_is_credited(place: SettlePlace) -> None:
    """The same without the payment, in each order: no credit, and the last word counts."""
    last_words = {
        PaymentStatus.PROCESSING: {TopUpStatus.PROCESSING},
        PaymentStatus.OPEN: {TopUpStatus.PROCESSING, TopUpStatus.FAILED, TopUpStatus.EXPIRED},
        PaymentStatus.FAILED: {TopUpStatus.FAILED, TopUpStatus.EXPIRED},
        PaymentStatus.EXPIRED: {TopUpStatus.EXPIRED, TopUpStatus.FAILED},
    }
    for order in permutations(UNPAID[:4]):
        top_up = place.new()
        for status in order:
            place.settle(replace(paid(top_up), status=status))
        books = place.books(top_up)
        assert books.balance_minor == 0, order
        assert books.status in last_words[order[-1]], order


@pytest.mark.parametrize("order", list(permutations(("cancel", "expire", "pay"))), ids="-".join)
def test_22_23_24_paying_wins_every_race(place: SettlePlace, order: tuple[str, ...]) -> None:
    """Cancelled, expired and paid in any order: credited once, and the answers are true."""
    top_up = place.new()
    answers = []
    for act in order:
        match act:
            case "cancel":
                answers.append(place.cancel(top_up))
            case "expire":
                place.expire(top_up)
            case _:
                place.settle(paid(top_up))

    books = place.books(top_up)
    assert (books.status, books.balance_minor) == (TopUpStatus.CREDITED, 5_000)
    (answer,) = answers
    assert isinstance(answer, CancelAnswered)
    assert answer.cancelled is (order[0] == "cancel")
    assert books.card.title.startswith("✅ Credited")


def test_11_money_that_comes_days_later_is_credited(place: SettlePlace) -> None:
    """Three days after the link expired the payment is credited, and a new message says so."""
    top_up = place.new()
    place.expire(top_up)
    place.clock.advance(days=3)

    place.settle(paid(top_up))

    assert place.books(top_up).status is TopUpStatus.CREDITED
    note = place.do(lambda tx: tx.cards.get(stable_card_id(top_up.id, "credited")))
    assert note is not None
    assert "was credited to" in note.wanted.title


def test_only_its_requester_cancels(place: SettlePlace) -> None:
    """Somebody else's cancel is refused and changes nothing, unknown top-ups likewise."""
    top_up = place.new()
    books = place.books(top_up)

    answers = [place.cancel(top_up, "telegram:9:8"), place.cancel(replace(top_up, id="TU-0"))]

    assert answers == [PressRefused(PressRefusal.NOT_YOURS)] * 2
    assert place.books(top_up) == books


def test_the_sum_that_counts_is_the_total(place: SettlePlace) -> None:
    """The amount without the fee is too little."""
    top_up = place.new()

    place.settle(paid(top_up, amount=top_up.amount))

    assert top_up.total == TOTAL
    assert place.books(top_up).payments[0].held_because is HeldReason.WRONG_AMOUNT


def test_only_who_asked_for_a_top_up_says_that_they_have_paid(place: SettlePlace) -> None:
    """For anybody else, and for a top-up that is not there, no gateway is asked."""
    made = place.new()
    opened = Attempt("a1", made.id, 1, GATEWAY, place.clock(), checkout_ref="cs_1")
    place.do(lambda tx: tx.top_ups.add_attempt(opened))

    def check(top_up: str, actor: str) -> object:
        return place.do(
            lambda tx: topups.check_top_up(context_of(tx, place.services), top_up, actor)
        )

    def asked() -> list[datetime | None]:
        return [each.asked_at for each in place.do(lambda tx: tx.top_ups.attempts(made.id))]

    for top_up, actor in ((made.id, "telegram:9:8"), ("TU-NONE0000", PAYER)):
        assert check(top_up, actor) == PressRefused(PressRefusal.NOT_YOURS)
    assert asked() == [None]
    assert isinstance(check(made.id, PAYER), CheckStarted)
    assert asked() == [place.clock()]
