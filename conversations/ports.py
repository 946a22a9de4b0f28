"""What the bot asks of a chat platform. It defines shapes only."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from conversations.views import Reply, Style, View
from conversations.vocabulary import ConversationKey, FormMissed, Said, Submitted


@dataclass(frozen=True, slots=True)
class Chat:
    """A place messages go to: platform, tenant (workspace, or bot) and the chat's own id."""

    platform: str
    tenant: str
    id: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on its platform: the chat it truly landed in, and its id there."""

    chat: str
    id: str


@dataclass(frozen=True, slots=True)
class Button:
    """A choice ready to send: either a signed `token` that comes back, or a `url` to open."""

    label: str
    style: Style
    token: str | None = None
    url: str | None = None
    confirm: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A view ready to send: its choices have become buttons, in the same lines."""

    view: View
    buttons: tuple[tuple[Button, ...], ...] = ()
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button came back; whether its token holds is judged inside the turn."""

    token: str
    form: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery in our words. `name` and `locale` are what the platform says of the person."""

    key: ConversationKey
    event: Said | Pressed | Submitted | FormMissed
    name: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A raw request as we received it, as JSON. `sender_id` is the sender's own id of it.

    `lane` groups deliveries that must be worked off in order: one conversation.
    `context` never reaches storage: short-lived handles needed only to answer at once.
    """

    source: str
    sender_id: str
    lane: str
    body: Mapping[str, Any]
    context: Mapping[str, str]


class ChatError(Exception):
    """A platform did not take a message.

    `retry_after` is what it asked us to wait, None for no word; `gone` says that the chat will
    never take it; `lost` says that the message to edit is no longer there.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: timedelta | None = None,
        gone: bool = False,
        lost: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.gone = gone
        self.lost = lost


class Unreadable(Exception):
    """A delivery that cannot be read at all; it is quarantined, never retried."""


class Receive(Protocol):
    """Where deliveries go. Whatever is stored is worked off, even if nobody waits for it."""

    async def store(self, delivery: Delivery) -> int | None:
        """Commit the delivery and give its ticket; None when it was received before."""

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        """The replies to a stored delivery; None when they will not come in time."""

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        """Store, then answer."""


class ChatAdapter(Protocol):
    """A translator between one chat platform's words and ours. It renders, it never decides."""

    @property
    def platform(self) -> str:
        """`slack`, `telegram` or `console`."""

    def listening(self, receive: Receive) -> AbstractAsyncContextManager[None]:
        """While entered, every delivery goes to `receive`, stored before it is acknowledged."""

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored delivery in our words; None for what is none of our business. Pure.

        Raises Unreadable for what should be quarantined.
        """

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit the one it replaces. Raises ChatError."""

    async def shares(self, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
        """Which of these channels the person is in at this moment. Raises ChatError."""
