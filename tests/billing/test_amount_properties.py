"""Over many locales, currencies and any text: no amount is ever read as another."""

from __future__ import annotations

from babel import Locale
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from billing.amounts.amounts import (
    AmbiguousAmount,
    AmountContext,
    RefusalReason,
    RefusedAmount,
    extract_amount,
    find_amount,
    parse_amount,
)
from billing.money import Money, format_money, to_decimal

_LOCALES = (
    "ar-EG",
    "bn",
    "de",
    "de-AT",
    "de-CH",
    "en",
    "en-CA",
    "en-IN",
    "es",
    "es-MX",
    "fa",
    "fr",
    "fr-CH",
    "he",
    "hi",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt-BR",
    "pt-PT",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "zh-CN",
)
_CURRENCIES = (
    "AUD",
    "BRL",
    "CAD",
    "CHF",
    "CLF",
    "CNY",
    "EGP",
    "EUR",
    "GBP",
    "INR",
    "JPY",
    "KRW",
    "KWD",
    "MMK",
    "MXN",
    "PLN",
    "SEK",
    "TND",
    "USD",
    "XAF",
    "XOF",
    "ZAR",
)
_DOLLARS = AmountContext("USD", "en", minimum_minor=500, maximum_minor=200_000)
_STYLES = ("card", "plain", "grouped", "symbol", "code first", "code last")


def _rendered(money: Money, locale: str, style: str) -> str:
    """The amount as people of that locale write it."""
    match style:
        case "card":
            return format_money(money, locale)
        case "symbol":
            return _with_symbol(money, locale)
        case "code first":
            return f"{money.currency} {_number(money, locale)}"
        case "code last":
            return f"{_number(money, locale)}{money.currency}"
        case _:
            return _number(money, locale, grouped=style == "grouped")


def _with_symbol(money: Money, locale: str) -> str:
    return format_currency(
        to_decimal(money),
        money.currency,
        locale=Locale.parse(locale, sep="-"),
        currency_digits=False,
        decimal_quantization=False,
        numbering_system="default",
    )


def _number(money: Money, locale: str, *, grouped: bool = True) -> str:
    return format_decimal(
        to_decimal(money),
        locale=Locale.parse(locale, sep="-"),
        decimal_quantization=False,
        group_separator=grouped,
        numbering_system="default",
    )


_MONEY = st.builds(
    Money,
    st.one_of(st.integers(1, 10**13), st.integers(1, 9999).map(lambda value: value * 1000)),
    st.sampled_from(_CURRENCIES),
)
_LIMITS = st.sampled_from([(None, None), (500, 200_000), (1, 10**12)])


@given(_MONEY, st.sampled_from(_LOCALES), st.sampled_from(_STYLES), _LIMITS)
def test_a_rendered_amount_is_never_read_as_another(
    money: Money, locale: str, style: str, limits: tuple[int | None, int | None]
) -> None:
    """Every locale's own writing gives the same amount, a question that holds it, or a refusal."""
    text = _rendered(money, locale, style)
    context = AmountContext(money.currency, locale, *limits)
    for reading in (parse_amount(text, context), extract_amount(f"a {text} b", context).reading):
        match reading:
            case AmbiguousAmount(readings):
                assert money in readings
            case Money():
                assert reading == money
            case _:
                assert reading is None or isinstance(reading, RefusedAmount)


@given(_MONEY, st.sampled_from(_LOCALES))
def test_what_a_card_shows_can_be_typed_back(money: Money, locale: str) -> None:
    """The text of our own cards is read as the same amount, or asked about, never refused."""
    reading = parse_amount(
        format_money(money, locale), AmountContext(money.currency, locale, None, None)
    )
    known_exception = money.currency == "MMK" and locale == "my"
    assert known_exception or reading == money or isinstance(reading, AmbiguousAmount)


_GARBAGE = st.lists(
    st.sampled_from(
        [*"0159.,'-+()$€¥£kKmMeExX_/% \u00a0\u202f\u200f\u202e٥٠٬٫½²", "USD", "eur", "000", "F"]
    ),
    max_size=12,
).map("".join)
_CONTEXTS = st.builds(
    AmountContext,
    st.sampled_from([None, "USD", "JPY", "KWD", "XOF", "PGK", "nonsense", ""]),
    st.sampled_from([*_LOCALES, "", "xx", "not a locale"]),
    st.none() | st.integers(),
    st.none() | st.integers(),
)


@given(st.text() | _GARBAGE, _CONTEXTS)
def test_reading_is_total(text: str, context: AmountContext) -> None:
    """Any text gives a positive amount within bounds, distinct readings, or a reason."""
    for reading in (parse_amount(text, context), extract_amount(text, context).reading):
        match reading:
            case Money():
                assert 0 < reading.minor < 10**15
            case AmbiguousAmount(readings):
                assert len(set(readings)) == len(readings) > 1
            case _:
                assert reading is None or reading.reason in RefusalReason


@given(st.text() | _GARBAGE, _CONTEXTS)
def test_a_line_keeps_its_words(line: str, context: AmountContext) -> None:
    """What is not the amount comes back as typed and in order; without an amount, all of it."""
    taken = extract_amount(line, context)
    place = 0
    for word in taken.rest:
        place = line.index(word, place) + len(word)
    if taken.reading is None:
        assert len(taken.rest) == 0 or find_amount(taken.rest, context) == taken


@given(_GARBAGE)
def test_a_minus_is_never_dropped(text: str) -> None:
    """Nothing with a minus before its digits is ever an amount."""
    assert isinstance(parse_amount(f"-{text}", _DOLLARS), RefusedAmount)
