"""What people type as an amount is read as meant, asked about or refused, never misread."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.amounts.amounts import (
    AmbiguousAmount,
    AmountContext,
    AmountReading,
    RefusalReason,
    RefusedAmount,
    parse_amount,
)
from billing.money import Money, from_decimal


def _context(
    currency: str | None = "USD",
    locale: str = "en",
    minimum_minor: int | None = 500,
    maximum_minor: int | None = 200_000,
) -> AmountContext:
    return AmountContext(currency, locale, minimum_minor, maximum_minor)


def _refused(reason: RefusalReason, currency: str | None = "USD") -> RefusedAmount:
    return RefusedAmount(reason, currency)


_READ_AS_DOLLARS = [
    ("50", 50_00),
    ("1,000.50", 1000_50),
    ("1.000,50", 1000_50),
    ("1 000,50", 1000_50),
    ("1 000", 1000_00),
    ("1\u00a0000,50", 1000_50),
    ("1\u202f000,50", 1000_50),
    ("1\u00a0234", 1234_00),
    ("1'000.50", 1000_50),
    ("1’000.50", 1000_50),
    ("1٬000٫50", 1000_50),
    ("1,000", 1000_00),
    ("12,34", 12_34),
    ("12,3", 12_30),
    ("12.34", 12_34),
    ("1,00,000", 100_000_00),
    ("12,34,567.50", 1_234_567_50),
    ("1.234.567", 1_234_567_00),
    ("50k", 50_000_00),
    ("50 k", 50_000_00),
    ("1.5k", 1500_00),
    ("1,5K", 1500_00),
    ("1.2345k", 1234_50),
    ("0.0005m", 500_00),
    ("2M", 2_000_000_00),
    ("٥٠", 50_00),
    ("५०", 50_00),
    ("５０", 50_00),
    ("１,０００．５０", 1000_50),
    ("\u200f50\u200e", 50_00),
    ("\u206850\u2069", 50_00),
    (" 50 ", 50_00),
    ("+50", 50_00),
    ("007.50", 7_50),
    (".5", 50),
    ("$.50", 50),
    ("50.", 50_00),
    ("50!", 50_00),
    ("50,-", 50_00),
    ("50.– USD", 50_00),
    ("$50", 50_00),
    ("50$", 50_00),
    ("$ 50", 50_00),
    ("＄50", 50_00),
    ("US$50", 50_00),
    ("us $ 50", 50_00),
    ("USD50", 50_00),
    ("50usd", 50_00),
    ("Usd 50", 50_00),
    ("50kusd", 50_000_00),
    ("50 k usd", 50_000_00),
    ("$50 USD", 50_00),
    ("50 dollars", 50_00),
    ("50 US dollars", 50_00),
    ("9999999999999", 9_999_999_999_999_00),
]


@pytest.mark.parametrize(("text", "minor"), _READ_AS_DOLLARS)
def test_amounts_that_have_one_meaning(text: str, minor: int) -> None:
    """Groups, marks, scripts, suffixes and signs that can mean just one thing are read so."""
    assert parse_amount(text, _context()) == Money(minor, "USD")


_REFUSED_FOR_DOLLARS = [
    ("", RefusalReason.NOT_AN_AMOUNT),
    ("fifty", RefusalReason.NOT_AN_AMOUNT),
    ("NaN", RefusalReason.NOT_AN_AMOUNT),
    ("Infinity", RefusalReason.NOT_AN_AMOUNT),
    ("1e9", RefusalReason.NOT_AN_AMOUNT),
    ("1_000", RefusalReason.NOT_AN_AMOUNT),
    ("0x10", RefusalReason.NOT_AN_AMOUNT),
    ("1,00.50", RefusalReason.NOT_AN_AMOUNT),
    ("1,000,50", RefusalReason.NOT_AN_AMOUNT),
    ("1.000.50", RefusalReason.NOT_AN_AMOUNT),
    ("1..5", RefusalReason.NOT_AN_AMOUNT),
    ("0,500,000", RefusalReason.NOT_AN_AMOUNT),
    ("5/2", RefusalReason.NOT_AN_AMOUNT),
    ("5%", RefusalReason.NOT_AN_AMOUNT),
    ("5+5", RefusalReason.NOT_AN_AMOUNT),
    ("50-100", RefusalReason.NOT_AN_AMOUNT),
    ("50²", RefusalReason.NOT_AN_AMOUNT),
    ("1½", RefusalReason.NOT_AN_AMOUNT),
    ("½", RefusalReason.NOT_AN_AMOUNT),
    ("㏠", RefusalReason.NOT_AN_AMOUNT),
    ("5٠", RefusalReason.NOT_AN_AMOUNT),
    ("\u202e05", RefusalReason.NOT_AN_AMOUNT),
    ("50 please", RefusalReason.NOT_AN_AMOUNT),
    ("50 cents", RefusalReason.NOT_AN_AMOUNT),
    ("R50", RefusalReason.NOT_AN_AMOUNT),
    ("-5", RefusalReason.NEGATIVE),
    ("++5", RefusalReason.NOT_AN_AMOUNT),
    ("--5", RefusalReason.NEGATIVE),
    ("−5", RefusalReason.NEGATIVE),
    ("–5", RefusalReason.NEGATIVE),
    ("- 5", RefusalReason.NEGATIVE),
    ("5-", RefusalReason.NEGATIVE),
    ("(5)", RefusalReason.NEGATIVE),
    ("-$5", RefusalReason.NEGATIVE),
    ("$-5", RefusalReason.NEGATIVE),
    ("USD -5", RefusalReason.NEGATIVE),
    ("+-5", RefusalReason.NEGATIVE),
    ("0", RefusalReason.ZERO),
    ("$0.00", RefusalReason.ZERO),
    ("0k", RefusalReason.ZERO),
    ("0.005", RefusalReason.TOO_MANY_DECIMALS),
    ("12.345,678", RefusalReason.TOO_MANY_DECIMALS),
    ("1.234", RefusalReason.TOO_MANY_DECIMALS),
    ("1,0000", RefusalReason.TOO_MANY_DECIMALS),
    ("9" * 16, RefusalReason.TOO_LARGE),
    ("9" * 65, RefusalReason.TOO_LARGE),
    ("9" * 10_000, RefusalReason.TOO_LARGE),
    ("x" * 10_000, RefusalReason.NOT_AN_AMOUNT),
    ("999999999m", RefusalReason.TOO_LARGE),
    ("50 abc", RefusalReason.UNKNOWN_CURRENCY),
    ("50 XXX", RefusalReason.UNKNOWN_CURRENCY),
    ("a $50", RefusalReason.UNKNOWN_CURRENCY),
    ("₿5", RefusalReason.UNKNOWN_CURRENCY),
    ("50¢", RefusalReason.UNKNOWN_CURRENCY),
    ("¥5000", RefusalReason.CURRENCY_UNCLEAR),
    ("50kr", RefusalReason.CURRENCY_UNCLEAR),
    ("USD 50 EUR", RefusalReason.MIXED_CURRENCIES),
    ("$50 EUR", RefusalReason.MIXED_CURRENCIES),
    ("50,-,-", RefusalReason.NEGATIVE),
    ("(5", RefusalReason.NOT_AN_AMOUNT),
    ("5)", RefusalReason.NOT_AN_AMOUNT),
    ("((5)", RefusalReason.NOT_AN_AMOUNT),
    ("(5))", RefusalReason.NOT_AN_AMOUNT),
    ("((5))", RefusalReason.NOT_AN_AMOUNT),
    ("€5x0", RefusalReason.NOT_AN_AMOUNT),
    ("1x000€", RefusalReason.NOT_AN_AMOUNT),
    ("x5€", RefusalReason.NOT_AN_AMOUNT),
    ("50 60", RefusalReason.TWO_AMOUNTS),
    ("50 100", RefusalReason.TWO_AMOUNTS),
    ("50, 100", RefusalReason.TWO_AMOUNTS),
    ("50 usd 20 eur", RefusalReason.TWO_AMOUNTS),
]


@pytest.mark.parametrize(("text", "reason"), _REFUSED_FOR_DOLLARS)
def test_texts_that_are_refused(text: str, reason: RefusalReason) -> None:
    """What is no amount, or not one amount, is refused for the reason a person can act on."""
    assert parse_amount(text, _context()) == _refused(reason)


_BY_LOCALE: list[tuple[str, str, str, tuple[int, ...]]] = [
    # `1,000` and `1.000` where both readings fit the currency: the locale's own comes first.
    ("1,000", "en", "KWD", (1_000_000, 1_000)),
    ("1.000", "en", "KWD", (1_000, 1_000_000)),
    ("1,000", "de", "KWD", (1_000, 1_000_000)),
    ("1.000", "de", "KWD", (1_000_000, 1_000)),
    ("1.500k", "en", "USD", (1500_00, 1_500_000_00)),
    ("1.5000", "en", "CLF", (15_000,)),
    # A dollar has no third decimal, so the locale's own thousands need no question.
    ("1,000", "en", "USD", (1000_00,)),
    ("1.000", "de", "EUR", (1000_00,)),
    ("1.234", "de", "EUR", (1234_00,)),
    ("1,000", "de-CH", "CHF", (1000_00,)),
    # Against the locale: one dollar with a spare zero, or a thousand? That is a question.
    ("1.000", "en", "USD", (1_00, 1000_00)),
    ("1,250", "de", "EUR", (1_25, 1250_00)),
    # Yen have no decimals: a mark can only group.
    ("1,000", "en", "JPY", (1000,)),
    ("1.000", "en", "JPY", (1000,)),
    ("1,234", "de", "JPY", (1234,)),
    ("1.5k", "en", "JPY", (1500,)),
    # Where thousands are set apart by a space, a space sets thousands apart.
    ("50 100", "fr", "EUR", (50_100_00,)),
    ("1 234", "sv", "SEK", (1234_00,)),
    ("1 234,56", "en", "EUR", (1234_56,)),
]


@pytest.mark.parametrize(("text", "locale", "currency", "minors"), _BY_LOCALE)
def test_two_readings_are_settled_by_currency_then_locale(
    text: str, locale: str, currency: str, minors: tuple[int, ...]
) -> None:
    """A mark that can group or divide is asked about only where both readings can be meant."""
    readings = tuple(Money(minor, currency) for minor in minors)
    expected = readings[0] if len(readings) == 1 else AmbiguousAmount(readings)
    assert parse_amount(text, _context(currency, locale, None, None)) == expected


def test_limits_decide_whether_the_other_reading_is_worth_a_question() -> None:
    """Outside the limits the foreign reading is dropped; the locale's own is never replaced."""
    own, other = Money(1_000_000, "KWD"), Money(1_000, "KWD")
    assert parse_amount("1,000", _context("KWD", "en", 5_000, 2_000_000)) == own
    assert parse_amount("1,000", _context("KWD", "en", 500, 2_000)) == AmbiguousAmount(
        (own, other)
    )
    assert parse_amount("1,000", _context("KWD", "en", 5_000, 6_000)) == own
    assert parse_amount("1,000", _context("KWD", "en", 1_000, 1_000)) == AmbiguousAmount(
        (own, other)
    )
    assert parse_amount("1,000", _context("KWD", "en", 1_001, None)) == own
    assert parse_amount("1,000", _context("KWD", "en", None, 999)) == own


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("9" * 15, "JPY", 10**15 - 1),
        ("9" * 13 + ".99", "USD", 10**15 - 1),
        ("9" * 16, "JPY", None),
        ("1000000000000k", "JPY", None),
        (" " * 62 + "50", "JPY", 50),
        (" " * 63 + "50", "JPY", None),
    ],
)
def test_the_largest_amount_and_the_longest_text(
    text: str, currency: str, minor: int | None
) -> None:
    """Fifteen digits of minor units, and 64 characters; one more is too large."""
    read = parse_amount(text, _context(currency))

    too_large = _refused(RefusalReason.TOO_LARGE, currency)
    assert read == (too_large if minor is None else Money(minor, currency))


def test_limits_say_nothing_about_another_currency() -> None:
    """The limits are in the account's currency, so for another one both readings stay."""
    reading = parse_amount("KWD 1,000", _context("USD", "en", 500, 600))
    assert reading == AmbiguousAmount((Money(1_000_000, "KWD"), Money(1_000, "KWD")))


@pytest.mark.parametrize(
    ("text", "account", "locale", "expected"),
    [
        ("$50", "CAD", "en", Money(50_00, "CAD")),
        ("$50", "MXN", "en", Money(50_00, "MXN")),
        ("50 dollars", "AUD", "en", Money(50_00, "AUD")),
        ("$50 USD", "CAD", "en", Money(50_00, "USD")),
        ("US$50", "CAD", "en", Money(50_00, "USD")),
        ("CA$50", "USD", "en", Money(50_00, "CAD")),
        ("A$50", "USD", "en", Money(50_00, "AUD")),
        ("50 $CA", "USD", "fr", Money(50_00, "CAD")),
        ("$50", "EUR", "en", _refused(RefusalReason.CURRENCY_UNCLEAR, "EUR")),
        ("$50", None, "en", _refused(RefusalReason.CURRENCY_UNCLEAR, None)),
        ("50", None, "en", _refused(RefusalReason.CURRENCY_UNCLEAR, None)),
        ("EUR 50", None, "en", Money(50_00, "EUR")),
        ("¥5000", "JPY", "en", Money(5000, "JPY")),
        ("￥5000", "CNY", "en", Money(5000_00, "CNY")),
        ("5000円", "USD", "ja", Money(5000, "JPY")),
        ("€50", "USD", "en", Money(50_00, "EUR")),
        ("€.50", "USD", "en", Money(50, "EUR")),
        ("50 euros", "USD", "en", Money(50_00, "EUR")),
        ("£50", "USD", "en", Money(50_00, "GBP")),
        ("£50", "EGP", "en", Money(50_00, "EGP")),
        ("50 Kč", "EUR", "cs", Money(50_00, "CZK")),
        ("50 kr.", "DKK", "da", Money(50_00, "DKK")),
        ("50kr", "SEK", "sv", Money(50_00, "SEK")),
        ("₹1,00,000", "USD", "en", Money(100_000_00, "INR")),
        ("Rs.500", "INR", "en", Money(500_00, "INR")),
        ("50 F CFA", "XOF", "fr", Money(50, "XOF")),
        ("R50", "ZAR", "en", Money(50_00, "ZAR")),
        ("S/.50", "PEN", "es-PE", Money(50_00, "PEN")),
        ("B/.50", "PAB", "es-PA", Money(50_00, "PAB")),
        ("50K", "PGK", "en-PG", _refused(RefusalReason.CURRENCY_UNCLEAR, "PGK")),
        ("50 XTR", "XTR", "en", from_decimal(Decimal(50), "XTR")),
        ("JPY 12,34", "USD", "en", _refused(RefusalReason.TOO_MANY_DECIMALS, "JPY")),
    ],
)
def test_the_currency_is_the_one_named_or_the_accounts(
    text: str, account: str | None, locale: str, expected: AmountReading
) -> None:
    """A shared sign means the account's currency or nothing; a code means itself."""
    assert parse_amount(text, _context(account, locale, None, None)) == expected
