"""Finds bank card numbers in what people type and takes them out.

A card number is 13 to 19 digits of any script with a right Luhn check digit (ISO/IEC 7812-1),
written in one piece or in groups. A group is never cut: twenty digits in a row are no card.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

BANK_CARD_NUMBER_REMOVED = "[card number removed]"

_MIN_DIGITS = 13
_MAX_DIGITS = 19
_MAX_SEPARATORS = 3  # `4242 - 4242`

# Spaces of any kind, dots, dashes, and what is invisible between digits.
_SEPARATOR = (
    r"[\s.\u00b7\uff0e"
    r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
    r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_RUN = re.compile(rf"\d(?:{_SEPARATOR}{{0,{_MAX_SEPARATORS}}}\d){{{_MIN_DIGITS - 1},}}")
_GROUP = re.compile(r"\d+")

# Long digits that are something else, and would pass the check one time in ten.
_NOT_CARDS = re.compile(
    r"""
      (?<!\d) 1[0-9]{9} \. [0-9]{6} (?!\d)                          # Slack's ts
    | (?<![\w]) p 1[0-9]{15} (?!\d)                                 # the same in a permalink
    | (?<![\d.]) -100 [0-9]{10} (?!\d)                              # a Telegram supergroup
    | (?<!\d) (?:19|20)[0-9]{2} - (?:0[1-9]|1[0-2]) - (?:0[1-9]|[12][0-9]|3[01]) (?!\d)
    | (?<!\w) [0-9a-f]{8} (?:-[0-9a-f]{4}){3} - [0-9a-f]{12} (?!\w) # a UUID
    | (?<!\w) TU-[0-9A-Z]{8,9} (?!\w)                               # a top-up
    """,
    re.VERBOSE | re.IGNORECASE,
)


def contains_bank_card_number(text: str) -> bool:
    """Whether `scrub_bank_card_numbers` would change the text."""
    return next(_spans(text), None) is not None


def scrub_bank_card_numbers(text: str) -> str:
    """The text with each card number replaced by a note; time grows with the length only."""
    parts = []
    end_of_last = 0
    for start, end in _spans(text):
        parts += [text[end_of_last:start], BANK_CARD_NUMBER_REMOVED]
        end_of_last = end
    return "".join([*parts, text[end_of_last:]])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers begin and end, in order and apart from each other."""
    hidden = _NOT_CARDS.sub(lambda found: "x" * len(found[0]), text)
    for run in _RUN.finditer(hidden):
        yield from _spans_in_run(hidden, *run.span())


def _spans_in_run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Every stretch of whole groups that passes, those that overlap made one.

    All of them, because of `50 4242 4242 4242 4242` any part may pass by chance, and the
    card number must not stay behind.
    """
    groups = [group.span() for group in _GROUP.finditer(text, start, end)]
    sums = _luhn_sums(text, groups)
    before = [0]
    for group_start, group_end in groups:
        before.append(before[-1] + group_end - group_start)
    open_span: tuple[int, int] | None = None
    for first, last in _passing(before, sums):
        found = groups[first][0], groups[last][1]
        if open_span and found[0] < open_span[1]:
            open_span = open_span[0], max(open_span[1], found[1])
            continue
        if open_span:
            yield open_span
        open_span = found
    if open_span:
        yield open_span


def _passing(before: list[int], sums: tuple[list[int], list[int]]) -> Iterator[tuple[int, int]]:
    """First and last group of each stretch of 13 to 19 digits that passes the Luhn check.

    `before[n]` is the number of digits in the run ahead of group n.
    """
    groups = len(before) - 1
    for first in range(groups):
        for last in range(first, groups):
            digits = before[last + 1] - before[first]
            if digits > _MAX_DIGITS:
                break
            ahead = sums[before[last + 1] % 2]
            total = ahead[before[last + 1]] - ahead[before[first]]
            if digits >= _MIN_DIGITS and total % 10 == 0:
                yield first, last


def _luhn_sums(text: str, groups: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Running Luhn sums of the run's digits, for stretches of which an even or an odd number end.

    The digit that ends a stretch counts once, the one before it is doubled, and so on; whether
    a digit is doubled thus depends only on whether the stretch ends at an even or an odd place.
    """
    even, odd = [0], [0]
    digits = (unicodedata.decimal(text[at]) for start, end in groups for at in range(start, end))
    for place, digit in enumerate(digits, start=1):
        doubled = digit * 2 - 9 if digit > 4 else digit * 2
        even.append(even[-1] + (doubled if place % 2 else digit))
        odd.append(odd[-1] + (digit if place % 2 else doubled))
    return even, odd
