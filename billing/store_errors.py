"""Storage errors: nothing was written, or nobody knows whether it was."""

from __future__ import annotations


class StoreUnavailable(Exception):
    """The database cannot do it now, and none of it happened. To ask again later is safe."""


class CommitUnknown(StoreUnavailable):
    """The connection broke during the commit: it happened or not. Keys make repeating safe."""
