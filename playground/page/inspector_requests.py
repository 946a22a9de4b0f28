"""Everybody's raw requests in one shape for the inspector; it adds none and shows no secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from playground.kit.journal import Entry, Journal
from playground.slack.world.records import Json

_SHOWN_MAX = 200
_HIDDEN = "[hidden]"
# What forms begin with here; anything else with an equals sign in it is text.
_FORM_STARTS = ("payload=", "token=", "command=", "team_id=")


class Requests:
    """What the sources answer is read anew at every look; `secrets` are blotted out.

    `gateways` are journals by the gateway's name.
    """

    def __init__(
        self,
        slack: Callable[[], Iterable[Json]],
        telegram: Callable[[], Iterable[Entry]],
        secrets: Iterable[str],
        gateways: Mapping[str, Journal] | None = None,
    ) -> None:
        self._slack, self._telegram, self._gateways = slack, telegram, gateways or {}
        self._secrets = tuple(filter(None, secrets))

    def newest(self) -> list[Json]:
        """Without their bodies, the newest first."""
        return [{**each, "request": None, "response": None} for each in self._all()[:_SHOWN_MAX]]

    def one(self, key: str) -> Json | None:
        """A request with both bodies: JSON where they are JSON, else text."""
        found = next((each for each in self._all() if each["key"] == key), None)
        if found is None:
            return None
        bodies = {name: readable(found[name]) for name in ("request", "response")}
        return {**found, **bodies}

    def _all(self) -> list[Json]:
        every = [_of_slack(each) for each in self._slack()]
        every += [_of_telegram(each) for each in self._telegram()]
        for name, journal in self._gateways.items():
            every += [_of_gateway(name, each) for each in journal.entries()]
        every.sort(key=lambda each: datetime.fromisoformat(each["at"]), reverse=True)
        return [self._without_secrets(each) for each in every]

    def _without_secrets(self, entry: Json) -> Json:
        return {name: self._clean(value) for name, value in entry.items()}

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, _HIDDEN)
        return value


def _of_slack(entry: Json) -> Json:
    from_bot = entry["sender"] == "bot"
    what = entry["what"]
    path = ("/slack/hook/…" if what == "response_url" else f"/api/{what}") if from_bot else ""
    return {
        "key": _key(entry),
        "at": entry["at"],
        "chat": "slack",
        "from_bot": from_bot,
        "what": what,
        "path": "socket" if entry["via"] == "socket" else f"POST {path or '/slack/events'}",
        "status": entry["status"],
        "milliseconds": entry["milliseconds"],
        "request": entry["request"],
        "response": entry["response"],
    }


def _of_telegram(entry: Entry) -> Json:
    from_bot = entry.direction == "from the bot"
    times = f" (asked {entry.repeated + 1} times)" if entry.repeated else ""
    return {
        "key": f"telegram-{entry.number}",
        "at": entry.at.isoformat(),
        "chat": "telegram",
        "from_bot": from_bot,
        "what": entry.method + times,
        "path": f"POST /bot…/{entry.method}" if from_bot else "POST /telegram/webhook",
        "status": entry.status or None,
        "milliseconds": entry.milliseconds,
        "request": entry.request,
        "response": entry.response,
    }


def _of_gateway(name: str, entry: Entry) -> Json:
    from_bot = entry.direction == "from the bot"
    verb, _, path = entry.method.partition(" ")
    return {
        "key": f"{name}-{entry.number}",
        "at": entry.at.isoformat(),
        "chat": name,
        "from_bot": from_bot,
        "what": path.removeprefix("/v1/") if from_bot else entry.method,
        "path": f"{verb} {path}" if from_bot else f"POST /webhooks/{name}",
        "status": entry.status or None,
        "milliseconds": entry.milliseconds,
        "request": entry.request,
        "response": entry.response,
    }


def _key(entry: Json) -> str:
    text = json.dumps(entry, sort_keys=True, default=str)
    return f"slack-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def readable(body: str) -> Any:
    """A body as data where it is JSON or a form, else as it came."""
    try:
        return json.loads(body)
    except ValueError:
        if not body.startswith(_FORM_STARTS):
            return body
    form = dict(parse_qsl(body, keep_blank_values=True))
    # Slack sends JSON inside of a form; one that the journal cut short stays text.
    return {name: readable(text) if text[:1] in "{[" else text for name, text in form.items()}
