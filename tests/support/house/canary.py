"""Listens to every log there is, at its loudest, as the bot's command sets them up.

What it listens with is put back as it was. It judges nothing.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.watch import logs
from tests.support.house.log_state import logs_as_they_were

CARD_NUMBERS = ("5500 0000 0000 0004", "4111-1111-1111-1111", "378282246310005")


@dataclass
class Listening:
    """All that was logged since it began. `own` has the records of the product's own loggers."""

    text: io.StringIO = field(default_factory=io.StringIO)

    def louder(self) -> None:
        """Every logger that there is by now says all that it can."""
        for name in list(logging.root.manager.loggerDict):
            logging.getLogger(name).setLevel(logging.DEBUG)


@contextmanager
def listening(secrets: Iterable[str]) -> Iterator[Listening]:
    """Set the logs up as `topup-bot` does, with these secrets in its settings."""
    heard = Listening()
    with logs_as_they_were():
        logs.set_up_logging(logging.DEBUG, secrets)
        logging.root.handlers[0].setStream(heard.text)  # type: ignore[attr-defined]
        yield heard


def leaks(secrets: Iterable[str], **places: str | bytes) -> list[str]:
    """Which secret is in which place, however it is spelled there."""
    found = []
    for secret in secrets:
        spelled = {secret, quote(secret, safe=""), re.sub(r"(?<=\d)[ -](?=\d)", "", secret)}
        for where, said in places.items():
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
            if any(each in text for each in spelled):
                found.append(f"{secret!r} is in {where}")
    return found


def files(database: Path) -> dict[str, bytes]:
    """The database's files, with what SQLite has beside it."""
    found = {}
    for path in database.parent.glob(f"{database.name}*"):
        with suppress(FileNotFoundError):
            found[path.name] = path.read_bytes()
    return found


class Breaking:
    """Anything, of which some methods fail with secrets in the error's own words."""

    def __init__(self, whole: Any, methods: Iterable[str], secrets: Iterable[str]) -> None:
        self._whole, self._methods = whole, frozenset(methods)
        self._words = f"broken by {' and '.join(secrets)}"

    def __getattr__(self, name: str) -> Any:
        if name not in self._methods:
            return getattr(self._whole, name)

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError(self._words)

        return fail
