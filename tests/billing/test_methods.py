"""What a way to pay takes: its currencies, countries, the least, the most, steps and its fee."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.methods import Fee, PaymentMethod, Range, offered_methods
from billing.money import Money

ANY = PaymentMethod("card", "sandbox")
IN_STEPS = {"USD": Range(100, 1_000, 50), "JPY": Range(500)}


def dollars(minor: int) -> Money:
    return Money(minor, "USD")


def test_a_method_that_says_nothing_takes_everything() -> None:
    """Any currency, country and amount, without a fee."""
    assert ANY.range_in("USD") == Range() == Range(0, None, 1)
    assert ANY.supports("USD", "DE")
    assert ANY.allows(dollars(1))
    assert ANY.fee.for_amount(dollars(10**9)) == dollars(0)


def test_a_link_lives_an_hour_and_is_watched_for_three_days_more() -> None:
    """As for cards, unless a method says otherwise."""
    assert ANY.link_life == timedelta(hours=1)
    assert ANY.watched_after_expiry == timedelta(days=3)


@pytest.mark.parametrize(
    ("minor", "taken"),
    [(99, False), (100, True), (101, False), (150, True), (1_000, True), (1_050, False)],
)
def test_an_amount_lies_between_the_least_and_the_most_in_whole_steps(
    minor: int, taken: bool
) -> None:
    """The very least and the very most are taken."""
    method = PaymentMethod("card", "sandbox", taken_in=IN_STEPS.get)

    assert method.allows(dollars(minor)) is taken
    assert method.allows(Money(5_000, "EUR")) is False


def test_the_fee_counts_towards_what_the_gateway_takes() -> None:
    """It charges amount and fee as one."""
    method = PaymentMethod("card", "x", Fee(fixed_minor=30), minimum_minor=100, maximum_minor=200)

    taken = [minor for minor in range(300) if method.allows(dollars(minor))]
    assert (taken[0], taken[-1]) == (70, 170)


def test_the_narrower_of_two_limits_counts() -> None:
    """The operator's, or the gateway's own in that currency; its steps stay."""
    wide = PaymentMethod("card", "x", minimum_minor=1, maximum_minor=9_999, taken_in=IN_STEPS.get)
    narrow = PaymentMethod(
        "card", "x", minimum_minor=200, maximum_minor=900, taken_in=IN_STEPS.get
    )

    assert wide.range_in("USD") == Range(100, 1_000, 50)
    assert narrow.range_in("USD") == Range(200, 900, 50)
    assert wide.range_in("JPY") == Range(500, 9_999, 1)
    assert wide.range_in("EUR") is None


def test_what_fits_is_offered_in_the_operators_order() -> None:
    """A country that nobody knows rules nothing out, and another one does."""
    german = PaymentMethod("bank", "x", countries=frozenset({"DE"}))
    euro = PaymentMethod("debit", "x", currencies=frozenset({"EUR"}))
    every = (german, euro, ANY)

    assert offered_methods(every, "EUR", "DE") == every
    assert offered_methods(every, "USD", "DE") == (german, ANY)
    assert offered_methods(every, "EUR", "FR") == (euro, ANY)
    assert offered_methods(every, "EUR") == every


@pytest.mark.parametrize(
    ("minor", "points", "fee"), [(49, 100, 0), (50, 100, 1), (10_000, 290, 290), (1, 10_000, 1)]
)
def test_a_share_is_rounded_half_up(minor: int, points: int, fee: int) -> None:
    """Half a cent is a cent, and what is fixed comes on top."""
    assert Fee(points).for_amount(dollars(minor)) == dollars(fee)
    assert Fee(points, 30).for_amount(dollars(minor)) == dollars(fee + 30)
