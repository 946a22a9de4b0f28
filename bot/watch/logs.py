"""Log lines without secrets: none holds a token, a secret or a bank card number.

A record is cleaned when it is made, so that every handler gets it clean, whoever added it. It is
cut before that, so that a request of any length is a line of some length, and little work. What
strangers wrote begins no line of its own, and steers no terminal.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from textwrap import indent
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

from billing.amounts.bank_card_numbers import scrub_bank_card_numbers
from conversations.text.safe_text import escape_unsafe

Redact = Callable[[str], str]

USUAL, QUIET = logging.INFO, logging.ERROR
# Anything shorter stands in a line by chance.
SECRET_MIN = 6
# Of a longer line, or traceback, the beginning and the end are kept.
CHARACTERS_MAX = 16_000
# No secret that is known by its shape only is longer.
_SHAPED_MAX = 512
_HIDDEN = "[hidden]"
# Before each line of a traceback; a record begins with its time.
_BELOW = "  "
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Below a warning they tell of each request, and of nothing else.
_TALKATIVE = ("httpx", "httpcore", "slack_bolt", "slack_sdk", "alembic")
_SHAPES = re.compile(
    r"""
      (?<![0-9])[0-9]{4,}+(?::|%3[Aa])[A-Za-z0-9_-]{20,} # Telegram's token, in addresses too
    | xox[a-z]-[A-Za-z0-9-]+ | xapp-[A-Za-z0-9-]+
    | whsec_[A-Za-z0-9+/=_-]+ | [sr]k_(?:live|test)_[A-Za-z0-9_]+
    | (?i:https?:(?:\\?/){2}hooks\.slack(?:-gov)?\.com)[^\s"'<>]*
    | (?i:hooks\.slack(?:-gov)?\.com)(?::[0-9]{1,5})?(?:\\?/|%2[Ff])[^\s"'<>]+
    | VFUt[A-Za-z0-9_-]{20,}                           # a pay link's token: `TU-…` in base64
    """,
    re.VERBOSE,
)
# What stands before the secret says what it is, and is kept.
_NAMED = re.compile(
    r"""
      (
        [?&](?:ticket|code|state|password)=
      | \bresponse_url["']?\s*[:=]\s*["']?
      | ["'](?:code|state)["']:\s*\[?["'] | \bwith\ code:\s   # Slack's SDK, of an installation
      ) [^\s&"'<>]+
    | ( \b(?:bearer|basic)\s+ ) [A-Za-z0-9+/=._~-]{12,}
    | ( ://[^\s/:@"']*: ) [^\s/@"']+ (?=@)
    | ( (?<!http)(?<!https)://[^\s/:@"']*: ) [^\s@"']{1,128}+ (?=@)  # a database's, with a slash
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with tokens, secrets, hook addresses and card numbers taken out, by their shape."""
    shaped = _NAMED.sub(_name_only, _SHAPES.sub(_HIDDEN, text))
    return scrub_bank_card_numbers(shaped)


def make_redactor(secrets: Iterable[str]) -> Redact:
    """`redact`, which also knows these secrets, however they are quoted."""
    spellings = {each for secret in secrets for each in _spellings(secret)}
    if not spellings:
        return redact
    longest_first = sorted(spellings, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)))
    return lambda text: redact(known.sub(_HIDDEN, text))


def make_shortening_redactor(secrets: Iterable[str]) -> Redact:
    """`redactor`, for texts of any length: reads no more than is kept.

    Where the text is cut, half a secret may stand, which nobody would know: so as much as the
    longest secret is read beyond the cut, and left out of what comes back.
    """
    known = tuple(secrets)
    hide = make_redactor(known)
    beyond = max((_SHAPED_MAX, *(len(each) for secret in known for each in _spellings(secret))))
    half = CHARACTERS_MAX // 2

    def cut(text: str) -> str:
        if len(text) <= CHARACTERS_MAX + 2 * beyond:
            return hide(text)
        first, last = hide(text[: half + beyond]), hide(text[-half - beyond :])
        left_out = len(text) - CHARACTERS_MAX
        return f"{first[:-beyond]} [{left_out} characters left out] {last[beyond:]}"

    return cut


def set_up_logging(level: int = logging.WARNING, secrets: Iterable[str] = ()) -> None:
    """Log to standard error, warnings and uncaught errors too, and make every record clean."""
    hide = make_shortening_redactor(secrets)
    logging.setLogRecordFactory(lambda *given, **named: _record(hide, *given, **named))
    logging.basicConfig(level=level, format=_FORMAT, force=True)
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _died
    sys.unraisablehook = lambda it: _died(it.exc_type, it.exc_value, it.exc_traceback)
    threading.excepthook = lambda it: _died(it.exc_type, it.exc_value, it.exc_traceback)


def set_level(level: int) -> None:
    """How much is said from now on."""
    logging.getLogger().setLevel(level)


def _record(hide: Redact, *given: Any, **named: Any) -> logging.LogRecord:
    """A record whose words and traceback are final, and clean."""
    record = logging.LogRecord(*given, **named)
    record.msg, record.args = _cut(escape_unsafe(hide(_said(record)))), ()
    if record.exc_info:
        traceback = logging.Formatter().formatException(record.exc_info)
        record.exc_text = _indented(hide(traceback))
    if record.stack_info:
        record.stack_info = _indented(hide(record.stack_info))
    return record


def _said(record: logging.LogRecord) -> str:
    """The message; where it does not fit together, its parts; never an error of its own."""
    for tell in (record.getMessage, lambda: f"{record.msg} {record.args}"):
        # Whoever logs must not fail by it, and a handler would print it as it is.
        with suppress(Exception):
            return tell()
    return "[a message that cannot be shown]"


def _cut(text: str) -> str:
    """Cut once more: what is shown in the place of what acts is longer."""
    if len(text) <= CHARACTERS_MAX:
        return text
    note = f" [{len(text) - CHARACTERS_MAX} more characters left out] "
    half = (CHARACTERS_MAX - len(note)) // 2
    return f"{text[:half]}{note}{text[-half:]}"


def _indented(text: str) -> str:
    """Lines that nobody takes for records, whatever an error says in several of them."""
    return _cut(indent(escape_unsafe(text, keep="\n"), _BELOW, lambda line: True))


def _died(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        told = (kind, error or kind(), trace)
        logging.getLogger(__name__).critical("Nobody caught this:", exc_info=told)


def _name_only(found: re.Match[str]) -> str:
    return "".join(filter(None, found.groups())) + _HIDDEN


def _spellings(secret: str) -> Iterable[str]:
    """As it is, in an address, in JSON, and as Python shows it."""
    if len(secret) < SECRET_MIN:
        return ()
    quoted = (quote(secret), quote(secret, safe=""), quote_plus(secret))
    return (secret, *quoted, json.dumps(secret)[1:-1], repr(secret)[1:-1])
