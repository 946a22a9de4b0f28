"""The bot's messages: sent, edited, deleted; refused where Telegram refuses, in its words."""

from __future__ import annotations

import base64
from dataclasses import replace

from playground.telegram.html import Formatted
from playground.telegram.parameters import Arguments, CallRefusedError, Upload, bad_request
from playground.telegram.rules import Rules
from playground.telegram.state import Chat, Json, Message, Photo
from playground.telegram.wire import message_object
from playground.telegram.world import TelegramWorld

_DELETABLE_SECONDS = 48 * 60 * 60
_MAX_PHOTO_BYTES = 10 * 1024 * 1024
_UNKNOWN_SIZE = (320, 320)
_TYPING_SECONDS = 5
_CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


class Messages:
    """The sending and editing methods of the Bot API."""

    def __init__(self, world: TelegramWorld, rules: Rules) -> None:
        self._world = world
        self._rules = rules

    def send_message(self, arguments: Arguments) -> Json:
        """A new text message; the answer is the Message object."""
        chat = self.writable_chat(arguments)
        formatted = self._rules.message_text(arguments)
        return self._send(chat, arguments, formatted)

    def send_photo(self, arguments: Arguments) -> Json:
        """A new picture with an optional caption."""
        chat = self.writable_chat(arguments)
        photo = self._photo(arguments)
        formatted = self._rules.caption(arguments)
        return self._send(chat, arguments, formatted, photo.id)

    def send_chat_action(self, arguments: Arguments) -> bool:
        """Shows "typing" for five seconds or until the next message."""
        chat = self.writable_chat(arguments)
        if arguments.text("action") not in _CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.typing[chat.id] = self._world.seconds() + _TYPING_SECONDS
        self._world.changed()
        return True

    def edit_text(self, arguments: Arguments) -> Json:
        """New text and keyboard; an absent keyboard is taken away."""
        message = self._own_message(arguments, "edit")
        formatted = self._rules.message_text(arguments)
        if message.photo_id is not None:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, arguments, formatted)

    def edit_caption(self, arguments: Arguments) -> Json:
        """New caption and keyboard of a picture."""
        message = self._own_message(arguments, "edit")
        formatted = self._rules.caption(arguments)
        if message.photo_id is None:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, arguments, formatted)

    def edit_markup(self, arguments: Arguments) -> Json:
        """New keyboard only."""
        message = self._own_message(arguments, "edit")
        return self._edit(message, arguments, Formatted(message.text, message.entities))

    def delete(self, arguments: Arguments) -> bool:
        """Removes a message that is younger than 48 hours."""
        chat = self.known_chat(arguments)
        message = self._world.message(chat.id, arguments.integer("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        mine = message.sender_id == self._world.state.bot.id or chat.kind == "private"
        if not mine or self._world.seconds() - message.date > _DELETABLE_SECONDS:
            raise bad_request("message can't be deleted for everyone")
        self._world.remove(message)
        return True

    def known_chat(self, arguments: Arguments) -> Chat:
        """The chat that a call names."""
        name = arguments.text("chat_id")
        if not name:
            raise bad_request("chat_id is empty")
        chat = self._world.state.chats.get(int(name)) if _is_integer(name) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise CallRefusedError(
                "Bad Request: group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": chat.migrated_to},
            )
        return chat

    def writable_chat(self, arguments: Arguments) -> Chat:
        """The chat that a call names, where the bot may write now."""
        chat = self.known_chat(arguments)
        if chat.kind == "private" and not chat.started:
            raise CallRefusedError("Forbidden: bot can't initiate conversation with a user", 403)
        if chat.id in self._world.state.blocked:
            raise CallRefusedError("Forbidden: bot was blocked by the user", 403)
        if not chat.bot_present:
            raise CallRefusedError(f"Forbidden: bot was kicked from the {chat.kind} chat", 403)
        return chat

    def _send(
        self, chat: Chat, arguments: Arguments, formatted: Formatted, photo_id: str | None = None
    ) -> Json:
        inline, keyboard = self._rules.keyboards(arguments)
        message = self._world.post(
            Message(
                chat_id=chat.id,
                message_id=0,
                sender_id=self._world.state.bot.id,
                date=self._world.seconds(),
                text=formatted.text,
                entities=formatted.entities,
                markup=inline,
                reply_markup=keyboard,
                protect_content=arguments.flag("protect_content"),
                reply_to=self._reply_to(chat, arguments),
                thread_id=self._thread(chat, arguments),
                photo_id=photo_id,
            )
        )
        return message_object(self._world.state, message)

    def _edit(self, message: Message, arguments: Arguments, formatted: Formatted) -> Json:
        inline, keyboard = self._rules.keyboards(arguments)
        if keyboard is not None:
            raise bad_request("inline keyboard expected")
        edited = replace(message, text=formatted.text, entities=formatted.entities, markup=inline)
        if edited == message:
            raise bad_request(_NOT_MODIFIED)
        only_markup = (edited.text, edited.entities) == (message.text, message.entities)
        at = message.edit_date if only_markup else self._world.seconds()
        return message_object(self._world.state, self._world.put(replace(edited, edit_date=at)))

    def _own_message(self, arguments: Arguments, what: str) -> Message:
        chat = self.writable_chat(arguments)
        message = self._world.message(chat.id, arguments.integer("message_id"))
        if message is None:
            raise bad_request(f"message to {what} not found")
        # https://core.telegram.org/bots/api#updating-messages: none with another keyboard.
        if message.sender_id != self._world.state.bot.id or message.reply_markup is not None:
            raise bad_request(f"message can't be {what}ed")
        return message

    def _reply_to(self, chat: Chat, arguments: Arguments) -> int | None:
        wanted = arguments.structure("reply_parameters")
        if wanted is None:
            return None
        parameters = self._rules.dictionary.check_object("ReplyParameters", wanted)
        message_id = Arguments(parameters).integer("message_id")
        if self._world.message(chat.id, message_id) is not None:
            return message_id
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def _thread(self, chat: Chat, arguments: Arguments) -> int | None:
        thread = arguments.integer("message_thread_id")
        if not thread:
            return None
        if thread not in chat.topics:
            raise bad_request("message thread not found")
        return thread

    def _photo(self, arguments: Arguments) -> Photo:
        upload = arguments.upload("photo")
        if upload is None:
            known = self._world.state.photos.get(arguments.text("photo"))
            if known is None:
                raise bad_request("there is no photo in the request")
            return known
        if len(upload.content) > _MAX_PHOTO_BYTES:
            raise bad_request("file is too big")
        photo = _read_photo(self._world.new_id(), upload)
        self._world.state.photos[photo.id] = photo
        return photo


def _is_integer(name: str) -> bool:
    return name.removeprefix("-").isascii() and name.removeprefix("-").isdigit()


def _read_photo(photo_id: str, upload: Upload) -> Photo:
    content = upload.content
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        width = int.from_bytes(content[16:20])
        height = int.from_bytes(content[20:24])
        media_type = "image/png"
    elif content.startswith(b"\xff\xd8\xff"):
        width, height = _UNKNOWN_SIZE
        media_type = "image/jpeg"
    else:
        raise bad_request("IMAGE_PROCESS_FAILED")
    encoded = base64.b64encode(content).decode("ascii")
    return Photo(photo_id, media_type, encoded, width, height, len(content))
