"""The newest raw calls between bot and emulated Telegram; it never holds a token or a secret."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

_MAX_ENTRIES = 300
_MAX_CHARACTERS = 4000
_HIDDEN = "[hidden]"
_SECRET_FIELDS = frozenset({"secret_token"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One call; `repeated` counts further empty polls that followed with the same answer."""

    number: int
    at: datetime
    direction: str
    method: str
    request: str
    status: int
    response: str
    milliseconds: float
    repeated: int = 0


class Journal:
    """A bounded list, oldest first; `listeners` are called when it grew."""

    def __init__(self, token: str, now: Callable[[], datetime]) -> None:
        self.listeners: list[Callable[[], None]] = []
        self._token = token
        self._now = now
        self._count = 0
        self._entries: deque[Entry] = deque(maxlen=_MAX_ENTRIES)

    def entries(self) -> list[Entry]:
        """What is remembered, oldest first."""
        return list(self._entries)

    def add(
        self,
        *,
        direction: str,
        method: str,
        request: object,
        status: int,
        response: object,
        milliseconds: float,
    ) -> None:
        """Remember one call; texts are cut at 4000 characters."""
        self._count += 1
        entry = Entry(
            self._count,
            self._now(),
            direction,
            method,
            self._clean(request),
            status,
            self._clean(response),
            round(milliseconds, 1),
        )
        if self._entries and _is_empty_poll(entry) and _is_empty_poll(self._entries[-1]):
            entry = replace(entry, repeated=self._entries.pop().repeated + 1)
        self._entries.append(entry)
        for listener in self.listeners:
            listener()

    def _clean(self, value: object) -> str:
        if isinstance(value, dict):
            value = {
                name: _HIDDEN if name in _SECRET_FIELDS else one for name, one in value.items()
            }
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text.replace(self._token, _HIDDEN)[:_MAX_CHARACTERS]


def _is_empty_poll(entry: Entry) -> bool:
    return entry.method.lower() == "getupdates" and entry.response == '{"ok": true, "result": []}'
