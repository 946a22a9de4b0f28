"""What an operator asked for cannot be."""

from __future__ import annotations


class OperatorError(Exception):
    """The message says what would be right."""
