"""The life of a top-up and of a payment: one total table. It moves no money and asks nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from billing.money import Money


class Mode(StrEnum):
    """Whether real money is meant. A sandbox payment never touches a live account."""

    SANDBOX = "sandbox"
    LIVE = "live"


class Status(StrEnum):
    """Where a top-up stands."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    PAID = "paid"
    CREDITED = "credited"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


class PaymentStatus(StrEnum):
    """What a gateway says of a payment. `OPEN` means nothing was paid yet."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What we do to a top-up ourselves: for its payer, by the clock, in the ledger."""

    CANCEL = "cancel"
    EXPIRE = "expire"
    CREDIT = "credit"


class Disposition(StrEnum):
    """What became of money a gateway took."""

    APPLIED = "applied"
    HELD = "held"


class HeldReason(StrEnum):
    """Why money was not applied to a top-up by itself. A person decides on each."""

    UNKNOWN_TOP_UP = "unknown_top_up"
    SECOND_PAYMENT = "second_payment"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_MODE = "wrong_mode"
    WRONG_MERCHANT = "wrong_merchant"


@dataclass(frozen=True, slots=True)
class TopUp:
    """What was asked for: `amount` reaches the account, `amount + fee` is what the payer pays."""

    id: str
    account: str
    amount: Money
    fee: Money
    method: str
    gateway: str
    merchant_account: str
    mode: Mode
    status: Status
    revision: int
    requester: str
    card: str
    created_at: datetime
    expires_at: datetime
    watched_until: datetime
    decline: str | None = None

    @property
    def total(self) -> Money:
        """What the payer pays."""
        return self.amount + self.fee


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """A payment as its gateway described it just now. `reference` is ours: the top-up's id."""

    gateway: str
    merchant_account: str
    payment_ref: str
    reference: str | None
    status: PaymentStatus
    amount: Money
    mode: Mode
    decline: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """The gateway's record as we keep it; unique by gateway, merchant account and reference."""

    gateway: str
    merchant_account: str
    payment_ref: str
    top_up: str | None
    status: PaymentStatus
    amount: Money
    disposition: Disposition | None = None
    held_because: HeldReason | None = None

    @property
    def key(self) -> str:
        """The payment's name in ledger references."""
        return f"{self.gateway}/{self.merchant_account}/{self.payment_ref}"


OPEN_STATUSES = frozenset({Status.AWAITING_PAYMENT, Status.PROCESSING, Status.PAID})

_ENDED_UNPAID = (Status.CANCELLED, Status.EXPIRED, Status.FAILED)

# Pairs not listed change nothing: gateways repeat and reorder, and late news never moves a
# status backwards. Money that arrives late is still money, so `PAID` leads on from every end.
NEXT: dict[tuple[Status, PaymentStatus], Status] = {
    (Status.AWAITING_PAYMENT, PaymentStatus.PROCESSING): Status.PROCESSING,
    (Status.AWAITING_PAYMENT, PaymentStatus.PAID): Status.PAID,
    (Status.AWAITING_PAYMENT, PaymentStatus.FAILED): Status.FAILED,
    (Status.AWAITING_PAYMENT, PaymentStatus.EXPIRED): Status.EXPIRED,
    (Status.AWAITING_PAYMENT, PaymentStatus.CANCELLED): Status.CANCELLED,
    (Status.PROCESSING, PaymentStatus.PAID): Status.PAID,
    (Status.PROCESSING, PaymentStatus.FAILED): Status.FAILED,
    (Status.PROCESSING, PaymentStatus.EXPIRED): Status.EXPIRED,
    (Status.PROCESSING, PaymentStatus.CANCELLED): Status.CANCELLED,
    **{(ended, PaymentStatus.PROCESSING): Status.PROCESSING for ended in _ENDED_UNPAID},
    **{(ended, PaymentStatus.PAID): Status.PAID for ended in _ENDED_UNPAID},
}


ACTS: dict[tuple[Status, Act], Status] = {
    (Status.AWAITING_PAYMENT, Act.CANCEL): Status.CANCELLED,
    (Status.AWAITING_PAYMENT, Act.EXPIRE): Status.EXPIRED,
    (Status.PAID, Act.CREDIT): Status.CREDITED,
}


def advance(status: Status, payment: PaymentStatus) -> Status:
    """The status of a top-up after news of its payment. Total: unlisted pairs change nothing."""
    return NEXT.get((status, payment), status)


def after(status: Status, act: Act) -> Status:
    """The status of a top-up after an act of ours. Total: unlisted pairs change nothing."""
    return ACTS.get((status, act), status)


def held_reason(
    top_up: TopUp | None, snapshot: PaymentSnapshot, applied: Payment | None
) -> HeldReason | None:
    """Why a paid payment must not be applied, or None when it may.

    `applied` is the payment already applied to that top-up, if any.
    """
    if top_up is None:
        return HeldReason.UNKNOWN_TOP_UP
    if applied is not None and applied.payment_ref != snapshot.payment_ref:
        return HeldReason.SECOND_PAYMENT
    checks = (
        (snapshot.mode == top_up.mode, HeldReason.WRONG_MODE),
        (
            (snapshot.gateway, snapshot.merchant_account)
            == (top_up.gateway, top_up.merchant_account),
            HeldReason.WRONG_MERCHANT,
        ),
        (snapshot.amount.currency == top_up.total.currency, HeldReason.WRONG_CURRENCY),
        (snapshot.amount == top_up.total, HeldReason.WRONG_AMOUNT),
    )
    return next((reason for passed, reason in checks if not passed), None)


def judge(top_up: TopUp | None, snapshot: PaymentSnapshot, applied: Payment | None) -> Payment:
    """The payment as it is to be kept: unpaid ones have no disposition yet."""
    payment = Payment(
        gateway=snapshot.gateway,
        merchant_account=snapshot.merchant_account,
        payment_ref=snapshot.payment_ref,
        top_up=top_up.id if top_up else None,
        status=snapshot.status,
        amount=snapshot.amount,
    )
    if snapshot.status is not PaymentStatus.PAID:
        return payment
    reason = held_reason(top_up, snapshot, applied)
    if reason is None:
        return replace(payment, disposition=Disposition.APPLIED)
    return replace(payment, disposition=Disposition.HELD, held_because=reason)
