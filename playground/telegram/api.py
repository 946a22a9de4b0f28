"""The emulated Bot API over HTTP, in Telegram's shapes; it serves no bot but its own."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any, Protocol

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from playground.kit.journal import Journal
from playground.telegram.methods import Methods
from playground.telegram.parameters import Arguments, CallRefusedError, Upload
from playground.telegram.state import Fault, Json
from playground.telegram.window import TelegramWindow
from playground.telegram.window_routes import window_routes
from playground.telegram.world import TelegramWorld

_MAX_BODY_BYTES = 12 * 1024 * 1024
_PROMISED_BYTES = b"1000"
_TOPIC = "telegram"


class Publisher(Protocol):
    """Tells open pages that a topic changed."""

    def publish(self, topic: str) -> None: ...


def routes(world: TelegramWorld, window: TelegramWindow, live: Publisher) -> list[Route]:
    """Everything the emulated Telegram serves: the Bot API and the window's own calls."""
    world.subscribe(lambda: live.publish(_TOPIC))
    api = BotApi(world, window.journal)
    bot = Route("/telegram/bot{token}/{method}", api.answer, methods=["GET", "POST"])
    return [bot, *window_routes(window)]


class BotApi:
    """Reads a call, answers it, writes it down; meets the faults that were ordered."""

    def __init__(self, world: TelegramWorld, journal: Journal) -> None:
        self._world = world
        self._journal = journal
        self._methods = Methods(world, journal)

    async def answer(self, request: Request) -> Response:
        """One Bot API call."""
        method = request.path_params["method"]
        expected, given = self._world.settings.token, request.path_params["token"]
        if not hmac.compare_digest(expected.encode(), given.encode()):
            return _response(_refusal(CallRefusedError("Unauthorized", 401)))
        began = time.perf_counter()
        arguments = Arguments({})
        fault = self._world.take_fault(method)
        try:
            arguments = await _read(request)
            _meet(fault)
            out = fault is not None and fault.kind == "outage"
            result = None if out else await self._methods.call(method, arguments)
            body: Json = {"ok": True, "result": result}
        except CallRefusedError as refused:
            body = _refusal(refused)
        lost = fault is not None and fault.kind in ("outage", "reply_lost")
        self._journal.add(
            direction="from the bot",
            method=method,
            request={**arguments.values, **{name: "(file)" for name in arguments.files}},
            status=0 if lost else body.get("error_code", 200),
            response="(no reply)" if lost else body,
            milliseconds=(time.perf_counter() - began) * 1000,
        )
        return _LostReply() if lost else _response(body)


class _LostReply(Response):
    """Promises a body and breaks off, so that the caller cannot know what happened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", _PROMISED_BYTES)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _meet(fault: Fault | None) -> None:
    match fault:
        case Fault(kind="rate_limited", retry_after=seconds):
            raise CallRefusedError(
                f"Too Many Requests: retry after {seconds}", 429, {"retry_after": seconds}
            )
        case Fault(kind="server_error"):
            raise CallRefusedError("Internal Server Error", 500)
        case _:
            return


async def _read(request: Request) -> Arguments:
    """Parameters from the query, a form, a multipart form or a JSON object."""
    if int(request.headers.get("content-length", "0") or 0) > _MAX_BODY_BYTES:
        raise CallRefusedError("Request Entity Too Large", 413)
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        sent = _json_object(await request.body())
        return Arguments(values | {name: one for name, one in sent.items() if one is not None})
    files: dict[str, Upload] = {}
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = Upload(value.filename or name, await value.read())
                else:
                    values[name] = value
    return Arguments(values, files)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise CallRefusedError("Bad Request: can't parse JSON object") from None
    if not isinstance(value, dict):
        raise CallRefusedError("Bad Request: can't parse JSON object")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise CallRefusedError("Bad Request: strings must be encoded in UTF-8") from None
    return value


def _refusal(refused: CallRefusedError) -> Json:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    return body | ({"parameters": refused.parameters} if refused.parameters else {})


def _response(body: Json) -> JSONResponse:
    status = body.get("error_code", 200)
    headers = {}
    if wait := body.get("parameters", {}).get("retry_after"):
        headers["Retry-After"] = str(wait)
    return JSONResponse(body, status, headers)
