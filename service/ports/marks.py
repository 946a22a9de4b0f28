"""The port to the rows of this installation's marks."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from billing.marks import InstallationMarks, MarkStatus


class MarkRows(Protocol):
    """The marks that this installation knows: one of them is its own."""

    def read(self) -> InstallationMarks:
        """All of them."""

    def put(self, mark: str, standing: MarkStatus, at: datetime, place: str | None = None) -> None:
        """Write one down, or change what it is. A second one of its own changes nothing."""
