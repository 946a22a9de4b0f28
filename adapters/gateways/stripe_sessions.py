"""Reads Stripe's sessions into our words: status, sum, decline, and what went back. Pure.

https://docs.stripe.com/api/checkout/sessions/object, /payment_intents/object, /charges/object,
/refunds/object and /disputes/object.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import stripe
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from adapters.gateways.stripe_marks import installation_of, is_ours, leave_aside
from adapters.gateways.stripe_money import NotExact, from_stripe
from billing.ports import GatewayError, ListedCheckout
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, UnreadEntry

NAME = "stripe"
# One key sees one Stripe account only, and its id would take a call to learn. Play money and
# real money are two accounts all the same.
MERCHANT_ACCOUNTS = {Mode.SANDBOX: "stripe_test", Mode.LIVE: "stripe_live"}

_DECLINES = {
    "insufficient_funds": "insufficient_funds",
    "authentication_required": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
}
_DECLINED = "card_declined"
_ON_ITS_WAY = frozenset({"processing", "requires_action", "requires_confirmation"})
_FELL_THROUGH = frozenset({"requires_payment_method", "canceled"})
_CAME_HOME = frozenset({"failed", "canceled"})
# An inquiry, and a dispute that was averted, take no money.
_WITHHOLDS = frozenset({"needs_response", "under_review", "won", "lost"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str | None = None
    decline_code: str | None = None


def _expanded(value: Any) -> Any:
    """An object that was not expanded, by its id alone, tells nothing."""
    return None if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Part:
    """A refund or a dispute of a payment: how much, and what became of it."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    metadata: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What was taken by one try to pay, and whether any of it moved since."""

    id: str
    amount_refunded: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """The payment behind a session."""

    id: str
    status: str
    currency: str
    amount_received: int
    last_payment_error: _Problem | None = None
    latest_charge: Annotated[Charge | None, BeforeValidator(_expanded)] = None


@dataclass(frozen=True, slots=True)
class Session:
    """A checkout session, as far as it matters here."""

    id: str
    livemode: bool
    status: str
    payment_status: str
    currency: str
    amount_total: int
    expires_at: int
    url: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None
    payment_intent: Annotated[Intent | None, BeforeValidator(_expanded)] = None


@dataclass(frozen=True, slots=True)
class Back:
    """What went back of a payment, and what of that cannot be counted."""

    counts: Reversals = NOTHING_BACK
    unread: tuple[UnreadEntry, ...] = ()


NO_BACK = Back()
_SESSION = TypeAdapter(Session)
_PART = TypeAdapter(Part)


def read(found: stripe.checkout.Session) -> Session:
    """The session, checked. Raises GatewayError."""
    # By way of JSON: only there does a strict reading take an object for one of our classes.
    text = json.dumps(found.to_dict(for_json=True))
    try:
        return _SESSION.validate_json(text, strict=True)
    except ValidationError:
        # A version of Stripe's that is not known here, perhaps: the operator is told.
        raise GatewayError(
            "stripe: answered with a session in no known form", retry=True, unread=True
        ) from None


def read_ours(found: stripe.checkout.Session) -> Session | None:
    """The session, checked; None for one of another product. Raises GatewayError."""
    if is_ours(found.to_dict(for_json=True)):
        return read(found)
    leave_aside("session")
    return None


def listed(found: stripe.checkout.Session) -> ListedCheckout | None:
    """The session's id and the mark of who opened it; None for one of another product."""
    shown = found.to_dict(for_json=True)
    mark = installation_of(shown.get("metadata"))
    return ListedCheckout(found.id, mark) if is_ours(shown) else None


def read_part(found: stripe.Refund | stripe.Dispute) -> Part:
    """The refund or dispute, checked. Raises GatewayError."""
    text = json.dumps(found.to_dict(for_json=True))
    try:
        return _PART.validate_json(text, strict=True)
    except ValidationError:
        raise GatewayError("stripe: answered with a part in no known form", retry=True) from None


def snapshot(session: Session, back: Back = NO_BACK) -> PaymentSnapshot | None:
    """The session's one payment; None for a word we do not know. Raises GatewayError."""
    status = _status(session)
    if status is None:
        _log.warning("stripe: session %s has a status not known here", session.id)
        return None
    intent = session.payment_intent
    amount, currency = session.amount_total, session.currency
    if status is PaymentStatus.PAID and intent is not None:
        # What was really taken; it is compared with what was asked for.
        amount, currency = intent.amount_received, intent.currency
    try:
        money = from_stripe(amount, currency)
    except NotExact as error:
        raise GatewayError(f"stripe: session {session.id}: {error}", retry=False) from None
    mode = Mode.LIVE if session.livemode else Mode.SANDBOX
    return PaymentSnapshot(
        gateway=NAME,
        merchant_account=MERCHANT_ACCOUNTS[mode],
        payment_ref=session.id,
        reference=session.client_reference_id,
        status=status,
        amount=money,
        mode=mode,
        decline=_decline(session, status),
        installation=installation_of(session.metadata),
        reversals=back.counts,
        search_ref=intent.id if intent else None,
        unread=back.unread,
    )


def back_of(
    refunds: Sequence[stripe.Refund], disputes: Sequence[stripe.Dispute], currency: str
) -> Back:
    """All refunds and disputes of a payment, counted as ours; one that is odd hides no other."""
    sent, odd = _counted(refunds, currency)
    found, odder = _counted(disputes, currency)
    withheld = [one for one in found if one.status in _WITHHOLDS]
    counts = Reversals(
        refunded_minor=_sum(sent),
        refund_failed_minor=_sum(one for one in sent if one.status in _CAME_HOME),
        disputed_minor=_sum(withheld),
        dispute_won_minor=_sum(one for one in withheld if one.status == "won"),
        dispute_lost_minor=_sum(one for one in withheld if one.status == "lost"),
    )
    return Back(counts, (*odd, *odder))


def _counted(
    listed: Sequence[stripe.Refund] | Sequence[stripe.Dispute], currency: str
) -> tuple[list[Part], list[UnreadEntry]]:
    """Those that can be counted, and the others with the reason."""
    good, odd = [], []
    for each in listed:
        try:
            part = read_part(each)
            if part.currency != currency:
                own, other = currency.upper(), part.currency.upper()
                raise NotExact(f"it is in {other}, and the payment in {own}")
            from_stripe(part.amount, part.currency)
            good.append(part)
        except (GatewayError, NotExact, ValueError) as error:
            odd.append(UnreadEntry(str(each.id), str(error)))
    return good, odd


def _sum(parts: Iterable[Part]) -> int:
    return sum(from_stripe(each.amount, each.currency).minor for each in parts)


def _status(session: Session) -> PaymentStatus | None:
    """A complete session is not a paid one: a bank debit is complete days before its money."""
    intent = session.payment_intent.status if session.payment_intent else None
    match session.status, session.payment_status:
        case _, "paid":
            return PaymentStatus.PAID
        case "open", "unpaid":
            return PaymentStatus.OPEN
        case "expired", "unpaid":
            return PaymentStatus.EXPIRED
        case "complete", "unpaid" if intent in _ON_ITS_WAY:
            return PaymentStatus.PROCESSING
        case "complete", "unpaid" if intent in _FELL_THROUGH:
            return PaymentStatus.FAILED
        case _:
            return None


def _decline(session: Session, status: PaymentStatus) -> str | None:
    problem = session.payment_intent.last_payment_error if session.payment_intent else None
    if problem is None or status is PaymentStatus.PAID:
        return None
    words = (problem.decline_code, problem.code)
    return next((_DECLINES[word] for word in words if word in _DECLINES), _DECLINED)
