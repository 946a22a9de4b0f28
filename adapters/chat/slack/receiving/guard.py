"""Stands before Bolt: only a request that Slack signed, whole and readable, gets past it.

Bolt alone answers 500 to malformed requests, some of them before it looks at the signature.
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message as AsgiMessage

MAX_BODY_BYTES = 1_000_000
TOLERANCE_SECONDS = 300

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
# What Bolt needs; its own headers for internal use are not for strangers to set.
_KEPT_HEADERS = (b"content-type", b"x-slack-request-timestamp", b"x-slack-signature")
_KEPT_PREFIX = b"x-slack-retry-"


class RejectedRequest(Exception):
    """The request is not let in; `status` is the HTTP status that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def verify_request(request: Request, secret: str, now: datetime) -> Request:
    """The same request, checked, without what Bolt does not need. Raises RejectedRequest."""
    raw = await read_body(request)
    check_signature(secret, request.headers, raw, now)
    check_shape(request.headers.get("content-type", ""), raw)
    return _replay(request, raw)


async def read_body(request: Request) -> bytes:
    """The body; nothing beyond the limit is read.

    Raises RejectedRequest 413, and 400 when cut off.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > MAX_BODY_BYTES:
        raise RejectedRequest(413, "the body is too large")
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MAX_BODY_BYTES:
                raise RejectedRequest(413, "the body is too large")
    except ClientDisconnect:
        raise RejectedRequest(400, "the body was cut off") from None
    return bytes(raw)


def check_signature(secret: str, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
    """Slack's v0 signature over the raw bytes, at most five minutes off.

    Raises RejectedRequest 401.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise RejectedRequest(401, "the signature headers are missing or malformed")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise RejectedRequest(401, "the request is too old or from the future")
    if not secret or not hmac.compare_digest(sign(secret, timestamp, raw), signature):
        raise RejectedRequest(401, "the signature does not match")


def sign(secret: str, timestamp: str, raw: bytes) -> str:
    """The signature that Slack sends for these bytes at that time (Unix seconds)."""
    signed = b"v0:" + timestamp.encode() + b":" + raw
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def check_shape(content_type: str, raw: bytes) -> None:
    """UTF-8, and a form or a JSON object of Slack's. Raises RejectedRequest 400 or 415."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (_JSON, _FORM):
        raise RejectedRequest(415, "neither a form nor JSON")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RejectedRequest(400, "the body is not UTF-8") from None
    # Bolt reads a body as JSON, whatever its type says, when it begins like JSON.
    if kind == _JSON or text.startswith("{"):
        _check_object(text)
        return
    try:
        form = dict(parse_qsl(text, keep_blank_values=True))
    except ValueError:
        raise RejectedRequest(400, "the body is not a form") from None
    if "payload" in form:
        _check_object(form["payload"])


def _check_object(text: str) -> None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise RejectedRequest(400, "the body holds broken JSON") from None
    if not isinstance(parsed, dict):
        raise RejectedRequest(400, "the body holds no JSON object")


def _replay(request: Request, raw: bytes) -> Request:
    headers = [
        (name, value)
        for name, value in request.scope["headers"]
        if name in _KEPT_HEADERS or name.startswith(_KEPT_PREFIX)
    ]

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": raw, "more_body": False}

    return Request({**request.scope, "headers": headers, "query_string": b""}, receive)
