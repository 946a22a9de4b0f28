"""Parses what people type into Money, a question or a refusal. It rounds and guesses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing.amounts.currency_signs import CurrencySign
from billing.amounts.numerals import Number, read_number, split_words
from billing.amounts.parts import AmountContext, RefusalReason, split_amount
from billing.amounts.runs import Run, changes_amount, runs_of, signs_of
from billing.amounts.words import Piece, join_groups
from billing.money import Money, currency_exponent

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

    `used` are the words of the amount as typed. `before` and `after` are those of the remaining
    words that lead up to it and follow it without a gap.
    """

    reading: AmountReading | None
    rest: tuple[str, ...]
    used: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def parse_amount(text: str, context: AmountContext) -> AmountReading:
    """Read a text that is an amount and nothing else: `50`, `1 000,50 €`, `USD 1.5k`."""
    if len(text) > _MAX_LENGTH:
        return _too_long(text, context)
    pieces = join_groups(split_words(text), context)
    return _read(" ".join(piece.text for piece in pieces), context)


def extract_amount(line: str, context: AmountContext) -> ExtractedAmount:
    """Find the amount in a line of words in any order: `team-a 1 000,50 eur bank`."""
    return find_amount(split_words(line), context)


def find_amount(words: Sequence[str | None], context: AmountContext) -> ExtractedAmount:
    """The same for a line that is split already, with None for each known name taken out.

    A number somewhere in a long text is no order for money, however well it reads.
    """
    said = [word for word in words if word is not None]
    if len(said) > WORDS_MAX:
        number = any(map(str.isdecimal, "".join(said)))
        refused = RefusedAmount(RefusalReason.NOT_AN_AMOUNT, context.currency)
        return ExtractedAmount(refused if number else None, tuple(said))
    runs = runs_of(words, context)
    with_amount = [run for run in runs if run.amounts]
    match [span for run in runs for span in run.amounts]:
        case []:
            return ExtractedAmount(None, _words(piece for run in runs for piece in run.pieces))
        case [span]:
            return _extracted(with_amount[0], span, runs, context)
        case _:
            rest = _words(piece for run in runs for piece in run.others)
            return ExtractedAmount(
                RefusedAmount(RefusalReason.TWO_AMOUNTS, context.currency), rest
            )


def _extracted(
    run: Run, span: range, runs: Sequence[Run], context: AmountContext
) -> ExtractedAmount:
    """The only amount of a line, with every currency that the line names beside it."""
    signs = [each for one in runs for each in signs_of(one, context)]
    named = [piece for piece, _ in signs]
    others = [piece for one in runs for piece in one.others if piece not in named]
    amount = run.pieces[span.start : span.stop]
    beside = run.beside()
    if run.goes_on(context) or any(
        changes_amount(piece, context, beside=piece in beside) for piece in others
    ):
        # `5 million` is no 5, and `50 cents` are no 50 dollars.
        reading: AmountReading = RefusedAmount(RefusalReason.NOT_AN_AMOUNT, context.currency)
    else:
        text = " ".join(piece.text for piece in amount)
        reading = _read(text, context, [sign for _, sign in signs])
    return ExtractedAmount(
        reading,
        _words(others),
        used=_words((*amount, *named)),
        before=_words(piece for piece in run.pieces[: span.start] if piece not in named),
        after=_words(piece for piece in run.pieces[span.stop :] if piece not in named),
    )


def _words(pieces: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(word for piece in pieces for word in piece.words)


def _read(
    text: str, context: AmountContext, beside: Sequence[CurrencySign | None] = ()
) -> AmountReading:
    """An amount and the currencies that are named elsewhere; None for one that nobody knows."""
    if len(text) > _MAX_LENGTH:
        return _too_long(text, context)
    parts = split_amount(text, context)
    if isinstance(parts, RefusalReason):
        return RefusedAmount(parts, context.currency)
    known = tuple(sign for sign in beside if sign is not None)
    if len(known) < len(beside):
        return RefusedAmount(RefusalReason.UNKNOWN_CURRENCY, context.currency)
    currency = _currency((*parts.signs, *known), context)
    if isinstance(currency, RefusalReason):
        # Below zero in any currency is no amount.
        reason = RefusalReason.NEGATIVE if parts.negative else currency
        return RefusedAmount(reason, context.currency)
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
    if currency_exponent(other.currency) == 0:
        return other
    plain = _money(Number(own.whole, own.fraction.rstrip("0")), 0, other.currency)
    return plain if isinstance(plain, RefusedAmount) else AmbiguousAmount((plain, other))


def _money(number: Number, power: int, currency: str) -> Money | RefusedAmount:
    digits = number.whole + number.fraction
    if len(digits) > _MAX_DIGITS:
        return RefusedAmount(RefusalReason.TOO_LARGE, currency)
    zeros = currency_exponent(currency) + power - len(number.fraction)
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
