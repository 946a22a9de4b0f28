"""Puts logging back as it was, for `topup-bot` sets it up for a whole process."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logs_as_they_were() -> Iterator[None]:
    """What is changed inside, of handlers, levels, records and hooks, is changed back."""
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    handlers, level = list(logging.root.handlers), logging.root.level
    factory = logging.getLogRecordFactory()
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    # Set aside, since what is replaced by force is closed as well.
    logging.root.handlers[:] = []
    try:
        yield
    finally:
        logging.captureWarnings(False)
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        logging.setLogRecordFactory(factory)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        for name in logging.root.manager.loggerDict:
            logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
