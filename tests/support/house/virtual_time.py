"""An event loop whose time passes only when nobody has anything to do, and then at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.support.bots.bot_place import START

Result = TypeVar("Result")


class _Skipping(selectors.DefaultSelector):
    """Waits for nothing: what would be waited passes at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self.passed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time, and everybody agrees how long they were."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._skipping.passed


def now() -> datetime:
    """The time by the running loop."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Let something happen in virtual time. Nothing in it may use threads."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
