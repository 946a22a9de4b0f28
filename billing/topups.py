"""The life of a top-up and of a payment, as one total table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.money import Money
from billing.reversals import NOTHING_BACK, Reversals


class Mode(StrEnum):
    """Whether real money is meant. A sandbox payment never touches a live account."""

    SANDBOX = "sandbox"
    LIVE = "live"


class TopUpStatus(StrEnum):
    """Where a top-up stands."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    PAID = "paid"
    CREDITED = "credited"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class PaymentStatus(StrEnum):
    """What a gateway says of a payment. `OPEN` means nothing was paid yet."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class TopUpAct(StrEnum):
    """What we do to a top-up ourselves: for its payer, by the clock, in the ledger, …"""

    CANCEL = "cancel"
    EXPIRE = "expire"
    GIVE_UP = "give up"
    CREDIT = "credit"


class ReversedShare(StrEnum):
    """How much of a payment that was credited is not there any more."""

    NOTHING = "nothing is gone"
    SOME = "some is sent back"
    ALL = "all is sent back"
    DISPUTED = "a dispute withholds some"


class Disposition(StrEnum):
    """What became of money a gateway took."""

    APPLIED = "applied"
    HELD = "held"
    REFUNDED = "refunded"


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
    status: TopUpStatus
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
class UnreadEntry:
    """Something in a gateway's answer that cannot be read, such as a refund, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """A payment as its gateway described it just now. `reference` is ours: the top-up's id.

    `installation` is the mark of who opened its checkout, where it bears one.
    A payment that was paid stays `PAID`; what went back of it since is in `reversals`, but for
    what is `unread`. One with a status that nobody here knows is `OPEN`, and `unread` says so.
    `search_ref` is what the gateway's own pages find it by, if not its
    reference; `checkout_ref` is its checkout, which a hint may have named by another id.
    """

    gateway: str
    merchant_account: str
    payment_ref: str
    reference: str | None
    status: PaymentStatus
    amount: Money
    mode: Mode
    decline: str | None = None
    reversals: Reversals = NOTHING_BACK
    installation: str | None = None
    search_ref: str | None = None
    unread: tuple[UnreadEntry, ...] = ()
    checkout_ref: str | None = None

    @property
    def is_unread(self) -> bool:
        """Whether it is not known of the payment what became of it."""
        return self.status is PaymentStatus.OPEN and bool(self.unread)


@dataclass(frozen=True, slots=True)
class Payment:
    """The gateway's record as we keep it; unique by gateway, merchant account and reference.

    `reversed_minor` and `reinstated_minor` are what our ledger booked of the `reversals`, both
    counted from the beginning: their difference is what is gone.
    """

    gateway: str
    merchant_account: str
    payment_ref: str
    top_up: str | None
    status: PaymentStatus
    amount: Money
    disposition: Disposition | None = None
    held_because: HeldReason | None = None
    reversals: Reversals = NOTHING_BACK
    reversed_minor: int = 0
    reinstated_minor: int = 0
    search_ref: str | None = None

    @property
    def display_ref(self) -> str:
        """The id by which people find it on the gateway's own pages."""
        return self.search_ref or self.payment_ref

    @property
    def gone_minor(self) -> int:
        """What our ledger has taken back of it."""
        return self.reversed_minor - self.reinstated_minor

    @property
    def key(self) -> str:
        """The payment's name in ledger references."""
        return f"{self.gateway}/{self.merchant_account}/{self.payment_ref}"


OPEN_STATUSES = frozenset({TopUpStatus.AWAITING_PAYMENT, TopUpStatus.PROCESSING, TopUpStatus.PAID})
# Nobody is to pay any more; whoever does is credited all the same.
ENDED_UNPAID = (TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED)
# The money reached the account; what may follow is that some of it goes back.
CREDITED_STATUSES = frozenset(
    {TopUpStatus.CREDITED, TopUpStatus.PARTLY_REFUNDED, TopUpStatus.REFUNDED, TopUpStatus.DISPUTED}
)

# Pairs not listed change nothing: gateways repeat and reorder, and late news never moves a
# status backwards. Money that arrives late is still money, so `PAID` leads on from every end.
NEXT: dict[tuple[TopUpStatus, PaymentStatus], TopUpStatus] = {
    (TopUpStatus.AWAITING_PAYMENT, PaymentStatus.PROCESSING): TopUpStatus.PROCESSING,
    (TopUpStatus.AWAITING_PAYMENT, PaymentStatus.PAID): TopUpStatus.PAID,
    (TopUpStatus.AWAITING_PAYMENT, PaymentStatus.FAILED): TopUpStatus.FAILED,
    (TopUpStatus.AWAITING_PAYMENT, PaymentStatus.EXPIRED): TopUpStatus.EXPIRED,
    (TopUpStatus.AWAITING_PAYMENT, PaymentStatus.CANCELLED): TopUpStatus.CANCELLED,
    (TopUpStatus.PROCESSING, PaymentStatus.PAID): TopUpStatus.PAID,
    (TopUpStatus.PROCESSING, PaymentStatus.FAILED): TopUpStatus.FAILED,
    (TopUpStatus.PROCESSING, PaymentStatus.EXPIRED): TopUpStatus.EXPIRED,
    (TopUpStatus.PROCESSING, PaymentStatus.CANCELLED): TopUpStatus.CANCELLED,
    **{(ended, PaymentStatus.PROCESSING): TopUpStatus.PROCESSING for ended in ENDED_UNPAID},
    **{(ended, PaymentStatus.PAID): TopUpStatus.PAID for ended in ENDED_UNPAID},
}


ACTS: dict[tuple[TopUpStatus, TopUpAct], TopUpStatus] = {
    (TopUpStatus.AWAITING_PAYMENT, TopUpAct.CANCEL): TopUpStatus.CANCELLED,
    (TopUpStatus.AWAITING_PAYMENT, TopUpAct.EXPIRE): TopUpStatus.EXPIRED,
    (TopUpStatus.AWAITING_PAYMENT, TopUpAct.GIVE_UP): TopUpStatus.FAILED,
    (TopUpStatus.PAID, TopUpAct.CREDIT): TopUpStatus.CREDITED,
}


# Whichever of these a credited top-up has, what is gone of its payment alone says the next.
AFTERMATH: dict[ReversedShare, TopUpStatus] = {
    ReversedShare.NOTHING: TopUpStatus.CREDITED,
    ReversedShare.SOME: TopUpStatus.PARTLY_REFUNDED,
    ReversedShare.ALL: TopUpStatus.REFUNDED,
    ReversedShare.DISPUTED: TopUpStatus.DISPUTED,
}


def advance(status: TopUpStatus, payment: PaymentStatus) -> TopUpStatus:
    """The status of a top-up after news of its payment. Total: unlisted pairs change nothing."""
    return NEXT.get((status, payment), status)


def after_act(status: TopUpStatus, act: TopUpAct) -> TopUpStatus:
    """The status of a top-up after an act of ours. Total: unlisted pairs change nothing."""
    return ACTS.get((status, act), status)


def after_reversal(status: TopUpStatus, payment: Payment) -> TopUpStatus:
    """The status of a top-up after what went back of its payment. Total."""
    return AFTERMATH[_gone(payment)] if status in CREDITED_STATUSES else status


def _gone(payment: Payment) -> ReversedShare:
    """A dispute that is open or lost says more than a refund; one that was won leaves no trace."""
    minor = payment.reversals.gone_minor(payment.amount.minor)
    if payment.reversals.withheld_minor:
        return ReversedShare.DISPUTED
    if minor == payment.amount.minor:
        return ReversedShare.ALL
    return ReversedShare.SOME if minor else ReversedShare.NOTHING
