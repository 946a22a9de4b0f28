"""A chat platform in memory, small enough to read: people type, press and send forms in it.

It decides nothing. Whoever outlives it may keep what it shows: see kills/kill_child.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from conversations.protocol.actions import Slot
from conversations.protocol.events import ConversationKey, Membership, Said, Submitted
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import (
    Button,
    ChatError,
    Delivery,
    DeliveryReceiver,
    Incoming,
    Message,
    MessageRef,
    Pressed,
    UnreadableDelivery,
    Verdict,
)

PLATFORM = "pocket"
TENANT = "T1"


def chat_of(person: str) -> Chat:
    """The chat in which a person talks with the bot alone."""
    return read_chat(PLATFORM, TENANT, f"dm-{person}")


def key_of(person: str) -> ConversationKey:
    """A person's conversation."""
    return ConversationKey(PLATFORM, TENANT, chat_of(person).id, person)


def delivery(name: str, person: str, *, waits: bool = False, **body: Any) -> Delivery:
    """What a person did: `text`, `press` (a token) or `form` (slot: value); unique by `name`."""
    context = {"answer": "here"} if waits else {}
    whole = {"person": person, **body}
    return Delivery(PLATFORM, name, f"{PLATFORM}:{TENANT}:{person}", whole, context)


def to_event(body: Mapping[str, Any]) -> Incoming | None:
    """A stored body in our words. Raises UnreadableDelivery for what names nobody."""
    match body:
        case {"person": str(person), "text": str(text)}:
            first, _, rest = text.partition(" ")
            command = first == "/topup"
            said = Said(
                rest if command else text,
                command=command,
                bank_card_number=body.get("card_number") is True,
            )
            return Incoming(key_of(person), said)
        case {"person": str(person), "press": str(token)}:
            return Incoming(key_of(person), Pressed(token))
        case {"person": str(person), "form": dict(form)}:
            values = tuple((Slot(slot), str(value)) for slot, value in form.items())
            return Incoming(key_of(person), Submitted("00000000000000dd", values))
        case _:
            raise UnreadableDelivery("nobody did anything")


@dataclass(slots=True)
class PocketChat:
    """Keeps the messages that people see, the newest content of each; `troubles` come first.

    `inside` tells who is in a channel; one in `silences` does not say, and all take `seconds`.
    Where it `keeps_all`, it deletes nothing.
    """

    messages: dict[MessageRef, Message] = field(default_factory=dict)
    troubles: list[ChatError] = field(default_factory=list)
    platform: str = PLATFORM
    inside: dict[str, set[str]] = field(default_factory=dict)
    silences: dict[str, Exception] = field(default_factory=dict)
    seconds: float = 0.0
    limits: tuple[Pace, ...] = ()
    asked: list[str] = field(default_factory=list)
    recalls: dict[tuple[str, str], bool] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))
    keeps_all: bool = False

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Nobody writes by themselves here: tests hand deliveries to the inbox."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """See `to_event` above."""
        return to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: it takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Keep it, unless there is trouble to be had first."""
        if self.troubles:
            raise self.troubles.pop(0)
        ref = replacing or MessageRef(chat.id, f"{next(self.numbers)}")
        if message.view.away and not self.keeps_all:
            if self.messages.pop(ref, None) is None:
                raise ChatError("it is gone already", Verdict.LOST)
            return ref
        self.messages[ref] = message
        return ref

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Whether they are in it, remembered until a test forgets it; unless it is silent."""
        self.asked.append(channel)
        await asyncio.sleep(self.seconds)
        if channel in self.silences:
            raise self.silences[channel]
        self.recalls[channel, key.person] = key.person in self.inside.get(channel, ())
        return self.recalls[channel, key.person]

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """What was answered before."""
        found = {each: self.recalls.get((each, key.person)) for each in channels}
        return {each: there for each, there in found.items() if there is not None}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As a test says; as fast as it comes by itself."""
        return self.limits

    def seen_by(self, person: str) -> list[Message]:
        """Every message in a person's chat, in the order they were posted."""
        return [each for ref, each in self.messages.items() if ref.chat == chat_of(person).id]

    def newest(self, person: str) -> Message:
        """The last message posted to a person."""
        return self.seen_by(person)[-1]


def button(message: Message, label: str) -> Button:
    """The button whose label begins so. Raises LookupError."""
    for line in message.buttons:
        for each in line:
            if each.label.startswith(label):
                return each
    raise LookupError(f"no button {label!r} under {message.view.title!r}")
