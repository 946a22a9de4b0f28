"""Log lines without secrets. Whatever a library logs, tokens and card numbers do not get out."""

from __future__ import annotations

import logging
import re

from billing.pan import scrub_card_numbers

_SECRETS = re.compile(
    r"\d{4,}:[A-Za-z0-9_-]{20,}"  # a Telegram bot token, also inside an address
    r"|xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+"
    r"|whsec_[A-Za-z0-9+/=_-]+|[sr]k_(?:live|test)_[A-Za-z0-9]+"
    r"|https://hooks\.slack\.com/[^\s\"']+"
)
_HIDDEN = "[hidden]"
QUIET = logging.ERROR
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Redacting(logging.Formatter):
    """Formats a record whole, with its traceback, and then takes every secret out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept."""
        return redact(super().format(record))


def redact(text: str) -> str:
    """The text with tokens, secrets, hook addresses and card numbers taken out."""
    return scrub_card_numbers(_SECRETS.sub(_HIDDEN, text))


def set_up(level: int = logging.INFO) -> None:
    """Send every log line through one redacting handler."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(_FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # They log each request's address, and Telegram's has the token in it.
    for noisy in ("httpx", "httpcore", "slack_bolt", "slack_sdk", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
