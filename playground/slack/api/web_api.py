"""The emulated Slack's Web API over HTTP: token, arguments, faults; it holds no rule of chat."""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from playground.slack.api import chat as slack_chat
from playground.slack.api import people as slack_people
from playground.slack.api import views as slack_views
from playground.slack.api.methods import TRUE, check_scope
from playground.slack.api.oauth import OAuth
from playground.slack.events.faults import HangUp, failing, lost
from playground.slack.events.journal import note
from playground.slack.events.socket import Sockets
from playground.slack.world.installs import app_by_token, uninstall
from playground.slack.world.records import Json, SlackError
from playground.slack.world.world import SlackWorld

_METHODS = {**slack_chat.METHODS, **slack_people.METHODS, **slack_views.METHODS}
_STRUCTURED = ("blocks", "view", "metadata", "attachments")


@dataclass(frozen=True, slots=True)
class _Credentials:
    """A bearer's token, or the app's own name and password."""

    token: str = ""
    client_id: str = ""
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class WebApi:
    """The ASGI application behind `/slack/api/{method}`."""

    world: SlackWorld
    sockets: Sockets
    oauth: OAuth

    def route(self) -> Route:
        return Route("/slack/api/{method}", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope, receive)
        method = str(request.path_params["method"])
        args, credentials = await _arguments(request)
        fault = self.world.take_fault(method)
        answered = failing(fault) or self._answer(method, args, credentials)
        response = lost(fault, answered)
        status = None if isinstance(response, HangUp) else response.status_code
        spent = (time.perf_counter() - started) * 1000
        note(self.world, "bot", method, args, status, bytes(answered.body).decode(), spent)
        await response(scope, receive, send)

    def _answer(self, method: str, args: Json, credentials: _Credentials) -> Response:
        try:
            answer = {"ok": True, **self._do(method, _opened(args), credentials)}
        except SlackError as refusal:
            answer = _refused(refusal)
        return JSONResponse(answer)

    def _do(self, method: str, args: Json, credentials: _Credentials) -> Json:
        match method:
            case "api.test":
                return _api_test(args)
            case "apps.connections.open":
                self._check_app_token(credentials.token)
                return self.sockets.open()
            case "oauth.v2.access":
                self.oauth.check_client(credentials.client_id, credentials.client_secret)
                return self.oauth.exchange(args)
            case "apps.uninstall":
                client_id, secret = (str(args.get(n, "")) for n in ("client_id", "client_secret"))
                self.oauth.check_client(client_id, secret)
                uninstall(self.world, app_by_token(self.world, credentials.token))
                return {}
            case "auth.revoke":
                return self._revoke(args, credentials.token)
            case _ if method in _METHODS:
                self._refuse_app_token(credentials.token)
                app = app_by_token(self.world, credentials.token)
                check_scope(method, app)
                return _METHODS[method](self.world, app, args)
            case _:
                raise SlackError("unknown_method")

    def _revoke(self, args: Json, token: str) -> Json:
        app = app_by_token(self.world, token)
        if args.get("test") in TRUE:
            return {"revoked": False}
        # The bot's is the only token that an installation has here, so the app goes with it.
        uninstall(self.world, app, "token_revoked")
        return {"revoked": True}

    def _check_app_token(self, token: str) -> None:
        known = self.world.settings.app_token
        if not token:
            raise SlackError("not_authed")
        if token.startswith("xoxb-"):
            raise SlackError("not_allowed_token_type")
        if not known or not hmac.compare_digest(token.encode(), known.encode()):
            raise SlackError("invalid_auth")

    def _refuse_app_token(self, token: str) -> None:
        if token and token == self.world.settings.app_token:
            raise SlackError("not_allowed_token_type")


def _api_test(args: Json) -> Json:
    if "error" in args:
        raise SlackError(str(args["error"]))
    return {"args": args} if args else {}


def _refused(refusal: SlackError) -> Json:
    answer: Json = {"ok": False, "error": refusal.code, **refusal.more}
    if refusal.messages:
        answer["response_metadata"] = {"messages": list(refusal.messages)}
    if refusal.code == "invalid_blocks":
        answer["errors"] = [line.removeprefix("[ERROR] ") for line in refusal.messages]
    return answer


async def _arguments(request: Request) -> tuple[Json, _Credentials]:
    """What the bot asked, from query, form or JSON body; and who it is, kept apart."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "application/json":
        args |= _object(await request.body())
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        args |= {name: value for name, value in (await request.form()).items()}
    return args, _credentials(request.headers, args)


def _credentials(headers: Mapping[str, str], args: Json) -> _Credentials:
    """From the header, else from the arguments; a token among those is taken out of them."""
    token = str(args.pop("token", ""))
    scheme, _, said = headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return _Credentials(said.strip())
        case "basic":
            client_id, _, secret = _decoded_basic(said).partition(":")
            return _Credentials("", client_id, secret)
        case _:
            client_id, secret = (str(args.get(n, "")) for n in ("client_id", "client_secret"))
            return _Credentials(token, client_id, secret)


def _decoded_basic(said: str) -> str:
    try:
        return base64.b64decode(said, validate=True).decode()
    except ValueError:
        return ""


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
