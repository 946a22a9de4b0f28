"""Finds the words of a line that make up an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from billing.amounts.currency_signs import find_sign, normalize_sign
from billing.amounts.numerals import groups_by_space, normalize_word
from billing.amounts.parts import AmountContext, AmountParts, has_currency_symbol, split_amount

# Codes that are also words: in a free line only `TRY` is the lira, `try` is a word.
_ALSO_WORDS = frozenset(
    (
        *("all", "bam", "bob", "cop", "cup", "dem", "gel", "mad", "mop", "pen", "ron"),
        *("sit", "sos", "sur", "top", "try"),
    )
)

# The longest names of currencies: `lire din Sfânta Elena (Sfânta Elena și Ascension)` has eight.
SIGN_WORDS_MAX = 9
_AT_NUMBER = re.compile(r"(?P<before>[^0-9]*)[0-9](?:.*[0-9])?(?P<after>[^0-9]*)", re.DOTALL)
_SCIENTIFIC_OR_HEX = re.compile(
    r"[-+]*(?:[0-9][0-9_.,']*e[-+]?[0-9]+|0[xob][0-9a-f_]+)", re.IGNORECASE
)
_NAME_AND_NUMBER = re.compile(r"[^\W\d_]-+[0-9]")  # team-2
_GROUP_HEAD = re.compile(r"[^0-9]*[1-9][0-9]{0,2}")
_GROUP = re.compile(r"[0-9]{3}")
_GROUP_TAIL = re.compile(r"[0-9]{3}(?P<decimals>[.,][0-9]+)?[^0-9]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A cleaned word, or a number that was written as several, and the words as typed."""

    text: str
    words: tuple[str, ...]


def join_groups(words: Sequence[str], context: AmountContext) -> list[Piece]:
    """The words cleaned, with the groups of a number such as `1 000,50` made one piece."""
    words = [word for word in words if normalize_word(word)]  # an invisible word is no word
    texts = [normalize_word(word) for word in words]
    pieces = []
    start = 0
    while start < len(words):
        end = _group_end(texts, start, context)
        pieces.append(Piece("'".join(texts[start:end]), tuple(words[start:end])))
        start = end
    return _join_signs(pieces, context)


def _join_signs(pieces: Sequence[Piece], context: AmountContext) -> list[Piece]:
    """The pieces with `50F CFA` as one: a sign of several words, one of them at the number."""
    joined: list[Piece] = []
    at = 0
    while at < len(pieces):
        lead, follow = _glued(joined, pieces, at, context)
        group = [*joined[len(joined) - lead :], *pieces[at : at + 1 + follow]]
        del joined[len(joined) - lead :]
        words = tuple(word for piece in group for word in piece.words)
        joined.append(Piece(" ".join(piece.text for piece in group), words))
        at += 1 + follow
    return joined


def _glued(
    before: Sequence[Piece], pieces: Sequence[Piece], at: int, context: AmountContext
) -> tuple[int, int]:
    """How many pieces before and behind go on with a sign that is written at the number."""
    shape = _AT_NUMBER.fullmatch(pieces[at].text)
    lead = follow = 0
    if shape is not None and shape["before"]:
        words = [*_texts(before[-SIGN_WORDS_MAX:]), shape["before"]]
        lead = sign_length(words, context, backwards=True) - 1
    if shape is not None and shape["after"]:
        words = [shape["after"], *_texts(pieces[at + 1 : at + SIGN_WORDS_MAX])]
        follow = sign_length(words, context) - 1
    return max(lead, 0), max(follow, 0)


def _texts(pieces: Sequence[Piece]) -> list[str]:
    return [piece.text for piece in pieces]


def _group_end(texts: list[str], start: int, context: AmountContext) -> int:
    """Where the number that begins at `start` ends; `start + 1` if the next word is no group."""
    if not _GROUP_HEAD.fullmatch(texts[start]) or not looks_like_amount(texts[start], context):
        return start + 1
    end = start + 1
    while end < len(texts) and _GROUP.fullmatch(texts[end]):
        end += 1
    tail = _GROUP_TAIL.fullmatch(texts[end]) if end < len(texts) else None
    if tail and looks_like_amount(texts[end], context):
        end += 1
    # Elsewhere `50 100` is more likely two amounts, but no amount begins with a zero.
    one_number = (
        groups_by_space(context.locale)
        or (tail is not None and tail["decimals"] is not None)
        or all(text.startswith("0") for text in texts[start + 1 : end])
    )
    return end if one_number else start + 1


def looks_like_amount(text: str, context: AmountContext) -> bool:
    """Whether a word is meant as an amount, be it a good one or not."""
    letters = "".join(filter(str.isalpha, text))
    return any("0" <= char <= "9" for char in text) and (
        not letters
        or _SCIENTIFIC_OR_HEX.fullmatch(text) is not None
        or has_currency_symbol(text)
        or (
            not _NAME_AND_NUMBER.search(text)
            and not _is_plain_word(letters, context)
            and isinstance(split_amount(text, context), AmountParts)
        )
    )


def span_with_signs(pieces: Sequence[Piece], index: int, context: AmountContext) -> range:
    """The piece at `index` with the minus, sign or code on either side of it."""
    first = _before_minus(pieces, index)
    before = _texts(pieces[:first])[-SIGN_WORDS_MAX:]
    first = _before_minus(pieces, first - sign_length(before, context, backwards=True))
    after = _texts(pieces[index + 1 :])[:SIGN_WORDS_MAX]
    return range(first, index + 1 + sign_length(after, context))


def _before_minus(pieces: Sequence[Piece], index: int) -> int:
    while index > 0 and not pieces[index - 1].text.strip("+-"):
        index -= 1
    return index


def sign_length(words: Sequence[str], context: AmountContext, *, backwards: bool = False) -> int:
    """How many words at a number are one sign: 2 for `F CFA`, 1 for `eur bank`, 0 for none."""
    for length in range(len(words), 0, -1):
        nearest = words[-length:] if backwards else words[:length]
        if _is_sign(nearest, context):
            return length
    return 0


def _is_sign(words: Sequence[str], context: AmountContext) -> bool:
    text = " ".join(words)
    known = find_sign(text, context.locale, context.currency) is not None
    symbol = has_currency_symbol(text) and not any(map(str.isalpha, text))
    is_word = _is_plain_word(text, context) or any(map(str.isdecimal, text))
    return (known or symbol) and not is_word


def _is_plain_word(text: str, context: AmountContext) -> bool:
    word = normalize_sign(text)
    return word in _ALSO_WORDS and not text.isupper() and word.upper() != context.currency
