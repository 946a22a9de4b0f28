"""A view in whole sentences, for screen readers and notifications."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conversations.protocol.views import Row
from conversations.text.localizer import with_full_stop


def alt_text(title: str, sentences: Iterable[str], rows: Iterable[Row] = ()) -> str:
    """The title, the sentences, and then those rows whose values they have not said."""
    said = " ".join([with_full_stop(title), *(sentence for sentence in sentences if sentence)])
    rest = "; ".join(f"{row.label}: {row.value}" for row in rows if not _says(said, row.value))
    return f"{said} {with_full_stop(rest)}" if rest else said


def _says(text: str, value: str) -> bool:
    """Whether the value stands there whole: 0,75 is not said by 50,75."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
