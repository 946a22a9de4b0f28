"""Carries callbacks to the bot, and badly when told to: twice, late, reordered, never, forged.

It changes no callback that the bot could take for genuine.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.kit.journal import Journal
from playground.kit.toggles import Toggles

_TIMEOUT_SECONDS = 10.0
# What a sender is told for a callback that got lost on its way.
_TAKEN = 204
_NOT_REACHED = 502
_GATHER_SECONDS = 2
_BODY_BYTES_MAX = 100_000
# What a signature header says after its version, in Stripe's scheme and in Standard Webhooks.
_SIGNATURE = re.compile(r"(?<=v1[=,])[^,\s]+")
_PASSED_ON = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


CALLBACK_FAULTS = ("duplicate", "reorder", "delay", "drop", "forge")
COPIES = 3
DELAY_SECONDS = 10


@dataclass(slots=True)
class Line:
    """One gateway's way to the bot's webhook; what passes is noted in the journal, if any.

    `forged_taken` counts forgeries that the bot took for genuine: there must be none.
    """

    http: httpx.AsyncClient
    url: str
    toggles: Toggles = field(default_factory=Toggles)
    journal: Journal | None = None
    forged_taken: int = 0

    async def carry(self, headers: Mapping[str, str], body: bytes) -> int:
        """Bring a callback to the bot: the status that its sender is told."""
        if self.toggles.happens("drop"):
            self._note(body, 0, "(dropped on the way)", 0.0)
            return _TAKEN
        if self.toggles.happens("forge"):
            forged = {name: _SIGNATURE.sub(_zeros, value) for name, value in headers.items()}
            self.forged_taken += httpx.codes.is_success(await self._post(forged, body))
        status = _NOT_REACHED
        for _ in range(COPIES if self.toggles.happens("duplicate") else 1):
            status = await self._post(headers, body)
        return status

    async def _post(self, headers: Mapping[str, str], body: bytes) -> int:
        began = time.perf_counter()
        try:
            answer = await self.http.post(
                self.url,
                content=body,
                headers=dict(headers),
                timeout=_TIMEOUT_SECONDS,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            self._note(body, 0, f"({type(error).__name__})", time.perf_counter() - began)
            return _NOT_REACHED
        self._note(body, answer.status_code, answer.text, time.perf_counter() - began)
        return answer.status_code

    def _note(self, body: bytes, status: int, response: str, seconds: float) -> None:
        if self.journal is not None:
            self.journal.add(
                direction="to the bot",
                method=_kind(body),
                request=body.decode(errors="replace"),
                status=status,
                response=response,
                milliseconds=seconds * 1000,
            )


class Forwarder:
    """Stands between a gateway that lives within the bot and the bot's webhook.

    It keeps no callback: its sender hears how it went, and sends again where it went badly. What
    was said to be `paid` it remembers, and when it first was.
    """

    def __init__(self, line: Line, now: Callable[[], datetime]) -> None:
        self.paid: dict[str, datetime] = {}
        self._line, self._now = line, now
        self._waiting: list[asyncio.Event] = []

    def route(self, path: str) -> Route:
        """Where the gateway sends its callbacks."""
        return Route(path, self._take, methods=["POST"])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _BODY_BYTES_MAX:
            return Response(status_code=413)
        payment = _paid(body)
        if payment:
            self.paid.setdefault(payment, self._now())
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        if self._line.toggles.happens("delay"):
            await asyncio.sleep(DELAY_SECONDS)
        if not self._line.toggles.happens("reorder"):
            return Response(status_code=await self._line.carry(headers, body))
        async with self._turn():
            return Response(status_code=await self._line.carry(headers, body))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Entered once others had time to come, and those that came later have gone."""
        gone = asyncio.Event()
        self._waiting.append(gone)
        try:
            await asyncio.sleep(_GATHER_SECONDS)
            for later in self._waiting[self._waiting.index(gone) + 1 :]:
                await later.wait()
            yield
        finally:
            self._waiting.remove(gone)
            gone.set()


def _zeros(found: re.Match[str]) -> str:
    return "0" * len(found[0])


def _kind(body: bytes) -> str:
    match _parsed(body):
        case {"type": str(kind)}:
            return kind
        case _:
            return "callback"


def _paid(body: bytes) -> str:
    """The sandbox's payment that a callback says was paid, or ""."""
    match _parsed(body):
        case {"type": "payment.paid", "data": {"payment": str(payment)}}:
            return payment
        case _:
            return ""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
