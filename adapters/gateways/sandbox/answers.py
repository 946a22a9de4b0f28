"""Reads the sandbox's answers into our words, strictly."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from adapters.gateways.refusals import DENIED, is_refusal
from adapters.gateways.sandbox.settings import NAME
from billing.money import Money
from billing.ports import AttemptReused, GatewayError, ListedCheckout
from billing.reversals import Reversals
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, UnreadEntry

CHECKOUT_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")

_STATUSES = {
    "open": PaymentStatus.OPEN,
    "processing": PaymentStatus.PROCESSING,
    "paid": PaymentStatus.PAID,
    "failed": PaymentStatus.FAILED,
    "expired": PaymentStatus.EXPIRED,
}

# As large as an amount is anywhere in the bot, and never less than nothing.
_Minor = Annotated[int, Field(ge=0, lt=10**15)]
_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the sandbox shows it."""

    id: str
    status: str
    amount_minor: _Minor
    currency: _Currency
    last_decline: str | None
    refunded_minor: _Minor
    refund_failed_minor: _Minor
    disputed_minor: _Minor
    dispute_won_minor: _Minor
    dispute_lost_minor: _Minor


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout with its payments, each of which is read by itself."""

    id: str
    url: str
    reference: str
    merchant_account: str
    expires_at: AwareDatetime
    payments: tuple[Any, ...]
    installation: str | None = None


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """A part of a list of checkouts, each of which is read by itself."""

    checkouts: tuple[Any, ...]
    has_more: bool


CHECKOUT = TypeAdapter(Checkout)
PAGE = TypeAdapter(CheckoutPage)
_PAYMENT = TypeAdapter(Payment)
Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


class CheckoutNotOpen(GatewayError):
    """A checkout was to be closed that is paid or over."""

    def __init__(self) -> None:
        super().__init__("sandbox: the checkout is not open", retry=False)


def parse_answer(response: httpx.Response, form: TypeAdapter[Answer]) -> Answer:
    """What was answered, in a form. Raises GatewayError."""
    status = response.status_code
    if not response.is_success:
        raise _failure(response)
    try:
        return form.validate_json(response.content, strict=True)
    except ValidationError:
        # What is no JSON is a proxy's page, perhaps: it says nothing about the gateway.
        odd = _is_json(response.content)
        why = f"sandbox: answered {status} in no known form"
        raise GatewayError(why, retry=True, unread=odd) from None


def _failure(response: httpx.Response) -> GatewayError:
    status, said = response.status_code, parse_json(response.content)
    match status, _code(said):
        case 409, "checkout_not_open":
            return CheckoutNotOpen()
        case 409, "idempotency_key_reused":
            return AttemptReused(NAME)
        case _, code:
            again, denied = not is_refusal(status, said), status in DENIED
            return GatewayError(f"sandbox: answered {status} {code}", retry=again, denied=denied)


def _code(said: object) -> str:
    """The error's code, if it is one word: nothing else of an answer belongs in a log."""
    match said:
        case {"error": {"code": str(code)}} if CHECKOUT_REF.fullmatch(code):
            return code
        case _:
            return "without a code"


def parse_json(body: bytes) -> Any:
    """What the JSON holds; None when it is none, which fits no form either."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_json(body: bytes) -> bool:
    """Whether it is any JSON, `null` as well."""
    return parse_json(body) is not None or body.strip() == b"null"


def listed(found: object) -> ListedCheckout | None:
    """A list's entry: its id and who opened it; None for what has no id to ask for."""
    name = _name(found)
    match found:
        case {"installation": str(mark)} if name is not None:
            return ListedCheckout(name, mark)
        case _ if name is not None:
            return ListedCheckout(name, None)
        case _:
            _log.error("sandbox: an entry without an id in the list of checkouts is left aside")
            return None


def to_snapshots(checkout: Checkout) -> tuple[PaymentSnapshot, ...]:
    """Its payments as they are now. Raises GatewayError where one is unread; it tells the rest.

    With a status not known here nothing is known of one: it counts as open, and is unread.
    """
    read_ = [(each, _payment(each)) for each in checkout.payments]
    told = tuple(_snapshot(checkout, payment) for _, payment in read_ if payment is not None)
    odd = [_name(each) or "one without an id" for each, payment in read_ if payment is None]
    if odd:
        why = f"sandbox: {checkout.id} has payments in no known form: {', '.join(odd)}"
        raise GatewayError(why, retry=True, unread=True, told=told)
    return told


def _payment(found: object) -> Payment | None:
    """The payment, checked; None where it cannot be read."""
    try:
        return _PAYMENT.validate_json(json.dumps(found), strict=True)
    except ValidationError:
        return None


def _name(found: object) -> str | None:
    """The id of an entry, if it is one word: nothing else of an answer belongs in a log."""
    match found:
        case {"id": str(name)} if CHECKOUT_REF.fullmatch(name):
            return name
        case _:
            return None


def _snapshot(checkout: Checkout, payment: Payment) -> PaymentSnapshot:
    status = _STATUSES.get(payment.status)
    odd = UnreadEntry(payment.id, "it has a status that is not known here")
    return PaymentSnapshot(
        gateway=NAME,
        merchant_account=checkout.merchant_account,
        payment_ref=payment.id,
        reference=checkout.reference,
        status=status or PaymentStatus.OPEN,
        unread=() if status else (odd,),
        amount=Money(payment.amount_minor, payment.currency),
        mode=Mode.SANDBOX,
        decline=payment.last_decline,
        installation=checkout.installation,
        checkout_ref=checkout.id,
        reversals=Reversals(
            refunded_minor=payment.refunded_minor,
            refund_failed_minor=payment.refund_failed_minor,
            disputed_minor=payment.disputed_minor,
            dispute_won_minor=payment.dispute_won_minor,
            dispute_lost_minor=payment.dispute_lost_minor,
        ),
    )
