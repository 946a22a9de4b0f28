"""Rows beside money: links, tasks, pending work, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkKind(StrEnum):
    """To what an account is linked."""

    TEAM = "team"
    CHANNEL = "channel"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Link:
    """Who may use an account, and which channel reads its alerts.

    `tenant` is the Slack workspace, or "" for Telegram; `external_id` the team, channel or person.
    """

    account: str
    platform: str
    tenant: str
    kind: LinkKind
    external_id: str


class TaskKind(StrEnum):
    """Why something waits for an operator although no payment is held.

    `MEMBERS_REFUSED` is a chat that does not tell us who is in it, `ACCESS_REFUSED` a gateway that
    refuses our key or one of its rights.
    """

    WATCH_ENDED = "watch_ended"
    REFUND_REFUSED = "refund_refused"
    CHECKOUT_REFUSED = "checkout_refused"
    ANSWER_UNREAD = "answer_unread"
    MEMBERS_REFUSED = "members_refused"
    ENTRY_UNREAD = "entry_unread"
    ACCESS_REFUSED = "access_refused"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that only a person can settle; one for each kind and subject."""

    kind: TaskKind
    subject: str
    detail: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that this process may work on until `until`, as long as its `fence` is current."""

    kind: str
    key: str
    fence: int
    tries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """How many lanes of a kind are due now, due later, or held by a claim that still counts."""

    kind: str
    due: int
    later: int
    held: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the audit trail, raw: microseconds since 1970 UTC, and JSON text.

    It is as the database has it, which after a change by a stranger may be of another type.
    """

    number: int
    at: int
    actor: str
    act: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What fixes the entry of that number and all before it."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the audit trail has under a number: an entry, the hash of its seal, or both."""

    number: int
    entry: Entry | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the database numbers the trail's entries, and how far it has come.

    Where it is `gapless`, every number up to `newest` was used. Elsewhere transactions run beside
    each other, and lower numbers may still come: of those that run, `oldest_running` began first,
    and `next_transaction` will be the next to begin.
    """

    newest: int
    gapless: bool
    oldest_running: int = 0
    next_transaction: int = 0
