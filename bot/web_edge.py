"""What stands around every route: patience with bodies that has an end, and a look at the clock.

It reads no body and knows no route's meaning.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.measures import Measures

BODY_SECONDS = 10.0


class Impatient:
    """Answers 408 when a body takes longer than `seconds`; who reads it finds the sender gone."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, as long as its body comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sender = _Sender(scope, receive, send, self._seconds)
        # Nobody is there any more to be told that nobody is there.
        with suppress(ClientDisconnect):
            await self._app(scope, sender.receive, sender.send)


class _Sender:
    """One request's sender, who may be too slow, or leave in the middle of the body."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._until = asyncio.get_running_loop().time() + seconds
        self._whole = self._gone = self._answered = False

    async def receive(self) -> Message:
        """The next part of the body; once it is whole, whatever comes."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            await self._refuse()
            message = {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        self._gone = message["type"] == "http.disconnect"
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, while somebody waits for it."""
        if not self._gone:
            self._answered = True
            await self._send(message)

    async def _refuse(self) -> None:
        if not self._answered:
            # What is still to come of the body must not be taken for the next request.
            answer = PlainTextResponse("too slow\n", 408, headers={"Connection": "close"})
            await answer(self._scope, self._receive, self._send)


class Timed:
    """Tells how long webhooks took to be answered. `webhooks` are their paths, and names."""

    def __init__(
        self,
        app: ASGIApp,
        webhooks: Mapping[str, str],
        measures: Measures,
        ticks: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app, self._webhooks, self._measures, self._ticks = app, webhooks, measures, ticks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and look at the clock at both ends."""
        webhook = self._webhooks.get(scope.get("path", ""))
        if webhook is None:
            await self._app(scope, receive, send)
            return
        began = self._ticks()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._measures.acknowledged(webhook, message["status"], self._ticks() - began)
            await send(message)

        await self._app(scope, receive, watched)
