"""Which fields of a Telegram update are stored: those that events.py reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from telegram.constants import MessageAttachmentType

from conversations.text.safe_text import cut_text

Fields = Mapping[str, "Fields | None"]

_CHAT: Fields = {"id": None, "type": None}
_PERSON: Fields = {"id": None, "is_bot": None, "first_name": None, "language_code": None}
_MESSAGE: Fields = {
    "message_id": None,
    "date": None,
    "chat": _CHAT,
    "from": _PERSON,
    "sender_chat": _CHAT,
    "is_automatic_forward": None,
    "text": None,
    "caption": None,
    "message_thread_id": None,
    "is_topic_message": None,
    "migrate_to_chat_id": None,
}
_PLACE: Fields = {"message_id": None, "date": None, "chat": _CHAT}
_PRESS: Fields = {
    "id": None,
    "from": _PERSON,
    "message": _PLACE,
    "chat_instance": None,
    "data": None,
}
_STATUS: Fields = {"status": None}
_MEMBERSHIP: Fields = {
    "chat": _CHAT,
    "old_chat_member": _STATUS,
    "new_chat_member": _STATUS,
}
FIELDS: Fields = {
    "update_id": None,
    "message": _MESSAGE,
    "callback_query": _PRESS,
    "my_chat_member": _MEMBERSHIP,
}
_ATTACHED = frozenset(MessageAttachmentType) - {MessageAttachmentType.SUCCESSFUL_PAYMENT}


def stored_update(update: Mapping[str, Any]) -> dict[str, Any]:
    """The update without what nobody reads; a picture without words is an empty caption."""
    body = _only(update, FIELDS)
    message = update.get("message")
    if isinstance(message, dict) and _is_wordless_attachment(message):
        body["message"]["caption"] = ""
    return body


def _only(value: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    return {name: _part(value[name], inner) for name, inner in fields.items() if name in value}


def _part(value: Any, fields: Fields | None) -> Any:
    """What has not the form that is read keeps no content, and stays unreadable."""
    match value:
        case dict() if fields is not None:
            return _only(value, fields)
        case None:
            return None
        case _ if fields is not None:
            return bool(value)
        case dict() | list():
            return type(value)()
        case str():
            return cut_text(value)
        case float() if not isfinite(value):
            # `1e999`, which JSON lets stand, and not every database.
            return None
        case _:
            return value


def _is_wordless_attachment(message: Mapping[str, Any]) -> bool:
    if message.get("text") is not None or message.get("caption") is not None:
        return False
    if message.get("successful_payment"):
        return False
    return any(message.get(name) for name in _ATTACHED)
