"""Rows that billing keeps, and sums of them: accounts, attempts, refunds, ledger accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
        return self.asked_at is not None and (
            self.answered_at is None or self.answered_at < self.asked_at
        )


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
class BookedPosting:
    """A posting as it stands in the ledger, with what is known of its transaction."""

    transaction: str
    reference: str
    kind: str
    at: datetime
    posting: Posting
