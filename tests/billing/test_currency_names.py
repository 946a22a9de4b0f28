"""Names that several currencies share: each means what CLDR calls so, and no other."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global

from billing.amounts.amounts import AmountContext, parse_amount
from billing.amounts.currency_signs import find_sign, is_code
from billing.money import Money

TENDER = frozenset(
    code
    for entries in get_global("territory_currencies").values()
    for code, _, until, is_tender in entries
    if until is None and is_tender
)
ENGLISH = Locale.parse("en").currencies
# As they are printed, each of one currency or of one above all.
PRINTED = """
    ₼ AZN  ₾ GEL  ֏ AMD  ৳ BDT  ؋ AFN  ៛ KHR  ₭ LAK  ₮ MNT  ₲ PYG  ₡ CRC  ₵ GHS  ₦ NGN  ₱ PHP
    ฿ THB  ₫ VND  ₪ ILS  ₸ KZT  ₴ UAH  ₽ RUB  ₺ TRY  ₣ CHF  ₹ INR  ₩ KRW  £ GBP  € EUR  R$ BRL
    MX$ MXN  NT$ TWD  HK$ HKD  S$ SGD  SG$ SGD  NZ$ NZD  A$ AUD  AU$ AUD  C$ CAD  CA$ CAD  US$ USD
    CN¥ CNY  JP¥ JPY
"""
# What is a word or a number of thousands elsewhere is money on an account in it.
ON_ITS_ACCOUNT = """
    Ar MGA  RM MYR  Rf RWF  Db STN  T$ TOP  ZK ZMW  Q GTQ  Rp IDR  Kz AOA  KM BAM  Bs BOB  Bs VES
    FG GNF  CF KMF  P BWP  R ZAR  L HNL  E£ EGP  L£ LBP  GH₵ GHS  ⃀ KGS  lei RON  Ft HUF  TL TRY
"""


def _pairs(text: str) -> list[list[str]]:
    words = text.split()
    return [words[at : at + 2] for at in range(0, len(words), 2)]


@pytest.mark.parametrize(
    ("word", "usual"),
    [("pound", "GBP"), ("rupee", None), ("euro", "EUR"), ("yen", "JPY"), ("yuan", "CNY")],
)
def test_184_a_name_means_the_currencies_that_are_called_so(word: str, usual: str | None) -> None:
    """CLDR's English names say which; one more or one fewer would misread somebody's amount."""
    called_so = {code for code in TENDER if ENGLISH[code].split()[-1].casefold() == word}

    for spelled in (word, f"{word}s", word.title()):
        sign = find_sign(spelled, "en", "USD")
        if sign is None:  # nobody says yens or yuans
            continue
        assert sign.members == called_so
        assert sign.usual == usual


def test_184_pounds_are_sterling_where_the_account_has_none() -> None:
    """On an account in dollars "50 pounds" is British money; in Egypt it is Egypt's own."""
    for account, meant in (("USD", "GBP"), ("EGP", "EGP"), ("SDG", "SDG")):
        read = parse_amount("50 pounds", AmountContext(account, "en", None, None))
        assert read == Money(50_00, meant)


@pytest.mark.parametrize(("sign", "code"), _pairs(PRINTED))
def test_a_printed_sign_means_its_currency(sign: str, code: str) -> None:
    """Whatever the account is in: one sign too few, and a person cannot say what they mean."""
    for locale in ("en", "es"):
        found = find_sign(sign, locale, "XOF")
        assert found is not None
        assert found.usual == code


@pytest.mark.parametrize(("sign", "code"), _pairs(ON_ITS_ACCOUNT))
def test_a_short_sign_is_money_on_its_account(sign: str, code: str) -> None:
    """A person writes the sign of the account's currency, and means that."""
    read = parse_amount(f"{sign} 5000", AmountContext(code, "en", None, None))

    assert isinstance(read, Money)
    assert read.currency == code


@pytest.mark.parametrize("code", ["XXX", "XTS"])
def test_a_code_that_is_no_money_is_none(code: str) -> None:
    """ISO keeps two for tests and for nothing at all: nobody owes any of them."""
    assert not is_code(code)
