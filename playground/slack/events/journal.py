"""Keeps the last requests both ways for the inspector; no token, signature or secret gets in."""

import json
import re
from typing import Any

from playground.slack.world.records import Json
from playground.slack.world.world import SlackWorld

_MAX_BODY = 16_000
_SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|v0=[0-9a-f]{64}|(Bearer|Basic)\s+\S+")
_HOOK = re.compile(r"(/slack/hook/|[?&]ticket=)\w+")
_NAMED = re.compile(r'("(?:client_secret|code)": ")[^"]+')


def note(
    world: SlackWorld,
    sender: str,
    what: str,
    request: object,
    status: int | None,
    response: object,
    milliseconds: float,
    via: str = "http",
) -> None:
    """Add one request and its answer; `sender` is slack or bot, status None is no answer."""
    entry: Json = {
        "at": world.now().isoformat(timespec="milliseconds"),
        "sender": sender,
        "what": what,
        "via": via,
        "request": _readable(request),
        "status": status,
        "response": _readable(response),
        "milliseconds": round(milliseconds, 1),
    }
    world.journal.append(entry)
    for listener in world.journal_listeners:
        listener()


def redacted(text: str) -> str:
    """The text without tokens, secrets and the addresses that are as good as one."""
    return _NAMED.sub(r"\1…", _HOOK.sub(r"\1…", _SECRET.sub("…", text)))


def _readable(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return redacted(text)[:_MAX_BODY]
