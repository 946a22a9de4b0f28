"""A chat adapter that a dialog watches: every view that goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import ChatAdapter, Delivery, Incoming, Message, MessageRef
from conversations.protocol.ports import DeliveryReceiver as TakeDelivery
from conversations.protocol.views import PrivateReply, Reply, View


@dataclass(frozen=True, slots=True)
class Shown:
    """A view that went out to a chat, as a message; "" and None when it was told in place."""

    chat: str
    ref: MessageRef | None
    view: View


@dataclass(slots=True)
class Watched:
    """A chat adapter, and the views that went through it: what was shown and told, in order."""

    inner: ChatAdapter
    shown: list[Shown] = field(default_factory=list)

    @property
    def platform(self) -> str:
        return self.inner.platform

    def listening(self, receive: TakeDelivery) -> AbstractAsyncContextManager[None]:
        return self.inner.listening(_WatchedReceive(receive, self.shown))

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        return self.inner.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        return self.inner.paces(chat, edit=edit)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        ref = await self.inner.show(chat, message, replacing=replacing)
        if replacing is not None and (ref != replacing or message.view.away):
            # What cannot be edited into it was deleted, or was gone already.
            self.shown[:] = [one for one in self.shown if one.ref != replacing]
        if not message.view.away:
            self.shown.append(Shown(chat.id, ref, message.view))
        return ref

    async def membership(self, key: ConversationKey) -> Membership:
        return await self.inner.membership(key)

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        return await self.inner.is_in(key, channel)

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        return await self.inner.was_in(key, channels)

    def lookup_paces(self) -> tuple[Pace, ...]:
        return self.inner.lookup_paces()


@dataclass(frozen=True, slots=True)
class _WatchedReceive:
    inner: TakeDelivery
    shown: list[Shown]

    async def accept(self, delivery: Delivery) -> int | None:
        return await self.inner.accept(delivery)

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        replies = await self.inner.answer(ticket)
        told = [reply.view for reply in replies or () if isinstance(reply, PrivateReply)]
        self.shown.extend(Shown("", None, view) for view in told)
        return replies

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        ticket = await self.accept(delivery)
        return None if ticket is None else await self.answer(ticket)

    async def may_poll(self, who: str) -> bool:
        return await self.inner.may_poll(who)
