"""The port to a chat platform: what the bot asks of one, and what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from conversations.protocol.events import (
    ConversationKey,
    FormChanged,
    FormMissed,
    Membership,
    Said,
    Submitted,
)
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat, Thread
from conversations.protocol.views import ButtonStyle, Reply, View


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on its platform: the chat it truly landed in, and its id there."""

    chat: str
    id: str


def thread_below(chat: Chat, message: MessageRef) -> Chat:
    """The thread under a message, where the platform has threads: a place of its own."""
    return Chat(chat.platform, chat.tenant, Thread(message.chat, message.id))


@dataclass(frozen=True, slots=True)
class Button:
    """A choice ready to send: a signed `token` that comes back, a `url` to open, or a `copy`.

    `copy` is text for the person's clipboard, at most 256 characters.
    """

    label: str
    style: ButtonStyle
    token: str | None = None
    url: str | None = None
    confirm: str | None = None
    copy: str | None = None
    deny: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, where the same can be fetched, and what it shows in words."""

    png: bytes
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Message:
    """A view ready to send: its choices have become buttons, in the same lines.

    `subject` is the top-up or account it tells of, `card` the card it shows; "" for an answer.
    `protected` says that it leads to a payment, or will once it is edited: not for passing on.
    """

    view: View
    buttons: tuple[tuple[Button, ...], ...] = ()
    subject: str | None = None
    card: str = ""
    protected: bool = False
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button came back; whether its token holds is judged inside the turn.

    `by_link` says that it came as a link to another chat, so that no answer can pop up on it.
    """

    token: str
    form: bool = False
    by_link: bool = False


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person looks at the bot's own page in their chat, where the platform has one."""


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """A person asks to top up what a message is about; `card` may not be one of ours."""

    card: str
    form: bool = False


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The chat goes on under another id; what was addressed to the old one belongs there."""

    to: str


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """The chat takes messages again: the bot was let in, or is no longer blocked."""


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """Whoever had installed the bot by then has it no more; what came later stands."""

    by: datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery in our words. `name` and `locale` are what the platform says of the person.

    The key's person is "" where the platform does not say who it was.
    """

    key: ConversationKey
    event: (
        Said
        | Pressed
        | Submitted
        | FormChanged
        | FormMissed
        | HomeOpened
        | AskedAbout
        | ChatMoved
        | ChatOpened
        | Uninstalled
    )
    name: str = ""
    locale: str | None = None
    zone: str | None = None
    membership: Membership = Membership.MEMBER


@dataclass(frozen=True, slots=True)
class Delivery:
    """Of a request what is read of it, as JSON. `sender_id` is the sender's own id of it.

    `lane` groups deliveries that must be worked off in order: one conversation.
    `context` never reaches storage: short-lived handles needed only to answer at once.
    """

    source: str
    sender_id: str
    lane: str
    body: Mapping[str, Any]
    context: Mapping[str, str]


class Verdict(StrEnum):
    """What is to be done about a message that a platform did not take."""

    # Nothing is known for sure: tried again, and given up after many tries.
    UNCLEAR = "unclear"
    # Nobody answered, or we are to wait: tried for as long as it takes.
    OUTAGE = "outage"
    # The bot is kept out, and only somebody else can let it in again: tried now and then.
    SHUT_OUT = "shut_out"
    # The message to edit is no longer there: posted anew.
    LOST = "lost"
    # The chat takes no message, until it opens again: given up so long.
    GONE = "gone"
    # This message will never be taken, by any chat: given up.
    HOPELESS = "hopeless"


class ChatError(Exception):
    """A platform did not take a message.

    `retry_after` is what it asked us to wait, None for no word; `limit` names the pace that the
    wait is for, "" for the chat alone; `moved_to` is the chat's new id.
    """

    def __init__(
        self,
        message: str,
        verdict: Verdict = Verdict.UNCLEAR,
        *,
        retry_after: timedelta | None = None,
        limit: str = "",
        moved_to: str | None = None,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.retry_after = retry_after
        self.limit = limit
        self.moved_to = moved_to


class UnreadableDelivery(Exception):
    """A delivery that cannot be read at all; it is quarantined, never retried."""


class DeliveryReceiver(Protocol):
    """Where deliveries go. Whatever is stored is worked off, even if nobody waits for it."""

    async def accept(self, delivery: Delivery) -> int | None:
        """Commit the delivery and give its ticket; None when it was received before."""

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        """The replies to a stored delivery; None when they will not come in time."""

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        """Store, then answer."""

    async def may_poll(self, who: str) -> bool:
        """Whether a poll as `who`, of at most 40 s, may begin here and not in another bot."""


@runtime_checkable
class LinkableChat(Protocol):
    """What an adapter does besides, whose chats a link in a browser can lead to."""

    def link_to(self, chat: Chat) -> str | None:
        """The address that opens this chat; None where none is known."""


class ChatAdapter(Protocol):
    """A translator between one chat platform's words and ours. It renders, it never decides."""

    @property
    def platform(self) -> str:
        """`slack`, `telegram` or `console`."""

    def listening(self, receive: DeliveryReceiver) -> AbstractAsyncContextManager[None]:
        """While entered, every delivery goes to `receive`, stored before it is acknowledged."""

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored delivery in our words; None for what is none of our business. Pure.

        Raises UnreadableDelivery for what should be quarantined.
        """

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """How fast the platform takes messages there, posted or edited. Pure."""

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit the one it replaces. Raises ChatError.

        What is to be away is deleted instead, and edited where the platform keeps it.
        """

    async def membership(self, key: ConversationKey) -> Membership:
        """How the person stands to the key's tenant at this moment. Raises ChatError."""

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Whether the person is in this channel at this moment. Raises ChatError.

        Shut out or gone: whoever is there, it is not told until somebody changes something.
        """

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """What `is_in` said of these channels at most a minute ago. It asks nobody.

        Raises ChatError.
        """

    def lookup_paces(self) -> tuple[Pace, ...]:
        """How fast the platform may be asked who is in a channel. Pure."""
