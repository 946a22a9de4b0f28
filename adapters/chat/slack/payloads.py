"""What is kept of Slack's payloads, as JSON of our own. Pure and total.

Slack's tokens, trigger ids and response URLs are left behind: a body may be stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.chat.slack.render import FORM_ID, PRESS
from conversations.protocol.actions import Slot
from conversations.protocol.installations import BETWEEN
from conversations.text.markup import strip_markup
from conversations.text.safe_text import cut_text

TOP_UP_SHORTCUT = "topup_begin"
ABOUT_SHORTCUT = "topup_about"
METADATA_TYPE = "topup_card"
# Where a form was opened that was opened in no channel: in the home tab, or by a shortcut.
NO_CHANNEL = "-"
UNINSTALLED = "uninstalled"
# Slack's ids have some ten characters; what is far longer is none, and no index holds it.
ID_MAX = 100

_SECONDS, _LAST_SECOND = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?", re.ASCII), 10.0**10
_WITHIN_ITS_SECOND = 0.999999

# A stored body: `type` (command, message, press, choice, form, form_missed, home, shortcut,
# about), `team`, `user`, `name`, what people.py was told (`locale`, `zone`, `standing`), and by
# type `text`, `wordless` (files without a word), `button` (the token that came back), `draft` and
# `values`, `card`. `channel` is for an answer in place, and goes no further.
Body = dict[str, Any]

# Of https://docs.slack.dev/reference/events/message#subtypes those that are people's own words.
_WITH_FILES = "file_share"
_SAID_BY_PEOPLE = (None, _WITH_FILES, "thread_broadcast", "me_message")
# Slackbot speaks for whoever left a reminder, and Slack's record of it is that of a member.
_NOBODY = frozenset({"", "USLACKBOT"})
# How an organisation's id begins, which Slack puts where a workspace's stands for some people.
_ORGANISATION = "E"
_LINK = re.compile(r"<(?:mailto:|tel:|sms:|(?=https?:))([^<>|]+)(?:\|([^<>]*))?>", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def stored_body(payload: Mapping[str, Any]) -> Body | None:
    """Of a payload what we keep; None for what is not ours."""
    kind = text_field(payload, "type")
    read = _PAYLOADS.get(kind or ("command" if text_field(payload, "command") else ""))
    body = read(payload) if read else None
    if not body or not body["team"] or body["user"] in _NOBODY:
        return None
    tenant = _tenant(payload, body["team"])
    if max(len(tenant), len(body["user"])) > ID_MAX:
        return None
    return {**body, "team": tenant}


# --- one reader for each kind of payload ---------------------------------------------------------


def _command(payload: Mapping[str, Any]) -> Body:
    return {
        "type": "command",
        "team": text_field(payload, "team_id") or text_field(payload, "enterprise_id"),
        "user": text_field(payload, "user_id"),
        "name": text_field(payload, "user_name"),
        "channel": text_field(payload, "channel_id"),
        "text": _typed(text_field(payload, "text")),
    }


def _event(payload: Mapping[str, Any]) -> Body | None:
    event = object_field(payload, "event")
    if text_field(event, "type") == "app_home_opened" and text_field(event, "tab") == "home":
        return _home(payload, event)
    direct = text_field(event, "type") == "message" and text_field(event, "channel_type") == "im"
    subtype = event.get("subtype")
    if not direct or subtype not in _SAID_BY_PEOPLE or event.get("bot_id") is not None:
        return None
    # `user_team` and `team` are the sender's own, which a Slack Connect guest brings along.
    teams = (
        text_field(event, "user_team"),
        text_field(event, "team"),
        text_field(payload, "team_id"),
    )
    return {
        "type": "message",
        "team": _workspace(*teams),
        "user": text_field(event, "user"),
        "name": "",
        "channel": text_field(event, "channel"),
        "text": _typed(text_field(event, "text")),
        **({"wordless": True} if subtype == _WITH_FILES and not text_field(event, "text") else {}),
    }


def _home(payload: Mapping[str, Any], event: Mapping[str, Any]) -> Body:
    return {
        "type": "home",
        "team": text_field(payload, "team_id"),
        "user": text_field(event, "user"),
        "name": "",
        "channel": "",
    }


def _shortcut(payload: Mapping[str, Any]) -> Body | None:
    if text_field(payload, "callback_id") != TOP_UP_SHORTCUT:
        return None
    return {"type": "shortcut", **_person(payload)}


def _about(payload: Mapping[str, Any]) -> Body | None:
    """A message's own menu; the card is told by the metadata that we posted it with."""
    if text_field(payload, "callback_id") != ABOUT_SHORTCUT:
        return None
    metadata = object_field(object_field(payload, "message"), "metadata")
    ours = text_field(metadata, "event_type") == METADATA_TYPE
    card = text_field(object_field(metadata, "event_payload"), "card") if ours else ""
    return {"type": "about", **_person(payload), "card": card}


def _press(payload: Mapping[str, Any]) -> Body | None:
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    view = object_field(payload, "view")
    if text_field(view, "callback_id") == FORM_ID:
        return {"type": "choice", **_person(payload), **_filled(view)}
    token = text_field(action, "value")
    if not token or not text_field(action, "action_id").startswith(f"{PRESS}:"):
        return None
    return {"type": "press", **_person(payload), "button": token}


def _submission(payload: Mapping[str, Any]) -> Body | None:
    view = object_field(payload, "view")
    if text_field(view, "callback_id") != FORM_ID:
        return None
    return {"type": "form", **_person(payload), **_filled(view)}


def _filled(view: Mapping[str, Any]) -> Body:
    """What stands in our form, and where it was opened."""
    values = object_field(object_field(view, "state"), "values")
    draft, _, opened_in = text_field(view, "private_metadata").partition(" ")
    filled = {slot.value: _input(values[slot]) for slot in Slot if slot in values}
    return {"channel": opened_in, "draft": draft, "values": filled}


def _person(payload: Mapping[str, Any]) -> Body:
    user = object_field(payload, "user")
    placed = (
        text_field(object_field(payload, "team"), "id"),
        text_field(object_field(payload, "enterprise"), "id"),
    )
    return {
        "team": _workspace(text_field(user, "team_id"), *placed),
        "user": text_field(user, "id"),
        "name": text_field(user, "name") or text_field(user, "username"),
        "channel": text_field(object_field(payload, "channel"), "id"),
    }


def _input(block: Any) -> str:
    """The one value of an input block, "" while nothing is chosen."""
    actions = list(block.values()) if isinstance(block, Mapping) else []
    state = actions[0] if actions else None
    return text_field(object_field(state, "selected_option"), "value") or text_field(
        state, "value"
    )


_PAYLOADS: dict[str, Callable[[Mapping[str, Any]], Body | None]] = {
    "command": _command,
    "event_callback": _event,
    "block_actions": _press,
    "view_submission": _submission,
    "shortcut": _shortcut,
    "message_action": _about,
}


def uninstall_body(payload: Mapping[str, Any], now: datetime) -> Body | None:
    """Whose installation ended with this event, and when; None for all else.

    Revoked tokens of single people are none of ours. Slack tells whole seconds: the time is the
    last moment of its second, and never later than now.
    """
    event = object_field(payload, "event")
    kind, team = text_field(event, "type"), text_field(payload, "team_id")
    revoked = kind == "tokens_revoked" and bool(object_field(event, "tokens").get("bot"))
    tenant = _tenant(payload, team)
    if not tenant or len(tenant) > ID_MAX or not (revoked or kind == "app_uninstalled"):
        return None
    told = _seconds(payload.get("event_time")) or _seconds(event.get("event_ts"))
    at = now.timestamp()
    if told is not None and 0 < told < at:
        at = min(at, int(told) + _WITHIN_ITS_SECOND)
    return {"type": UNINSTALLED, "team": tenant, "user": "", "at": at}


# --- small readers that take any JSON -----------------------------------------------------------


def _tenant(payload: Mapping[str, Any], team: str) -> str:
    """The workspace, behind its organisation where that installed the app as a whole."""
    grants = payload.get("authorizations")
    grant = grants[0] if isinstance(grants, list) and grants else payload
    everywhere = object_field({"it": grant}, "it").get("is_enterprise_install") in (True, "true")
    enterprise = text_field(grant, "enterprise_id") or text_field(
        object_field(payload, "enterprise"), "id"
    )
    # Where there is no workspace, Slack names the organisation in its place.
    team = "" if team == enterprise else team
    return f"{enterprise}{BETWEEN}{team}" if enterprise and (everywhere or not team) else team


def _seconds(told: object) -> float | None:
    """A time in seconds, as a number or in digits; None for what is none."""
    match told:
        case bool():
            return None
        case str() if _SECONDS.fullmatch(told):
            return float(told)
        case int() | float() if 0 < told < _LAST_SECOND:
            return float(told)
        case _:
            return None


def _workspace(*teams: str) -> str:
    """The first that is a workspace; an organisation where none is."""
    named = [each for each in teams if each]
    return next((each for each in named if not is_organisation(each)), (*named, "")[0])


def is_organisation(team: str) -> bool:
    """Whether an id is that of an organisation, which nobody is a member of as of a workspace."""
    return team.startswith(_ORGANISATION)


def _typed(text: str) -> str:
    """The words alone: Slack escapes & < >, makes links of addresses, and marks what is bold."""
    unlinked = _LINK.sub(lambda link: link[2] or link[1], text)
    unescaped = unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return strip_markup(unescaped)


def text_field(record: Any, name: str) -> str:
    value = record.get(name) if isinstance(record, Mapping) else None
    return storable_text(value) if isinstance(value, str) else ""


def object_field(record: Any, name: str) -> Mapping[str, Any]:
    value = record.get(name) if isinstance(record, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def storable_text(text: str) -> str:
    """No longer than Slack sends it, without what neither SQLite nor PostgreSQL stores as text."""
    return _UNSTORABLE.sub("", cut_text(text))
