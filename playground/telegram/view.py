"""What one person's Telegram app shows, as JSON for the window; it changes nothing."""

from __future__ import annotations

from typing import Any

from playground.telegram.state import Chat, CommandList, Json, Message
from playground.telegram.world import TelegramWorld

_TOAST_SECONDS = 4
_PREVIEW_CHARACTERS = 80
_SHOWN_MESSAGES = 200


def view(world: TelegramWorld, person_id: int) -> Json:
    """The signed-in person, the bot, this person's chats (newest first) and open notices."""
    state = world.state
    chats = [
        _chat(world, chat, person_id)
        for chat in state.chats.values()
        if person_id in chat.members and chat.migrated_to is None
    ]
    chats.sort(key=lambda chat: (-chat["last_at"], abs(chat["id"])))
    recent = world.seconds() - _TOAST_SECONDS
    person = state.people[person_id]
    return {
        "person": {
            "id": person.id,
            "name": person.first_name,
            "language_code": person.language_code,
        },
        "people": [{"id": one.id, "name": one.first_name} for one in state.people.values()],
        "bot": {
            "name": state.bot.name,
            "username": state.bot.username,
            "description": state.bot.description,
        },
        "blocked": person_id in state.blocked,
        "chats": chats,
        "notices": [
            {"id": one.id, "chat": one.chat_id, "text": one.text, "alert": one.alert}
            for one in state.notices
            if one.person_id == person_id and (one.alert or one.at >= recent)
        ],
    }


def awaited_reply(world: TelegramWorld, chat: Chat, person_id: int) -> Message | None:
    """The bot's question that a person's next message answers (a forced reply)."""
    for message in reversed(_messages(world, chat)):
        if message.sender_id == person_id:
            return None
        if message.reply_markup is not None:
            return message if message.reply_markup.get("force_reply") else None
    return None


def _chat(world: TelegramWorld, chat: Chat, person_id: int) -> Json:
    messages = _messages(world, chat)
    last = messages[-1] if messages else None
    asked = awaited_reply(world, chat, person_id)
    private = chat.kind == "private"
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": world.state.bot.name if private else chat.title,
        "members": 0 if private else len(chat.members) + chat.bot_present,
        "started": chat.started,
        "bot_present": chat.bot_present,
        "typing": world.typing.get(chat.id, 0) > world.seconds(),
        "topics": [{"id": one, "title": title} for one, title in chat.topics.items()],
        "last_at": last.date if last else 0,
        "preview": _preview(last) if last else "",
        "messages": [_message(world, chat, one, person_id) for one in messages[-_SHOWN_MESSAGES:]],
        "commands": _commands(world, chat, person_id),
        "keyboard": _keyboard(messages),
        "force_reply": None
        if asked is None or asked.reply_markup is None
        else {
            "id": asked.message_id,
            "sender": world.state.bot.name,
            "text": _preview(asked),
            "placeholder": asked.reply_markup.get("input_field_placeholder", ""),
        },
    }


def _message(world: TelegramWorld, chat: Chat, message: Message, person_id: int) -> Json:
    state = world.state
    from_bot = message.sender_id == state.bot.id
    return {
        "id": message.message_id,
        "mine": message.sender_id == person_id,
        "from_bot": from_bot,
        "sender_id": message.sender_id,
        "sender": state.bot.name if from_bot else state.people[message.sender_id].first_name,
        "text": message.text,
        "entities": list(message.entities),
        "date": message.date,
        "edited": message.edit_date is not None,
        "protected": message.protect_content,
        "thread": message.thread_id,
        "photo": _photo(world, message),
        "service": _service(message),
        "reply": _reply(world, message),
        "buttons": _buttons(world, message),
        "waiting": _waiting(world, message, person_id),
        "seen": _seen(world, message),
    }


def _messages(world: TelegramWorld, chat: Chat) -> list[Message]:
    return list(world.state.messages.get(chat.id, {}).values())


def _preview(message: Message) -> str:
    text = message.text or ("Photo" if message.photo_id else _service(message) or "")
    return " ".join(text.split())[:_PREVIEW_CHARACTERS]


def _service(message: Message) -> str | None:
    match message.service:
        case None:
            return None
        case {"migrate_to_chat_id": _} | {"migrate_from_chat_id": _}:
            return "The group was upgraded to a supergroup"
        case _:
            return "The group changed"


def _photo(world: TelegramWorld, message: Message) -> Json | None:
    if message.photo_id is None:
        return None
    photo = world.state.photos[message.photo_id]
    url = f"/window/telegram/photos/{photo.id}"
    return {"url": url, "width": photo.width, "height": photo.height}


def _reply(world: TelegramWorld, message: Message) -> Json | None:
    answered = world.message(message.chat_id, message.reply_to or 0)
    if answered is None:
        return None
    from_bot = answered.sender_id == world.state.bot.id
    sender = (
        world.state.bot.name if from_bot else world.state.people[answered.sender_id].first_name
    )
    return {"id": answered.message_id, "sender": sender, "text": _preview(answered)}


def _buttons(world: TelegramWorld, message: Message) -> list[list[Json]]:
    rows = message.markup["inline_keyboard"] if message.markup else []
    return [[_button(world, button) for button in row] for row in rows]


def _button(world: TelegramWorld, button: Json) -> Json:
    own = f"https://t.me/{world.state.bot.username}".lower()
    url = str(button.get("url", ""))
    kind = "callback"
    if url:
        kind = "start" if url.lower().startswith(own) else "url"
    elif "copy_text" in button:
        kind = "copy"
    return {
        "text": button["text"],
        "kind": kind,
        "style": button.get("style", ""),
        **({"url": url} if kind == "url" else {}),
        **({"data": button["callback_data"]} if kind == "callback" else {}),
    }


def _waiting(world: TelegramWorld, message: Message, person_id: int) -> list[int] | None:
    """The tapped button (row, column) whose answer is still awaited."""
    if message.markup is None:
        return None
    oldest = world.seconds() - world.settings.callback_query_seconds
    for query in world.state.queries.values():
        here = (query.chat_id, query.message_id) == (message.chat_id, message.message_id)
        if here and query.person_id == person_id and not query.answered and query.at >= oldest:
            return [query.row, query.column]
    return None


def _seen(world: TelegramWorld, message: Message) -> bool:
    """Whether the bot has taken the message out of its queue."""
    return not any(
        update.body["message_id"] == message.message_id
        and update.body["chat"]["id"] == message.chat_id
        for update in world.state.updates
        if update.kind == "message"
    )


def _keyboard(messages: list[Message]) -> Json | None:
    """The reply keyboard that is open now."""
    for message in reversed(messages):
        if message.reply_markup is not None and not message.reply_markup.get("force_reply"):
            if "keyboard" not in message.reply_markup:
                return None
            rows = message.reply_markup["keyboard"]
            return {
                "rows": [[_label(button) for button in row] for row in rows],
                "placeholder": message.reply_markup.get("input_field_placeholder", ""),
            }
    return None


def _label(button: Any) -> str:
    return str(button["text"] if isinstance(button, dict) else button)


def _commands(world: TelegramWorld, chat: Chat, person_id: int) -> list[Json]:
    """The narrowest registered list, the person's own language first within each scope."""
    language = world.state.people[person_id].language_code[:2]
    for scope in _scopes(chat, person_id):
        for wanted in (language, ""):
            for one in world.state.commands:
                if _fits(one, scope, wanted):
                    return list(one.commands)
    return []


def _fits(one: CommandList, scope: Json, language: str) -> bool:
    return (one.scope, one.language_code) == (scope, language)


def _scopes(chat: Chat, person_id: int) -> list[Json]:
    here: Json = {"type": "chat", "chat_id": chat.id}
    if chat.kind == "private":
        return [here, {"type": "all_private_chats"}, {"type": "default"}]
    owner = chat.members[0] == person_id
    administrator: list[Json] = [{"type": "chat_administrators", "chat_id": chat.id}]
    administrators: list[Json] = [{"type": "all_chat_administrators"}]
    return [
        {"type": "chat_member", "chat_id": chat.id, "user_id": person_id},
        *(administrator if owner else []),
        here,
        *(administrators if owner else []),
        {"type": "all_group_chats"},
        {"type": "default"},
    ]
