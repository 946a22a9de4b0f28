"""How calls of the emulated Slack's API fail: before anything is done, or after."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from playground.slack.world.records import Fault


class HangUp(Response):
    """Drops the connection without a byte, as a network does that loses a reply.

    ASGI has no word for that, so this reaches for uvicorn's own transport; under another server
    the missing answer becomes that server's 500, which is a lost reply as well.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer nothing."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if isinstance(transport, asyncio.Transport):
            transport.abort()
            await receive()


def failing(fault: Fault | None) -> Response | None:
    """The answer of a call that fails before anything is done, if it is to fail so."""
    match fault:
        case Fault(kind="outage"):
            return HangUp()
        case Fault(kind="rate_limited"):
            headers = {"Retry-After": str(fault.retry_after_seconds)}
            body = {"ok": False, "error": "ratelimited"}
            return JSONResponse(body, status_code=429, headers=headers)
        case Fault(kind="server_error"):
            return JSONResponse({"ok": False, "error": "internal_error"}, status_code=500)
        case _:
            return None


def lost(fault: Fault | None, response: Response) -> Response:
    """What reaches the caller of what was done: nothing where the reply gets lost."""
    return HangUp() if fault is not None and fault.kind == "reply_lost" else response
