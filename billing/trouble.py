"""What may go wrong where rows are kept. It says what became of them, and mends nothing."""

from __future__ import annotations


class StoreUnavailable(Exception):
    """The database cannot do it now, and none of it happened. To ask again later is safe."""


class CommitUnknown(StoreUnavailable):
    """The connection broke during the commit: it happened or not. Keys make repeating safe."""
