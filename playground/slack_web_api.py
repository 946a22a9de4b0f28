"""The emulated Slack's Web API over HTTP: token, arguments, faults; it holds no rule of chat."""

import asyncio
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from playground import slack_chat, slack_views
from playground.slack_journal import note
from playground.slack_records import Fault, Json, SlackError
from playground.slack_world import SlackWorld

_METHODS = {**slack_chat.METHODS, **slack_views.METHODS}
_STRUCTURED = ("blocks", "view", "metadata", "attachments")
_NO_TOKEN_NEEDED = ("api.test",)


@dataclass(frozen=True, slots=True)
class WebApi:
    """The ASGI application behind `/slack/api/{method}`."""

    world: SlackWorld

    def route(self) -> Route:
        return Route("/slack/api/{method}", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope, receive)
        method = str(request.path_params["method"])
        args, token = await _arguments(request)
        fault = self.world.take_fault(method)
        response = _failing(fault)
        if response is None:
            response = self._answer(method, args, token)
        lost = fault is not None and fault.kind == "reply_lost"
        status = None if lost else response.status_code
        spent = (time.perf_counter() - started) * 1000
        note(self.world, "bot", method, args, status, bytes(response.body).decode(), spent)
        if lost:
            await _hang_up(receive)
        else:
            await response(scope, receive, send)

    def _answer(self, method: str, args: Json, token: str) -> Response:
        try:
            if method not in _METHODS:
                raise SlackError("unknown_method")
            if method not in _NO_TOKEN_NEEDED:
                self._authorize(token)
            answer = {"ok": True, **_METHODS[method](self.world, _opened(args))}
        except SlackError as refusal:
            answer = _refused(refusal)
        return JSONResponse(answer)

    def _authorize(self, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if not hmac.compare_digest(token.encode(), self.world.settings.bot_token.encode()):
            raise SlackError("invalid_auth")


def _refused(refusal: SlackError) -> Json:
    answer: Json = {"ok": False, "error": refusal.code}
    if refusal.messages:
        answer["response_metadata"] = {"messages": list(refusal.messages)}
    if refusal.code == "invalid_blocks":
        answer["errors"] = [line.removeprefix("[ERROR] ") for line in refusal.messages]
    return answer


async def _arguments(request: Request) -> tuple[Json, str]:
    """What the bot asked, from query, form or JSON body; and its token, kept apart."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "application/json":
        args |= _object(await request.body())
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        args |= {name: value for name, value in (await request.form()).items()}
    token = str(args.pop("token", ""))
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return args, credentials.strip() if scheme.lower() == "bearer" else token


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _opened(args: Json) -> Json:
    """In forms, blocks and views arrive as JSON text."""
    return {name: _decoded(name, value) for name, value in args.items() if value is not None}


def _decoded(name: str, value: Any) -> Any:
    if name not in _STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as problem:
        code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
        raise SlackError(code) from problem


def _failing(fault: Fault | None) -> Response | None:
    """The answer of a call that fails before anything is done, if it is to fail so."""
    match fault:
        case Fault(kind="rate_limited"):
            headers = {"Retry-After": str(fault.retry_after_seconds)}
            body = {"ok": False, "error": "ratelimited"}
            return JSONResponse(body, status_code=429, headers=headers)
        case Fault(kind="server_error"):
            return JSONResponse({"ok": False, "error": "internal_error"}, status_code=500)
        case _:
            return None


async def _hang_up(receive: Receive) -> None:
    """Drop the connection without a byte, as a network does when it loses a reply.

    ASGI has no word for that, so this reaches for uvicorn's own transport; under another
    server the empty return becomes that server's 500, which is a lost reply as well.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if isinstance(transport, asyncio.Transport):
        transport.abort()
        await receive()
