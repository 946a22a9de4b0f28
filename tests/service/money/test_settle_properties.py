"""Whatever gateways say, in whatever order: one credit at most, and no paid payment lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.money import Money
from billing.topups import (
    Disposition,
    Mode,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
    TopUpStatus,
)
from tests.support.bots.settle_place import MERCHANT, TOTAL, Books, SettlePlace, paid, settle_place

FEE_MINOR = 75


@dataclass(frozen=True, slots=True)
class News:
    """What a gateway says of a payment; `known` is whether it names our top-up."""

    ref: str
    status: PaymentStatus
    amount: Money
    known: bool
    mode: Mode
    merchant: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The payer presses Cancel."""


@dataclass(frozen=True, slots=True)
class Expire:
    """The pay link's time is over."""


Act = News | Cancel | Expire


def mostly(usual: object, *odd: object) -> st.SearchStrategy[object]:
    """The usual value three times out of four."""
    return st.sampled_from([usual] * 3 * max(1, len(odd)) + list(odd))


NEWS = st.builds(
    News,
    ref=st.sampled_from(["pay_1", "pay_2", "pay_3"]),
    status=st.sampled_from(PaymentStatus) | st.just(PaymentStatus.PAID),
    amount=mostly(TOTAL, Money(0, "USD"), Money(5_074, "USD"), Money(5_075, "EUR")),
    known=mostly(True, False),
    mode=mostly(Mode.SANDBOX, Mode.LIVE),
    merchant=mostly(MERCHANT, "acct_2"),
)
ACTS = st.lists(NEWS | st.builds(Cancel) | st.builds(Expire), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def snapshot(news: News, top_up: TopUp) -> PaymentSnapshot:
    return replace(
        paid(top_up, news.ref, news.amount),
        reference=top_up.id if news.known else None,
        status=news.status,
        mode=news.mode,
        merchant_account=news.merchant,
    )


def fits(news: News) -> bool:
    """Whether this is the payment that was asked for."""
    return (news.known, news.amount, news.mode, news.merchant) == (
        True,
        TOTAL,
        Mode.SANDBOX,
        MERCHANT,
    )


def do(act: Act, top_up: TopUp, place: SettlePlace) -> None:
    match act:
        case News():
            place.settle(snapshot(act, top_up))
        case Cancel():
            place.cancel(top_up)
        case Expire():
            place.expire(top_up)
        case _:
            assert_never(act)


def expected(acts: list[Act]) -> dict[tuple[str, str], Disposition]:
    """An oracle: what becomes of each payment, decided once, when it is first seen paid."""
    found: dict[tuple[str, str], Disposition] = {}
    for act in acts:
        if not isinstance(act, News) or act.status is not PaymentStatus.PAID:
            continue
        taken = Disposition.APPLIED in found.values()
        applied = fits(act) and not taken
        became = Disposition.APPLIED if applied else Disposition.HELD
        found.setdefault((act.ref, act.merchant), became)
    return found


@settings(max_examples=150)
@given(acts=ACTS)
def test_any_history_credits_once_at_most(place: SettlePlace, acts: list[Act]) -> None:
    """After every act: balance = postings = what was applied, and a credit stays a credit."""
    top_up = place.new()
    before = place.books(top_up)
    for number, act in enumerate(acts, start=1):
        do(act, top_up, place)
        books = place.books(top_up)
        check_money(books, before, top_up, expected(acts[:number]))


@settings(max_examples=100)
@given(acts=ACTS)
def test_every_paid_payment_is_credited_or_held(place: SettlePlace, acts: list[Act]) -> None:
    """Lost is none: each payment that was ever paid is applied, or held with its reason."""
    top_up = place.new()
    for act in acts:
        do(act, top_up, place)

    for (ref, merchant), became in expected(acts).items():
        payment = place.payment(f"{top_up.id}-{ref}", merchant)
        assert payment is not None
        assert payment.disposition is became
        assert payment.status is PaymentStatus.PAID
        assert (payment.held_because is None) is (became is Disposition.APPLIED)


@settings(max_examples=100)
@given(acts=ACTS, data=st.data())
def test_repeating_and_reordering_repeats_no_credit(
    place: SettlePlace, acts: list[Act], data: st.DataObject
) -> None:
    """The same news again, in another order, changes no balance and no disposition."""
    top_up = place.new()
    for act in acts:
        do(act, top_up, place)
    books = place.books(top_up)

    for act in data.draw(st.permutations(acts)):
        do(act, top_up, place)

    again = place.books(top_up)
    if books.status is TopUpStatus.CREDITED:
        assert again.balance_minor == books.balance_minor
    known = {payment.key: payment.disposition for payment in again.payments}
    assert all(known[each.key] is each.disposition for each in books.payments if each.disposition)


@settings(max_examples=100)
@given(
    statuses=st.lists(st.sampled_from(PaymentStatus), min_size=1, max_size=5),
    data=st.data(),
)
def test_one_payment_ends_the_same_in_any_order(
    place: SettlePlace, statuses: list[PaymentStatus], data: st.DataObject
) -> None:
    """Snapshots of one payment, shuffled: credited if it was ever paid, never otherwise."""
    orders = [statuses, data.draw(st.permutations(statuses))]
    ends = []
    for order in orders:
        top_up = place.new()
        for status in order:
            place.settle(replace(paid(top_up), status=status))
        books = place.books(top_up)
        ends.append((books.status is TopUpStatus.CREDITED, books.balance_minor))

    credited = PaymentStatus.PAID in statuses
    assert ends == [(credited, 5_000 if credited else 0)] * 2


def check_money(
    books: Books, before: Books, top_up: TopUp, became: dict[tuple[str, str], Disposition]
) -> None:
    applied = [each for each in books.payments if each.disposition is Disposition.APPLIED]
    times = list(became.values()).count(Disposition.APPLIED)
    assert len(applied) == times <= 1
    assert books.balance_minor == books.posted_minor == times * top_up.amount.minor
    assert books.fees_minor - before.fees_minor == times * FEE_MINOR
    assert books.cleared_minor - before.cleared_minor == sum(map(minor, applied))
    assert (books.status is TopUpStatus.CREDITED) is bool(times)


def minor(payment: Payment) -> int:
    return payment.amount.minor
