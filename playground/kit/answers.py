"""Answers of the page's own calls, and what it asked in JSON; it decides nothing."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

Json = dict[str, Any]

_BODY_BYTES_MAX = 10_000


def fresh(content: Json, status: int = 200) -> JSONResponse:
    """An answer that nobody keeps."""
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def refused(sentence: str) -> JSONResponse:
    """What was asked cannot be; the sentence is for the person who asked."""
    return fresh({"ok": False, "error": sentence}, 400)


async def asked(request: Request) -> Json:
    """The JSON object that was sent, or {}. Only JSON, so that no foreign page can post it."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return {}
    try:
        if int(request.headers.get("content-length", "")) > _BODY_BYTES_MAX:
            return {}
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
