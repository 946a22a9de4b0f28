"""Telegram's updates in our words. Pure: no clock, no network, and nothing is decided here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatType

from conversations.ports import Delivery, Incoming, Pressed, Unreadable
from conversations.vocabulary import ConversationKey, Said

PLATFORM = "telegram"
QUERY = "callback_query_id"
_OURS = ("message", "callback_query")
_ANY = (*_OURS, "my_chat_member")
_TOP_UP = "topup"
_COMMAND = re.compile(r"/([^\s@/]+)(?:@\S*)?(\s.*)?", re.DOTALL)
# Ids beyond this are no ids: confirming one would silence the bot until Telegram reached it.
_MAX_UPDATE_ID = 2**53


def to_delivery(update: object, bot_id: str) -> Delivery:
    """A raw update ready to be stored, whatever it is; it is understood later."""
    body: Mapping[str, Any] = update if isinstance(update, dict) else {"not_an_update": update}
    number = update_id(update)
    if number is None:
        raw = json.dumps(update, sort_keys=True).encode()
        name = f"sha256-{hashlib.sha256(raw).hexdigest()}"
    else:
        name = str(number)
    query = _inner(body, "callback_query").get("id")
    return Delivery(
        source=PLATFORM,
        sender_id=f"{bot_id}:{name}",
        lane=f"{PLATFORM}:{bot_id}:{_person(body)}",
        body=body,
        context={QUERY: query} if isinstance(query, str) else {},
    )


def update_id(update: object) -> int | None:
    """Telegram's number of an update; None where it is missing or cannot be one."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if type(number) is int and 0 <= number < _MAX_UPDATE_ID:
        return number
    return None


def to_event(body: Mapping[str, Any], bot_id: str) -> Incoming | None:
    """What a person did in private; None for everything else. Raises Unreadable."""
    if not any(body.get(part) for part in _OURS):
        return None
    try:
        update = Update.de_json({k: v for k, v in body.items() if k in (*_ANY, "update_id")})
        return _read(update, body.get("card_number") is True, bot_id)
    except Unreadable:
        raise
    except Exception as error:  # the library raises whatever alien input makes it stumble over
        raise Unreadable(f"not a Telegram update: {type(error).__name__}") from None


def _read(update: Update, card_number: bool, bot_id: str) -> Incoming | None:
    match update:
        case Update(message=Message(from_user=User() as person) as message):
            text = _typed(message)
            if text is None:
                return None
            return _incoming(_said(text, card_number), person, message.chat, bot_id)
        case Update(callback_query=CallbackQuery(message=place, data=token) as query):
            if place is None or token is None:
                return None
            return _incoming(Pressed(_sound(token)), query.from_user, place.chat, bot_id)
        case _:
            return None


def _typed(message: Message) -> str | None:
    """The words of a message, "" for a picture without any; None for a service message."""
    text = message.text if message.text is not None else message.caption
    if text is not None:
        return _sound(text)
    return "" if message.effective_attachment and not message.successful_payment else None


def _said(text: str, card_number: bool) -> Said:
    """`/topup 50 USD` and `/topup@this_bot 50 USD` say `50 USD`; other commands say themselves."""
    typed = _COMMAND.fullmatch(text.strip())
    if typed is None:
        return Said(text, card_number=card_number)
    command, words = typed[1].lower(), (typed[2] or "").strip()
    said = words if command == _TOP_UP else f"{command} {words}".strip()
    return Said(said, command=True, card_number=card_number)


def _incoming(event: Said | Pressed, person: User, chat: Chat, bot_id: str) -> Incoming | None:
    if chat.type != ChatType.PRIVATE or person.is_bot:
        return None
    key = ConversationKey(PLATFORM, bot_id, str(_number(chat.id)), str(_number(person.id)))
    locale = person.language_code
    name = _sound(person.first_name)
    return Incoming(key, event, name=name, locale=_sound(locale) if locale else None)


def _sound(text: object) -> str:
    """Text that can be encoded again; the library does not check what it was given."""
    if not isinstance(text, str):
        raise Unreadable("not a Telegram update: text expected")
    return text.encode("utf-8", "replace").decode()


def _number(value: object) -> int:
    if type(value) is not int:
        raise Unreadable("not a Telegram update: id expected")
    return value


def _person(body: Mapping[str, Any]) -> str:
    for part in _ANY:
        number = _inner(_inner(body, part), "from").get("id")
        if type(number) is int:
            return str(number)
    return "unknown"


def _inner(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = body.get(name)
    return inner if isinstance(inner, dict) else {}
