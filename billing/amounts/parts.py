"""Splits one typed amount into sign, number and suffix."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from billing.amounts.currency_signs import CurrencySign, find_sign, normalize_sign
from billing.amounts.number_words import is_number_word, is_power_suffix, power_suffixes
from billing.amounts.numerals import is_number

_CODE_LENGTH = 3

_SHAPE = re.compile(r"(?P<before>[^0-9]*)(?P<core>[0-9](?:.*[0-9])?)(?P<after>[^0-9]*)", re.DOTALL)
_NO_CENTS = re.compile(r"[.,](?:-+|(?=\s))")  # the end of `50,-`, `50.--` and `50, eur`


class RefusalReason(StrEnum):
    """Why a text is not taken as an amount."""

    NOT_AN_AMOUNT = "not_an_amount"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    UNKNOWN_CURRENCY = "unknown_currency"
    CURRENCY_UNCLEAR = "currency_unclear"
    MIXED_CURRENCIES = "mixed_currencies"
    TWO_AMOUNTS = "two_amounts"


@dataclass(frozen=True, slots=True)
class AmountContext:
    """What is needed to understand a typed amount.

    `currency` is the account's, None while no account is known. The limits are in its minor
    units and only decide whether `1,000` has a second reading worth a question.
    """

    currency: str | None
    locale: str
    minimum_minor: int | None
    maximum_minor: int | None


@dataclass(frozen=True, slots=True)
class AmountParts:
    """An amount taken apart; `power` is 3 for `k` and 6 for `m`."""

    number: str
    negative: bool
    power: int
    signs: tuple[CurrencySign, ...]


def split_amount(text: str, context: AmountContext) -> AmountParts | RefusalReason:
    """The parts of a cleaned text that is an amount and nothing else, or why it is none."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return RefusalReason.NOT_AN_AMOUNT
    before, number, after = shape.groups()
    if " " in number:
        return RefusalReason.TWO_AMOUNTS
    before, number = _with_leading_mark(before, number)
    if not is_number(number):
        return RefusalReason.NOT_AN_AMOUNT
    before, after, negative = _without_minus(before, _NO_CENTS.sub("", after, count=1))
    after, power = _split_suffix(after, context)
    if power == 0 and is_power_suffix(after, context.locale):
        return (
            RefusalReason.CURRENCY_UNCLEAR
        )  # K is the kina of this account, or a thousand of them
    signs = []
    for word in filter(normalize_sign, (before, after)):
        sign = find_sign(word, context.locale, context.currency)
        if sign is None:
            return _unknown(word)
        signs.append(sign)
    return AmountParts(number, negative, power, tuple(signs))


def _with_leading_mark(before: str, number: str) -> tuple[str, str]:
    """`$.50` is 0.50, but the dot of `Rs.50` and `B/.50` belongs to the sign."""
    sign, mark = before[:-1], before[-1:]
    bare = not sign or sign[-1] in " +-" or unicodedata.category(sign[-1]) == "Sc"
    return (sign, f"0{mark}{number}") if mark in {".", ","} and bare else (before, number)


def _without_minus(before: str, after: str) -> tuple[str, str, bool]:
    before, after = before.strip(), after.strip()
    bracketed = "(" in before and ")" in after
    if bracketed:
        before, after = before.replace("(", "", 1), after.replace(")", "", 1)
    sign = before.strip("+- ")  # the dash in `US-Dollar 50` is no minus
    marks = before.replace(sign, "")
    negative = bracketed or "-" in marks or after.endswith("-")
    return sign + "+" * (marks.count("+") - 1), after.rstrip("-"), negative


def _split_suffix(after: str, context: AmountContext) -> tuple[str, int]:
    """Split `k eur` into its currency and power; `kr` and `K` where it is money stay whole."""
    key = normalize_sign(after)
    power = power_suffixes(context.locale).get(key[:1])
    if power is None or find_sign(after, context.locale, context.currency):
        return after, 0
    if len(key) > 1 and is_number_word(key, context.locale):
        return after, 0  # a mlrd is a billion, and no million of LRD
    return key[1:], power


def _unknown(word: str) -> RefusalReason:
    key = normalize_sign(word)
    if has_currency_symbol(word) or (len(key) == _CODE_LENGTH and key.isascii() and key.isalpha()):
        return RefusalReason.UNKNOWN_CURRENCY
    return RefusalReason.NOT_AN_AMOUNT


def has_currency_symbol(text: str) -> bool:
    """Whether a character of the text is a currency symbol, known or not."""
    return any(unicodedata.category(char) == "Sc" for char in text)
