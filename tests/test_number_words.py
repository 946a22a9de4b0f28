"""`5 million` is no 5: words at a number that stand for more or less than it are not left out."""

from __future__ import annotations

from typing import Literal

import pytest
from babel import Locale, localedata
from babel.numbers import format_compact_currency, format_compact_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.amounts import Context, Reason, Refused, Taken, parse_amount, take_amount
from billing.money import Money, exponent
from billing.tender import tender

LOCALES = sorted(localedata.locale_identifiers())
# Babel leaves the number as it is there, or puts two of its patterns into one.
_GARBLED = ("sw", "kok")


def _read(text: str, currency: str, locale: str) -> list[object]:
    context = Context(currency, locale, None, None)
    return [parse_amount(text, context), take_amount(text, context).reading]


@settings(max_examples=60, deadline=None)
@given(
    locale=st.sampled_from([each for each in LOCALES if not each.startswith(_GARBLED)]),
    currency=st.sampled_from(sorted(tender())),
    units=st.builds(lambda digit, power: digit * 10**power, st.integers(1, 99), st.integers(3, 8)),
    long=st.booleans(),
)
def test_131_the_short_form_of_an_amount_is_read_or_refused(
    locale: str, currency: str, units: int, long: bool
) -> None:
    """Thousands, lakhs and millions in short and long, with a currency and without."""
    meant = Money(units * 10 ** exponent(currency), currency)
    long = long and "long" in Locale.parse(locale).compact_decimal_formats
    form: Literal["long", "short"] = "long" if long else "short"
    texts = (
        format_compact_decimal(units, format_type=form, locale=locale, fraction_digits=6),
        format_compact_currency(units, currency, locale=locale, fraction_digits=6),
    )
    for text in (*texts, *(each.replace("\N{NO-BREAK SPACE}", " ") for each in texts)):
        for reading in _read(text, currency, locale):
            assert isinstance(reading, Refused | None) or reading == meant, text


@pytest.mark.parametrize(
    ("text", "currency", "locale"),
    [
        ("5 million USD", "USD", "en"),
        ("usd 5 hundred", "USD", "en"),
        ("50 M", "USD", "en"),
        ("5 M€", "EUR", "fr"),
        ("50 cents", "USD", "en"),
        ("50 US cents", "USD", "en"),
        ("50 Cent", "EUR", "de"),
        ("5 Tsd. €", "EUR", "de"),
        ("50 копеек", "RUB", "ru"),
        ("5 тыс. руб.", "RUB", "ru"),
        ("2 lakh", "INR", "en"),
        ("5M", "IDR", "id"),
        ("Rp 5 jt", "IDR", "id"),
        ("1 万円", "JPY", "ja"),
        ("minus 50", "USD", "en"),
        ("50 %", "USD", "en"),
        ("50 USDT", "USD", "en"),
        ("5 bitcoin", "EUR", "de"),
    ],
)
def test_131_a_word_that_makes_another_number_is_not_left_out(
    text: str, currency: str, locale: str
) -> None:
    """Nobody who writes this is asked to confirm the bare number."""
    bare = int("".join(filter(str.isdecimal, text)))

    for reading in _read(text, currency, locale):
        assert reading != Money(bare * 10 ** exponent(currency), currency)


@pytest.mark.parametrize(
    ("text", "currency", "rest"),
    [
        ("50 card", "USD", "card"),
        ("50 L", "HNL", ""),
        ("50 to team-a", "USD", "to team-a"),
        ("team-a 50 please", "USD", "team-a please"),
        ("50 eur bank", "EUR", "bank"),
        ("50 for the team", "USD", "for the team"),
    ],
)
def test_131_other_words_beside_an_amount_change_nothing(
    text: str, currency: str, rest: str
) -> None:
    """What is no number stays for whoever looks for an account and a way to pay."""
    taken = take_amount(text, Context(currency, "en", None, None))

    assert taken == Taken(Money(5_000, currency), tuple(rest.split()))


def test_131_a_thousand_and_a_million_are_still_read() -> None:
    """`5k` and `5m` are said in English and elsewhere; there is a reason where they are not."""
    context = Context("USD", "en", None, None)

    assert take_amount("1.5k", context).reading == Money(150_000, "USD")
    assert take_amount("2m", context).reading == Money(200_000_000, "USD")
    assert take_amount("50 k", context).reading == Refused(Reason.NOT_AN_AMOUNT, "USD")
