"""Carries callbacks to the bot, and badly when told to: twice, late, reordered, never, forged.

It changes no callback that the bot could take for genuine.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.journal import Journal

_TIMEOUT_SECONDS = 10.0
# What a sender is told for a callback that got lost on its way.
_TAKEN = 204
_NOT_REACHED = 502
_GATHER_SECONDS = 2
_BODY_BYTES_MAX = 100_000
# What a signature header says after its version, in Stripe's scheme and in Standard Webhooks.
_SIGNATURE = re.compile(r"(?<=v1[=,])[^,\s]+")
_PASSED_ON = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(slots=True)
class Switches:
    """How badly callbacks are carried. `happened` counts each; `forged_taken` is a bug's count."""

    copies: int = 1
    delay_seconds: int = 0
    newest_first: bool = False
    lost: bool = False
    forged: bool = False
    happened: Counter[str] = field(default_factory=Counter)
    forged_taken: int = 0


@dataclass(slots=True)
class Line:
    """One gateway's way to the bot's webhook; what passes is noted in the journal, if any."""

    http: httpx.AsyncClient
    url: str
    switches: Switches = field(default_factory=Switches)
    journal: Journal | None = None

    async def carry(self, headers: Mapping[str, str], body: bytes) -> int:
        """Bring a callback to the bot: the status that its sender is told."""
        switches = self.switches
        if switches.lost:
            switches.happened["drop"] += 1
            self._note(body, 0, "(dropped on the way)", 0.0)
            return _TAKEN
        if switches.forged:
            switches.happened["forge"] += 1
            forged = {name: _SIGNATURE.sub(_zeros, value) for name, value in headers.items()}
            switches.forged_taken += httpx.codes.is_success(await self._post(forged, body))
        if switches.copies > 1:
            switches.happened["duplicate"] += 1
        status = _NOT_REACHED
        for _ in range(switches.copies):
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

    It keeps nothing: its sender hears how it went, and sends again where it went badly.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: list[asyncio.Event] = []

    def route(self, path: str) -> Route:
        """Where the gateway sends its callbacks."""
        return Route(path, self._take, methods=["POST"])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _BODY_BYTES_MAX:
            return Response(status_code=413)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        switches = self._line.switches
        if switches.delay_seconds:
            switches.happened["delay"] += 1
            await asyncio.sleep(switches.delay_seconds)
        if not switches.newest_first:
            return Response(status_code=await self._line.carry(headers, body))
        switches.happened["reorder"] += 1
        turn = await self._turn()
        try:
            return Response(status_code=await self._line.carry(headers, body))
        finally:
            turn.set()

    async def _turn(self) -> asyncio.Event:
        """Wait for others to come, then for those that came later to have gone."""
        mine = asyncio.Event()
        self._waiting.append(mine)
        await asyncio.sleep(_GATHER_SECONDS)
        later = self._waiting[self._waiting.index(mine) + 1 :]
        for each in later:
            await each.wait()
        self._waiting.remove(mine)
        return mine


def _zeros(found: re.Match[str]) -> str:
    return "0" * len(found[0])


def _kind(body: bytes) -> str:
    try:
        return str(json.loads(body)["type"])
    except (ValueError, TypeError, KeyError):
        return "callback"
