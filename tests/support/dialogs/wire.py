"""Writes down every byte that the bot sends to an emulated chat.

What is sent is a call of the platform's API, or the answer to a request of the platform's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACKNOWLEDGEMENT, RESPONSE_URL = "acknowledgement", "response_url"
_SLACK_CALLS, _SLACK_HOOKS = "/slack/api/", "/slack/hook/"
_SLACK_EVENTS, _SLACK_SOCKET = "/slack/events", "/slack/link/"
_TELEGRAM_CALLS = "/telegram/bot"


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that the bot sent: a `method` of the platform's API, or one of the two above."""

    method: str
    content_type: str
    query: bytes
    body: bytes

    async def values(self) -> dict[str, Any]:
        """By name: text as it stands in forms, any JSON value elsewhere; a file is bytes."""
        found: dict[str, Any] = dict(parse_qsl(self.query.decode(), keep_blank_values=True))
        kind = self.content_type.partition(";")[0]
        if kind == "application/json":
            return found | dict(json.loads(self.body or b"{}"))
        return found | dict(await self._form())

    async def _form(self) -> Mapping[str, Any]:
        async def receive() -> Message:
            return {"type": "http.request", "body": self.body}

        headers = [(b"content-type", self.content_type.encode())]
        async with Request({"type": "http", "headers": headers}, receive).form() as form:
            return {
                name: await value.read() if isinstance(value, UploadFile) else value
                for name, value in form.multi_items()
            }


@dataclass(frozen=True, slots=True)
class Wire:
    """An app with its chat, and what the bot `sent` through it, in order."""

    app: ASGIApp
    sent: list[Sent] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        method = _method(path)
        if method:
            await self._call(method, scope, receive, send)
        elif path == _SLACK_EVENTS:
            await self._answer(scope, receive, send)
        elif path == _SLACK_SOCKET:
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _call(self, method: str, scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[bytes] = []

        async def listening() -> Message:
            message = await receive()
            parts.append(message.get("body", b""))
            return message

        await self.app(scope, listening, send)
        content_type = _content_type(scope["headers"])
        self.sent.append(Sent(method, content_type, scope["query_string"], b"".join(parts)))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[bytes] = []
        headers: list[tuple[bytes, bytes]] = []

        async def listening(message: MutableMapping[str, Any]) -> None:
            headers.extend(message.get("headers", ()))
            parts.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, listening)
        self._acknowledged(_content_type(headers), b"".join(parts))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def listening() -> Message:
            message = await receive()
            if message.get("text"):
                payload = json.loads(message["text"]).get("payload") or {}
                self._acknowledged("application/json", json.dumps(payload).encode())
            return message

        await self.app(scope, listening, send)

    def _acknowledged(self, content_type: str, body: bytes) -> None:
        """An answer without words, which is most of them, says nothing that could be wrong."""
        if content_type.startswith("application/json") and body not in (b"", b"{}"):
            self.sent.append(Sent(ACKNOWLEDGEMENT, content_type, b"", body))


def _method(path: str) -> str:
    """What is called by a request to this path; "" when it is not the platform's API."""
    if path.startswith(_SLACK_CALLS):
        return path.removeprefix(_SLACK_CALLS)
    if path.startswith(_SLACK_HOOKS):
        return RESPONSE_URL
    return path.rpartition("/")[2] if path.startswith(_TELEGRAM_CALLS) else ""


def _content_type(headers: list[tuple[bytes, bytes]]) -> str:
    return next(_named(headers, b"content-type"), b"").decode()


def _named(headers: list[tuple[bytes, bytes]], name: bytes) -> Iterator[bytes]:
    return (value for key, value in headers if key.lower() == name)
