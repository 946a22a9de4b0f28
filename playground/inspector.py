"""The inspector's data: raw requests, and what the bot's own command says of its inside.

It reads no table of the bot's and changes nothing. The command runs only while a page looks.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.child import Child
from playground.inspector_requests import Requests
from playground.live import Live
from playground.program import Program
from playground.slack_records import Json
from playground.slack_world import SlackWorld
from playground.telegram_world import TelegramWorld

# Each reading starts a Python.
_APART_SECONDS = 2.0
# What a change sets in motion may end without another change: hence a second look at it.
_READINGS = 2

Names = Callable[[], dict[str, str]]


class Inspector:
    """`names` gives the words for `platform:id` of people and chats."""

    def __init__(
        self, program: Program, child: Child, live: Live, requests: Requests, names: Names
    ) -> None:
        self._program, self._child, self._live = program, child, live
        self._requests, self._names = requests, names
        self._known: Json | None = None
        self._failed = False
        self._readings_left = 0
        self._next_read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """`/inspector/requests`, one of them with its bodies, and `/inspector/inside`."""
        return [
            Route("/inspector/requests", self._newest, methods=["GET"]),
            Route("/inspector/requests/{key}", self._one, methods=["GET"]),
            Route("/inspector/inside", self._inside, methods=["GET"]),
        ]

    def requested(self) -> None:
        """A chat and the bot spoke: tell the pages."""
        self._live.publish("requests")

    async def _newest(self, _: Request) -> JSONResponse:
        return _fresh({"requests": self._requests.newest()})

    async def _one(self, request: Request) -> JSONResponse:
        found = self._requests.one(request.path_params["key"])
        return _fresh(found) if found else _fresh({"error": "That request is forgotten."}, 404)

    async def _inside(self, request: Request) -> JSONResponse:
        """The inside as last read; with `?fresh=1` it is read again, and the pages told."""
        if "fresh" in request.query_params:
            self._refresh()
        return _fresh(
            {
                "ready": self._child.ready,
                "failed": self._failed,
                "inside": self._known,
                "names": self._names(),
            }
        )

    def _refresh(self) -> None:
        self._readings_left = _READINGS
        idle = self._reading is None or self._reading.done()
        if idle and self._child.ready:
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self._readings_left:
            await asyncio.sleep(self._next_read_at - time.monotonic())
            self._readings_left -= 1
            self._next_read_at = time.monotonic() + _APART_SECONDS
            answer = await self._program.run("inspect", "--json")
            self._failed = answer.code != 0
            if not self._failed:
                self._known = json.loads(answer.out)
            self._live.publish("inspector")


def names_in(slack: SlackWorld, telegram: TelegramWorld) -> dict[str, str]:
    """What people and chats are called, by `platform:id`."""
    found = {f"slack:{user.id}": user.real_name for user in slack.users.values()}
    for channel in slack.channels.values():
        people = [slack.users[each] for each in channel.members if each in slack.users]
        with_whom = [person.real_name for person in people if not person.is_bot]
        direct = f"Direct message, {', '.join(with_whom)}"
        found[f"slack:{channel.id}"] = direct if channel.is_im else f"#{channel.name}"
    state = telegram.state
    found |= {f"telegram:{chat.id}": chat.title for chat in state.chats.values() if chat.title}
    return found | {f"telegram:{one.id}": one.first_name for one in state.people.values()}


def _fresh(content: Json, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
