"""Reads Stripe's sessions into our words: status, sum, decline, and what went back.

https://docs.stripe.com/api/checkout/sessions/object, /payment_intents/object, /charges/object,
/refunds/object and /disputes/object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from adapters.gateways.stripe.marks import installation_of, is_ours, leave_aside
from adapters.gateways.stripe.money import NotExact, from_stripe
from adapters.gateways.stripe.settings import MERCHANT_ACCOUNTS, NAME
from adapters.gateways.stripe.wire import name_of
from billing.ports import GatewayError, ListedCheckout
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, UnreadEntry

_DECLINES = {
    "insufficient_funds": "insufficient_funds",
    "authentication_required": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
}
_DECLINED = "card_declined"
# A voucher, a transfer that the payer has yet to order: nothing is on its way.
_WAITS_FOR_PAYER = frozenset({"requires_action", "requires_confirmation"})
_ON_ITS_WAY = "processing"
_FELL_THROUGH = frozenset({"requires_payment_method", "canceled"})
_CAME_HOME = frozenset({"failed", "canceled"})
# An inquiry, and a dispute that was averted, take no money.
_WITHHOLDS = frozenset({"needs_response", "under_review", "won", "lost"})

# No amount at Stripe has more digits than twelve; a currency is three letters.
_Amount = Annotated[int, Field(ge=0, lt=10**12)]
_Currency = Annotated[str, Field(pattern=r"^[a-z]{3}$")]


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str | None = None
    decline_code: str | None = None


def _expanded(value: Any) -> Any:
    """An object that was not expanded, by its id alone, tells nothing."""
    return None if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class SessionReversal:
    """A refund or a dispute of a payment: how much, and what became of it."""

    id: str
    amount: _Amount
    currency: _Currency
    status: str | None = None
    metadata: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What was taken by one try to pay, and whether any of it moved since."""

    id: str
    amount_refunded: _Amount
    disputed: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """The payment behind a session."""

    id: str
    status: str
    currency: _Currency
    amount_received: _Amount
    last_payment_error: _Problem | None = None
    latest_charge: Annotated[Charge | None, BeforeValidator(_expanded)] = None


@dataclass(frozen=True, slots=True)
class Session:
    """A checkout session, as far as it matters here."""

    id: str
    livemode: bool
    status: str
    payment_status: str
    currency: _Currency
    amount_total: _Amount
    expires_at: int
    url: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None
    payment_intent: Annotated[Intent | None, BeforeValidator(_expanded)] = None


@dataclass(frozen=True, slots=True)
class CountedReversals:
    """What went back of a payment, and what of that cannot be counted."""

    counts: Reversals = NOTHING_BACK
    unread: tuple[UnreadEntry, ...] = ()


NO_BACK = CountedReversals()
_SESSION = TypeAdapter(Session)
_PART = TypeAdapter(SessionReversal)


def parse_session(found: object, asked: str | None = None) -> Session:
    """The session, checked, and that it is the one `asked` for. Raises GatewayError."""
    try:
        # By way of JSON: only there does a strict reading take an object for one of our classes.
        session = _SESSION.validate_json(json.dumps(found), strict=True)
    except ValidationError:
        session = None
    if session is None or (asked or session.id) != session.id:
        # A version of Stripe's that is not known here, perhaps: the operator is told.
        raise GatewayError(
            "stripe: answered with a session in no known form", retry=True, unread=True
        )
    return session


def parse_own_session(found: object, asked: str | None = None) -> Session | None:
    """The session, checked; None for one of another product. Raises GatewayError."""
    if isinstance(found, dict) and not is_ours(found):
        leave_aside("session")
        return None
    return parse_session(found, asked)


def to_listed(found: object) -> ListedCheckout | None:
    """The session's id and the mark of who opened it; None for one of another product."""
    name = name_of(found)
    if name is None or not isinstance(found, dict) or not is_ours(found):
        return None
    return ListedCheckout(name, installation_of(found["metadata"]))


def refund_order_of(found: object, key: str) -> str | None:
    """The order of ours that a refund was made for; None for another's. Raises GatewayError."""
    match found:
        case {"metadata": {} | None as metadata}:
            order = (metadata or {}).get(key)
            return order if isinstance(order, str) else None
        case _:
            # Sent again, the money would be gone twice.
            raise GatewayError(
                "stripe: answered with a refund in no known form", retry=True, unread=True
            )


def to_snapshot(session: Session, back: CountedReversals = NO_BACK) -> PaymentSnapshot:
    """The session's one payment. Raises GatewayError.

    With a status not known here nothing is known of it: it counts as open, and is unread.
    """
    status, unread = _status(session), back.unread
    if status is None:
        status = PaymentStatus.OPEN
        unread = (UnreadEntry(session.id, "it has a status that is not known here"), *unread)
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
        unread=unread,
        checkout_ref=session.id,
    )


def count_reversals(
    intent: Intent, refunds: Sequence[object], disputes: Sequence[object]
) -> CountedReversals:
    """All refunds and disputes of a payment, counted as ours; one that is odd hides no other."""
    sent, odd = _counted(refunds, intent, "refund")
    found, odder = _counted(disputes, intent, "dispute")
    withheld = [one for one in found if one.status in _WITHHOLDS]
    counts = Reversals(
        refunded_minor=_sum(sent),
        refund_failed_minor=_sum(one for one in sent if one.status in _CAME_HOME),
        disputed_minor=_sum(withheld),
        dispute_won_minor=_sum(one for one in withheld if one.status == "won"),
        dispute_lost_minor=_sum(one for one in withheld if one.status == "lost"),
    )
    return CountedReversals(counts, (*odd, *odder))


def least_back(intent: Intent) -> CountedReversals:
    """What certainly went back of a payment, by its charge alone: never more than all of it."""
    charge = intent.latest_charge
    if charge is None:
        return NO_BACK
    try:
        back = from_stripe(charge.amount_refunded, intent.currency)
    except NotExact:
        return NO_BACK
    return CountedReversals(Reversals(refunded_minor=back.minor))


def _counted(
    entries: Sequence[object], intent: Intent, what: str
) -> tuple[list[SessionReversal], list[UnreadEntry]]:
    """Those that can be counted, and the others with the reason."""
    good, odd = [], []
    for each in entries:
        try:
            good.append(_part(each, intent.currency))
        except NotExact as error:
            name = name_of(each) or f"a {what} of {intent.id} without an id"
            odd.append(UnreadEntry(name, str(error)))
    return good, odd


def _part(found: object, currency: str) -> SessionReversal:
    """The refund or dispute, checked. Raises NotExact."""
    try:
        part = _PART.validate_json(json.dumps(found), strict=True)
    except ValidationError:
        raise NotExact("stripe: answered with a part in no known form") from None
    if part.currency != currency:
        own, other = currency.upper(), part.currency.upper()
        raise NotExact(f"it is in {other}, and the payment in {own}")
    from_stripe(part.amount, part.currency)
    return part


def _sum(parts: Iterable[SessionReversal]) -> int:
    return sum(from_stripe(each.amount, each.currency).minor for each in parts)


def _status(session: Session) -> PaymentStatus | None:
    """A complete session is not a paid one: a bank debit is complete days before its money."""
    intent = session.payment_intent.status if session.payment_intent else None
    match session.status, session.payment_status:
        case _, "paid":
            return PaymentStatus.PAID
        case "open", "unpaid":
            return PaymentStatus.OPEN
        case "complete", "unpaid" if intent in _WAITS_FOR_PAYER:
            return PaymentStatus.OPEN
        case "expired", "unpaid":
            return PaymentStatus.EXPIRED
        case "complete", "unpaid" if intent == _ON_ITS_WAY:
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
