"""ASGI middleware: a time limit for request bodies, request timing, trailing slashes.

It knows no route's meaning.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.server import HEADER_COST
from service.common.metrics import CallbackResult, Metrics

BODY_SECONDS = 10.0
BODIES_BYTES_MAX = 64 * 1024 * 1024
# Of an address that nobody listens at, as much is told.
PATH_CHARACTERS_MAX = 80
log = logging.getLogger(__name__)


class BodyTimeoutMiddleware:
    """Answers 408 when a body takes longer than `seconds`; who reads it finds the sender gone.

    It answers 503 when the headers and bodies of all requests in hand are larger than `held_max`:
    most are read before anybody can know whether they are genuine, and some senders are gone.
    """

    def __init__(
        self, app: ASGIApp, seconds: float = BODY_SECONDS, held_max: int = BODIES_BYTES_MAX
    ) -> None:
        self._app, self._seconds = app, seconds
        self._held = _Held(held_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, as long as its body comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sender = _Sender(scope, receive, send, self._seconds, self._held)
        # The sender has gone: there is nobody to answer.
        try:
            with suppress(ClientDisconnect):
                if await sender.may_begin():
                    await self._app(scope, sender.receive, sender.send)
        finally:
            self._held.size -= sender.size


@dataclass(slots=True)
class _Held:
    """How many bytes of bodies all requests have sent that are not answered yet."""

    most: int
    size: int = 0


class _Sender:
    """One request's sender, who may be too slow, or leave in the middle of the body."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, seconds: float, held: _Held
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._held, self.size = held, 0
        self._until = asyncio.get_running_loop().time() + seconds
        self._whole = self._gone = self._answered = False

    async def may_begin(self) -> bool:
        """Whether there is room for the headers; who finds none is told so."""
        self._keep(headers_size(self._scope))
        if self._held.size > self._held.most:
            await self._refuse("too much at once\n", 503)
            return False
        return True

    async def receive(self) -> Message:
        """The next part of the body; once it is whole, whatever comes."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            message = await self._refuse("too slow\n", 408)
        self._keep(len(message.get("body", b"")))
        if self._held.size > self._held.most:
            message = await self._refuse("too much at once\n", 503)
        self._whole = not message.get("more_body", False)
        self._gone = message["type"] == "http.disconnect"
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, while somebody waits for it."""
        if not self._gone:
            self._answered = True
            await self._send(message)

    def _keep(self, more: int) -> None:
        self.size += more
        self._held.size += more

    async def _refuse(self, why: str, status: int) -> Message:
        if not self._answered:
            # What is still to come of the body must not be taken for the next request.
            headers = {"Connection": "close", "Retry-After": "5"}
            answer = PlainTextResponse(why, status, headers=headers)
            await answer(self._scope, self._receive, self._send)
        return {"type": "http.disconnect"}


def headers_size(scope: Scope) -> int:
    """What a request's headers take in memory, at most."""
    headers = scope.get("headers", ())
    return sum(len(name) + len(value) + HEADER_COST for name, value in headers)


class TrailingSlashMiddleware:
    """Takes `/webhooks/stripe/` for `/webhooks/stripe`: a slash too many is no other address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, under its path without slashes at the end."""
        path = scope.get("path", "")
        if path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/") or "/"}
        await self._app(scope, receive, send)


class WebhookTimer:
    """Tells how long webhooks took to be answered. `webhooks` are their paths, and names.

    Also who posts beside them: a sender with a wrong address is told nothing that anybody reads.
    """

    def __init__(
        self,
        app: ASGIApp,
        webhooks: Mapping[str, str],
        measures: Metrics,
        ticks: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app, self._webhooks, self._measures, self._ticks = app, webhooks, measures, ticks
        self._rooms = {path.split("/")[1] for path in webhooks}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and look at the clock at both ends."""
        path = scope.get("path", "")
        webhook = self._webhooks.get(path)
        if webhook is None:
            beside = scope.get("method") == "POST" and path[1:].partition("/")[0] in self._rooms
            await self._app(scope, receive, self._beside(path, send) if beside else send)
            return
        began = self._ticks()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._measures.observe_acknowledgement(
                    webhook, message["status"], self._ticks() - began
                )
            await send(message)

        await self._app(scope, receive, watched)

    def _beside(self, path: str, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 404:
                self._measures.count_callback("", CallbackResult.UNKNOWN_GATEWAY)
                log.warning("no_webhook_there path=%r", path[:PATH_CHARACTERS_MAX])
            await send(message)

        return watched


async def read_body(request: Request, limit: int) -> bytes | None:
    """The raw body, never more than the limit of it; None when it is longer."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)
