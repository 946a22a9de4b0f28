"""Rows that conversations keep: deliveries, cards and states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conversations.protocol.events import State
from conversations.protocol.places import Chat
from conversations.protocol.ports import MessageRef, Verdict
from conversations.protocol.views import View


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as the inbox kept it."""

    id: int
    source: str
    sender_id: str
    lane: str
    body: Mapping[str, Any]
    received_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Card:
    """A message that is to show `wanted`; it does once `shown_rev` equals `wanted_rev`.

    `person` is "" on cards that a whole channel reads; `subject` is the top-up or account shown.
    `refused` is why only a person can help, `dismissed` of which verdict an operator wants to hear
    no more; `error` is what the platform said last.
    """

    id: str
    chat: Chat
    person: str
    locale: str
    zone: str
    wanted: View
    wanted_rev: int = 1
    shown_rev: int = 0
    message: MessageRef | None = None
    subject: str | None = None
    tries: int = 0
    given_up_rev: int = 0
    error: str | None = None
    refused: Verdict | None = None
    dismissed: Verdict | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs buttons, sealed, by the name of the key it comes from; codes since that time."""

    name: str
    sealed: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class SavedState:
    """A conversation's state, and when it was last touched.

    `made_by` names the button that led to the newest card; "" where no press did. `pointer` is
    the last card that says only that it goes on below; "" for none.
    """

    state: State
    touched_at: datetime
    locale: str
    zone: str
    made_by: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class CardReport:
    """How far a card is: its title as last wanted, and which revision of it is shown where."""

    id: str
    chat: Chat
    person: str
    subject: str | None
    title: str
    wanted_rev: int
    shown_rev: int
    given_up: bool
    message: MessageRef | None
    tries: int
    error: str | None

    @property
    def is_waiting(self) -> bool:
        """Whether what it should show is still to be sent."""
        return self.shown_rev < self.wanted_rev and not self.given_up


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many deliveries wait, are done, and are set aside for a person to look at."""

    waiting: int
    done: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class LaneLevel:
    """How many lanes of a kind are due, and how long the oldest of them has been."""

    kind: str
    due: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class RefusedCards:
    """How many cards one chat did not take, why only a person can help, and what was said last."""

    chat: Chat
    why: Verdict
    error: str
    cards: int


@dataclass(frozen=True, slots=True)
class Levels:
    """How full everything is: cards by platform and verdict, stuck top-ups by status and age."""

    cards_waiting: dict[str, int]
    cards_refused: dict[tuple[str, ...], int]
    stuck: dict[tuple[str, ...], int]
    held: int
    quarantined: int
    tasks: dict[str, int]
    lanes: Sequence[LaneLevel]
