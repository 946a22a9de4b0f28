"""The port to a payment gateway: what billing asks of one, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing.methods import PaymentMethod
from billing.money import Money
from billing.records import Refund
from billing.topups import Mode, PaymentSnapshot


class GatewayError(Exception):
    """A gateway did not do what was asked; `retry` says whether asking again can help.

    `unread` says that it did answer, in a form that cannot be read; `denied` that it refuses our
    key, or what that key asks for: no outage, as a rule. `told` is what it said all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool,
        unread: bool = False,
        denied: bool = False,
        told: tuple[PaymentSnapshot, ...] = (),
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.unread = unread
        self.denied = denied
        self.told = told

    @property
    def is_outage(self) -> bool:
        """Whether it will pass by itself, so that no person need be told."""
        return self.retry and not (self.unread or self.denied)


class AttemptReused(GatewayError):
    """An attempt came again with another order; the gateway made nothing of it."""

    def __init__(self, gateway: str) -> None:
        super().__init__(f"{gateway}: the attempt was made with another order", retry=False)


class CallbackFlaw(StrEnum):
    """What is wrong with a callback."""

    UNSIGNED = "unsigned"
    STALE = "stale"
    FORGED = "forged"
    # Signed, and yet in no form that we know.
    UNREADABLE = "unreadable"


class BadSignature(Exception):
    """A callback is not from the gateway, or was altered, or is too old or too new."""

    def __init__(self, message: str, flaw: CallbackFlaw = CallbackFlaw.FORGED) -> None:
        super().__init__(message)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """One attempt to pay. `attempt` is the idempotency key, `reference` the top-up's id.

    `installation` is our mark: the gateway keeps it with the checkout and tells it with a payment.
    """

    attempt: str
    reference: str
    installation: str
    description: str
    total: Money
    method: str
    expires_at: datetime
    return_url: str


@dataclass(frozen=True, slots=True)
class HostedPage:
    """The gateway's own page where the payer pays; `checkout_ref` is the gateway's id of it."""

    checkout_ref: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListedCheckout:
    """A checkout in a gateway's list, with the mark of who opened it, where it bears one."""

    checkout_ref: str
    installation: str | None


@dataclass(frozen=True, slots=True)
class PaymentHint:
    """A callback's claim that something happened. Worth a fetch, never a credit.

    It holds all that is stored of the callback, besides a digest: nothing in it is about the
    payer. `event` and `kind` are the gateway's own id and word for what happened.
    """

    checkout_ref: str
    event: str = ""
    kind: str = ""


class PaymentGateway(Protocol):
    """A translator between one gateway's words and ours."""

    @property
    def name(self) -> str:
        """The gateway's name in settings, addresses and the ledger: `sandbox`."""

    @property
    def mode(self) -> Mode:
        """Whether it takes real money."""

    @property
    def merchant_account(self) -> str:
        """Our account at the gateway."""

    @property
    def hosts(self) -> frozenset[str]:
        """Origins (`https://checkout.example`) that a hosted page may lead to."""

    @property
    def methods(self) -> tuple[PaymentMethod, ...]:
        """The ways to pay it offers, in the order to show them."""

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Open a hosted page; the same attempt gives the same page.

        Raises GatewayError, and AttemptReused where that attempt was made with another order.
        """

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """What a callback claims; header names in lower case. Raises BadSignature. Pure."""

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """Every payment of a checkout as it is now. Raises GatewayError."""

    async def close_checkout(self, checkout_ref: str) -> None:
        """Take no payment there any more; what is paid or over is left as it is.

        Raises GatewayError.
        """


@runtime_checkable
class RefundingGateway(Protocol):
    """What a gateway that sends money back does besides."""

    async def refund(
        self, order: Refund, owners: frozenset[str | None]
    ) -> tuple[PaymentSnapshot, ...]:
        """Send money back, once for each order; the payments of its checkout as they then are.

        Nothing is sent of a checkout whose mark is not among `owners`; None there stands for one
        without a mark. Raises GatewayError.
        """


@runtime_checkable
class ListingGateway(Protocol):
    """What a gateway that tells which checkouts it opened does besides."""

    async def opened_since(self, at: datetime) -> tuple[ListedCheckout, ...]:
        """The checkouts that bots opened at that time or later, each once, in any order.

        They are asked for by a bot that may not know of them. Raises GatewayError.
        """
