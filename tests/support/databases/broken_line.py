"""Stands between a bot and its PostgreSQL, and cuts the line during commits. It alters no byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

# As the end of a message: READ COMMITTED is none.
_COMMIT = b"COMMIT\0"
_CHUNK = 65_536
_PATIENCE_SECONDS = 5
_SOCKET = ".s.PGSQL.5432"


class Cut(StrEnum):
    """Where the line breaks: on the way to the server, or on the way back from it."""

    UNHEARD = "unheard"
    UNANSWERED = "unanswered"


@dataclass(slots=True)
class Line:
    """A way to the server; `cut` is asked at each commit whether to break it, and where."""

    server: Path
    cut: Callable[[], Cut | None]
    port: int = 0
    commits: int = 0
    cuts: list[Cut] = field(default_factory=list)

    def url(self, database: str) -> str:
        """The address of a database by this line."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable"

    async def carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection of the bot's, until either end closes it or it breaks."""
        try:
            answers, onward = await asyncio.open_unix_connection(str(self.server / _SOCKET))
        except OSError:
            back.close()
            return
        deaf = asyncio.Event()
        ends = {
            asyncio.create_task(self._there(here, onward, deaf)),
            asyncio.create_task(_back(answers, back, deaf)),
        }
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            for writer in (onward, back):
                await _closed(writer)

    async def _there(
        self, here: asyncio.StreamReader, onward: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while chunk := await here.read(_CHUNK):
                cut = None
                if _COMMIT in chunk:
                    self.commits += 1
                    cut = self.cut()
                if cut is not None:
                    self.cuts.append(cut)
                if cut is Cut.UNHEARD:
                    return
                if cut is Cut.UNANSWERED:
                    deaf.set()
                onward.write(chunk)
                await onward.drain()


async def _back(
    answers: asyncio.StreamReader, back: asyncio.StreamWriter, deaf: asyncio.Event
) -> None:
    with suppress(OSError):
        while chunk := await answers.read(_CHUNK):
            if deaf.is_set():
                return
            back.write(chunk)
            await back.drain()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def broken_line(server: Path, cut: Callable[[], Cut | None]) -> AsyncIterator[Line]:
    """A line to the server whose socket is in that folder, while entered."""
    line = Line(server, cut)
    carrying: set[asyncio.Task[None]] = set()

    async def carry(here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            carrying.add(task)
            task.add_done_callback(carrying.discard)
        await line.carry(here, back)

    listening = await asyncio.start_server(carry, "127.0.0.1", 0)
    line.port = listening.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listening.close()
        # Whoever used it has let go: it ends by itself.
        if carrying:
            await asyncio.wait(carrying, timeout=_PATIENCE_SECONDS)
