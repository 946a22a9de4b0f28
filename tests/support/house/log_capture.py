"""Keeps what is logged, to look for what must not be there."""

from __future__ import annotations

import logging


class Heard(logging.Handler):
    """Keeps everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.text += logging.Formatter().format(record) + "\n"
