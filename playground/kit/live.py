"""Tells open pages that something changed; it never carries the change itself, only its topic."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

TOPICS = (
    *("slack", "telegram", "stripe", "world"),
    *("requests", "inspector", "clock", "faults"),
)

_HEARTBEAT_SECONDS = 15.0
_LOOK_SECONDS = 0.25
_RECONNECT_MILLISECONDS = 1000


class _Reader:
    """One open page, and the topics it has not been told yet (each once)."""

    __slots__ = ("pending", "woken")

    def __init__(self) -> None:
        self.pending: list[str] = []
        self.woken = asyncio.Event()

    def tell(self, topic: str) -> None:
        if topic not in self.pending:
            self.pending.append(topic)
        self.woken.set()

    def take(self) -> list[str]:
        taken, self.pending = self.pending, []
        self.woken.clear()
        return taken


class Live:
    """One server-sent event stream for all pages.

    `is_stopping` is asked four times a second, because a web server waits for open streams
    before it tells the application that it is shutting down; `close` ends them at once.
    Everything here runs in the event loop's own thread.
    """

    def __init__(
        self,
        is_stopping: Callable[[], bool] = lambda: False,
        heartbeat_seconds: float = _HEARTBEAT_SECONDS,
    ) -> None:
        self._is_stopping = is_stopping
        self._heartbeat_seconds = heartbeat_seconds
        self._readers: set[_Reader] = set()
        self._closed = False

    def publish(self, topic: str) -> None:
        """Have every open page fetch this topic again; one of TOPICS, else ValueError."""
        if topic not in TOPICS:
            raise ValueError(f"no such topic: {topic}")
        for reader in self._readers:
            reader.tell(topic)

    def close(self) -> None:
        """End every stream now and any that is opened later."""
        self._closed = True
        for reader in self._readers:
            reader.woken.set()

    def route(self) -> Route:
        return Route("/live", self._answer, methods=["GET"])

    async def _answer(self, request: Request) -> StreamingResponse:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._lines(), media_type="text/event-stream", headers=headers)

    async def _lines(self) -> AsyncIterator[str]:
        reader = _Reader()
        self._readers.add(reader)
        try:
            yield f"retry: {_RECONNECT_MILLISECONDS}\n: open\n\n"
            quiet_seconds = 0.0
            while not (self._closed or self._is_stopping()):
                for topic in reader.take():
                    quiet_seconds = 0.0
                    yield f"event: {topic}\ndata: changed\n\n"
                if quiet_seconds >= self._heartbeat_seconds:
                    quiet_seconds = 0.0
                    yield ": still here\n\n"
                quiet_seconds += await _wait(reader.woken)
        finally:
            self._readers.discard(reader)


async def _wait(woken: asyncio.Event) -> float:
    """Wait for news or for the next look at `is_stopping`; answers how long a full wait took."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            await woken.wait()
    except TimeoutError:
        return _LOOK_SECONDS
    return 0.0
