"""Money: exact in every exponent, and never of two currencies at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import localedata
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from billing.limits import limits_for
from billing.methods import Fee, PaymentMethod
from billing.money import (
    _LOCALES_KEPT,
    Money,
    currency_exponent,
    format_money,
    from_decimal,
    known_locale,
    to_decimal,
)
from billing.records import LedgerAccount

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF", "HUF", "INR"])


# ISO 4217 list one, whose column "minor unit" has a 2 for every other currency.
NO_MINOR_UNIT = """
    BIF Burundi  CLP Chile  DJF Djibouti  GNF Guinea  ISK Iceland  JPY Japan  KMF Comoros
    KRW Korea  PYG Paraguay  RWF Rwanda  UGX Uganda  UYI indexed-Uruguay  VND Vietnam
    VUV Vanuatu  XAF Central-Africa  XOF West-Africa  XPF Pacific
"""
THREE_DIGITS = "BHD Bahrain  IQD Iraq  JOD Jordan  KWD Kuwait  LYD Libya  OMR Oman  TND Tunisia"
FOUR_DIGITS = "CLF indexed-Chile  UYW indexed-wages"


def test_exponents_are_iso_4217() -> None:
    """The exponent is ISO's, not what a locale happens to display."""
    listed = {0: NO_MINOR_UNIT, 3: THREE_DIGITS, 4: FOUR_DIGITS}
    digits = {code: count for count, text in listed.items() for code in text.split()[::2]}

    for code in {*get_global("all_currencies"), *digits}:
        assert currency_exponent(code) == digits.get(code, 2), code


@given(st.integers(-(10**12), 10**12), CURRENCIES)
def test_decimal_and_back_is_exact(minor: int, currency: str) -> None:
    """No amount changes on its way through major units."""
    money = Money(minor, currency)

    assert money == from_decimal(to_decimal(money), currency)


def test_too_many_decimals_are_refused() -> None:
    """Half a cent is not rounded away in silence."""
    with pytest.raises(ValueError, match="more decimals"):
        from_decimal(Decimal("0.005"), "USD")


def test_what_is_left_and_what_is_owed() -> None:
    """A difference may be below zero, and what is owed is the same amount the other way."""
    assert Money(3, "USD") - Money(5, "USD") == Money(-2, "USD") == -Money(2, "USD")
    assert LedgerAccount("a", Money(2, "USD"), Money(7, "USD"), 3).balance == Money(5, "USD")


def test_two_currencies_do_not_add_up() -> None:
    """Sums need one currency."""
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "USD") - Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(5_000, "USD"), "en", "$50.00"),
        (Money(5_000, "USD"), "en-US", "$50.00"),
        (Money(5_000, "EUR"), "de", "50,00\xa0€"),
        (Money(5_000, "JPY"), "ja", "￥5,000"),
        (Money(1, "KWD"), "en", "KWD0.001"),
        (Money(1_234_567, "IQD"), "en", "IQD1,234.567"),
        (Money(10**15 - 1, "USD"), "en", "$9,999,999,999,999.99"),
        (Money(5_000, "USD"), "xx-bogus", "$50.00"),
    ],
)
def test_money_reads_as_people_write_it(money: Money, locale: str, text: str) -> None:
    """Every decimal is shown, none is rounded, in the person's own style."""
    assert text == format_money(money, locale)


@given(st.integers(1, 10**9), st.integers(0, 1_000))
def test_a_fee_is_half_up_and_never_negative(minor: int, basis_points: int) -> None:
    """The fee differs from the exact share by at most half a minor unit."""
    fee = Fee(basis_points).for_amount(Money(minor, "USD")).minor

    assert fee >= 0
    assert abs(fee * 10_000 - minor * basis_points) <= 5_000


def test_a_method_fits_its_currencies_and_countries() -> None:
    """Methods that fit nothing are not offered."""
    method = PaymentMethod(
        "card", "x", currencies=frozenset({"USD"}), countries=frozenset({"DE"}), minimum_minor=100
    )

    assert method.supports("USD", "DE")
    assert not method.supports("EUR", "DE")
    assert not method.supports("USD", "FR")
    assert not method.allows(Money(99, "USD"))


def test_limits_follow_the_size_of_the_unit() -> None:
    """A yen is about a cent, so its limits are a hundred times larger."""
    assert (Money(500, "USD"), Money(200_000, "USD")) == (
        limits_for("USD").minimum,
        limits_for("USD").maximum,
    )
    assert limits_for("JPY").presets_minor == (2_000, 5_000, 10_000, 20_000, 50_000)


def test_114_locales_that_somebody_named_once_are_not_kept() -> None:
    """A client may claim any of a thousand; those of a few stay in memory, and all are right."""
    known_locale.cache_clear()
    for name in localedata.locale_identifiers()[:150]:
        assert known_locale(name).number_symbols
        assert len(localedata._cache) <= _LOCALES_KEPT + 10

    assert known_locale.cache_info().currsize <= _LOCALES_KEPT
    assert format_money(Money(123_456, "EUR"), "de-AT") == "€\xa01.234,56"
