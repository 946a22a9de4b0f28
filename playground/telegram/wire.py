"""The records of the emulated Telegram as Bot API objects; it changes nothing."""

from __future__ import annotations

from playground.telegram.state import BotAccount, Chat, Json, Message, Person, TelegramState

_ACCENT_COLOR = 2
_MAX_REACTIONS = 11
_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def person_object(person: Person) -> Json:
    """A User object for a human."""
    return {
        "id": person.id,
        "is_bot": False,
        "first_name": person.first_name,
        "username": person.username,
        "language_code": person.language_code,
    }


def bot_object(bot: BotAccount) -> Json:
    """The short User object of the bot, as it stands in messages."""
    return {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}


def me_object(bot: BotAccount) -> Json:
    """The answer to getMe."""
    return {
        **bot_object(bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def user_object(state: TelegramState, user_id: int) -> Json:
    """A User object for the bot or a human."""
    if user_id == state.bot.id:
        return bot_object(state.bot)
    return person_object(state.people[user_id])


def chat_object(state: TelegramState, chat: Chat) -> Json:
    """A Chat object."""
    if chat.kind == "private":
        person = state.people[chat.id]
        names = {"first_name": person.first_name, "username": person.username}
        return {"id": chat.id, "type": "private", **names}
    forum = {"is_forum": True} if chat.topics else {}
    return {"id": chat.id, "type": chat.kind, "title": chat.title, **forum}


def full_chat_object(state: TelegramState, chat: Chat) -> Json:
    """The answer to getChat."""
    return {
        **chat_object(state, chat),
        "accent_color_id": _ACCENT_COLOR,
        "max_reaction_count": _MAX_REACTIONS,
        "accepted_gift_types": _NO_GIFTS,
    }


def message_object(state: TelegramState, message: Message, depth: int = 1) -> Json:
    """A Message object; the message it replies to is included once, as Telegram does."""
    chat = state.chats[message.chat_id]
    fields: Json = {
        "message_id": message.message_id,
        "from": user_object(state, message.sender_id),
        "chat": chat_object(state, chat),
        "date": message.date,
        **_content(state, message),
        **(message.service or {}),
    }
    optional = {
        "edit_date": message.edit_date,
        "has_protected_content": message.protect_content or None,
        "reply_markup": message.markup,
        "message_thread_id": message.thread_id,
        "is_topic_message": True if message.thread_id is not None else None,
    }
    fields |= {name: value for name, value in optional.items() if value is not None}
    answered = state.messages.get(message.chat_id, {}).get(message.reply_to or 0)
    if depth and answered:
        fields["reply_to_message"] = message_object(state, answered, depth - 1)
    return fields


def member_object(state: TelegramState, user_id: int, status: str) -> Json:
    """A ChatMember object: "creator", "member", "left" or "kicked"."""
    member: Json = {"status": status, "user": user_object(state, user_id)}
    match status:
        case "creator":
            member["is_anonymous"] = False
        case "kicked":
            member["until_date"] = 0
    return member


def _content(state: TelegramState, message: Message) -> Json:
    entities = list(message.entities)
    if message.photo_id is None:
        text = {"text": message.text} if message.service is None else {}
        return {**text, **({"entities": entities} if entities else {})}
    photo = state.photos[message.photo_id]
    size = {
        "file_id": photo.id,
        "file_unique_id": f"u{photo.id}",
        "width": photo.width,
        "height": photo.height,
        "file_size": photo.byte_count,
    }
    caption = {"caption": message.text} if message.text else {}
    return {
        "photo": [size],
        **caption,
        **({"caption_entities": entities} if entities else {}),
    }
