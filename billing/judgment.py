"""Whether money that came in may be credited, and what was decided of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, auto

from billing.topups import (
    Disposition,
    HeldReason,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
)


class SettleOutcome(StrEnum):
    """What was decided of a payment as it was settled this time."""

    CREDITED = auto()
    HELD = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class SettleResult:
    """A payment as it is now, None where it is somebody else's; and what this time decided."""

    payment: Payment | None
    outcome: SettleOutcome


def held_reason(
    top_up: TopUp | None, snapshot: PaymentSnapshot, applied: Payment | None
) -> HeldReason | None:
    """Why a payment must not be applied once it is paid, or None when it may.

    `applied` is the payment already applied to that top-up, if any.
    """
    if top_up is None:
        return HeldReason.UNKNOWN_TOP_UP
    checks = (
        (snapshot.mode == top_up.mode, HeldReason.WRONG_MODE),
        (
            (snapshot.gateway, snapshot.merchant_account)
            == (top_up.gateway, top_up.merchant_account),
            HeldReason.WRONG_MERCHANT,
        ),
        (snapshot.amount.currency == top_up.total.currency, HeldReason.WRONG_CURRENCY),
        (snapshot.amount == top_up.total, HeldReason.WRONG_AMOUNT),
        # Last, since the reasons above say more about where the money is.
        (
            applied is None or applied.payment_ref == snapshot.payment_ref,
            HeldReason.SECOND_PAYMENT,
        ),
    )
    return next((reason for passed, reason in checks if not passed), None)


@dataclass(frozen=True, slots=True)
class Judgment:
    """A payment as it is to be kept, and why it does not fit its top-up, whether paid or not."""

    payment: Payment
    misfit: HeldReason | None


def judge_payment(
    top_up: TopUp | None, snapshot: PaymentSnapshot, applied: Payment | None
) -> Judgment:
    """What a payment is kept as: unpaid ones have no disposition yet."""
    misfit = held_reason(top_up, snapshot, applied)
    payment = Payment(
        gateway=snapshot.gateway,
        merchant_account=snapshot.merchant_account,
        payment_ref=snapshot.payment_ref,
        top_up=top_up.id if top_up else None,
        status=snapshot.status,
        amount=snapshot.amount,
        search_ref=snapshot.search_ref,
    )
    if snapshot.status is PaymentStatus.PAID:
        became = Disposition.APPLIED if misfit is None else Disposition.HELD
        payment = replace(payment, disposition=became, held_because=misfit)
    return Judgment(payment, misfit)
