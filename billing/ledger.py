"""Double entry: postings from a source to a destination. It stores nothing and edits nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.money import Money
from billing.topups import Payment, TopUp

FEES = "house:fees"
USAGE = "house:usage"
_CUSTOMER = "customer:"


class Kind(StrEnum):
    """What a transaction records."""

    CREDIT = "credit"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Posting:
    """Money that moves from one ledger account to another; balanced by construction."""

    source: str
    destination: str
    amount: Money

    def __post_init__(self) -> None:
        """Refuse what could not be a movement."""
        if self.amount.minor <= 0:
            raise ValueError("a posting moves a positive amount")
        if self.source == self.destination:
            raise ValueError("a posting has two different ends")


@dataclass(frozen=True, slots=True)
class Transaction:
    """Postings that stand or fall together; `reference` is unique in the ledger."""

    reference: str
    kind: Kind
    postings: tuple[Posting, ...]
    at: datetime


def customer(account: str) -> str:
    """The ledger account that holds a customer account's balance."""
    return _CUSTOMER + account


def customer_of(ledger_account: str) -> str | None:
    """The customer account behind a ledger account; None for the house's own."""
    return ledger_account.removeprefix(_CUSTOMER) if is_customer(ledger_account) else None


def is_customer(ledger_account: str) -> bool:
    """Whether a ledger account belongs to a customer."""
    return ledger_account.startswith(_CUSTOMER)


def credit(top_up: TopUp, payment: Payment, at: datetime) -> Transaction:
    """What the gateway took, split into the account's amount and the fee."""
    clearing = f"gateway:{payment.gateway}:{payment.merchant_account}"
    postings = [Posting(clearing, customer(top_up.account), top_up.amount)]
    if top_up.fee.minor:
        postings.append(Posting(clearing, FEES, top_up.fee))
    return Transaction(credit_reference(payment), Kind.CREDIT, tuple(postings), at)


def credit_reference(payment: Payment) -> str:
    """The ledger reference of a payment's credit: one payment, one credit."""
    return f"{payment.key}:{Kind.CREDIT}:{payment.amount.minor}"


def charge(account: str, amount: Money, key: str, at: datetime) -> Transaction:
    """What other programs spend from an account; `key` is the spender's idempotency key."""
    posting = Posting(customer(account), USAGE, amount)
    return Transaction(f"{account}:{Kind.CHARGE}:{key}", Kind.CHARGE, (posting,), at)
