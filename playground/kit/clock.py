"""The playground's clock: this machine's, and whatever a person moved it ahead. Never back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.kit.answers import asked, fresh, refused
from playground.kit.live import Live
from playground.kit.owned import write_owned

STEPS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}

_AHEAD_SECONDS_MAX = 366 * 86_400
# The bot looks five times a second; whoever moved the clock finds that it did.
_FOLLOWS_SECONDS = 0.3


class Clock:
    """Time for the played chats; the bot reads the same seconds from `file`."""

    def __init__(self, file: Path) -> None:
        """Goes on where it was left; a file that makes no sense is begun anew."""
        self.listeners: list[Callable[[], None]] = []
        self.ahead_seconds = _kept(file)
        self._file = file

    def now(self) -> datetime:
        """The time by this clock, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_seconds)

    def advance(self, seconds: int) -> bool:
        """Move it ahead; False, and nothing changes, where that is over a year in all."""
        ahead = self.ahead_seconds + seconds
        if ahead > _AHEAD_SECONDS_MAX:
            return False
        scratch = self._file.with_name(self._file.name + ".new")
        write_owned(scratch, f"{ahead}\n")
        scratch.replace(self._file)
        self.ahead_seconds = ahead
        for listener in self.listeners:
            listener()
        return True


def routes(clock: Clock, live: Live) -> list[BaseRoute]:
    """`/world/clock`: what it says, and moving it."""
    clock.listeners.append(lambda: live.publish("clock"))

    async def look(_: Request) -> JSONResponse:
        return fresh({"ok": True, **_said(clock)})

    async def move(request: Request) -> JSONResponse:
        seconds = STEPS.get(str((await asked(request)).get("step")))
        if seconds is None:
            return refused('Send JSON: {"step": "hour"}.')
        if not clock.advance(seconds):
            return refused("A year ahead is as far as it goes.")
        await asyncio.sleep(_FOLLOWS_SECONDS)
        return fresh({"ok": True, **_said(clock)})

    return [
        Route("/world/clock", look, methods=["GET"]),
        Route("/world/clock", move, methods=["POST"]),
    ]


def _said(clock: Clock) -> dict[str, Any]:
    return {"now": clock.now().isoformat(), "ahead_seconds": clock.ahead_seconds}


def _kept(file: Path) -> int:
    try:
        seconds = int(file.read_text("ascii"))
    except (OSError, ValueError):
        seconds = 0
    if 0 < seconds <= _AHEAD_SECONDS_MAX:
        return seconds
    # The bot reads it too, and the two must not disagree.
    file.unlink(missing_ok=True)
    return 0
