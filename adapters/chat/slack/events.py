"""Translates what Slack delivers into our events. Pure and total: alien things are None.

`delivery` keeps of a payload what payloads.py lists at `Body`; `to_event` reads such a body back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.chat.slack import payloads
from adapters.chat.slack.payloads import Body, object_field, stored_body, text_field
from adapters.chat.slack.traits import PLATFORM
from conversations.protocol.actions import Slot
from conversations.protocol.events import (
    ConversationKey,
    FormChanged,
    FormMissed,
    Membership,
    Said,
    Submitted,
)
from conversations.protocol.installations import BETWEEN
from conversations.protocol.ports import (
    AskedAbout,
    Delivery,
    HomeOpened,
    Incoming,
    Pressed,
    Uninstalled,
)
from service.lanes.keys import write_person_key

# Seconds, in the year 5138.
_TIMES_END = 1e11
_SECRETS = ("trigger_id", "response_url")
_WHO = ("team", "user", "name", "locale", "zone", "standing")


def read_delivery(payload: Mapping[str, Any], raw: str) -> Delivery | None:
    """A request's payload as a delivery, `raw` being its body; None for what is not ours."""
    body = stored_body(payload)
    if body is None:
        return None
    secrets = {name: text for name in _SECRETS if (text := text_field(payload, name))}
    channel, view = body.pop("channel"), object_field(payload, "view")
    shown = {"view": text_field(view, "id"), "hash": text_field(view, "hash")} if view else {}
    return Delivery(
        source=PLATFORM,
        sender_id=_sender_id(payload, raw),
        lane=_lane(body),
        body=body,
        # Where somebody acted matters only to who can answer there at once.
        context={**secrets, **shown, "channel": channel} if secrets else {},
    )


def uninstall_delivery(payload: Mapping[str, Any], raw: str, now: datetime) -> Delivery | None:
    """An event that ended an installation; None for all else. Somebody waits until it is done."""
    body = payloads.uninstall_body(payload, now)
    if body is None:
        return None
    return Delivery(
        source=PLATFORM,
        sender_id=_sender_id(payload, raw),
        lane=_lane(body),
        body=body,
        context={"until": "done"},
    )


def form_missed_delivery(missed: Delivery) -> Delivery:
    """The form that answers this delivery could not be opened."""
    kept = {name: missed.body[name] for name in _WHO if name in missed.body}
    return Delivery(
        source=PLATFORM,
        sender_id=f"{missed.sender_id}:form_missed",
        lane=missed.lane,
        body={"type": "form_missed", **kept},
        context={},
    )


def wants_form(delivery: Delivery) -> bool:
    """Whether a form is what most likely answers: nothing was typed that says otherwise."""
    bare = delivery.body["type"] == "command" and not delivery.body["text"]
    asked = bare or delivery.body["type"] in ("shortcut", "about")
    return asked and "trigger_id" in delivery.context


def workspace_of(tenant: str) -> str:
    """The workspace alone, without the organisation before it."""
    return tenant.rpartition(BETWEEN)[2]


def to_event(body: Mapping[str, Any]) -> Incoming | None:
    """A stored body in our words; None when it is none of ours."""
    team, user = text_field(body, "team"), text_field(body, "user")
    if text_field(body, "type") == payloads.UNINSTALLED:
        return _uninstalled(body)
    read = _EVENTS.get(text_field(body, "type"))
    event = read(body) if read and team and user else None
    if event is None:
        return None
    # The card lives in the person's direct message, wherever they typed.
    return Incoming(
        ConversationKey(PLATFORM, team, user, user),
        event,
        name=text_field(body, "name"),
        locale=text_field(body, "locale") or None,
        zone=text_field(body, "zone") or None,
        membership=_standing(body),
    )


# --- bodies to events --------------------------------------------------------------------------


def _said(body: Mapping[str, Any]) -> Said | None:
    command = body["type"] == "command"
    text = text_field(body, "text")
    if not text and not command and body.get("wordless") is not True:
        return None
    card_number = body.get("card_number") is True
    return Said(text, command=command, form=command, bank_card_number=card_number)


def _pressed(body: Mapping[str, Any]) -> Pressed | None:
    token = text_field(body, "button")
    return Pressed(token, form=True) if token else None


def _submitted(body: Mapping[str, Any]) -> Submitted:
    values = object_field(body, "values")
    filled = ((slot, text_field(values, slot.value)) for slot in Slot)
    return Submitted(
        text_field(body, "draft"), tuple((slot, text) for slot, text in filled if text)
    )


def _uninstalled(body: Mapping[str, Any]) -> Incoming | None:
    at, team = body.get("at"), text_field(body, "team")
    if not team or not isinstance(at, int | float) or not 0 < at < _TIMES_END:
        return None
    by = datetime.fromtimestamp(at, UTC)
    return Incoming(ConversationKey(PLATFORM, team, "", ""), Uninstalled(by))


def _changed(body: Mapping[str, Any]) -> FormChanged:
    sent = _submitted(body)
    return FormChanged(sent.draft, sent.values)


_Event = FormChanged | Said | Pressed | Submitted | FormMissed | HomeOpened | AskedAbout
_EVENTS: dict[str, Callable[[Mapping[str, Any]], _Event | None]] = {
    "command": _said,
    "message": _said,
    "press": _pressed,
    "choice": _changed,
    "form": _submitted,
    "form_missed": lambda body: FormMissed(),
    "home": lambda body: HomeOpened(),
    "shortcut": lambda body: Said("", command=True, form=True),
    "about": lambda body: AskedAbout(text_field(body, "card"), form=True),
}


# --- ids ---------------------------------------------------------------------------------------


def _standing(body: Mapping[str, Any]) -> Membership:
    """As Slack said when the request came; of whom it was never asked, nothing is known."""
    said = text_field(body, "standing")
    return Membership(said) if said in list(Membership) else Membership.UNKNOWN


def _sender_id(payload: Mapping[str, Any], raw: str) -> str:
    """Slack's id of an event; else a digest of the trigger id, which is itself a short secret."""
    event_id = text_field(payload, "event_id")
    if 0 < len(event_id) <= payloads.ID_MAX:
        return event_id
    unique = event_id or text_field(payload, "trigger_id") or raw
    return hashlib.sha256(unique.encode("utf-8", "surrogatepass")).hexdigest()


def _lane(body: Body) -> str:
    return write_person_key(PLATFORM, text_field(body, "team"), text_field(body, "user"))
