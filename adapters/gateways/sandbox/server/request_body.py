"""Reads request bodies up to a limit."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

_BODY_BYTES_MAX = 16_384
_FIELDS_MAX = 20


class TooLong(Exception):
    """The body is longer than anything we ask for."""


async def read_body(request: Request) -> bytes:
    """The whole body. Raises TooLong as soon as it is."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES_MAX:
            raise TooLong
    return body


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name; none when the body is no form."""
    body = await read_body(request)
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=_FIELDS_MAX))
    except ValueError:
        return {}
