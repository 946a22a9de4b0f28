"""Amounts in an account's own currency: read or refused, never taken for another."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.amounts.amounts import (
    AmbiguousAmount,
    AmountContext,
    AmountReading,
    RefusalReason,
    RefusedAmount,
    extract_amount,
    parse_amount,
)
from billing.money import Money
from tests.support.fuzz.amount_forms import CURRENCIES, LOCALES, written

_CURRENCIES_AT_ONCE = 6


def is_read_or_refused(reading: AmountReading | None, money: Money) -> bool:
    """Whether it is the amount, a question that offers it, or no amount at all."""
    match reading:
        case Money():
            return reading == money
        case AmbiguousAmount(readings):
            return money in readings
        case _:
            return reading is None or isinstance(reading, RefusedAmount)


@settings(max_examples=30)
@given(st.sampled_from(LOCALES), st.integers(0, 10**9), st.integers(1, 10**11))
def test_131_no_way_of_writing_an_amount_is_taken_for_another(
    locale: str, seed: int, minor: int
) -> None:
    """In every CLDR locale, for every currency, in each short form, name and script."""
    dice = Random(seed)  # noqa: S311 (Hypothesis throws it)
    for currency in dice.sample(CURRENCIES, _CURRENCIES_AT_ONCE):
        money = Money(dice.choice([minor, minor % 10_000 * 1_000 or 1]), currency)
        context = AmountContext(currency, locale, None, None)
        for text in written(money, locale, dice):
            assert is_read_or_refused(parse_amount(text, context), money), text
            assert is_read_or_refused(extract_amount(text, context).reading, money), text


@pytest.mark.parametrize(
    ("text", "locale", "account", "minor"),
    [
        *[(text, "ru", "RUB", 10_000) for text in ("100р", "100 р.", "100р.", "100 руб.", "100₽")],
        *[(text, "ru", "RUB", 10_000) for text in ("100 рублей", "100 российских рублей")],
        ("100 руб.", "ru", "BYN", 10_000),
        ("100 грн", "uk", "UAH", 10_000),
        ("100 тг", "ru", "KZT", 10_000),
        ("100 złotych", "pl", "PLN", 10_000),
        ("100 korun", "cs", "CZK", 10_000),
        ("100 US-Dollar", "de", "USD", 10_000),
        ("US-Dollar 100", "de", "USD", 10_000),
        ("100 dollars des États-Unis", "fr", "USD", 10_000),
        ("dírhams de los Emiratos Árabes Unidos 100", "es", "AED", 10_000),
        ("19,483ریال قطر", "fa-AF", "QAR", 1_948_300),
        ("50F CFA", "fr", "XOF", 50),
        ("5000 Rp", "en", "IDR", 500_000),
        ("50 RM", "de", "MYR", 5_000),
        ("50 ZK", "en", "ZMW", 5_000),
        ("F CFA50", "fr", "XOF", 50),
    ],
)
def test_131_what_people_write_for_their_own_currency(
    text: str, locale: str, account: str, minor: int
) -> None:
    """Short forms and names are read as the account's where they can be; so in a line of words."""
    context = AmountContext(account, locale, None, None)

    assert parse_amount(text, context) == Money(minor, account)
    taken = extract_amount(f"team-a {text} card", context)
    assert (taken.reading, taken.rest) == (Money(minor, account), ("team-a", "card"))


@pytest.mark.parametrize(
    ("text", "account", "meant"),
    [("100 руб.", "USD", "RUB"), ("100 RUR", "RUB", "RUR"), ("100 ریال", "QAR", "IRR")],
)
def test_131_another_currency_stays_another(text: str, account: str, meant: str) -> None:
    """What can only be another currency, also money of before, is not made the account's."""
    reading = parse_amount(
        text, AmountContext(account, "fa" if meant == "IRR" else "ru", None, None)
    )

    assert isinstance(reading, Money)
    assert reading.currency == meant


@pytest.mark.parametrize(
    ("text", "account", "locale"),
    [
        *[("0.01 K", "MMK", "aa"), ("5k", "PGK", "aa"), ("5 M", "LSL", "aa")],
        # To Indonesians an M is a billion, and to Indians an L a hundred thousand.
        *[("1M", "AZN", "id"), ("AZN 1M", "AZN", "bew"), ("5 L", "HNL", "en-IN")],
    ],
)
def test_131_a_thousand_or_a_currency_is_not_guessed(text: str, account: str, locale: str) -> None:
    """In kyat, kina and maloti K and M are money; a thousandfold would be another amount."""
    reading = parse_amount(text, AmountContext(account, locale, None, None))

    assert reading == RefusedAmount(RefusalReason.CURRENCY_UNCLEAR, account)


@pytest.mark.parametrize("text", ["$-50", "-$50", "$ -50", "(50 US-Dollar)", "US-Dollar -50"])
def test_131_a_dash_within_a_name_is_no_minus(text: str) -> None:
    """Before and behind a sign it is one."""
    reading = parse_amount(text, AmountContext("USD", "de", None, None))

    assert reading == RefusedAmount(RefusalReason.NEGATIVE, "USD")
