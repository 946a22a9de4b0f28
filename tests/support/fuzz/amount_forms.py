"""An amount as people of any CLDR locale may write it in their account's currency."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, format_decimal, get_currency_name

from billing.money import Money, to_decimal
from billing.tender import tender_currencies

LOCALES = sorted(locale_identifiers())
CURRENCIES = sorted(tender_currencies())
# https://github.com/unicode-org/cldr/blob/main/common/main/root.xml and en.xml, alt="narrow".
NARROW = {
    "$": "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD"
    " SGD SRD TTD TWD USD UYU XCD",
    "£": "FKP GBP GIP SHP SSP SYP",
    "kr": "DKK ISK NOK SEK",
    "Rs": "LKR MUR NPR PKR",
    "¥": "CNY JPY",
    "₩": "KPW KRW",
    "؋": "AFN",
    "֏": "AMD",
    "Kz": "AOA",
    "₼": "AZN",
    "KM": "BAM",
    "৳": "BDT",
    "Bs": "BOB",
    "R$": "BRL",
    "P": "BWP",
    "₡": "CRC",
    "Kč": "CZK",
    "E£": "EGP",
    "₾": "GEL",
    "GH₵": "GHS",
    "FG": "GNF",
    "Q": "GTQ",
    "L": "HNL",
    "Ft": "HUF",
    "Rp": "IDR",
    "₪": "ILS",
    "₹": "INR",
    "⃀": "KGS",
    "៛": "KHR",
    "CF": "KMF",
    "₸": "KZT",
    "₭": "LAK",
    "L£": "LBP",
    "Ar": "MGA",
    "K": "MMK",
    "₮": "MNT",
    "RM": "MYR",
    "₦": "NGN",
    "C$": "NIO",
    "₱": "PHP",
    "zł": "PLN",
    "₲": "PYG",
    "lei": "RON",
    "₽": "RUB",
    "RF": "RWF",
    "Db": "STN",
    "฿": "THB",
    "T$": "TOP",
    "₺": "TRY",
    "₴": "UAH",
    "₫": "VND",
    "R": "ZAR",
    "ZK": "ZMW",
}
_COUNTS = (None, 0, 1, 2, 3, 6, 11, 100, 1.5)
_ORDERS = ("{0} {1}", "{0}{1}", "{1} {0}", "{1}{0}", "{0}\N{NO-BREAK SPACE}{1}")


def written(money: Money, identifier: str, dice: Random) -> Iterator[str]:
    """By symbol, narrow symbol, code and each of its names, on both sides, in both scripts."""
    locale, code = Locale.parse(identifier), money.currency
    amount, system = to_decimal(money), dice.choice(["default", "latn"])
    yield format_currency(
        amount,
        code,
        locale=locale,
        currency_digits=False,
        decimal_quantization=False,
        numbering_system=system,
    )
    number = format_decimal(
        amount, locale=locale, decimal_quantization=False, numbering_system=system
    )
    names = {get_currency_name(code, count=count, locale=locale) for count in _COUNTS}
    narrow = {sign for sign, codes in NARROW.items() if code in codes.split()}
    for word in sorted({code, code.lower(), locale.currency_symbols.get(code, code)} | narrow):
        yield dice.choice(_ORDERS).format(number, word)
    yield dice.choice(_ORDERS).format(number, dice.choice(sorted(names)))
