"""Takes chat formatting out of what people type: `*50* USD` is `50 USD`."""

from __future__ import annotations

import re

# Bold, slanted, struck out, code; twice as well, as some chats and Markdown have it.
_MARKS = "*_~`"
# A spoiler's are never alone: a single bar means nothing.
_SPOILER = re.compile(r"\|\|([^|\n]+)\|\|")
_QUOTED_OR_LISTED = re.compile(r"^[ \t]*(?:>+|[•◦▪])[ \t]*", re.MULTILINE)
_BLOCK = "```"


def _around(mark: str) -> re.Pattern[str]:
    """Between the same marks, which stand at the edges of words: `team_a_b` has none."""
    one = re.escape(mark)
    opening = rf"(?<![^\W_])(?<!{one})({one}{{1,2}})(?=[^\s{one}])"
    closing = rf"\1(?!{one})(?![^\W_])"
    return re.compile(rf"{opening}([^{one}\n]*[^\s{one}]){closing}")


_AROUND = tuple(map(_around, _MARKS))


def strip_markup(text: str) -> str:
    """`*50* USD`, `_50 USD_` and a quoted line as they read; what is only half marked stays."""
    text = _SPOILER.sub(r"\1", _QUOTED_OR_LISTED.sub("", text.replace(_BLOCK, " ")))
    for pattern in _AROUND:
        text = pattern.sub(r"\2", text)
    return text
