"""Rows that billing keeps, and sums of them: accounts, links, claims, … Facts, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.ledger import Posting
from billing.money import Money
from billing.topups import Mode


@dataclass(frozen=True, slots=True)
class Account:
    """An account whose balance our own ledger keeps. `threshold_minor` None means no alert.

    `overdraft_minor` is how far below zero it may go by agreement; None means not at all.
    """

    id: str
    title: str
    currency: str
    mode: Mode
    balance_minor: int = 0
    threshold_minor: int | None = None
    alert_card: str | None = None
    country: str | None = None
    overdraft_minor: int | None = None

    @property
    def overdraft(self) -> Money | None:
        """How far below zero it may go; None where nothing is agreed."""
        agreed = self.overdraft_minor
        return None if agreed is None else Money(agreed, self.currency)

    @property
    def balance(self) -> Money:
        """The stored balance: always the sum of its postings."""
        return Money(self.balance_minor, self.currency)


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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to open a checkout; its id is the idempotency key. Written before the call.

    The rest is what its gateway said: `refused` why it will never open it, `closed_at` when it
    first said that it is over and nothing was taken there, `unread` what of its last answer
    could not be read. `asked_at` is when somebody last wanted to know, and `answered_at` as of
    when that was answered.
    """

    id: str
    top_up: str
    revision: int
    gateway: str
    created_at: datetime
    checkout_ref: str | None = None
    url: str | None = None
    refused: str | None = None
    closed_at: datetime | None = None
    unread: str | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def is_asked(self) -> bool:
        """Whether somebody wants to know, and the gateway has not answered yet."""
        if self.asked_at is None:
            return False
        return self.answered_at is None or self.answered_at < self.asked_at


@dataclass(frozen=True, slots=True)
class Refund:
    """An order to send money back; its id is the idempotency key. Written before the call.

    It is over with `done_at`; with an `error` beside it the gateway refused and sent nothing.
    """

    id: str
    gateway: str
    merchant_account: str
    payment_ref: str
    amount: Money
    reason: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None = None
    error: str | None = None


class TaskKind(StrEnum):
    """Why something waits for an operator although no payment is held.

    `MEMBERS_REFUSED` is a chat that does not tell us who is in it.
    """

    WATCH_ENDED = "watch_ended"
    REFUND_REFUSED = "refund_refused"
    CHECKOUT_REFUSED = "checkout_refused"
    ANSWER_UNREAD = "answer_unread"
    MEMBERS_REFUSED = "members_refused"
    ENTRY_UNREAD = "entry_unread"


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
class LedgerAccount:
    """All that ever left (debit) and reached (credit) one ledger account in one currency."""

    id: str
    debit: Money
    credit: Money
    postings: int

    @property
    def balance(self) -> Money:
        """What came less what went: a customer's money is ours to owe, so theirs is a credit."""
        return self.credit - self.debit


@dataclass(frozen=True, slots=True)
class Booked:
    """A posting as it stands in the ledger, with what is known of its transaction."""

    transaction: str
    reference: str
    kind: str
    at: datetime
    posting: Posting


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
