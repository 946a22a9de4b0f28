"""Keeps checkouts in the books, and knows which of them is due."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from weakref import WeakValueDictionary

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from adapters.gateways.sandbox.server.books import (
    Checkout,
    Method,
    Refund,
    from_document,
    to_document,
)
from adapters.gateways.sandbox.server.changes import as_of, next_due, refund_payment
from adapters.gateways.sandbox.server.settings import SandboxSettings
from adapters.gateways.traits import Document, JsonDocuments
from billing.money import is_currency
from billing.origins import origin_of

_CHECKOUT = "checkout"
_ATTEMPT = "attempt"
# What an id never looks like is not looked up: some databases refuse some characters.
_ID = re.compile(r"cs_[A-Za-z0-9_-]{8,64}")
_AMOUNT_MINOR_MAX = 10**12
_LIFE_MAX = timedelta(days=30)


Edit = Callable[[Checkout, datetime], Checkout]


class UnknownCheckout(Exception):
    """There is no checkout of that id."""


class AttemptReused(Exception):
    """An idempotency key came again with another order."""


class ExpiryOutOfRange(Exception):
    """A new checkout cannot expire in the past, nor in more than 30 days."""


def _currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("not an ISO 4217 currency")
    return code


def _address(address: str) -> str:
    origin_of(address)
    return address


# No control characters: they are in no one-line text, and some databases refuse them.
_Line = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Order(BaseModel):
    """What a merchant sends to open a checkout; the amount is the whole price, fee included."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    reference: Annotated[_Line, Field(max_length=64)]
    description: Annotated[_Line, Field(max_length=200)]
    amount_minor: Annotated[int, Field(gt=0, le=_AMOUNT_MINOR_MAX)]
    currency: Annotated[str, AfterValidator(_currency)]
    method: Method
    expires_at: AwareDatetime
    return_url: Annotated[str, Field(max_length=2_048), AfterValidator(_address)]
    installation: Annotated[_Line, Field(max_length=64)] | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same order, however its JSON was written."""
        return hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()


class RefundOrder(BaseModel):
    """What a merchant sends to send money back."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    amount_minor: Annotated[int, Field(gt=0, le=_AMOUNT_MINOR_MAX)]


class CheckoutBooks:
    """The checkouts, read and changed as of now."""

    def __init__(self, books: JsonDocuments, settings: SandboxSettings) -> None:
        self._books = books
        self._settings = settings
        self._due: dict[str, datetime] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.changed = asyncio.Event()

    async def open(self, attempt: str, order: Order) -> Checkout:
        """The checkout of that attempt, opened now or before.

        Raises AttemptReused and, when it would be new, ExpiryOutOfRange.
        """
        fresh = {"fingerprint": order.fingerprint, "id": self._settings.new_id()}
        in_range = timedelta() < order.expires_at - self._settings.now() <= _LIFE_MAX

        def claim(found: Document | None) -> Document:
            if found is None and not in_range:
                raise ExpiryOutOfRange
            return found or fresh

        claimed = await self._books.change(_ATTEMPT, attempt, claim)
        if claimed["fingerprint"] != order.fingerprint:
            raise AttemptReused
        first = _opened(order, claimed["id"], self._settings.now())
        # The claim and the checkout are two writes: after a kill between them, asking again
        # writes the checkout that is missing.
        found = await self._write(first.id, lambda found: found or to_document(first))
        return as_of(found, self._settings.now())

    async def get(self, checkout: str) -> Checkout:
        """As of now, changing nothing. Raises UnknownCheckout."""
        if not _ID.fullmatch(checkout):
            raise UnknownCheckout
        found = await self._books.get(_CHECKOUT, checkout)
        if found is None:
            raise UnknownCheckout
        return as_of(from_document(found), self._settings.now())

    async def opened_since(self, at: datetime) -> list[Checkout]:
        """As of now, by id; also those of which nobody wrote down when they were opened."""
        now = self._settings.now()
        every = [from_document(each) for each in await self._books.all(_CHECKOUT)]
        found = [each for each in every if each.opened_at is None or each.opened_at >= at]
        return sorted((as_of(each, now) for each in found), key=lambda each: each.id)

    async def change(
        self, checkout: str, edit: Callable[[Checkout, datetime], Checkout]
    ) -> Checkout:
        """Change one as of now. `edit` gets that moment too. Raises UnknownCheckout."""
        if not _ID.fullmatch(checkout):
            raise UnknownCheckout
        now = self._settings.now()

        def edited(found: Document | None) -> Document:
            if found is None:
                raise UnknownCheckout
            return to_document(edit(as_of(from_document(found), now), now))

        return await self._write(checkout, edited)

    async def of_payment(self, payment: str) -> Checkout:
        """The checkout of a payment, as of now, changing nothing. Raises UnknownCheckout."""
        found = await self.get(_checkout_of(payment))
        if payment not in found.payments:
            raise UnknownCheckout
        return found

    async def refund(self, order: Refund) -> Checkout:
        """Send back some of a payment. Raises UnknownCheckout, and ValueError for too much."""
        apart = self._settings.step_delay

        def edit(found: Checkout, now: datetime) -> Checkout:
            if order.payment not in found.payments:
                raise UnknownCheckout
            return refund_payment(found, order, apart, now)

        return await self.change(_checkout_of(order.payment), edit)

    async def remember(self) -> None:
        """Find what was left to do when the last process ended."""
        for document in await self._books.all(_CHECKOUT):
            checkout = from_document(document)
            due_at = next_due(checkout)
            if due_at is not None:
                # What changed meanwhile is noted already, and newer; looking in vain does no harm.
                self._due.setdefault(checkout.id, due_at)
        self.changed.set()

    def due(self, *, but: frozenset[str] = frozenset()) -> list[str]:
        """The checkouts that need something done now, except those that are seen to."""
        now = self._settings.now()
        return [id for id, due_at in self._due.items() if due_at <= now and id not in but]

    async def _write(self, id: str, edit: Callable[[Document | None], Document]) -> Checkout:
        # In turn: books may tell of two changes in another order than they made them, and what
        # is noted last must be the newest.
        async with self._turns.setdefault(id, asyncio.Lock()):
            checkout = from_document(await self._books.change(_CHECKOUT, id, edit))
            self._note(checkout)
        return checkout

    def _note(self, checkout: Checkout) -> None:
        due_at = next_due(checkout)
        if due_at is None:
            self._due.pop(checkout.id, None)
        else:
            self._due[checkout.id] = due_at
        self.changed.set()


def _checkout_of(payment: str) -> str:
    return f"cs_{payment.partition('_')[2]}"


def _opened(order: Order, id: str, now: datetime) -> Checkout:
    return Checkout(
        id=f"cs_{id}",
        payment=f"pay_{id}",
        reference=order.reference,
        description=order.description,
        amount_minor=order.amount_minor,
        currency=order.currency,
        method=order.method,
        expires_at=order.expires_at,
        return_url=order.return_url,
        opened_at=now,
        installation=order.installation,
    )
