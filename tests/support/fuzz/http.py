"""Raw bytes at the bot's doors, thousands of them: no server error, and no memory that stays."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

from tests.support.fuzz.door import DEEP, HUGE, door, request, signed
from tests.support.fuzz.fuzzing import Progress

GROWTH_BYTES_MAX = 50 * 1024 * 1024
WARM_UP = 500


def http(seed: int, tries: int, progress: Progress) -> None:
    """Whatever bytes come, signed or not, the answer is below 500 and memory stays flat."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = runner.run(stack.enter_async_context(door(Path(folder), runner.run)))
        try:
            settled = 0
            for number in range(tries):
                method, path, headers, body = request(dice, opened.paths)
                status = opened.status(method, path, headers, body)
                assert status < 500, (status, method, path, headers, [each[:500] for each in body])
                if number == min(WARM_UP, tries - 1):
                    # The largest there is first, so that only what stays counts as growth.
                    for large in (HUGE, b"[" * DEEP):
                        headers = signed(b"application/json", large)
                        for each in opened.paths:
                            opened.status("POST", each, headers, [large])
                    settled = _resident()
                progress()
            grown = _resident() - settled
            assert grown < GROWTH_BYTES_MAX, f"memory grew by {grown} bytes"
        finally:
            runner.run(stack.aclose())


def _resident() -> int:
    """The most memory this process ever had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
