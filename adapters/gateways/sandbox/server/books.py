"""A checkout and its payment as the sandbox's books keep them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import AwareDatetime, TypeAdapter

from adapters.gateways.sandbox.server.bank_cards import Twist
from adapters.gateways.traits import Document


class Method(StrEnum):
    """How a checkout is paid."""

    CARD = "card"
    BANK_TRANSFER = "bank_transfer"


class CheckoutStatus(StrEnum):
    """Where the one payment of a checkout stands."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class TransferOutcome(StrEnum):
    """What a bank transfer will come to."""

    ARRIVES = "arrives"
    BOUNCES = "bounces"


@dataclass(frozen=True, slots=True)
class Callback:
    """News for the merchant. `due_at` is the next attempt, None when there is none to come."""

    id: str
    type: str
    due_at: AwareDatetime | None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ReturnedAmounts:
    """What went back of a payment, each counted from the beginning and never less."""

    refunded_minor: int = 0
    refund_failed_minor: int = 0
    disputed_minor: int = 0
    dispute_won_minor: int = 0
    dispute_lost_minor: int = 0


@dataclass(frozen=True, slots=True)
class PlannedTwist:
    """Something that a test card brings about by itself, at a time."""

    twist: Twist
    minor: int
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund that the merchant ordered; `key` is its idempotency key."""

    key: str
    payment: str
    minor: int


@dataclass(frozen=True, slots=True)
class Checkout:
    """One hosted page and its payment, or two. No card number is ever part of it.

    `taken_minor` is what was really taken, where that is not the price. `second` is what went
    back of a second payment, where somebody paid twice.
    """

    id: str
    payment: str
    reference: str
    description: str
    amount_minor: int
    currency: str
    method: Method
    expires_at: AwareDatetime
    return_url: str
    status: CheckoutStatus = CheckoutStatus.OPEN
    last_decline: str | None = None
    in_3d_secure: bool = False
    transfer: TransferOutcome | None = None
    settles_at: AwareDatetime | None = None
    callbacks: tuple[Callback, ...] = ()
    taken_minor: int | None = None
    back: ReturnedAmounts = ReturnedAmounts()
    second: ReturnedAmounts | None = None
    later: tuple[PlannedTwist, ...] = ()
    refunds: tuple[Refund, ...] = ()
    refunds_fail: bool = False
    opened_at: AwareDatetime | None = None
    installation: str | None = None

    @property
    def payments(self) -> dict[str, ReturnedAmounts]:
        """What went back, by the payment's id."""
        second = {second_payment(self): self.second} if self.second is not None else {}
        return {self.payment: self.back, **second}

    @property
    def payment_minor(self) -> int:
        """What a payment took, or would take."""
        return self.amount_minor if self.taken_minor is None else self.taken_minor


def second_payment(checkout: Checkout) -> str:
    """The id of the payment that nobody asked for."""
    return checkout.payment.replace("pay_", "pay2_", 1)


_CHECKOUT = TypeAdapter(Checkout)


def to_document(checkout: Checkout) -> Document:
    """The checkout as JSON holds it."""
    document: Document = _CHECKOUT.dump_python(checkout, mode="json")
    return document


def from_document(document: Document) -> Checkout:
    """The checkout that `to_document` wrote."""
    return _CHECKOUT.validate_python(document)
