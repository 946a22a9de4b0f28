"""The HTTP server's own protocol, with an end to its patience: for headers, and for their size.

uvicorn waits for ever for the end of a request's headers, and keeps all of them.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0
HEADER_BYTES_MAX = 64 * 1024


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose next request does not begin whole in time, or begins too large."""

    header_seconds = HEADER_SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _seen = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected, and has to say what they want."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        super().data_received(data)
        if self._waiting is not None:
            self._seen += len(data)
            if self._seen > HEADER_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response("The request's headers are too large.")

    def on_message_begin(self) -> None:
        """The first bytes of a request, which may be the connection's second."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """What is wanted is known; the body has limits of its own."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._seen = 0
            self._waiting = self.loop.call_later(self.header_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
