"""Keeps the bot running, started again when it dies; it knows only that it answers `/readyz`."""

from __future__ import annotations

import asyncio
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress

import httpx

from playground.bot.program import Program

_LOOK_SECONDS = 0.2
_ANSWER_SECONDS = 2.0
_STOP_SECONDS = 10.0
# A bot that ran this long was well: what ends it now is a new story.
_STEADY_SECONDS = 30.0
_BACK_OFF_SECONDS = (0.5, 1.0, 3.0, 10.0)
_TOO_OFTEN = 3
_LAST_LINES = 15


class Child:
    """The bot as a child process; `listeners` are called when it gets ready and when it ends."""

    def __init__(self, program: Program, url: str, *, say: Callable[[str], None]) -> None:
        self.url = url
        self.ready = False
        self.pid: int | None = None
        self.listeners: list[Callable[[], None]] = []
        self._program = program
        self._say = say
        self._process: Process | None = None
        self._killed = False

    def kill(self) -> bool:
        """End the bot at once, as a power cut would; False where none runs. It starts again."""
        if self._killed or self._process is None or self._process.returncode is not None:
            return False
        self._killed = True
        self._process.kill()
        return True

    async def keep_running(self) -> None:
        """Run the bot, again and again, until cancelled; then it is ended in good order."""
        deaths = 0
        while True:
            began = time.monotonic()
            code = await self._run_once()
            steady = time.monotonic() - began >= _STEADY_SECONDS
            deaths = 1 if steady or self._killed else deaths + 1
            self._killed = False
            delay = _BACK_OFF_SECONDS[min(deaths, len(_BACK_OFF_SECONDS)) - 1]
            self._say(f"The bot ended ({_how(code)}). Starting it again in {delay:g} s.")
            if deaths == _TOO_OFTEN:
                self._say(f"It keeps ending. The last it said, in {self._program.log}:")
                self._say(self._program.last_lines(_LAST_LINES))
            await asyncio.sleep(delay)

    async def _run_once(self) -> int:
        process = await self._program.start()
        self._process, self.pid = process, process.pid
        looking = asyncio.create_task(self._look())
        try:
            return await process.wait()
        finally:
            looking.cancel()
            self._set(ready=False)
            await _end(process)
            self.pid = None

    async def _look(self) -> None:
        """Ask until it answers. The environment's proxies are not for this machine's own port."""
        async with httpx.AsyncClient(trust_env=False, timeout=_ANSWER_SECONDS) as client:
            while not self.ready:
                with suppress(httpx.HTTPError):
                    answer = await client.get(f"{self.url}/readyz")
                    self._set(ready=answer.status_code == httpx.codes.OK)
                await asyncio.sleep(_LOOK_SECONDS)

    def _set(self, *, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            for listener in self.listeners:
                listener()


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
