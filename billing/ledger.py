"""Double entry: postings from a source to a destination. Nothing is ever edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from billing.money import Money
from billing.topups import Payment, TopUp

FEES = "house:fees"
USAGE = "house:usage"
_CUSTOMER = "customer:"


class TransactionKind(StrEnum):
    """What a transaction records."""

    CREDIT = "credit"
    CHARGE = "charge"
    REVERSAL = "reversal"
    REINSTATEMENT = "reinstatement"
    CORRECTION = "correction"


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
    kind: TransactionKind
    postings: tuple[Posting, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """What one posting did to a customer's account; `change_minor` is negative for what left."""

    transaction: str
    kind: TransactionKind
    account: str
    change_minor: int
    currency: str
    at: datetime


def customer_account(account: str) -> str:
    """The ledger account that holds a customer account's balance."""
    return _CUSTOMER + account


def customer_of(ledger_account: str) -> str | None:
    """The customer account behind a ledger account; None for the house's own."""
    return ledger_account.removeprefix(_CUSTOMER) if is_customer(ledger_account) else None


def is_customer(ledger_account: str) -> bool:
    """Whether a ledger account belongs to a customer."""
    return ledger_account.startswith(_CUSTOMER)


def credit_transaction(top_up: TopUp, payment: Payment, at: datetime) -> Transaction:
    """What the gateway took, split into the account's amount and the fee."""
    postings = [
        Posting(clearing_account(payment), customer_account(top_up.account), top_up.amount)
    ]
    if top_up.fee.minor:
        postings.append(Posting(clearing_account(payment), FEES, top_up.fee))
    return Transaction(credit_reference(payment), TransactionKind.CREDIT, tuple(postings), at)


def clearing_account(payment: Payment) -> str:
    """The ledger account of what a gateway owes us."""
    return f"gateway:{payment.gateway}:{payment.merchant_account}"


def credit_reference(payment: Payment) -> str:
    """The ledger reference of a payment's credit: one payment, one credit."""
    return f"{payment.key}:{TransactionKind.CREDIT}:{payment.amount.minor}"


def reversal_transaction(
    top_up: TopUp, payment: Payment, at: datetime
) -> tuple[Transaction, Payment] | None:
    """Book the difference between what is gone and what was booked as gone; None for none.

    Credit and fee go back in proportion, so that the whole payment takes back exactly both. The
    reference counts from the beginning: each difference is booked once, and nothing is edited.
    """
    booked, gone = payment.gone_minor, payment.reversals.gone_minor(payment.amount.minor)
    if gone == booked:
        return None
    if gone > booked:
        total = payment.reversed_minor + gone - booked
        kind, payment = TransactionKind.REVERSAL, replace(payment, reversed_minor=total)
    else:
        total = payment.reinstated_minor + booked - gone
        kind, payment = TransactionKind.REINSTATEMENT, replace(payment, reinstated_minor=total)
    parts = _parts(top_up, min(booked, gone), max(booked, gone))
    ends = [(owner, clearing_account(payment), minor) for owner, minor in parts if minor]
    if kind is TransactionKind.REINSTATEMENT:
        ends = [(to, source, minor) for source, to, minor in ends]
    postings = tuple(
        Posting(source, to, Money(minor, top_up.amount.currency)) for source, to, minor in ends
    )
    return Transaction(f"{payment.key}:{kind}:{total}", kind, postings, at), payment


def _parts(top_up: TopUp, low: int, high: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """What customer and house each bear of the payment's minor units from `low` to `high`."""

    def of_customer(gone: int) -> int:
        return gone * top_up.amount.minor // top_up.total.minor

    customers = of_customer(high) - of_customer(low)
    return (customer_account(top_up.account), customers), (FEES, high - low - customers)


def charge_transaction(account: str, amount: Money, key: str, at: datetime) -> Transaction:
    """What other programs spend from an account; `key` is the spender's idempotency key."""
    posting = Posting(customer_account(account), USAGE, amount)
    return Transaction(
        f"{account}:{TransactionKind.CHARGE}:{key}", TransactionKind.CHARGE, (posting,), at
    )


def correction_transaction(name: str, wrong: Transaction, at: datetime) -> Transaction:
    """The opposite of a transaction that is known as `name`: one correction for each."""
    postings = tuple(
        Posting(each.destination, each.source, each.amount) for each in wrong.postings
    )
    return Transaction(
        f"{name}:{TransactionKind.CORRECTION}", TransactionKind.CORRECTION, postings, at
    )
