"""What the emulated Telegram remembers, as plain records; it refuses to know any rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playground.kit.chat_faults import ChatFault

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]

BOT_ID = 9001
SUPERGROUP_OFFSET = -1_000_000_000_000


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """How strict and how patient the emulator is; `token` is the one the bot must present."""

    token: str
    allow_local_urls: bool = True
    callback_query_seconds: int = 30
    webhook_retry_seconds: float = 1.0
    specification: Path | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A human with a Telegram account; `language_code` as in BCP 47, for example "de"."""

    id: int
    first_name: str
    username: str
    language_code: str


@dataclass(frozen=True, slots=True)
class BotAccount:
    """The bot as people see it; `description` fills the chat that has no message yet."""

    id: int = BOT_ID
    username: str = "topup_bot"
    name: str = "Top-up Bot"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A private chat (its id is the person's id) or a group; topics map thread id to title."""

    id: int
    kind: ChatKind
    title: str = ""
    members: tuple[int, ...] = ()
    started: bool = True
    topics: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    bot_present: bool = True
    last_message_id: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `markup` is an inline keyboard, `reply_markup` any other keyboard."""

    chat_id: int
    message_id: int
    sender_id: int
    date: int
    text: str = ""
    entities: tuple[Json, ...] = ()
    markup: Json | None = None
    reply_markup: Json | None = None
    edit_date: int | None = None
    protect_content: bool = False
    reply_to: int | None = None
    thread_id: int | None = None
    photo_id: str | None = None
    service: Json | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture the bot sent; `content` is base64, sizes are pixels."""

    id: str
    media_type: str
    content: str
    width: int
    height: int
    byte_count: int


@dataclass(frozen=True, slots=True)
class Update:
    """One entry of the bot's queue; `kind` is the field name it has in the Bot API."""

    update_id: int
    at: int
    kind: str
    body: Json


@dataclass(frozen=True, slots=True)
class CallbackQuery:
    """A tap on a callback button that waits for its answer until `at` plus the patience."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    row: int
    column: int
    at: int
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person sees after a tap: a toast, or with `alert` a box to be closed."""

    id: str
    person_id: int
    chat_id: int
    text: str
    alert: bool
    at: int


@dataclass(frozen=True, slots=True)
class CommandList:
    """Commands registered for one scope (as sent) and one language ("" is every language)."""

    scope: Json
    language_code: str
    commands: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are posted to; `last_error` is the newest failure, "" when none."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next `times` calls of a method; `retry_after` in seconds."""

    kind: ChatFault
    times: int = 1
    retry_after: int = 1


@dataclass(slots=True)
class TelegramState:
    """Everything that survives a restart."""

    people: dict[int, Person]
    bot: BotAccount = field(default_factory=BotAccount)
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[int, dict[int, Message]] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    last_update_id: int = 0
    allowed_updates: tuple[str, ...] = ()
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    commands: list[CommandList] = field(default_factory=list)
    webhook: Webhook | None = None
    blocked: set[int] = field(default_factory=set)


def default_state() -> TelegramState:
    """Two people who have never opened the bot's chat."""
    kim = Person(7001, "Kim", "kim_p", "en")
    lee = Person(7002, "Lee", "lee_w", "de")
    chats = {
        person.id: Chat(person.id, "private", members=(person.id,), started=False)
        for person in (kim, lee)
    }
    return TelegramState(people={kim.id: kim, lee.id: lee}, chats=chats)
