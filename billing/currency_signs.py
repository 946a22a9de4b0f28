"""Which currencies a typed sign, code or name can mean. It never picks one of several dollars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel.core import get_global

from billing.money import known_locale
from billing.numerals import clean

# Signs shared by several currencies: the account decides which one is meant, nobody else does.
# Source: CLDR narrow currency symbols, which Babel does not carry.
_SHARED = {
    "$ dollar dollars buck bucks": (
        "USD AUD CAD NZD SGD HKD TWD MXN ARS BBD BMD BND BSD BZD CLP COP CUP DOP FJD GYD JMD"
        " KYD LRD NAD SBD SRD TTD UYU XCD"
    ),
    "¥": "CNY JPY",
    "元": "CNY HKD TWD",
    "kr": "DKK ISK NOK SEK",
    "rs rupee rupees": "INR LKR MUR NPR PKR SCR",
}
# The first currency is meant unless the account's is among the others.
_USUAL = {
    "£ pound pounds": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "₩ 원": "KRW KPW",
    "lei": "RON MDL",
    "c$": "CAD NIO",
    "us$ usdollar usdollars": "USD",
    "ca$": "CAD",
    "a$ au$": "AUD",
    "nz$": "NZD",
    "s$ sg$": "SGD",
    "hk$": "HKD",
    "nt$": "TWD",
    "mx$": "MXN",
    "r$": "BRL",
    "jp¥ 円 yen": "JPY",
    "cn¥ yuan rmb": "CNY",
    "€ euro euros": "EUR",
    "₹": "INR",
    "fr ₣": "CHF",
    "r": "ZAR",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₸": "KZT",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
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
# Other words stay apart: `a $50` is not A$50.
_MAY_BE_SPACED = {"us$", "$us", "usdollar", "usdollars", "fcfa"}
_NO_CURRENCY = {"XXX", "XTS"}
_CODE_LENGTH = 3
_TRAILING = ".,;:!?"


@dataclass(frozen=True, slots=True)
class Sign:
    """The currencies a sign can mean, and the one it means when the account does not decide."""

    members: frozenset[str]
    usual: str | None


def find_sign(text: str, locale: str, account: str | None) -> Sign | None:
    """What the cleaned text means as a currency to a payer of that account; None if nothing."""
    key = sign_key(text)
    code = key.upper()
    if code == account or is_code(code):
        return Sign(frozenset({code}), code)
    sign = _table(locale).get(key)
    if sign is None or (_is_letter(key) and account not in sign.members):
        return None
    return sign


def sign_key(text: str) -> str:
    """The form in which signs are compared: `US $`, `us$` and `US$.` are one."""
    key = text.replace("'", "").strip().rstrip(_TRAILING).casefold()
    joined = "".join(key.split())
    return joined if joined in _MAY_BE_SPACED else key


def is_code(code: str) -> bool:
    """Whether the upper-case text is a currency code that stands for money."""
    return len(code) == _CODE_LENGTH and code in _codes() and code not in _NO_CURRENCY


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def _is_letter(key: str) -> bool:
    # `r2` and `q3` are names of things unless the account is in rand or quetzal.
    return len(key) == 1 and key.isascii() and key.isalpha()


@lru_cache(maxsize=64)
def _table(locale: str) -> dict[str, Sign]:
    local, english = _symbols(locale), _symbols("en")
    shared, usual = dict(_spread(_SHARED)), dict(_spread(_USUAL))
    table = {}
    for key in {*local, *english, *shared, *usual}:
        own = local.get(key) or english.get(key) or []
        common = shared.get(key) or usual.get(key) or []
        members = {*local.get(key, []), *english.get(key, []), *common}
        table[key] = Sign(frozenset(members), None if key in shared else _only(own or common[:1]))
    return table


def _only(codes: list[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None


def _spread(table: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for signs, codes in table.items():
        for sign in signs.split():
            yield sign_key(clean(sign)), codes.split()


def _symbols(locale: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, symbol in sorted(known_locale(locale).currency_symbols.items()):
        key = sign_key(" ".join(map(clean, symbol.split())))
        if key and key != code.casefold():
            found.setdefault(key, []).append(code)
    return found
