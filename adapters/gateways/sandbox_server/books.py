"""A checkout and everything that can happen to it, as pure changes. It asks no clock.

Every change begins with `as_of`: what time alone has done counts first, so a page opened before
the expiry and sent after it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pydantic import AwareDatetime, TypeAdapter

from adapters.gateways.sandbox_server.cards import AUTHENTICATION_FAILED, TestCard

Document = dict[str, Any]

# After these the bot finds the payment by asking; about half a day in all.
RETRY_SECONDS = (1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 14_400)


class Books(Protocol):
    """Where the sandbox keeps its documents, each of them JSON, safe from a kill at any moment."""

    async def change(
        self, kind: str, key: str, edit: Callable[[Document | None], Document]
    ) -> Document:
        """Read, edit and write one document, atomically; returns what was written.

        `edit` may run more than once. When it raises, nothing changes and the error goes on.
        """

    async def get(self, kind: str, key: str) -> Document | None:
        """The document, if there is one."""

    async def all(self, kind: str) -> Sequence[Document]:
        """Every document of a kind, in any order."""


class Method(StrEnum):
    """How a checkout is paid."""

    CARD = "card"
    BANK_TRANSFER = "bank_transfer"


class Status(StrEnum):
    """Where the one payment of a checkout stands."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class Transfer(StrEnum):
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
class Checkout:
    """One hosted page and its one payment. No card number is ever part of it."""

    id: str
    payment: str
    reference: str
    description: str
    amount_minor: int
    currency: str
    method: Method
    expires_at: AwareDatetime
    return_url: str
    status: Status = Status.OPEN
    last_decline: str | None = None
    in_3d_secure: bool = False
    transfer: Transfer | None = None
    settles_at: AwareDatetime | None = None
    callbacks: tuple[Callback, ...] = ()


_CHECKOUT = TypeAdapter(Checkout)


def to_document(checkout: Checkout) -> Document:
    """The checkout as JSON holds it."""
    document: Document = _CHECKOUT.dump_python(checkout, mode="json")
    return document


def from_document(document: Document) -> Checkout:
    """The checkout that `to_document` wrote."""
    return _CHECKOUT.validate_python(document)


def as_of(checkout: Checkout, now: datetime) -> Checkout:
    """What time alone has made of the checkout: expired, or the transfer arrived or bounced."""
    if checkout.status is Status.OPEN and now >= checkout.expires_at:
        return _expired(checkout, now)
    settles_at = checkout.settles_at
    if checkout.status is Status.PROCESSING and settles_at is not None and now >= settles_at:
        if checkout.transfer is Transfer.BOUNCES:
            return _tell(replace(checkout, status=Status.FAILED), "payment.failed", now)
        return _tell(replace(checkout, status=Status.PAID), "payment.paid", now)
    return checkout


def card_given(checkout: Checkout, card: TestCard, now: datetime) -> Checkout:
    """A test card was sent. Only an open card checkout changes, so a second one pays nothing."""
    if checkout.status is not Status.OPEN or checkout.method is not Method.CARD:
        return checkout
    if card.asks_3d_secure:
        return replace(checkout, in_3d_secure=True, last_decline=None)
    if card.declined is not None:
        return _declined(checkout, card.declined, now)
    return _paid_by_card(checkout, now, told=not card.callback_lost)


def answered_3d_secure(checkout: Checkout, *, approved: bool, now: datetime) -> Checkout:
    """The payer approved or failed the 3-D Secure check, if one is asked."""
    if checkout.status is not Status.OPEN or not checkout.in_3d_secure:
        return checkout
    if not approved:
        return _declined(checkout, AUTHENTICATION_FAILED, now)
    return _paid_by_card(checkout, now, told=True)


def transfer_sent(
    checkout: Checkout, transfer: Transfer, settles_after: timedelta, now: datetime
) -> Checkout:
    """The payer says that the transfer is on its way. It settles by itself."""
    if checkout.status is not Status.OPEN or checkout.method is not Method.BANK_TRANSFER:
        return checkout
    sent = replace(
        checkout, status=Status.PROCESSING, transfer=transfer, settles_at=now + settles_after
    )
    return _tell(sent, "payment.processing", now)


def closed(checkout: Checkout, now: datetime) -> Checkout:
    """The merchant wants no payment any more. Only an open checkout expires."""
    return _expired(checkout, now) if checkout.status is Status.OPEN else checkout


def callback_tried(checkout: Checkout, callback: str, *, taken: bool, now: datetime) -> Checkout:
    """One attempt to deliver a callback is over; another follows, unless it was taken."""
    return replace(
        checkout,
        callbacks=tuple(
            _tried(each, taken, now) if each.id == callback else each
            for each in checkout.callbacks
        ),
    )


def next_due(checkout: Checkout) -> datetime | None:
    """When the checkout next needs somebody to act without being asked; None for never."""
    moments = [each.due_at for each in checkout.callbacks if each.due_at is not None]
    if checkout.status is Status.OPEN:
        moments.append(checkout.expires_at)
    if checkout.status is Status.PROCESSING and checkout.settles_at is not None:
        moments.append(checkout.settles_at)
    return min(moments, default=None)


def _expired(checkout: Checkout, now: datetime) -> Checkout:
    ended = replace(checkout, status=Status.EXPIRED, in_3d_secure=False)
    return _tell(ended, "checkout.expired", now)


def _declined(checkout: Checkout, decline: str, now: datetime) -> Checkout:
    refused = replace(checkout, in_3d_secure=False, last_decline=decline)
    return _tell(refused, "payment.declined", now)


def _paid_by_card(checkout: Checkout, now: datetime, *, told: bool) -> Checkout:
    paid = replace(checkout, status=Status.PAID, in_3d_secure=False, last_decline=None)
    return _tell(paid, "payment.paid", now) if told else paid


def _tell(checkout: Checkout, event: str, now: datetime) -> Checkout:
    # Counted, not random: a change that runs twice makes the same callback, not a second one.
    message = f"msg_{checkout.id}_{len(checkout.callbacks) + 1}"
    callback = Callback(id=message, type=event, due_at=now)
    return replace(checkout, callbacks=(*checkout.callbacks, callback))


def _tried(callback: Callback, taken: bool, now: datetime) -> Callback:
    attempts = callback.attempts + 1
    if taken or attempts > len(RETRY_SECONDS):
        return replace(callback, due_at=None, attempts=attempts)
    wait = timedelta(seconds=RETRY_SECONDS[attempts - 1])
    return replace(callback, due_at=now + wait, attempts=attempts)
