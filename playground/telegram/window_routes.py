"""The window's own calls over HTTP; JSON only, so that no other web page can make them."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.kit.chat_faults import CHAT_FAULTS
from playground.telegram.state import Fault, Json
from playground.telegram.window import TelegramWindow, WindowRefusedError
from playground.telegram.world import EVERY_METHOD

_PREFIX = "/window/telegram"
_NO_STORE = {"Cache-Control": "no-store"}
_Act = Callable[[Json], Awaitable[Any]]


def window_routes(window: TelegramWindow) -> list[Route]:
    """Routes under /window/telegram: state, journal, photos, and one POST for each act."""
    acts: dict[str, _Act] = {
        "say": lambda body: _say(window, body),
        "press": lambda body: _press(window, body),
        "start": lambda body: window.start(_integer(body, "user"), str(body.get("payload", ""))),
        "dismiss": lambda body: window.dismiss(_integer(body, "user"), str(body.get("notice"))),
        "block": lambda body: window.block(_integer(body, "user")),
        "unblock": lambda body: window.unblock(_integer(body, "user")),
        "group": lambda body: _group(window, body),
        "fault": lambda body: _fault(window, body),
    }
    reads = _Reads(window)
    return [
        Route(f"{_PREFIX}/state", reads.state, methods=["GET"]),
        Route(f"{_PREFIX}/journal", reads.journal, methods=["GET"]),
        Route(f"{_PREFIX}/photos/{{photo_id}}", reads.photo, methods=["GET"]),
        *(
            Route(f"{_PREFIX}/{name}", _endpoint(act), methods=["POST"])
            for name, act in acts.items()
        ),
    ]


class _Reads:
    """The GET routes."""

    def __init__(self, window: TelegramWindow) -> None:
        self._window = window

    async def state(self, request: Request) -> Response:
        """What `user` sees; without `user`, what the first person sees."""
        people = self._window.world.state.people
        asked = request.query_params.get("user", "")
        person_id = int(asked) if asked.isdigit() else next(iter(people))
        try:
            return JSONResponse(await self._window.state(person_id), headers=_NO_STORE)
        except WindowRefusedError as refused:
            return _refused(refused)

    async def journal(self, request: Request) -> Response:
        """The newest raw calls, oldest first."""
        entries = [
            {**asdict(one), "at": one.at.isoformat()} for one in self._window.journal.entries()
        ]
        return JSONResponse(entries, headers=_NO_STORE)

    async def photo(self, request: Request) -> Response:
        """A picture the bot sent."""
        photo = self._window.world.state.photos.get(request.path_params["photo_id"])
        if photo is None:
            return Response(status_code=404)
        headers = {"X-Content-Type-Options": "nosniff"}
        content = base64.b64decode(photo.content)
        return Response(content, media_type=photo.media_type, headers=headers)


def _endpoint(act: _Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Send JSON."}, 415)
        try:
            body = json.loads(await request.body())
            if not isinstance(body, dict):
                raise WindowRefusedError("Send a JSON object.")
            return JSONResponse({"result": await act(body)}, headers=_NO_STORE)
        except (WindowRefusedError, json.JSONDecodeError, UnicodeDecodeError) as refused:
            return _refused(refused)

    return endpoint


def _refused(error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, 400)


async def _say(window: TelegramWindow, body: Json) -> int:
    reply_to, thread = body.get("reply_to"), body.get("thread")
    return await window.say(
        _integer(body, "user"),
        _integer(body, "chat"),
        str(body.get("text", "")),
        reply_to=reply_to if isinstance(reply_to, int) else None,
        thread_id=thread if isinstance(thread, int) else None,
    )


async def _press(window: TelegramWindow, body: Json) -> Json:
    data = body.get("data")
    return await window.press(
        *(_integer(body, name) for name in ("user", "chat", "message", "row", "column")),
        data=data if isinstance(data, str) else None,
    )


async def _group(window: TelegramWindow, body: Json) -> int:
    topics = body.get("topics", [])
    names = tuple(map(str, topics)) if isinstance(topics, list) else ()
    return await window.new_group(_integer(body, "user"), str(body.get("title", "")), names)


async def _fault(window: TelegramWindow, body: Json) -> None:
    kinds = {str(kind): kind for kind in CHAT_FAULTS}
    kind = kinds.get(str(body.get("kind")))
    if kind is None:
        raise WindowRefusedError(f"A fault is one of {', '.join(kinds)}.")
    times = max(1, _integer({"times": 1, **body}, "times"))
    retry_after = max(1, _integer({"retry_after": 1, **body}, "retry_after"))
    window.world.fail_next(str(body.get("method", EVERY_METHOD)), Fault(kind, times, retry_after))


def _integer(body: Json, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int):
        raise WindowRefusedError(f"{name} must be a whole number.")
    return value
