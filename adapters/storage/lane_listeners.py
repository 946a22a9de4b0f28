"""Notifies the event loop, after a commit, of the kinds of lanes that were scheduled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress


class LaneListeners:
    """Whom to call, whatever thread the transaction ran in."""

    def __init__(self) -> None:
        self._wakes: list[Callable[[str], None]] = []

    def add(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)` from now on."""
        self._wakes.append(wake)

    def notify(self, loop: asyncio.AbstractEventLoop, kinds: Iterable[str]) -> None:
        """Call everybody, in that loop, about each kind."""
        found = sorted(kinds)
        if not found:
            return
        # By the thread that committed and not by who waits for it: that one may be cancelled by
        # now, and the lanes are committed. A loop that is closed has nobody left to wake.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._call, found)

    def _call(self, kinds: list[str]) -> None:
        for kind in kinds:
            for wake in self._wakes:
                wake(kind)
