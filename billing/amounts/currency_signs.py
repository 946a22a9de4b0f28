"""Which currencies a typed sign, code or name can mean. It never picks one of several dollars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from babel.core import get_global
from babel.numbers import get_currency_name

from billing.amounts.numerals import normalize_word
from billing.money import known_locale
from billing.tender import tender_currencies

# What English CLDR has as a sign or name of a currency is read in every language, and stands here
# only where other currencies share it: `$`, `¥`.
# Signs shared by several currencies: the account decides which one is meant, nobody else does.
# Source: CLDR narrow currency symbols, which Babel does not carry, and what people write in short.
_SHARED = {
    "$": (
        "AUD CAD NZD SGD HKD TWD MXN ARS BBD BMD BND BSD BZD CLP COP CUP DOP FJD GYD JMD"
        " KYD LRD NAD SBD SRD TTD UYU XCD"
    ),
    "dollar dollars buck bucks 💵 💲": (
        "USD AUD CAD NZD SGD HKD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD"
    ),
    "¥": "CNY",
    "💴": "JPY CNY",
    "元": "CNY HKD TWD",
    "kr": "DKK ISK NOK SEK",
    "rs rupee rupees": "INR LKR MUR NPR PKR SCR",
}
# The first currency is meant unless the account's is among the others.
_USUAL = {
    "£ pound pounds 💷": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "💶": "EUR",
    "₩ 원": "KRW KPW",
    "lei": "RON MDL",
    "c$": "CAD NIO",
    "us$": "USD",
    "au$": "AUD",
    "s$ sg$": "SGD",
    "jp¥ 円 yen": "JPY",
    "yuan rmb": "CNY",
    "fr ₣": "CHF",
    "r": "ZAR",
    "zł złoty złote złotych": "PLN",
    "kč koruna koruny korun": "CZK",
    "ft forint": "HUF",
    "₺ tl": "TRY",
    "₽": "RUB",
    "р руб рубль рубля рублей рубли": "RUB BYN",
    "₴ грн гривень гривня гривні": "UAH",
    "₸ тг тенге": "KZT",
    "฿": "THB",
    "₦": "NGN",
    "₵": "GHS",
    "₡": "CRC",
    "₲": "PYG",
    "₮": "MNT",
    "₭": "LAK",
    "៛": "KHR",
    "₼": "AZN",
    "₾": "GEL",
    "֏": "AMD",
    "৳": "BDT",
    "؋": "AFN",
}
# Short signs that are words, or thousands and millions, elsewhere: only an account in one of these
# currencies means it by them.
_OWN = {
    "k": "MMK PGK",
    "m": "AZN LSL TMT",
    "kz": "AOA",
    "km": "BAM",
    "bs": "BOB VES",
    "p": "BWP",
    "e£": "EGP",
    "gh₵": "GHS",
    "fg": "GNF",
    "q": "GTQ",
    "l": "HNL LSL",
    "rp": "IDR",
    "⃀": "KGS",
    "cf": "KMF",
    "l£": "LBP",
    "ar": "MGA",
    "rm": "MYR",
    "rf": "RWF",
    "db": "STN",
    "t$": "TOP",
    "zk": "ZMW",
}
# Other words stay apart: `a $50` is not A$50.
_MAY_BE_SPACED = {"us$", "$us", "fcfa"}
# Among these, each language has one for each of its plurals.
_COUNTS = (0, 1, 2, 4, 10, 99, 1_000_000, 1.5)
_NO_CURRENCY = {"XXX", "XTS"}
_TRAILING = ".,;:!?"


@dataclass(frozen=True, slots=True)
class CurrencySign:
    """The currencies a sign can mean, and the one it means when the account does not decide."""

    members: frozenset[str]
    usual: str | None


def find_sign(text: str, locale: str, account: str | None) -> CurrencySign | None:
    """What the cleaned text means as a currency to a payer of that account; None if nothing."""
    key = normalize_sign(text)
    code = key.upper()
    if code == account or is_code(code):
        return CurrencySign(frozenset({code}), code)
    if account is not None and account in _own().get(key, ()):
        return CurrencySign(frozenset({account}), account)
    sign = _table(locale).get(key)
    if sign is None or (_is_letter(key) and account not in sign.members):
        return None
    return sign


def normalize_sign(text: str) -> str:
    """The form in which signs are compared: `US $`, `us$` and `US$.` are one."""
    key = text.replace("'", "").strip().rstrip(_TRAILING).casefold()
    joined = "".join(key.split())
    return joined if joined in _MAY_BE_SPACED else key


def is_code(code: str) -> bool:
    """Whether the upper-case text is a currency code that stands for money."""
    return code in _codes() and code not in _NO_CURRENCY


@cache
def _codes() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


@cache
def _own() -> dict[str, list[str]]:
    return dict(_spread(_OWN))


def _is_letter(key: str) -> bool:
    # `r2` and `q3` are names of things unless the account is in rand or quetzal.
    return len(key) == 1 and key.isascii() and key.isalpha()


@lru_cache
def _table(locale: str) -> dict[str, CurrencySign]:
    local, english = _symbols(locale), _symbols("en")
    shared, usual = dict(_spread(_SHARED)), dict(_spread(_USUAL))
    table = {}
    for key in {*local, *english, *shared, *usual}:
        own = local.get(key) or english.get(key) or []
        common = shared.get(key) or usual.get(key) or []
        members = {*local.get(key, []), *english.get(key, []), *common}
        table[key] = CurrencySign(
            frozenset(members), None if key in shared else _only(own or common[:1])
        )
    return table


def _only(codes: list[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None


def _spread(table: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for signs, codes in table.items():
        for sign in signs.split():
            yield normalize_sign(normalize_word(sign)), codes.split()


@lru_cache
def _symbols(locale: str) -> dict[str, list[str]]:
    """Symbols and names of what is tender today: money of before has the same ones."""
    found: dict[str, list[str]] = {}
    symbols = known_locale(locale).currency_symbols
    for code in tender_currencies():
        words = {symbols.get(code, code), *_names(code, locale)}
        for key in {normalize_sign(" ".join(map(normalize_word, word.split()))) for word in words}:
            if key:  # in Cape Verde it is an invisible character
                found.setdefault(key, []).append(code)
    return found


def _names(code: str, locale: str) -> Iterator[str]:
    """What the currency is called by itself and behind any number."""
    known = known_locale(locale)
    plurals = {str(known.plural_form(count)): count for count in _COUNTS}
    for count in (None, *plurals.values()):
        yield get_currency_name(code, count=count, locale=known)
