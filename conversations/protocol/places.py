"""Where on its platform a message stands, and how that is stored and spelled. Pure.

It is stored as one word: `C1`; `C1/1.2` for a thread or a topic; `home:U1` for a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from conversations.protocol.events import ConversationKey

# Between a chat and what a thread of it is below.
_IN_THREAD = "/"
_HOME = "home:"


@dataclass(frozen=True, slots=True)
class WholeChat:
    """A channel, a group, or the private talk with one person; never one thread of it."""

    id: str


@dataclass(frozen=True, slots=True)
class Thread:
    """What is below one message of a chat, by that message's id, or a group's topic."""

    chat: str
    below: str


@dataclass(frozen=True, slots=True)
class HomeTab:
    """The bot's own page as one person sees it, where the platform has one."""

    person: str


Place = WholeChat | Thread | HomeTab


def write_place(place: Place) -> str:
    """A place as it is stored."""
    match place:
        case WholeChat(id):
            return id
        case Thread(chat, below):
            return f"{chat}{_IN_THREAD}{below}"
        case HomeTab(person):
            return f"{_HOME}{person}"
        case _:
            assert_never(place)


def read_place(stored: str) -> Place:
    """The place of a stored word: of any, since what a chat is called is up to its platform."""
    if stored.startswith(_HOME):
        return HomeTab(stored.removeprefix(_HOME))
    chat, between, below = stored.partition(_IN_THREAD)
    return Thread(chat, below) if between else WholeChat(chat)


def without_thread(place: Place) -> Place:
    """The chat that a thread belongs to; any other place is itself."""
    return WholeChat(place.chat) if isinstance(place, Thread) else place


def threads_prefix(place: Place) -> str:
    """What the stored words of all threads of a place begin with."""
    return f"{write_place(place)}{_IN_THREAD}"


@dataclass(frozen=True, slots=True)
class Chat:
    """Where messages go: a platform, a tenant (workspace, or bot) and a place there."""

    platform: str
    tenant: str
    place: Place

    @property
    def id(self) -> str:
        """The place as it is stored."""
        return write_place(self.place)


def read_chat(platform: str, tenant: str, stored: str) -> Chat:
    """The chat whose place is stored as this word."""
    return Chat(platform, tenant, read_place(stored))


def chat_of(key: ConversationKey) -> Chat:
    """Where a conversation is held."""
    return read_chat(key.platform, key.tenant, key.chat)


def home_of(key: ConversationKey) -> Chat:
    """The bot's own page as one person sees it, where the platform has one: shown in place."""
    return Chat(key.platform, key.tenant, HomeTab(key.person))


@dataclass(frozen=True, slots=True)
class RefusedPlace:
    """Where something is not shown, and the verdict; without a place, all chats of a bot."""

    platform: str
    tenant: str
    place: Place | None
    verdict: str

    @property
    def spelled(self) -> str:
        """As an operator reads and writes it: `slack/T1/C1:gone`, or `slack/T1:gone`."""
        there = () if self.place is None else (write_place(self.place),)
        return f"{'/'.join((self.platform, self.tenant, *there))}:{self.verdict}"


def read_refused_place(text: str) -> RefusedPlace | None:
    """What an operator writes of a place that takes no message; None for what is no such."""
    where, _, verdict = text.rpartition(":")
    match where.split("/", 2):
        case [platform, tenant, place]:
            return RefusedPlace(platform, tenant, read_place(place) if place else None, verdict)
        case [platform, tenant]:
            return RefusedPlace(platform, tenant, None, verdict)
        case _:
            return None
