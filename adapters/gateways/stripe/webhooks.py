"""Reads Stripe's callbacks: the signature over the raw bytes, then what they hint at.

https://docs.stripe.com/webhooks#verify-manually, https://docs.stripe.com/api/events/types
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.gateways.stripe.marks import is_ours, leave_aside
from billing.ports import BadSignature, CallbackFlaw, PaymentHint

TOLERANCE_SECONDS = 300
SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{1,200}")
INTENT_ID = re.compile(r"pi_[A-Za-z0-9_]{1,200}")
_EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,200}")

_SESSION_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
# Their object names its payment intent, from which the session is found.
_CHARGE_EVENTS = frozenset(
    {
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_INTENT_EVENTS = frozenset({"payment_intent.payment_failed"})
EVENTS = _SESSION_EVENTS | _CHARGE_EVENTS | _INTENT_EVENTS
"""What a webhook endpoint at Stripe should be subscribed to."""

_HEADER = "stripe-signature"
_SCHEME = "v1"
_PARTS_MAX = 20
_TIMESTAMP_DIGITS_MAX = 12

_log = logging.getLogger(__name__)


def sign(secret: str, at: datetime, body: bytes) -> dict[str, str]:
    """The header that Stripe sends with these bytes."""
    timestamp = str(int(at.timestamp()))
    return {_HEADER: f"t={timestamp},{_SCHEME}={_signature(secret, timestamp, body)}"}


def verify(
    secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes, at: datetime
) -> None:
    """Pass when any secret signed these bytes within 300 s of `at`, either way, else BadSignature.

    Stripe's own library lets timestamps of the future pass. Header names are in lower case.
    """
    parts = [part.partition("=") for part in headers.get(_HEADER, "").split(",", _PARTS_MAX)]
    timestamps = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == _SCHEME]
    if len(timestamps) != 1 or not given:
        raise BadSignature("the signature header is missing or malformed", CallbackFlaw.UNSIGNED)
    if not _is_recent(timestamps[0], at):
        raise BadSignature("the timestamp is malformed, too old or too new", CallbackFlaw.STALE)
    wanted = [_signature(secret, timestamps[0], body) for secret in secrets]
    # Every pair is compared, so that the time taken says nothing about which one fits.
    if not any([_same(ours, theirs) for ours in wanted for theirs in given]):
        raise BadSignature("no signature fits")


def read_hints(body: bytes, *, live: bool) -> tuple[PaymentHint, ...]:
    """What a verified callback hints at; nothing for what is not about our own payments.

    Raises BadSignature when the body is no event of Stripe's.
    """
    match _parsed(body):
        case {"object": "event", "type": str(kind), **event} if kind in EVENTS:
            return _of_event(kind, event, live)
        case {"object": str(), "type": str()}:
            # Of a kind that means nothing here, or a thin one, which has another object.
            leave_aside("callback")
            return ()
        case _:
            raise BadSignature("the callback is signed and yet no event", CallbackFlaw.UNREADABLE)


def _of_event(kind: str, event: Mapping[Any, Any], live: bool) -> tuple[PaymentHint, ...]:
    match event:
        case {"livemode": bool(livemode)} if livemode is not live:
            _log.error("stripe: a callback of the other mode is left aside")
        case {"account": account} if account is not None:
            leave_aside("callback")
        case {"data": {"object": {"metadata": _} as about}} if _is_anothers(kind, about):
            leave_aside("callback")
        case {"livemode": bool()}:
            return _about(kind, _named(event.get("id")), event.get("data"))
        case _:
            raise BadSignature("the callback is signed and yet no event", CallbackFlaw.UNREADABLE)
    return ()


def _is_anothers(kind: str, about: Mapping[str, Any]) -> bool:
    """Charges, refunds and disputes do not tell; sessions and payment intents do."""
    return kind not in _CHARGE_EVENTS and not is_ours(about)


def _about(kind: str, event: str, data: Any) -> tuple[PaymentHint, ...]:
    match data:
        case {"object": {} as about}:
            found = about.get("payment_intent" if kind in _CHARGE_EVENTS else "id")
        case _:
            raise BadSignature(
                "the callback is signed and yet not in the known form", CallbackFlaw.UNREADABLE
            )
    match found:
        case {"id": str(name)} | str(name) if _names_payment(kind, name):
            return (PaymentHint(name, event, kind),)
        case _ if kind in _CHARGE_EVENTS:
            # What has no payment intent of that form is none of a checkout's.
            leave_aside("callback")
            return ()
        case _:
            raise BadSignature(
                "the callback is signed and yet names no payment", CallbackFlaw.UNREADABLE
            )


def _names_payment(kind: str, name: str) -> bool:
    """Whether it is an id of what an event of this kind is about."""
    pattern = SESSION_ID if kind in _SESSION_EVENTS else INTENT_ID
    return pattern.fullmatch(name) is not None


def _named(event: Any) -> str:
    return event if isinstance(event, str) and _EVENT_ID.fullmatch(event) else ""


def _is_recent(timestamp: str, at: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > _TIMESTAMP_DIGITS_MAX:
        return False
    return abs(at.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS


def _signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hex()


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))


def _parsed(body: bytes) -> Any:
    """What the JSON holds; None when it is none, which fits no form either."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
