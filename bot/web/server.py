"""The HTTP server's own protocol, with limits on how long and how large headers may be.

uvicorn waits for ever for the end of a request's headers, keeps all of them, and all requests that
are sent before the first is answered; and what nobody reads of an answer keeps a connection open.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from bot.web.connections import Connections

HEADER_SECONDS = 10.0
HEADER_BYTES_MAX = 64 * 1024
# What a header takes in memory beside its letters.
HEADER_COST = 160
# Requests that may wait behind one that is not answered yet.
PIPELINED_MAX = 8


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose next request does not begin whole in time, or begins too large."""

    header_seconds = HEADER_SECONDS
    _patience: asyncio.TimerHandle | None = None
    _in_headers = True
    _seen = _headers_seen = 0

    def __init__(self, *given: Any, connections: Connections, **named: Any) -> None:
        super().__init__(*given, **named)
        self._all = connections
        # Each with the bytes of its headers.
        self._unanswered: deque[tuple[RequestResponseCycle, int]] = deque()

    # uvicorn narrows asyncio's BaseTransport in the same way: its loops give a Transport only.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected, and has to say what they want."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request, or of nothing: blank lines, or what nobody wanted to read."""
        super().data_received(data)
        if self._answered:
            self._wait()
        if self._in_headers:
            self._seen += len(data)
            if self._seen > HEADER_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response("The request's headers are too large.")

    def send_400_response(self, msg: str) -> None:
        """What was said is refused, and nothing more is heard."""
        super().send_400_response(msg)
        self._wait()

    def on_message_begin(self) -> None:
        """The first bytes of a request, which may be the connection's second."""
        if len(self.pipeline) >= PIPELINED_MAX:
            raise ValueError("too many requests at once")
        super().on_message_begin()
        self._in_headers, self._seen, self._headers_seen = True, 0, 0
        self._wait()

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or what follows a body like one."""
        self._count(len(name) + len(value) + HEADER_COST)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """What is wanted is known; the body has limits of its own."""
        self._in_headers = False
        self._stop_waiting()
        super().on_headers_complete()
        self._unanswered.append((self.cycle, self._headers_seen))

    def on_message_complete(self) -> None:
        """All is said; from now on it is we who are waited for."""
        super().on_message_complete()
        if not self._answered:
            self._all.mark_served(self.transport)

    def on_response_complete(self) -> None:
        """An answer is on its way; the next word is the sender's."""
        self._unanswered.popleft()
        super().on_response_complete()
        if self._answered:
            self._all.answered(self.transport)
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_waiting()
        self._all.forget(self.transport)
        super().connection_lost(exc)
        # Without this only the newest request hears of it, and not the one that is worked on.
        for cycle, _ in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()

    def _unsupported_upgrade_warning(self) -> None:
        """Anybody may ask for a WebSocket, and is answered as if they had not: no news."""

    @property
    def _answered(self) -> bool:
        """Whether nothing that was asked is still to be answered."""
        return self.cycle is None or self.cycle.response_complete

    def _count(self, size: int) -> None:
        self._headers_seen += size
        waiting = sum(headers for _, headers in self._unanswered)
        if waiting + self._headers_seen > HEADER_BYTES_MAX:
            raise ValueError("the headers are too large")

    def _wait(self) -> None:
        self._all.mark_waiting(self.transport)
        if self._patience is None:
            self._patience = self.loop.call_later(self.header_seconds, self._hang_up)

    def _hang_up(self) -> None:
        self._patience = None
        if self._answered:
            self.transport.close()
            # Closing waits until all was sent, and whoever reads nothing lets it wait.
            self._patience = self.loop.call_later(self.header_seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def make_web_server(
    app: ASGIApp,
    connections: Connections,
    by: type[PatientProtocol] = PatientProtocol,
    **settings: Any,
) -> uvicorn.Server:
    """A server for this app, which counts its connections among these."""
    protocol = partial(by, connections=connections)
    config = uvicorn.Config(
        app,
        http=cast("type[PatientProtocol]", protocol),
        # Nothing of ours speaks over one, and each would be a way around the protocol's limits.
        ws="none",
        log_config=None,
        access_log=False,
        **settings,
    )
    return uvicorn.Server(config)
