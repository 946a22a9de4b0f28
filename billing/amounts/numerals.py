"""How people write numbers: in any script, with groups and decimals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from billing.money import known_locale

# Put into a cleaned word whose digits cannot be trusted, so that no rule matches it.
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
)
_MINUSES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_APOSTROPHES = "\u2018\u2019\u02bc"
_ARABIC_COMMA = "\u060c"
# No amount is longer; and Unicode sorts combining marks by pairs, whose number grows as a square.
_PIECE = 64
_TIDY = str.maketrans(
    dict.fromkeys(_INVISIBLE, "")
    | dict.fromkeys(_MINUSES, "-")
    | dict.fromkeys(_APOSTROPHES, "'")
    | {_ARABIC_COMMA: ",", " ": "'"}
)

# A no-break or thin space between two digits groups them, so it does not end a word.
_BREAK = re.compile(r"[ \t\r\n\v\f]+|(?<!\d)\s+|\s+(?!\d)")

# U+066B and U+066C are the Arabic decimal and thousands marks: they mean only that.
_CORE = re.compile(r"[0-9]+(?:[.,'\u066b\u066c][0-9]+)*")
_BY_THREE = re.compile(r"[1-9][0-9]{0,2}([.,'\u066c])[0-9]{3}(?:\1[0-9]{3})*")
_INDIAN = re.compile(r"[1-9][0-9]?([,\u066c])(?:[0-9]{2}\1)+[0-9]{3}")
_DECIMAL = re.compile(r"(?P<whole>.*[0-9])(?P<mark>[.,\u066b])(?P<fraction>[0-9]+)")


@dataclass(frozen=True, slots=True)
class Number:
    """Digits before and after the decimal mark; 1,000.50 is ("1000", "50")."""

    whole: str
    fraction: str


def split_words(line: str) -> list[str]:
    """The words of a line; `1\\u00a0000,50` is one word."""
    return [word for word in _BREAK.split(line) if word]


def normalize_word(word: str) -> str:
    """The word in NFKC with ASCII digits and marks. Untrustworthy digits make it unreadable.

    Untrustworthy are `50²`, which NFKC turns into 502, and digits of two scripts in one word.
    """
    if word.isascii():
        return word
    pieces = (word[at : at + _PIECE] for at in range(0, len(word), _PIECE))
    folded = "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
    values = {ord(digit): unicodedata.decimal(digit) for digit in filter(str.isdecimal, folded)}
    zeros = {code - value for code, value in values.items()}
    as_typed = sum(map(str.isdecimal, folded)) == sum(map(str.isdecimal, word))
    tidy = _TIDY | {code: str(value) for code, value in values.items()}
    return folded.translate(tidy) + ("" if as_typed and len(zeros) < 2 else _UNREADABLE)


def is_number(text: str) -> bool:
    """Whether the cleaned text is digits and marks and nothing else, well-formed or not."""
    return text.isdecimal() or _CORE.fullmatch(text) is not None


def read_number(text: str, locale: str) -> tuple[Number, ...]:
    """What a cleaned number can mean: nothing, one number, or two with the locale's own first."""
    if text.isdecimal():
        return (Number(text, ""),)
    grouped, decimal = _as_grouped(text), _as_decimal(text)
    ordered = (grouped, decimal)
    if decimal and _decimal_mark(locale) in text:
        ordered = (decimal, grouped)
    return tuple(number for number in ordered if number)


def _as_grouped(text: str) -> Number | None:
    if _BY_THREE.fullmatch(text) or _INDIAN.fullmatch(text):
        return Number(_only_digits(text), "")
    return None


def _as_decimal(text: str) -> Number | None:
    found = _DECIMAL.fullmatch(text)
    if found is None or found["mark"] in found["whole"]:
        return None
    if found["whole"].isdecimal() or _as_grouped(found["whole"]):
        return Number(_only_digits(found["whole"]), found["fraction"])
    return None


def _only_digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


@lru_cache
def _decimal_mark(locale: str) -> str:
    return str(_marks(locale).get("decimal", "."))


@lru_cache
def groups_by_space(locale: str) -> bool:
    """Whether the locale writes one thousand as `1 000`."""
    return str(_marks(locale).get("group", ",")).isspace()


def _marks(locale: str) -> dict[str, str]:
    return dict(known_locale(locale).number_symbols.get("latn", {}))
