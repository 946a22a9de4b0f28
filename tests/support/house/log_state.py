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
    levels = {each.name: each.level for each in _loggers()}
    handlers, level = list(logging.root.handlers), logging.root.level
    factory = logging.getLogRecordFactory()
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    # Set aside, since what is replaced by force is closed as well.
    logging.root.handlers[:] = []
    try:
        with _nobody_set_up_loggers():
            yield
    finally:
        logging.captureWarnings(False)
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        logging.setLogRecordFactory(factory)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        for each in _loggers():
            each.setLevel(levels.get(each.name, logging.NOTSET))


@contextmanager
def _nobody_set_up_loggers() -> Iterator[None]:
    """As in a new process: a server of an earlier test may keep its errors to itself."""
    kept = [(each, list(each.handlers)) for each in _loggers() if not each.propagate]
    for each, _ in kept:
        each.handlers[:], each.propagate = [], True
        each.setLevel(logging.NOTSET)
    try:
        yield
    finally:
        for each, handlers in kept:
            each.handlers[:], each.propagate = handlers, False


def _loggers() -> list[logging.Logger]:
    """Every one that somebody asked for by name."""
    return [logging.getLogger(name) for name in logging.root.manager.loggerDict]
