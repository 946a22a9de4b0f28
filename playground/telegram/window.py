"""What a person can do in the emulated Telegram: write, tap, start, block; nothing a bot does."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from playground.kit.journal import Journal
from playground.telegram.html import Formatted, trimmed, utf16_length, with_found_entities
from playground.telegram.rules import MAX_TEXT
from playground.telegram.state import CallbackQuery, Chat, Json, Message
from playground.telegram.view import awaited_reply, view
from playground.telegram.wire import message_object, person_object
from playground.telegram.world import TelegramWorld

_MAX_PAYLOAD = 64
_PAYLOAD_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class WindowRefusedError(Exception):
    """The app would not let a person do this; the message says why."""


class TelegramWindow:
    """One Telegram app in which any person of the world can be signed in."""

    def __init__(self, world: TelegramWorld) -> None:
        self.world = world
        self.journal = Journal(world.settings.token, world.now)

    async def state(self, person_id: int) -> Json:
        """Everything that this person's app shows, as JSON; see telegram_view."""
        self._person(person_id)
        return view(self.world, person_id)

    async def say(
        self,
        person_id: int,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> int:
        """Write a message and answer its id.

        `reply_to` None answers a question that the bot forced, 0 does not.
        """
        chat = self._chat(person_id, chat_id)
        if chat.kind == "private" and person_id in self.world.state.blocked:
            raise WindowRefusedError("You blocked this bot. Unblock it to write.")
        formatted = with_found_entities(trimmed(Formatted(text)))
        if not 1 <= utf16_length(formatted.text) <= MAX_TEXT:
            raise WindowRefusedError(f"A message has 1 to {MAX_TEXT} characters.")
        if reply_to is None:
            asked = awaited_reply(self.world, chat, person_id)
            reply_to = asked.message_id if asked else None
        answered = self.world.message(chat_id, reply_to or 0)
        if answered is not None and answered.thread_id is not None:
            thread_id = answered.thread_id
        self.world.state.chats[chat_id] = replace(chat, started=True)
        message = self.world.post(
            Message(
                chat_id=chat_id,
                message_id=0,
                sender_id=person_id,
                date=self.world.seconds(),
                text=formatted.text,
                entities=formatted.entities,
                reply_to=reply_to or None,
                thread_id=thread_id if thread_id in chat.topics else None,
            )
        )
        if self._bot_sees(chat, message):
            self.world.enqueue("message", message_object(self.world.state, message))
        return message.message_id

    async def start(self, person_id: int, payload: str = "") -> int:
        """Tap START, perhaps after a link t.me/bot?start=payload; unblocks the bot."""
        if len(payload) > _MAX_PAYLOAD or not _PAYLOAD_CHARACTERS.issuperset(payload):
            raise WindowRefusedError("A start payload has up to 64 of A-Z, a-z, 0-9, _ and -.")
        self._person(person_id)
        self.world.unblock(person_id)
        return await self.say(person_id, person_id, f"/start {payload}", reply_to=0)

    async def press(
        self,
        person_id: int,
        chat_id: int,
        message_id: int,
        row: int,
        column: int,
        *,
        data: str | None = None,
    ) -> Json:
        """Tap an inline button. Answers what the app does itself.

        `data` is what the button had on the person's screen, which may be an old one: the app
        sends that, as the real one does. Without it, the button is the one there is now.

        {"query": id} for a button that asks the bot, {"open": url}, {"copy": text}, or
        {"start": payload} for a link to this bot's own chat.
        """
        chat = self._chat(person_id, chat_id)
        message = self.world.message(chat_id, message_id)
        if message is None:
            raise WindowRefusedError("This message is not there any more.")
        shown: Json = {"callback_data": data}
        button = _button(message, row, column) if data is None else shown
        if "url" in button:
            payload = self._own_payload(button["url"])
            return {"open": button["url"]} if payload is None else {"start": payload}
        if "copy_text" in button:
            return {"copy": button["copy_text"]["text"]}
        query = CallbackQuery(
            self.world.new_id(),
            person_id,
            chat_id,
            message_id,
            row,
            column,
            self.world.seconds(),
        )
        self._ask_bot(chat, message, query, button["callback_data"])
        return {"query": query.id}

    async def dismiss(self, person_id: int, notice_id: str) -> None:
        """Close the box that an answered tap showed."""
        notices = self.world.state.notices
        self.world.state.notices = [
            one for one in notices if (one.id, one.person_id) != (notice_id, person_id)
        ]
        self.world.changed()

    async def block(self, person_id: int) -> None:
        """Stop the bot."""
        self._person(person_id)
        self.world.block(person_id)

    async def unblock(self, person_id: int) -> None:
        """Let the bot write again."""
        self._person(person_id)
        self.world.unblock(person_id)

    async def new_group(self, person_id: int, title: str, topics: tuple[str, ...] = ()) -> int:
        """A group of everybody and the bot; answers its chat id."""
        self._person(person_id)
        if not title.strip():
            raise WindowRefusedError("A group needs a name.")
        return self.world.add_group(person_id, title.strip(), topics=topics).id

    def _ask_bot(self, chat: Chat, message: Message, query: CallbackQuery, data: str) -> None:
        state = self.world.state
        if not chat.bot_present or (chat.kind == "private" and chat.id in state.blocked):
            raise WindowRefusedError("The bot cannot be reached from here.")
        state.queries[query.id] = query
        body = {
            "id": query.id,
            "from": person_object(state.people[query.person_id]),
            "message": message_object(state, message),
            "chat_instance": str(chat.id),
            "data": data,
        }
        self.world.enqueue("callback_query", body)

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        """In groups a bot sees commands and replies to itself (privacy mode)."""
        if chat.kind == "private":
            return True
        state = self.world.state
        answered = self.world.message(chat.id, message.reply_to or 0)
        if answered is not None and answered.sender_id == state.bot.id:
            return chat.bot_present
        word = message.text.split()[0]
        _, _, addressee = word.partition("@")
        for_bot = not addressee or addressee.lower() == state.bot.username.lower()
        return chat.bot_present and word.startswith("/") and for_bot

    def _own_payload(self, url: str) -> str | None:
        """The payload of a link to this bot's chat; None for any other link."""
        parts = urlsplit(url)
        username = parts.path.strip("/").lower()
        if parts.hostname != "t.me" or username != self.world.state.bot.username.lower():
            return None
        return parse_qs(parts.query).get("start", [""])[0]

    def _person(self, person_id: int) -> None:
        if person_id not in self.world.state.people:
            raise WindowRefusedError("There is no such person.")

    def _chat(self, person_id: int, chat_id: int) -> Chat:
        self._person(person_id)
        chat = self.world.state.chats.get(chat_id)
        if chat is None or person_id not in chat.members or chat.migrated_to is not None:
            raise WindowRefusedError("There is no such chat.")
        return chat


def _button(message: Message, row: int, column: int) -> Json:
    if message.markup is None:
        raise WindowRefusedError("This message has no buttons any more.")
    rows = message.markup["inline_keyboard"]
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise WindowRefusedError("This button is not there any more.")
    button: Json = rows[row][column]
    return button
