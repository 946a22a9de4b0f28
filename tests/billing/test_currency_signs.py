"""What people of each country write for its money, and what others mean by the same sign."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_name

from billing.amounts import currency_signs
from billing.amounts.amounts import (
    AmountContext,
    RefusalReason,
    RefusedAmount,
    extract_amount,
    parse_amount,
)
from billing.amounts.currency_signs import find_sign, normalize_sign
from billing.amounts.numerals import normalize_word
from billing.money import Money, from_decimal
from billing.tender import tender_currencies

DOLLARS = "$ dollar dollars buck bucks 💵 💲"
# As on price tags, in shops' and banks' leaflets and in speech, country by country.
WRITTEN = {
    "AFN": "؋",
    "AMD": "֏",
    "AOA": "Kz",
    "ARS": "$",
    "AUD": f"A$ AU$ {DOLLARS}",
    "AZN": "₼ M",
    "BAM": "KM",
    "BBD": DOLLARS,
    "BDT": "৳",
    "BMD": DOLLARS,
    "BND": DOLLARS,
    "BOB": "Bs",
    "BRL": "R$",
    "BSD": DOLLARS,
    "BWP": "P",
    "BYN": "р руб рубль рубля рублей рубли",
    "BZD": DOLLARS,
    "CAD": f"C$ CA$ {DOLLARS}",
    "CHF": "Fr ₣",
    "CLP": "$",
    "CNY": "¥ CN¥ 元 yuan RMB 💴",
    "COP": "$",
    "CRC": "₡",
    "CUP": "$",
    "CZK": "Kč koruna koruny korun",
    "DKK": "kr",
    "DOP": "$",
    "EGP": "£ E£ pound pounds 💷",
    "EUR": "€ euro euros 💶",
    "FJD": DOLLARS,
    "FKP": "£ pound pounds 💷",
    "GBP": "£ pound pounds 💷",
    "GEL": "₾",
    "GHS": "₵ GH₵",
    "GIP": "£ pound pounds 💷",
    "GNF": "FG",
    "GTQ": "Q",
    "GYD": DOLLARS,
    "HKD": f"HK$ 元 {DOLLARS}",
    "HNL": "L",
    "HUF": "Ft forint",
    "IDR": "Rp",
    "ILS": "₪",
    "INR": "₹ Rs rupee rupees",
    "ISK": "kr",
    "JMD": DOLLARS,
    "JPY": "¥ JP¥ 円 yen 💴",
    "KGS": "⃀",
    "KHR": "៛",
    "KMF": "CF",
    "KPW": "₩ 원",
    "KRW": "₩ 원",
    "KYD": DOLLARS,
    "KZT": "₸ тг тенге",
    "LAK": "₭",
    "LBP": "£ L£ pound pounds 💷",
    "LKR": "Rs rupee rupees",
    "LRD": DOLLARS,
    "LSL": "L M",
    "MDL": "lei",
    "MGA": "Ar",
    "MMK": "K",
    "MNT": "₮",
    "MUR": "Rs rupee rupees",
    "MXN": "$ MX$",
    "MYR": "RM",
    "NAD": DOLLARS,
    "NGN": "₦",
    "NIO": "C$",
    "NOK": "kr",
    "NPR": "Rs rupee rupees",
    "NZD": f"NZ$ {DOLLARS}",
    "PGK": "K",
    "PHP": "₱",
    "PKR": "Rs rupee rupees",
    "PLN": "zł złoty złote złotych",
    "PYG": "₲",
    "RON": "lei",
    "RUB": "₽ р руб рубль рубля рублей рубли",
    "RWF": "RF",
    "SBD": DOLLARS,
    "SCR": "Rs rupee rupees",
    "SDG": "£ pound pounds 💷",
    "SEK": "kr",
    "SGD": f"S$ SG$ {DOLLARS}",
    "SHP": "£ pound pounds 💷",
    "SRD": DOLLARS,
    "SSP": "£ pound pounds 💷",
    "STN": "Db",
    "SYP": "£ pound pounds 💷",
    "THB": "฿",
    "TMT": "M",
    "TOP": "T$",
    "TRY": "₺ TL",
    "TTD": DOLLARS,
    "TWD": f"NT$ 元 {DOLLARS}",
    "UAH": "₴ грн гривень гривня гривні",
    "USD": f"US$ {DOLLARS}",
    "UYU": "$",
    "VES": "Bs",
    "VND": "₫",
    "XCD": f"EC$ {DOLLARS}",
    "ZAR": "R",
    "ZMW": "ZK",
}
# What somebody means by it whose account is in none of those: its best known currency, or one
# that has to be asked for. Any other is not heard as money there.
MEANT = {
    "AUD": "A$ AU$",
    "BRL": "R$",
    "CAD": "C$ CA$",
    "CHF": "Fr ₣",
    "CNY": "CN¥ yuan RMB",
    "CZK": "Kč koruna koruny korun",
    "EUR": "€ euro euros 💶",
    "GBP": "£ pound pounds 💷",
    "HKD": "HK$",
    "HUF": "Ft forint",
    "INR": "₹",
    "JPY": "JP¥ 円 yen",
    "KRW": "₩ 원",
    "KZT": "₸ тг тенге",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PLN": "zł złoty złote złotych",
    "RON": "lei",
    "RUB": "₽ р руб рубль рубля рублей рубли",
    "SGD": "S$ SG$",
    "TRY": "₺ TL",
    "TWD": "NT$",
    "UAH": "₴ грн гривень гривня гривні",
    "USD": "US$",
    "XCD": "EC$",
    "AFN": "؋",
    "AMD": "֏",
    "AZN": "₼",
    "BDT": "৳",
    "CRC": "₡",
    "GEL": "₾",
    "GHS": "₵",
    "ILS": "₪",
    "KHR": "៛",
    "LAK": "₭",
    "MNT": "₮",
    "NGN": "₦",
    "PHP": "₱",
    "PYG": "₲",
    "THB": "฿",
    "VND": "₫",
    "ASKED": f"¥ 💴 元 kr Rs rupee rupees {DOLLARS}",
}
SIGNS = sorted({sign for signs in WRITTEN.values() for sign in signs.split()})


def meaning(sign: str, account: str, locale: str = "en") -> str | None:
    """The currency of that sign to somebody with such an account; None where it is no money."""
    found = find_sign(sign, locale, account)
    if found is None:
        return None
    return account if account in found.members else found.usual or "ASKED"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_an_accounts_money_where_its_country_writes_so(sign: str) -> None:
    """On an account in each currency there is: its own, another one, a question or no money."""
    elsewhere = next((code for code, signs in MEANT.items() if sign in signs.split()), None)

    for account in tender_currencies():
        own = sign in WRITTEN.get(account, "").split()
        assert meaning(sign, account) == (account if own else elsewhere), account


def test_every_sign_that_is_known_is_written_somewhere() -> None:
    """One that is read and not listed here could mean anything."""
    tables = (currency_signs._SHARED, currency_signs._USUAL, currency_signs._OWN)
    known = {normalize_sign(sign) for table in tables for signs in table for sign in signs.split()}

    assert known - {normalize_sign(sign) for sign in SIGNS} == set()
    assert {sign for signs in MEANT.values() for sign in signs.split()} <= set(SIGNS)


@pytest.mark.parametrize("locale", ["aa", "de", "ja", "ru", "ar"])
def test_a_sign_is_read_in_every_language(locale: str) -> None:
    """A team writes as it likes, whatever its profiles say."""
    for code, signs in WRITTEN.items():
        for sign in signs.split():
            assert meaning(sign, code, locale) == code, sign


@pytest.mark.parametrize("account", ["ARS", "MXN", "UYU"])
def test_dollars_are_no_pesos(account: str) -> None:
    """In Argentina $50 are pesos, and whoever says dollars does not mean them."""
    context = AmountContext(account, "es", None, None)

    assert parse_amount("$50", context) == Money(5_000, account)
    for text in ("50 dollars", "50 bucks"):
        assert parse_amount(text, context) == RefusedAmount(
            RefusalReason.CURRENCY_UNCLEAR, account
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("50 US $", "USD"), ("50 $ US", "USD"), ("50 $US", "USD")],
        *[("50FCFA", "XOF"), ("50 F CFA", "XOF")],
    ],
)
def test_two_words_can_be_one_sign(text: str, code: str) -> None:
    """Some write it with a space, and some without, whatever their language has."""
    for locale in ("fr", "fr-CA"):
        read = parse_amount(text, AmountContext(code, locale, None, None))
        assert read == from_decimal(Decimal(50), code)


@pytest.mark.parametrize("locale", ["ar", "ast", "blo", "br", "ga", "pl"])
def test_a_name_is_read_behind_any_number(locale: str) -> None:
    """Languages that say otherwise nothing, one, two, few, many, 1.5 or a million of it."""
    for code in ("AED", "USD", "DZD", "ARS", "PLN"):
        for count in (*range(121), 1.5, 10**6):
            name = get_currency_name(code, count=count, locale=locale)
            typed = " ".join(map(normalize_word, name.split()))
            assert meaning(typed, code, locale) == code, (count, name)


def test_an_invisible_sign_is_none() -> None:
    """CLDR has one in Cape Verde; no mark at an amount there is taken for it."""
    taken = extract_amount("50 ? card", AmountContext("CVE", "kea", None, None))

    assert (taken.reading, taken.rest) == (Money(5_000, "CVE"), ("?", "card"))


@pytest.mark.parametrize("mark", ".,;:!?")
def test_the_mark_behind_a_sign_is_none_of_it(mark: str) -> None:
    """It ends a sentence; another letter would make another word."""
    context = AmountContext("EUR", "en", None, None)

    assert parse_amount(f"50 usd{mark}", context) == Money(5_000, "USD")
    assert isinstance(parse_amount("50 usdx", context), RefusedAmount)
