"""The emulated Telegram itself: people, chats, messages, the bot's queue; it speaks no HTTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from playground.kit.chat_faults import ChatFaults
from playground.kit.owned import write_owned
from playground.telegram.state import (
    SUPERGROUP_OFFSET,
    Chat,
    Fault,
    Json,
    Message,
    Person,
    TelegramSettings,
    TelegramState,
    Update,
    default_state,
)
from playground.telegram.wire import chat_object, member_object, person_object

_STATE = TypeAdapter(TelegramState)
_MAX_MESSAGES_PER_CHAT = 500
_MAX_QUERIES = 200
_MAX_NOTICES = 100
_MAX_PHOTOS = 50
_FIRST_GROUP_NUMBER = 4001
_UPDATE_LIFE_SECONDS = 24 * 60 * 60
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
EVERY_METHOD = "*"


class TelegramWorld:
    """State with its rules of growth; every change is saved to `path` and told to listeners.

    `now` answers an aware datetime, `new_id` a fresh opaque string.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        path: Path | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self.new_id = new_id
        self.state = default_state()
        self.typing: dict[int, int] = {}
        self.closed = False
        self._path = path
        self._listeners: list[Callable[[], None]] = []
        self.chat_faults = ChatFaults(("send", "edit"), asking="getupdates")
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        if path is not None and path.exists():
            self.restore(path.read_bytes())

    def snapshot(self) -> bytes:
        """The whole state as JSON."""
        return _STATE.dump_json(self.state)

    def restore(self, snapshot: bytes) -> None:
        """Take over a snapshot; raises pydantic.ValidationError on anything else."""
        self.state = _STATE.validate_json(snapshot)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Save and tell; callers that touch `state` directly end with this."""
        self._prune()
        if self._path is not None:
            partial = self._path.with_name(self._path.name + ".new")
            write_owned(partial, self.snapshot())
            partial.replace(self._path)
        for listener in self._listeners:
            listener()

    def close(self) -> None:
        """For a server that stops: the bot's waiting call is answered, webhooks rest."""
        self.closed = True
        self.changed()

    def seconds(self) -> int:
        """Unix time."""
        return int(self.now().timestamp())

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """A message that still exists."""
        return self.state.messages.get(chat_id, {}).get(message_id)

    def post(self, draft: Message) -> Message:
        """Store a message under the chat's next number; `draft.message_id` is ignored."""
        chat = self.state.chats[draft.chat_id]
        number = chat.last_message_id + 1
        self.state.chats[chat.id] = replace(chat, last_message_id=number)
        message = replace(draft, message_id=number)
        self.state.messages.setdefault(chat.id, {})[number] = message
        if message.sender_id == self.state.bot.id:
            self.typing.pop(chat.id, None)
        self.changed()
        return message

    def put(self, message: Message) -> Message:
        """Replace a message that exists."""
        self.state.messages[message.chat_id][message.message_id] = message
        self.changed()
        return message

    def remove(self, message: Message) -> None:
        """Forget a message."""
        del self.state.messages[message.chat_id][message.message_id]
        self.changed()

    def enqueue(self, kind: str, body: Json) -> None:
        """Queue an update for the bot, unless the bot said that it does not want the kind."""
        allowed = self.state.allowed_updates
        if (kind in allowed) if allowed else (kind not in _NOT_BY_DEFAULT):
            self.state.last_update_id += 1
            update = Update(self.state.last_update_id, self.seconds(), kind, body)
            self.state.updates.append(update)
        self.changed()

    def pending_updates(self) -> list[Update]:
        """What the bot has not confirmed; Telegram forgets after 24 hours."""
        oldest = self.seconds() - _UPDATE_LIFE_SECONDS
        self.state.updates = [one for one in self.state.updates if one.at > oldest]
        return self.state.updates

    def confirm_updates(self, below: int) -> None:
        """Forget every update whose id is lower than `below`."""
        kept = [one for one in self.state.updates if one.update_id >= below]
        if len(kept) != len(self.state.updates):
            self.state.updates = kept
            self.changed()

    def add_person(self, person: Person) -> None:
        """Somebody who has never opened the bot's chat."""
        self.state.people[person.id] = person
        chat = Chat(person.id, "private", members=(person.id,), started=False)
        self.state.chats[person.id] = chat
        self.changed()

    def block(self, person_id: int) -> None:
        """The person stops the bot; the bot is told and may not write any more."""
        if person_id not in self.state.blocked:
            self.state.blocked.add(person_id)
            self._tell_membership(self.state.chats[person_id], person_id, "member", "kicked")

    def unblock(self, person_id: int) -> None:
        """The person lets the bot write again."""
        if person_id in self.state.blocked:
            self.state.blocked.discard(person_id)
            self._tell_membership(self.state.chats[person_id], person_id, "kicked", "member")

    def add_group(self, by: int, title: str, *, topics: tuple[str, ...] = ()) -> Chat:
        """A group of all people and the bot; with topics it is a supergroup (a forum)."""
        groups = [one for one in self.state.chats.values() if one.kind != "private"]
        number = _FIRST_GROUP_NUMBER + len(groups)
        members = (by, *(one for one in self.state.people if one != by))
        threads = dict(enumerate(topics, start=2))
        chat = (
            Chat(SUPERGROUP_OFFSET - number, "supergroup", title, members, topics=threads)
            if topics
            else Chat(-number, "group", title, members)
        )
        self.state.chats[chat.id] = chat
        self._tell_membership(chat, by, "left", "member")
        return chat

    def migrate(self, chat_id: int) -> Chat:
        """Upgrade a group: a new supergroup, and both chats say so."""
        old = self.state.chats[chat_id]
        new = replace(old, id=SUPERGROUP_OFFSET + chat_id, kind="supergroup", last_message_id=0)
        self.state.chats[new.id] = new
        owner = old.members[0]
        notes = (
            (old.id, {"migrate_to_chat_id": new.id}),
            (new.id, {"migrate_from_chat_id": old.id}),
        )
        for where, note in notes:
            message = self.post(Message(where, 0, owner, self.seconds(), service=note))
            body = {
                "message_id": message.message_id,
                "date": message.date,
                "chat": chat_object(self.state, self.state.chats[where]),
                "from": person_object(self.state.people[owner]),
                **note,
            }
            self.enqueue("message", body)
        self.state.chats[old.id] = replace(self.state.chats[old.id], migrated_to=new.id)
        self.changed()
        return new

    def remove_bot(self, chat_id: int) -> None:
        """The bot is removed from a group and may not write there."""
        chat = self.state.chats[chat_id]
        self.state.chats[chat_id] = replace(chat, bot_present=False)
        self._tell_membership(chat, chat.members[0], "member", "kicked")

    def bring_back_bot(self, chat_id: int) -> None:
        """The bot is added to a group again."""
        chat = replace(self.state.chats[chat_id], bot_present=True)
        self.state.chats[chat_id] = chat
        self._tell_membership(chat, chat.members[0], "left", "member")

    def fail_next(self, method: str, fault: Fault) -> None:
        """The next calls of a Bot API method (or of EVERY_METHOD) meet a fault."""
        self._faults[method.lower()].append(fault)

    def take_fault(self, method: str) -> Fault | None:
        """The fault that this call meets, counted down; getUpdates only when named itself."""
        names = [method.lower()]
        if method.lower() != "getupdates":
            names.append(EVERY_METHOD)
        for name in names:
            if waiting := self._faults[name]:
                fault = waiting.pop(0)
                if fault.times > 1:
                    waiting.insert(0, replace(fault, times=fault.times - 1))
                return fault
        kind = self.chat_faults.take(method)
        return Fault(kind) if kind else None

    def _tell_membership(self, chat: Chat, by: int, old: str, new: str) -> None:
        bot_id = self.state.bot.id
        body = {
            "chat": chat_object(self.state, chat),
            "from": person_object(self.state.people[by]),
            "date": self.seconds(),
            "old_chat_member": member_object(self.state, bot_id, old),
            "new_chat_member": member_object(self.state, bot_id, new),
        }
        self.enqueue("my_chat_member", body)

    def _prune(self) -> None:
        for messages in self.state.messages.values():
            while len(messages) > _MAX_MESSAGES_PER_CHAT:
                del messages[next(iter(messages))]
        for query_id in list(self.state.queries)[:-_MAX_QUERIES]:
            del self.state.queries[query_id]
        del self.state.notices[:-_MAX_NOTICES]
        kept = {one.photo_id for chat in self.state.messages.values() for one in chat.values()}
        if len(self.state.photos) > _MAX_PHOTOS:
            for photo_id in [one for one in self.state.photos if one not in kept]:
                del self.state.photos[photo_id]
