"""Limits the connections that the web side takes in, and says which gives way.

A server that accepts as many as the system lets it has none left for its database, for gateways
and for chats. So some descriptors are never given to strangers. When the rest are in use, whoever
has been waited for the longest gives way to a newcomer. Where all wait for answers, nobody does,
but for who has waited so long that nobody else's turn would come.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

CONNECTIONS_MAX = 500
# For the database, gateways, chats, and files: all lanes at once need some 60.
DESCRIPTORS_KEPT = 96
# How many are sent away before the event loop has closed them.
LEAVING_MAX = 16
REFUSED_AT_ONCE_MAX = 64
TELL_SECONDS = 60.0
# Longer than any gateway is given for an answer.
SERVED_SECONDS = 30.0
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)
log = logging.getLogger(__name__)


class Connections:
    """Counts those of one server, and knows for whose next words it waits, in that order."""

    def __init__(self, limit: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds = limit, seconds
        self._open = 0
        self._waiting: dict[asyncio.Transport, None] = {}
        # Since when each is owed an answer: the longest first.
        self._served: dict[asyncio.Transport, float] = {}
        self._leaving: set[asyncio.Transport] = set()
        self._told_at = -TELL_SECONDS

    @property
    def are_many_leaving(self) -> bool:
        """Whether nobody should be taken in before some are gone."""
        return len(self._leaving) >= LEAVING_MAX

    def make_room(self) -> bool:
        """Count one more, if need be in the place of another; False when all others are served."""
        if self._open - len(self._leaving) >= self._limit:
            self._tell()
            if not self._let_one_go():
                return False
        self._open += 1
        return True

    def mark_waiting(self, transport: asyncio.Transport) -> None:
        """It is this one's turn to say something, and may have been for a while."""
        self._waiting.setdefault(transport)

    def mark_served(self, transport: asyncio.Transport) -> None:
        """This one has said all, and is owed an answer."""
        self._waiting.pop(transport, None)
        self._served.setdefault(transport, self._seconds())

    def answered(self, transport: asyncio.Transport) -> None:
        """This one has heard all that it asked for."""
        self._served.pop(transport, None)

    def forget(self, transport: asyncio.Transport) -> None:
        """This one is closed."""
        self._open -= 1
        self._waiting.pop(transport, None)
        self._served.pop(transport, None)
        self._leaving.discard(transport)

    def _let_one_go(self) -> bool:
        longest = next(iter(self._waiting), None) or self._longest_served()
        if longest is None:
            return False
        self._waiting.pop(longest, None)
        self._served.pop(longest, None)
        self._leaving.add(longest)
        longest.abort()
        return True

    def _longest_served(self) -> asyncio.Transport | None:
        longest, since = next(iter(self._served.items()), (None, 0.0))
        return longest if self._seconds() - since >= SERVED_SECONDS else None

    def _tell(self) -> None:
        now = self._seconds()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            log.warning("connections_full limit=%d", self._limit)


class Listener(socket.socket):
    """A listening socket that accepts nobody for whom there is no room.

    asyncio accepts as long as somebody is there, before it makes a single protocol; so the limit
    has to stand here.
    """

    def __init__(self, bound: socket.socket, connections: Connections) -> None:
        super().__init__(bound.family, bound.type, bound.proto, fileno=bound.detach())
        self._connections = connections

    def accept(self) -> tuple[socket.socket, Any]:
        """The next one that there is room for. Raises BlockingIOError when there is none."""
        for _ in range(REFUSED_AT_ONCE_MAX):
            if self._connections.are_many_leaving:
                break
            accepted, address = super().accept()
            if self._connections.make_room():
                return accepted, address
            with accepted, suppress(OSError):
                accepted.setblocking(False)
                accepted.send(_REFUSAL)
        raise BlockingIOError


def listen(host: str, port: int, connections: Connections) -> Listener:
    """Listen there. Raises OSError."""
    families = [family for family, *_ in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    family = socket.AF_INET if socket.AF_INET in families else families[0]
    return Listener(socket.create_server((host, port), family=family), connections)


def connections_max() -> int:
    """What this process may give away of its descriptors; some are left however few it has."""
    try:
        import resource
    except ImportError:  # Windows, which knows no such limit
        return CONNECTIONS_MAX
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return min(CONNECTIONS_MAX, max(allowed // 4, allowed - DESCRIPTORS_KEPT))
