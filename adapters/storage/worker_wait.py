"""Waits for a store thread to take up work; raises StoreUnavailable where none does in time."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

from billing.store_errors import StoreUnavailable

Result = TypeVar("Result")

# Whoever asks over HTTP gives up soon after, and asks again anyway.
BUSY_SECONDS = 5.0


async def await_worker(work: Future[Result]) -> Result:
    """What the work comes to, however long that takes once it has begun.

    Raises StoreUnavailable when nobody took it up in time; then it never begins. Whoever is
    cancelled while waiting leaves it whole: it runs to its end, or never begins.
    """
    given_up = False

    def give_up() -> None:
        nonlocal given_up
        given_up = work.cancel()

    patience = asyncio.get_running_loop().call_later(BUSY_SECONDS, give_up)
    try:
        return await asyncio.wrap_future(work)
    except asyncio.CancelledError:
        if given_up and not _is_cancelled():
            raise StoreUnavailable("everybody who could do it is busy") from None
        raise
    finally:
        patience.cancel()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
