"""People of a Slack workspace who send signed requests into an ASGI app, without a network."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp
from starlette.types import Message as AsgiMessage

from adapters.chat.slack.receiving.guard import sign
from adapters.chat.slack.traits import EVENTS_PATH

__all__ = ["EVENTS_PATH", "SIGNING_SECRET", "command", "press"]

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 (of Slack's documentation)
TEAM = "T1"
_FORM = b"application/x-www-form-urlencoded"
_triggers = count(1)
_HOOK = "https://hooks.slack.com/actions/T1/1/x"


async def command(app: ASGIApp, user: str, text: str) -> None:
    """A person types `/topup` and that text to the bot."""
    fields = {
        "team_id": TEAM,
        "team_domain": "acme",
        "channel_id": f"D{user}",
        "channel_name": "directmessage",
        "user_id": user,
        "user_name": "ana",
        "command": "/topup",
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": _HOOK,
        "trigger_id": _trigger(),
    }
    await _post(app, fields)


async def press(app: ASGIApp, user: str, action: str, value: str) -> None:
    """A person presses a button under a message of the bot."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": user, "username": "ana", "name": "ana", "team_id": TEAM},
        "api_app_id": "A1",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": _trigger(),
        "channel": {"id": f"D{user}", "name": "directmessage"},
        "container": {"type": "message", "channel_id": f"D{user}", "message_ts": "1.2"},
        "response_url": _HOOK,
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
    }
    await _post(app, {"payload": json.dumps(payload)})


async def _post(app: ASGIApp, fields: dict[str, str]) -> None:
    """Raises RuntimeError for an answer that is no acknowledgement."""
    raw, statuses = urlencode(fields).encode(), []

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(_scope(raw), receive, send)
    if statuses != [200]:
        raise RuntimeError(f"Slack was answered {statuses}")


def _trigger() -> str:
    """As long as a real one; no two requests have the same."""
    return f"{next(_triggers):011}.738474920.8088930838d88f008e0"


def _scope(raw: bytes) -> dict[str, Any]:
    timestamp = str(int(datetime.now(UTC).timestamp()))
    headers = {
        b"host": b"bot",
        b"content-type": _FORM,
        b"content-length": str(len(raw)).encode(),
        b"x-slack-request-timestamp": timestamp.encode(),
        b"x-slack-signature": sign(SIGNING_SECRET, timestamp, raw).encode(),
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": EVENTS_PATH,
        "raw_path": EVENTS_PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 1),
        "server": ("bot", 443),
    }
