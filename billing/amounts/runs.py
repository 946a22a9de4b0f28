"""The words of a line, with gaps: which join, which are an amount, and what others add to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from billing.amounts.currency_signs import CurrencySign, find_sign
from billing.amounts.number_words import changes_value
from billing.amounts.numerals import normalize_word
from billing.amounts.parts import AmountContext
from billing.amounts.words import (
    SIGN_WORDS_MAX,
    Piece,
    join_groups,
    looks_like_amount,
    sign_length,
    span_with_signs,
)

# No word of an amount is longer.
WORD_MAX = 64
_BETWEEN_NAMES = re.compile(r"[/|,;&+]+")
_TIMES = re.compile(r"x[0-9]+", re.IGNORECASE)
_AROUND = "()[]{}<>\"'“”„«».,;:!?¡¿…"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand together, and where among them amounts are, each with its signs."""

    pieces: Sequence[Piece]
    amounts: Sequence[range]

    @property
    def amount_indices(self) -> frozenset[int]:
        """The pieces of its amounts."""
        return frozenset(index for span in self.amounts for index in span)

    @property
    def others(self) -> Iterator[Piece]:
        """The pieces of no amount."""
        inside = self.amount_indices
        return (piece for index, piece in enumerate(self.pieces) if index not in inside)

    def goes_on(self, context: AmountContext) -> bool:
        """Whether several words behind its one amount make another of it: `1 kF CFA`."""
        (span,) = self.amounts
        texts = [piece.text for piece in self.pieces[span.stop : span.stop + SIGN_WORDS_MAX]]
        return any(
            changes_value(" ".join(texts[:length]), context.locale, context.currency)
            for length in range(2, len(texts) + 1)
        )

    def beside(self) -> list[Piece]:
        """What stands at its one amount: two words behind it, too, as in `50 US cents`."""
        (span,) = self.amounts
        beside = (span.start - 1, span.stop, span.stop + 1)
        return [self.pieces[index] for index in beside if 0 <= index < len(self.pieces)]


def runs_of(words: Sequence[str | None], context: AmountContext) -> list[Run]:
    """The runs of a line: nothing joins over a gap, nor over a word that cannot be seen."""
    runs: list[list[str]] = [[]]
    for word in words:
        if word is None or not normalize_word(word):
            runs.append([])
        else:
            runs[-1].append(word)
    return [_run(join_groups(run, context), context) for run in runs if run]


def signs_of(run: Run, context: AmountContext) -> Iterator[tuple[Piece, CurrencySign | None]]:
    """The words of no amount that name a currency; None for a symbol that nobody knows."""
    others = list(run.others)
    at = 0
    while at < len(others):
        texts = [piece.text[: WORD_MAX + 1] for piece in others[at : at + SIGN_WORDS_MAX]]
        length = sign_length(texts, context)
        if length:
            sign = find_sign(" ".join(texts[:length]), context.locale, context.currency)
            yield from ((piece, sign) for piece in others[at : at + length])
        else:
            for part in _parts(texts[0]):
                if sign_length([part], context):
                    yield others[at], find_sign(part, context.locale, context.currency)
        at += length or 1


def changes_amount(piece: Piece, context: AmountContext, *, beside: bool) -> bool:
    """Whether a word of no amount makes another number of it, wherever in the line it stands.

    One letter does so only beside it: a plan B is no billion.
    """
    text = piece.text
    if unicodedata.numeric(text[0], None) is not None or _TIMES.fullmatch(text):
        return True  # the other half of a number, another one, or how often
    letter = len(text) == 1 and text.isascii() and text.isalpha()
    return (beside or not letter) and any(
        changes_value(part, context.locale, context.currency) for part in (text, *_parts(text))
    )


def belongs_to_amount(word: str, context: AmountContext) -> bool:
    """Whether a word beside a number is its currency, a part of it, or makes another of it."""
    text = normalize_word(word)
    return looks_like_amount(text, context) or any(
        sign_length([part], context) or changes_value(part, context.locale, context.currency)
        for part in (text, *_parts(text))
    )


def may_be_currency(word: str, context: AmountContext) -> bool:
    """Whether a word is a currency's, though it may be another word as well: `mad`, `top`."""
    text = normalize_word(word)
    return any(find_sign(part, context.locale, context.currency) for part in (text, *_parts(text)))


def are_one_number(words: Sequence[str], context: AmountContext) -> bool:
    """Whether these words are read as the groups of one number."""
    return len(join_groups(words, context)) == 1


def _run(pieces: Sequence[Piece], context: AmountContext) -> Run:
    amounts = [
        span_with_signs(pieces, index, context)
        for index, piece in enumerate(pieces)
        if looks_like_amount(piece.text, context)
    ]
    return Run(pieces, amounts)


def _parts(text: str) -> list[str]:
    """What stands in brackets, in quotation marks or between strokes: `(eur)`, `eur/usd`."""
    if len(text) > WORD_MAX:
        return []
    return [part for each in _BETWEEN_NAMES.split(text) if (part := each.strip(_AROUND))]
