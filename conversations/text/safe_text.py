"""Escapes strangers' text, so that no terminal, log or spreadsheet acts on it."""

from __future__ import annotations

import re

# Control characters, line and paragraph ends, what turns the direction of text, halves of pairs.
_ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# Spreadsheets take a cell that begins so for a formula, the wide forms of East Asia too.
_FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# Slack takes 40,000 characters in a message, Telegram 4,096.
TEXT_MAX = 40_000


def cut_text(text: str) -> str:
    """The text, or of what is longer than any chat sends the beginning, up to its last letter.

    So no digits of a bank card are left of one that reached beyond the cut.
    """
    if len(text) <= TEXT_MAX:
        return text
    end = TEXT_MAX
    while end and not text[end - 1].isalpha():
        end -= 1
    return text[:end]


def escape_unsafe(text: str, *, keep: str = "") -> str:
    """The text with everything that would act shown instead, but for the characters to keep."""
    return _ACTS.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def spreadsheet_cell(text: str) -> str:
    """The same for a spreadsheet: an apostrophe stands before what it would compute."""
    shown = escape_unsafe(text)
    return f"'{shown}" if _FORMULA.match(text) else shown


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
