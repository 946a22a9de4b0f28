"""The chat platform of a history: it may do anything that one ever did. It knows no bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import (
    ChatError,
    DeliveryReceiver,
    Incoming,
    Message,
    MessageRef,
    Verdict,
)
from tests.support.chats import pocket_chat


class Trouble(StrEnum):
    """What may go wrong once, the next time that somebody outside is asked."""

    DOWN = "down"
    LIMITED = "limited"
    REPLY_LOST = "reply_lost"
    ODD = "odd"
    """A gateway answers what nobody can read, or refuses for good."""
    MUTE = "mute"
    """A gateway shows nothing of a checkout, or a status that nobody knows."""


@dataclass(slots=True)
class WildChat:
    """The pocket chat on a bad day: down, limited, losing replies, blocked, messages deleted."""

    trouble: Trouble | None = None
    blocked: set[str] = field(default_factory=set)
    ever_blocked: bool = False
    messages: dict[MessageRef, Message] = field(default_factory=dict)
    deleted: set[MessageRef] = field(default_factory=set)
    posts: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    last_post: str | None = None
    tokens: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    platform: str = pocket_chat.PLATFORM

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """The history hands deliveries to the inbox."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """As in the pocket chat."""
        return pocket_chat.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: it takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post or edit; the trouble there is counts once."""
        trouble, self.trouble = self.trouble, None
        self.last_post = None
        self._refuse(chat, trouble, replacing)
        ref = replacing or MessageRef(chat.id, str(len(self.messages) + 1))
        if replacing is None:
            self.last_post = message.card
            self.posts[message.card] += 1
        self._put(ref, chat, message)
        if trouble is Trouble.REPLY_LOST:
            self.excuse()
            raise ChatError("no answer", Verdict.OUTAGE)
        return ref

    def excuse(self) -> None:
        """The bot cannot know of what was posted just now: it may post it once more."""
        if self.last_post is not None:
            self.excused[self.last_post] += 1
            self.last_post = None

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Nobody: there are no channels."""
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """Nothing was asked."""
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As fast as it comes."""
        return ()

    def delete(self, ref: MessageRef) -> None:
        """A person deletes a message of the bot."""
        if ref not in self.deleted:
            self.deleted.add(ref)
            self.excused[self.messages[ref].card] += 1

    def blocks(self, chat: str) -> None:
        """Somebody blocks the bot, or lets it in again."""
        self.blocked ^= {chat}
        self.ever_blocked = True

    def titles(self) -> dict[str, str]:
        """What stands there, by chat and message."""
        there = self.messages.items()
        return {f"{ref.chat}/{ref.id}": each.view.title for ref, each in there}

    def _refuse(self, chat: Chat, trouble: Trouble | None, replacing: MessageRef | None) -> None:
        if trouble is Trouble.DOWN:
            raise ChatError("down", Verdict.OUTAGE)
        if trouble is Trouble.LIMITED:
            raise ChatError("slow down", Verdict.OUTAGE, retry_after=timedelta(seconds=30))
        if chat.id in self.blocked:
            raise ChatError("blocked", Verdict.GONE)
        if replacing in self.deleted:
            raise ChatError("message to edit not found", Verdict.LOST)

    def _put(self, ref: MessageRef, chat: Chat, message: Message) -> None:
        self.messages[ref] = message
        buttons = [each for line in message.buttons for each in line]
        self.tokens += [(chat.id, each.token) for each in buttons if each.token]
        self.links += [each.url for each in buttons if each.url and each.url not in self.links]
