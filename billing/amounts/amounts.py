"""What people type -> Money, a question or a refusal. It rounds nothing and guesses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from billing.amounts.currency_signs import CurrencySign
from billing.amounts.number_words import changes_value
from billing.amounts.numerals import Number, read_number, split_words
from billing.amounts.parts import AmountContext, RefusalReason, split_amount
from billing.amounts.words import Piece, join_groups, looks_like_amount, span_with_signs
from billing.money import Money, exponent

__all__ = [
    "AmbiguousAmount",
    "AmountContext",
    "AmountReading",
    "ExtractedAmount",
    "RefusalReason",
    "RefusedAmount",
    "extract_amount",
    "find_amount",
    "parse_amount",
]

WORDS_MAX = 100
_MAX_LENGTH = 64
_MAX_DIGITS = 15
_MAX_MINOR = 10**_MAX_DIGITS - 1


@dataclass(frozen=True, slots=True)
class AmbiguousAmount:
    """Two or more amounts the text can mean, the locale's own reading first."""

    readings: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class RefusedAmount:
    """No amount. `currency` is the one the text named, else the account's."""

    reason: RefusalReason
    currency: str | None


AmountReading = Money | AmbiguousAmount | RefusedAmount


@dataclass(frozen=True, slots=True)
class ExtractedAmount:
    """The amount of a line, None if no word looks like one, and the words that remain.

    `used` are the words of the amount as typed.
    """

    reading: AmountReading | None
    rest: tuple[str, ...]
    used: tuple[str, ...] = ()


def parse_amount(text: str, context: AmountContext) -> AmountReading:
    """Read a text that is an amount and nothing else: `50`, `1 000,50 €`, `USD 1.5k`."""
    if len(text) > _MAX_LENGTH:
        return _too_long(text, context)
    pieces = join_groups(split_words(text), context)
    return _read(" ".join(piece.text for piece in pieces), context)


def extract_amount(line: str, context: AmountContext) -> ExtractedAmount:
    """Find the amount in a line of words in any order: `team-a 1 000,50 eur bank`."""
    return find_amount(split_words(line), context)


def find_amount(words: Sequence[str], context: AmountContext) -> ExtractedAmount:
    """The same for a line that is split already; take known names out of it first.

    A number somewhere in a long text is no order for money, however well it reads.
    """
    if len(words) > WORDS_MAX:
        number = any(map(str.isdecimal, "".join(words)))
        refused = RefusedAmount(RefusalReason.NOT_AN_AMOUNT, context.currency)
        return ExtractedAmount(refused if number else None, tuple(words))
    pieces = join_groups(words, context)
    spans = [
        span_with_signs(pieces, index, context)
        for index, piece in enumerate(pieces)
        if looks_like_amount(piece.text, context)
    ]
    inside = {index for span in spans for index in span}
    rest, used = (
        tuple(
            word
            for index, piece in enumerate(pieces)
            if (index in inside) is wanted
            for word in piece.words
        )
        for wanted in (False, True)
    )
    return ExtractedAmount(_reading(pieces, spans, context), rest, used)


def _reading(
    pieces: Sequence[Piece], spans: Sequence[range], context: AmountContext
) -> AmountReading | None:
    match spans:
        case []:
            return None
        case [span] if any(_is_more(pieces[index], context) for index in _beside(span, pieces)):
            # `5 million` is no 5, and `50 cents` are no 50 dollars.
            return RefusedAmount(RefusalReason.NOT_AN_AMOUNT, context.currency)
        case [span]:
            return _read(" ".join(pieces[index].text for index in span), context)
        case _:
            return RefusedAmount(RefusalReason.TWO_AMOUNTS, context.currency)


def _beside(span: range, pieces: Sequence[Piece]) -> Sequence[int]:
    # Two behind it: `50 US cents`.
    beside = (span.start - 1, span.stop, span.stop + 1)
    return [index for index in beside if 0 <= index < len(pieces)]


def _is_more(piece: Piece, context: AmountContext) -> bool:
    return changes_value(piece.text, context.locale, context.currency)


def _read(text: str, context: AmountContext) -> AmountReading:
    if len(text) > _MAX_LENGTH:
        return _too_long(text, context)
    parts = split_amount(text, context)
    if isinstance(parts, RefusalReason):
        return RefusedAmount(parts, context.currency)
    currency = _currency(parts.signs, context)
    if isinstance(currency, RefusalReason):
        return RefusedAmount(currency, context.currency)
    if parts.negative:
        return RefusedAmount(RefusalReason.NEGATIVE, currency)
    numbers = read_number(parts.number, context.locale)
    if not numbers:
        return RefusedAmount(RefusalReason.NOT_AN_AMOUNT, currency)
    return _settle(numbers, parts.power, currency, context)


def _too_long(text: str, context: AmountContext) -> RefusedAmount:
    has_digit = any(map(str.isdecimal, text))
    return RefusedAmount(
        RefusalReason.TOO_LARGE if has_digit else RefusalReason.NOT_AN_AMOUNT, context.currency
    )


def _currency(signs: tuple[CurrencySign, ...], context: AmountContext) -> str | RefusalReason:
    if not signs:
        return context.currency or RefusalReason.CURRENCY_UNCLEAR
    shared = frozenset.intersection(*(sign.members for sign in signs))
    if not shared:
        return RefusalReason.MIXED_CURRENCIES
    if context.currency in shared:
        return context.currency
    if len(shared) == 1:
        return next(iter(shared))
    usual = next((sign.usual for sign in signs if sign.usual in shared), None)
    return usual or RefusalReason.CURRENCY_UNCLEAR


def _settle(
    numbers: tuple[Number, ...], power: int, currency: str, context: AmountContext
) -> AmountReading:
    own, *others = (_money(number, power, currency) for number in numbers)
    if not others:
        return own
    other = others[0]
    if isinstance(other, RefusedAmount):
        return own
    if isinstance(own, RefusedAmount):
        return _against_locale(numbers[0], other)
    return AmbiguousAmount((own, other)) if _within_limits(other, context) else own


def _against_locale(own: Number, other: Money) -> AmountReading:
    """Only the foreign reading fits: `1.000` dollars typed in English, yen typed in German."""
    if exponent(other.currency) == 0:
        return other
    plain = _money(Number(own.whole, own.fraction.rstrip("0")), 0, other.currency)
    return plain if isinstance(plain, RefusedAmount) else AmbiguousAmount((plain, other))


def _money(number: Number, power: int, currency: str) -> Money | RefusedAmount:
    digits = number.whole + number.fraction
    if len(digits) > _MAX_DIGITS:
        return RefusedAmount(RefusalReason.TOO_LARGE, currency)
    zeros = exponent(currency) + power - len(number.fraction)
    if zeros < 0:
        return RefusedAmount(RefusalReason.TOO_MANY_DECIMALS, currency)
    minor = int(digits) * 10**zeros
    if minor > _MAX_MINOR:
        return RefusedAmount(RefusalReason.TOO_LARGE, currency)
    return Money(minor, currency) if minor else RefusedAmount(RefusalReason.ZERO, currency)


def _within_limits(money: Money, context: AmountContext) -> bool:
    if money.currency != context.currency:
        return True
    low, high = context.minimum_minor, context.maximum_minor
    return (low is None or money.minor >= low) and (high is None or money.minor <= high)
