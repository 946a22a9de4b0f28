"""Logs failures of work: an outage in one line, a fault of ours with its traceback."""

from __future__ import annotations

import logging

from billing.ports import GatewayError
from conversations.protocol.ports import ChatError
from service.ports.store import StoreUnavailable

# They pass by themselves, and come by the hundred while they last.
OUTAGES = (GatewayError, ChatError, StoreUnavailable)


def log_failure(log: logging.Logger, error: Exception, message: str, *args: object) -> None:
    """Log what failed; where in the code, only for what nobody expected."""
    if isinstance(error, OUTAGES):
        log.warning(f"{message} error=%s: %s", *args, type(error).__name__, error)
    else:
        log.error(message, *args, exc_info=error)
