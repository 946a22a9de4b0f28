"""`5 million` is no 5: words at a number that stand for more or less than it are not left out."""

from __future__ import annotations

from typing import Literal

import pytest
from babel import Locale, localedata
from babel.numbers import format_compact_currency, format_compact_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.amounts.amounts import (
    AmountContext,
    RefusalReason,
    RefusedAmount,
    extract_amount,
    parse_amount,
)
from billing.amounts.number_words import _key, _others
from billing.money import Money, currency_exponent
from billing.tender import tender_currencies

LOCALES = sorted(localedata.locale_identifiers())
# Babel leaves the number as it is there, or puts two of its patterns into one.
_GARBLED = ("sw", "kok")


# As people of each place say it, whatever their account is in and their profile says.
SAID = {
    "English": "grand hundred hundreds millions billions dozen half quarter percent",
    "below zero": "minus negative",
    "in India": "lakh lakhs lac crore crores paisa paise",
    "German": "hundert tausend tsd mio mill mrd dutzend halb prozent pfennig rappen",
    "French": "mille milliard milliards centime centimes ct cts",
    "Spanish": "mil millón millones céntimo céntimos centavo centavos",
    "Portuguese": "milhão milhões",
    "Italian": "mila milioni centesimi",
    "Russian": "тыс тысяча тысяч тысячи млн миллион миллионов коп копейка копейки копеек тиын",
    "Ukrainian": "копійка копійки копійок",
    "in the Balkans": "mlrd",
    "in Central Europe": "grosz grosze groszy haléř halíř haléřů fillér filler stotinki stotinka",
    "in Romania and Turkey": "bani ban kuruş kurus",
    "in the North": "øre öre ore sen",
    "in the East": "fils agora agorot halala qirsh piastre piastres satang tiyin",
    "in dollars and pounds": "cent cents ¢ c penny pennies pence %",
    "coins of no country": "btc xbt bitcoin bitcoins satoshi eth ether ethereum usdt usdc tether"
    " ltc litecoin doge xrp",
}


def _read(text: str, currency: str, locale: str) -> list[object]:
    context = AmountContext(currency, locale, None, None)
    return [parse_amount(text, context), extract_amount(text, context).reading]


@settings(max_examples=60, deadline=None)
@given(
    locale=st.sampled_from([each for each in LOCALES if not each.startswith(_GARBLED)]),
    currency=st.sampled_from(sorted(tender_currencies())),
    units=st.builds(lambda digit, power: digit * 10**power, st.integers(1, 99), st.integers(3, 8)),
    long=st.booleans(),
)
def test_131_the_short_form_of_an_amount_is_read_or_refused(
    locale: str, currency: str, units: int, long: bool
) -> None:
    """Thousands, lakhs and millions in short and long, with a currency and without."""
    meant = Money(units * 10 ** currency_exponent(currency), currency)
    long = long and "long" in Locale.parse(locale).compact_decimal_formats
    form: Literal["long", "short"] = "long" if long else "short"
    texts = (
        format_compact_decimal(units, format_type=form, locale=locale, fraction_digits=6),
        format_compact_currency(units, currency, locale=locale, fraction_digits=6),
    )
    for text in (*texts, *(each.replace("\N{NO-BREAK SPACE}", " ") for each in texts)):
        for reading in _read(text, currency, locale):
            assert isinstance(reading, RefusedAmount | None) or reading == meant, text


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
        ("1 kF CFA", "XOF", "ca"),
        ("1 mlrd.", "AED", "bs"),
        ("1\u00a0mlrd", "LRD", "en"),
    ],
)
def test_131_a_word_that_makes_another_number_is_not_left_out(
    text: str, currency: str, locale: str
) -> None:
    """Nobody who writes this is asked to confirm the bare number."""
    bare = int("".join(filter(str.isdecimal, text)))

    for reading in _read(text, currency, locale):
        assert reading != Money(bare * 10 ** currency_exponent(currency), currency)


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
    taken = extract_amount(text, AmountContext(currency, "en", None, None))

    assert (taken.reading, taken.rest) == (Money(5_000, currency), tuple(rest.split()))


def test_131_a_thousand_and_a_million_are_still_read() -> None:
    """`5k` and `5m` are said in English and elsewhere; there is a reason where they are not."""
    context = AmountContext("USD", "en", None, None)

    assert extract_amount("1.5k", context).reading == Money(150_000, "USD")
    assert extract_amount("2m", context).reading == Money(200_000_000, "USD")
    assert extract_amount("50 k", context).reading == RefusedAmount(
        RefusalReason.NOT_AN_AMOUNT, "USD"
    )


@pytest.mark.parametrize("words", SAID.values(), ids=SAID)
def test_131_what_is_said_for_more_or_less_is_refused(words: str) -> None:
    """In whatever language: nobody is asked to confirm 50 dollars for 50 of something else."""
    for word in words.split():
        for text in (f"50 {word}", f"50 {word.title()}.", f"card 50 our {word}"):
            reading = extract_amount(text, AmountContext("USD", "en", None, None)).reading
            # BAN is old money of Bosnia as well.
            assert isinstance(reading, RefusedAmount) or reading == Money(5_000, "BAN"), text


def test_131_no_other_word_is_taken_for_a_number() -> None:
    """One more, and a person who writes it beside an amount is not understood."""
    said = {word for words in SAID.values() for word in words.split()}

    assert {_key(word) for word in said} == _others()
    assert extract_amount("50 x", AmountContext("USD", "en", None, None)).reading == Money(
        5_000, "USD"
    )


@pytest.mark.parametrize(
    ("text", "currency", "locale"),
    [("5 триллион", "KZT", "kk-Cyrl"), ("5 laki", "TZS", "sw"), ("5 b", "EUR", "pt-PT")],
)
def test_131_short_forms_with_and_without_a_currency_are_known(
    text: str, currency: str, locale: str
) -> None:
    """CLDR has other ones for money than for bare numbers."""
    reading = extract_amount(text, AmountContext(currency, locale, None, None)).reading

    assert reading == RefusedAmount(RefusalReason.NOT_AN_AMOUNT, currency)
