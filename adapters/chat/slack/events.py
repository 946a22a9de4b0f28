"""What Slack delivers, in our words. Pure; it never raises, and alien things are None.

`delivery` keeps of a payload only what is listed at `Body`: Slack's tokens, trigger ids and
response URLs never reach storage. `to_event` reads such a body back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.chat.slack.render import FORM_ID, PRESS
from conversations.actions import Slot
from conversations.ports import Delivery, Incoming, Pressed
from conversations.vocabulary import ConversationKey, FormMissed, Said, Submitted

PLATFORM = "slack"

# A stored body: `type` (command, message, press, form, form_missed), `team`, `user`, `name`,
# `channel`, and by type `text`, `button` (the token that came back), `draft` and `values`.
Body = dict[str, Any]

_LINK = re.compile(r"<(?:mailto:|tel:|(?=https?:))([^<>|]+)(?:\|([^<>]*))?>", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SECRETS = ("trigger_id", "response_url")


def delivery(payload: Mapping[str, Any], raw: str) -> Delivery | None:
    """A request's payload as a delivery, `raw` being its body; None for what is not ours."""
    body = stored_body(payload)
    if body is None:
        return None
    return Delivery(
        source=PLATFORM,
        sender_id=_sender_id(payload, raw),
        lane=_lane(body),
        body=body,
        context={name: text for name in _SECRETS if (text := _text(payload, name))},
    )


def form_missed(missed: Delivery) -> Delivery:
    """The form that answers this delivery could not be opened."""
    kept = {name: missed.body[name] for name in ("team", "user", "name", "channel")}
    return Delivery(
        source=PLATFORM,
        sender_id=f"{missed.sender_id}:form_missed",
        lane=missed.lane,
        body={"type": "form_missed", **kept},
        context={},
    )


def to_event(body: Mapping[str, Any]) -> Incoming | None:
    """A stored body in our words; None when it is none of ours."""
    team, user = _text(body, "team"), _text(body, "user")
    read = _EVENTS.get(_text(body, "type"))
    event = read(body) if read and team and user else None
    if event is None:
        return None
    # The card lives in the person's direct message, wherever they typed.
    return Incoming(ConversationKey(PLATFORM, team, user, user), event, _text(body, "name"))


def stored_body(payload: Mapping[str, Any]) -> Body | None:
    """Of a payload what we keep; None for what is not ours."""
    kind = _text(payload, "type")
    read = _PAYLOADS.get(kind or ("command" if _text(payload, "command") else ""))
    body = read(payload) if read else None
    return body if body and body["team"] and body["user"] else None


# --- payloads to bodies ------------------------------------------------------------------------


def _command(payload: Mapping[str, Any]) -> Body:
    return {
        "type": "command",
        "team": _text(payload, "team_id") or _text(payload, "enterprise_id"),
        "user": _text(payload, "user_id"),
        "name": _text(payload, "user_name"),
        "channel": _text(payload, "channel_id"),
        "text": _typed(_text(payload, "text")),
    }


def _event(payload: Mapping[str, Any]) -> Body | None:
    event = _part(payload, "event")
    direct = _text(event, "type") == "message" and _text(event, "channel_type") == "im"
    if not direct or event.get("subtype") is not None or event.get("bot_id") is not None:
        return None
    # `user_team` and `team` are the sender's own, which a Slack Connect guest brings along.
    teams = (_text(event, "user_team"), _text(event, "team"), _text(payload, "team_id"))
    return {
        "type": "message",
        "team": next(filter(None, teams), ""),
        "user": _text(event, "user"),
        "name": "",
        "channel": _text(event, "channel"),
        "text": _typed(_text(event, "text")),
    }


def _press(payload: Mapping[str, Any]) -> Body | None:
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    token = _text(action, "value")
    if not token or not _text(action, "action_id").startswith(f"{PRESS}:"):
        return None
    return {"type": "press", **_person(payload), "button": token}


def _submission(payload: Mapping[str, Any]) -> Body | None:
    view = _part(payload, "view")
    if _text(view, "callback_id") != FORM_ID:
        return None
    values = _part(_part(view, "state"), "values")
    return {
        "type": "form",
        **_person(payload),
        "draft": _text(view, "private_metadata"),
        "values": {_clean(block): _input(values.get(block)) for block in values},
    }


def _person(payload: Mapping[str, Any]) -> Body:
    user = _part(payload, "user")
    team = _text(_part(payload, "team"), "id") or _text(_part(payload, "enterprise"), "id")
    return {
        "team": _text(user, "team_id") or team,
        "user": _text(user, "id"),
        "name": _text(user, "name") or _text(user, "username"),
        "channel": _text(_part(payload, "channel"), "id"),
    }


def _input(block: Any) -> str:
    """The one value of an input block, "" while nothing is chosen."""
    actions = list(block.values()) if isinstance(block, Mapping) else []
    state = actions[0] if actions else None
    return _text(_part(state, "selected_option"), "value") or _text(state, "value")


_PAYLOADS: dict[str, Callable[[Mapping[str, Any]], Body | None]] = {
    "command": _command,
    "event_callback": _event,
    "block_actions": _press,
    "view_submission": _submission,
}


# --- bodies to events --------------------------------------------------------------------------


def _said(body: Mapping[str, Any]) -> Said | None:
    command = body["type"] == "command"
    text = _text(body, "text")
    if not text and not command:
        return None
    card_number = body.get("card_number") is True
    return Said(text, command=command, form=command, card_number=card_number)


def _pressed(body: Mapping[str, Any]) -> Pressed | None:
    token = _text(body, "button")
    return Pressed(token, form=True) if token else None


def _submitted(body: Mapping[str, Any]) -> Submitted:
    values = _part(body, "values")
    filled = ((slot, _text(values, slot.value)) for slot in Slot)
    return Submitted(_text(body, "draft"), tuple((slot, text) for slot, text in filled if text))


_EVENTS: dict[str, Callable[[Mapping[str, Any]], Said | Pressed | Submitted | FormMissed | None]]
_EVENTS = {
    "command": _said,
    "message": _said,
    "press": _pressed,
    "form": _submitted,
    "form_missed": lambda body: FormMissed(),
}


# --- small readers that take any JSON ----------------------------------------------------------


def _sender_id(payload: Mapping[str, Any], raw: str) -> str:
    """Slack's id of an event; else a digest of the trigger id, which is itself a short secret."""
    event_id = _text(payload, "event_id")
    if event_id:
        return event_id
    unique = _text(payload, "trigger_id") or raw
    return hashlib.sha256(unique.encode("utf-8", "surrogatepass")).hexdigest()


def _lane(body: Body) -> str:
    return f"{PLATFORM}:{body['team']}:{body['user']}"


def _typed(text: str) -> str:
    """Text as it was typed: Slack escapes & < > and turns addresses and numbers into links."""
    unlinked = _LINK.sub(lambda link: link[2] or link[1], text)
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _text(record: Any, name: str) -> str:
    value = record.get(name) if isinstance(record, Mapping) else None
    return _clean(value) if isinstance(value, str) else ""


def _part(record: Any, name: str) -> Mapping[str, Any]:
    value = record.get(name) if isinstance(record, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _clean(text: str) -> str:
    """Without what neither SQLite nor PostgreSQL stores as text."""
    return _UNSTORABLE.sub("", text)
