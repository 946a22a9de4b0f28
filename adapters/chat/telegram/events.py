"""Translates Telegram's updates into our events. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from adapters.chat.telegram.stored_fields import stored_update
from adapters.chat.telegram.traits import PLATFORM
from conversations.protocol.events import ConversationKey, Said
from conversations.protocol.places import Place, Thread, WholeChat, write_place
from conversations.protocol.ports import (
    ChatMoved,
    ChatOpened,
    Delivery,
    Incoming,
    Pressed,
    UnreadableDelivery,
)
from conversations.text.markup import strip_markup
from conversations.words.words import COMMANDS
from service.lanes.keys import write_person_key

QUERY = "callback_query_id"
# In front of a button's token, where a link carries it to the private chat.
LINK_PREFIX = "p_"
# The library refuses a member that lacks a right of next year, so that one is read by hand.
_PARSED = ("message", "callback_query")
_MEMBERSHIP = "my_chat_member"
ALLOWED_UPDATES = (*_PARSED, _MEMBERSHIP)
_TOP_UP = "topup"
_COMMAND = re.compile(r"/([^\s@/]+)(?:@(\S*))?(\s.*)?", re.DOTALL)
_LINKED = re.compile(rf"/start(?:@\S*)?\s+{LINK_PREFIX}([A-Za-z0-9_-]{{1,62}})")
# What a group may ask of any bot without naming one; others' commands are none of our business.
_KNOWN = frozenset({"start", *(name for name, _ in COMMANDS)})
_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
# Telegram's own name, which brings a channel's posts into the group that belongs to it.
_TELEGRAM = 777000
# Stand-ins: for an administrator who writes as the group, and for who writes as a channel.
_ANONYMOUS_ADMIN, _CHANNEL = 1087968824, 136817688
_STAND_INS = frozenset({_TELEGRAM, _ANONYMOUS_ADMIN, _CHANNEL})
_NOT_THERE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})
# Ids beyond this are no ids: confirming one would silence the bot until Telegram reached it, and
# no database has an index of numbers of any length.
_MAX_ID = 2**53
# Telegram nests about ten deep; whoever walks through what is stored must not fall.
_MAX_DEPTH = 60
_NO_UPDATE = "not_an_update"


def to_delivery(update: object, bot_id: str) -> Delivery:
    """Of a raw update, whatever it is, what is read of it; it is understood later."""
    if not _fits(update, _MAX_DEPTH):
        update = {"update_id": update_id(update), _NO_UPDATE: "nested too deeply"}
    number = update_id(update)
    if number is None:
        raw = json.dumps(update, sort_keys=True).encode()
        name = f"sha256-{hashlib.sha256(raw).hexdigest()}"
    else:
        name = str(number)
    whole: Mapping[str, Any] = update if isinstance(update, dict) else {_NO_UPDATE: True}
    body = stored_update(whole)
    if _NO_UPDATE in whole:
        body[_NO_UPDATE] = whole[_NO_UPDATE]
    query = _inner(body, "callback_query").get("id")
    return Delivery(
        source=PLATFORM,
        sender_id=f"{bot_id}:{name}",
        lane=write_person_key(PLATFORM, bot_id, _person(whole)),
        body=body,
        context={QUERY: query} if isinstance(query, str) else {},
    )


def update_id(update: object) -> int | None:
    """Telegram's number of an update; None where it is missing or cannot be one."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if type(number) is int and 0 <= number < _MAX_ID:
        return number
    return None


def to_event(body: Mapping[str, Any], bot_id: str, username: str | None = None) -> Incoming | None:
    """What a person did, or what became of a chat; None for everything else.

    Raises UnreadableDelivery.

    `username` is the bot's own: commands that name another bot are not for us.
    """
    if _NO_UPDATE in body:
        raise UnreadableDelivery("not a Telegram update")
    if not any(body.get(part) for part in ALLOWED_UPDATES):
        return None
    bot = _Bot(bot_id, username)
    try:
        if change := body.get(_MEMBERSHIP):
            return _membership(change, bot)
        known = {k: v for k, v in body.items() if k in (*_PARSED, "update_id")}
        card_number = body.get("card_number") is True
        return _read(Update.de_json(known), card_number, bot)
    except UnreadableDelivery:
        raise
    except Exception as error:  # the library raises whatever alien input makes it stumble over
        raise UnreadableDelivery(f"not a Telegram update: {type(error).__name__}") from None


class _Bot:
    """Who we are, in the words of an update."""

    def __init__(self, bot_id: str, username: str | None) -> None:
        self.id = bot_id
        self._username = username.lower() if username else None

    def key(self, place: Place, person: str) -> ConversationKey:
        return ConversationKey(PLATFORM, self.id, write_place(place), person)

    def is_named(self, name: str) -> bool:
        return self._username is None or name.lower() == self._username


def _read(update: Update, card_number: bool, bot: _Bot) -> Incoming | None:
    match update:
        case Update(message=Message(migrate_to_chat_id=int(to), chat=chat)):
            return Incoming(bot.key(_place(chat), ""), ChatMoved(str(_number(to))))
        case Update(message=Message(from_user=User() as person) as message):
            return _written(message, person, card_number, bot)
        case Update(callback_query=CallbackQuery(message=place, data=token) as query):
            if place is None or token is None or place.chat.type != ChatType.PRIVATE:
                return None
            return _by(query.from_user, _place(place.chat), Pressed(_storable_text(token)), bot)
        case _:
            return None


def _written(message: Message, person: User, card_number: bool, bot: _Bot) -> Incoming | None:
    text = _typed(message)
    if text is None or message.is_automatic_forward or person.id == _TELEGRAM:
        return None
    if message.chat.type == ChatType.PRIVATE:
        linked = _LINKED.fullmatch(text.strip())
        event = Pressed(linked[1], by_link=True) if linked else _said(text, card_number)
        return _by(person, _place(message.chat), event, bot)
    if message.chat.type not in _GROUPS or not _is_for(text, bot):
        return None
    said = _said(text, card_number, public=True)
    if person.id in _STAND_INS or message.sender_chat is not None:
        # Who stands behind it is not told: they are answered, and nobody is bound.
        return Incoming(bot.key(_topic(message), ""), said)
    return _by(person, _topic(message), said, bot)


def _typed(message: Message) -> str | None:
    """The words of a message, "" for a picture without any; None for a service message."""
    text = message.text if message.text is not None else message.caption
    if text is not None:
        return _storable_text(text)
    return "" if message.effective_attachment and not message.successful_payment else None


def _is_for(text: str, bot: _Bot) -> bool:
    """Whether a group's message is a command to us: one that names us, or one that we know."""
    typed = _COMMAND.fullmatch(text.strip())
    if typed is None:
        return False
    return bot.is_named(typed[2]) if typed[2] else typed[1].lower() in _KNOWN


def _said(text: str, card_number: bool, *, public: bool = False) -> Said:
    """`/topup 50 USD` and `/topup@this_bot 50 USD` say `50 USD`; other commands say themselves."""
    text = strip_markup(text)
    typed = _COMMAND.fullmatch(text.strip())
    if typed is None:
        return Said(text, bank_card_number=card_number, public=public)
    command, words = typed[1].lower(), (typed[3] or "").strip()
    said = words if command == _TOP_UP else f"{command} {words}".strip()
    return Said(said, command=True, bank_card_number=card_number, public=public)


def _membership(change: Any, bot: _Bot) -> Incoming | None:
    """The bot may write again where it was not; that it may no longer, the next card learns."""
    before, now = change["old_chat_member"]["status"], change["new_chat_member"]["status"]
    if before not in _NOT_THERE or now in _NOT_THERE:
        return None
    place = WholeChat(str(_number(change["chat"]["id"])))
    return Incoming(bot.key(place, ""), ChatOpened())


def _by(person: User, place: Place, event: Said | Pressed, bot: _Bot) -> Incoming | None:
    if person.is_bot or person.id in _STAND_INS:
        return None
    key = bot.key(place, str(_number(person.id)))
    locale = person.language_code
    name = _storable_text(person.first_name)
    return Incoming(key, event, name=name, locale=_storable_text(locale) if locale else None)


def _place(chat: Chat) -> Place:
    return WholeChat(str(_number(chat.id)))


def _topic(message: Message) -> Place:
    """Where the answer belongs. A thread of replies has a number, too, but is no topic."""
    topic = message.message_thread_id if message.is_topic_message is True else None
    chat = str(_number(message.chat.id))
    return WholeChat(chat) if topic is None else Thread(chat, str(_number(topic)))


def _storable_text(text: object) -> str:
    """Text that can be encoded again, and stored: PostgreSQL takes no NUL.

    The library does not check what it was given.
    """
    if not isinstance(text, str):
        raise UnreadableDelivery("not a Telegram update: text expected")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _number(value: object) -> int:
    if type(value) is not int or abs(value) >= _MAX_ID:
        raise UnreadableDelivery("not a Telegram update: id expected")
    return value


def _person(body: Mapping[str, Any]) -> str:
    for part in ALLOWED_UPDATES:
        number = _inner(_inner(body, part), "from").get("id")
        if type(number) is int and abs(number) < _MAX_ID:
            return str(number)
    return "unknown"


def _inner(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = body.get(name)
    return inner if isinstance(inner, dict) else {}


def _fits(value: object, levels: int) -> bool:
    match value:
        case dict():
            return levels > 0 and all(_fits(inner, levels - 1) for inner in value.values())
        case list():
            return levels > 0 and all(_fits(inner, levels - 1) for inner in value)
        case _:
            return True
