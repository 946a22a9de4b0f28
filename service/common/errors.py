"""What an operator asked for cannot be done."""

from __future__ import annotations


class OperatorError(Exception):
    """The message says what would be right."""
