"""Keeps other web pages out of the playground; whoever is on this machine may use it."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_FOR_THE_PAGE = ("/window/", "/world/")
_READING = frozenset({"GET", "HEAD"})


class Loopback:
    """Refuses foreign host names (DNS rebinding), and acts that a foreign page asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with 403."""
        if scope["type"] == "http" and (refusal := _refusal(scope)):
            await PlainTextResponse(refusal + "\n", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refusal(scope: Scope) -> str:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if _hostname(host) not in _LOOPBACK:
        return "The playground answers only at 127.0.0.1 and localhost."
    acting = scope["method"] not in _READING and scope["path"].startswith(_FOR_THE_PAGE)
    if acting and headers.get("origin", f"http://{host}") != f"http://{host}":
        return "Only the playground's own page may do this."
    return ""


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
