"""Stripe Checkout: Stripe's hosted page, signed callbacks, and what its API says was paid.

https://docs.stripe.com/api/checkout/sessions. It believes no callback and no return page, and
sees only the sessions that it opened itself: others on the same Stripe account are not ours.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import stripe
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from adapters.gateways import stripe_webhooks as webhooks
from adapters.gateways.stripe_money import NotExact, from_stripe, to_stripe
from adapters.gateways.stripe_wire import OFFICIAL, AttemptReused, answer, client
from billing.methods import PaymentMethod
from billing.origins import leads_to, origin
from billing.ports import CheckoutRequest, GatewayError, HostedPage, PaymentHint
from billing.topups import Mode, PaymentSnapshot, PaymentStatus

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

NAME = "stripe"
# One key sees one Stripe account only, and its id would take a call to learn.
MERCHANT_ACCOUNT = "stripe_account"
# Which ways to pay the page offers is set in Stripe's dashboard; the slow ones take days.
METHODS = (PaymentMethod("stripe", NAME, watched_after_expiry=timedelta(days=10)),)
# Nobody takes what is not Stripe's own for the real one.
PLAYED_METHODS = tuple(replace(method, key="stripe_simulated") for method in METHODS)
CHECKOUT_ORIGIN = "https://checkout.stripe.com"

# Stripe refuses a session that lives less than 30 minutes or more than 24 hours. One minute more
# is for two clocks that differ.
_LIFE_MIN = timedelta(minutes=31)
_LIFE_MAX = timedelta(hours=24) - timedelta(minutes=1)
_LIFE_STEP = timedelta(minutes=31)
# Marks a session as ours, and says for which top-up.
_OURS = "top_up"
_PRODUCT_NAME_MAX = 250
_EXPAND = ("payment_intent", "payment_intent.latest_charge")

_DECLINES = {
    "insufficient_funds": "insufficient_funds",
    "authentication_required": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
}
_DECLINED = "card_declined"
_ON_ITS_WAY = frozenset({"processing", "requires_action", "requires_confirmation"})
_FELL_THROUGH = frozenset({"requires_payment_method", "canceled"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str | None = None
    decline_code: str | None = None


@dataclass(frozen=True, slots=True)
class _Intent:
    id: str
    status: str
    currency: str
    amount_received: int
    last_payment_error: _Problem | None = None


def _expanded(value: Any) -> Any:
    """A payment intent that was not expanded, by its id alone, tells nothing."""
    return None if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Session:
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
    payment_intent: Annotated[_Intent | None, BeforeValidator(_expanded)] = None


_SESSION = TypeAdapter(_Session)


class StripeGateway:
    """PaymentGateway of one Stripe account. `webhook_secrets` are several while one is changed.

    A payment's reference is its session's id: the one name it has from the first moment on.
    """

    name = NAME
    merchant_account = MERCHANT_ACCOUNT

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        api_key: str,
        webhook_secrets: tuple[str, ...],
        now: Callable[[], datetime],
        base_url: str = OFFICIAL,
    ) -> None:
        elsewhere = set() if base_url == OFFICIAL else {origin(base_url)}
        self.methods = PLAYED_METHODS if elsewhere else METHODS
        self.mode = mode_of(api_key)
        self.hosts = frozenset({CHECKOUT_ORIGIN, *elsewhere})
        self._sessions = client(http, api_key, base_url).v1.checkout.sessions
        self._secrets = webhook_secrets
        self._now = now

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Open a hosted page; the same attempt gives the same page. Raises GatewayError."""
        session = await self._open(request)
        if not leads_to(session.url or "", self.hosts):
            raise GatewayError("stripe: the hosted page is on a host not listed", retry=False)
        expires_at = datetime.fromtimestamp(session.expires_at, UTC)
        return HostedPage(session.id, session.url or "", expires_at)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """What a callback claims; header names in lower case. Raises BadSignature. Pure."""
        webhooks.verify(self._secrets, headers, body, now)
        return webhooks.hints(body, live=self.mode is Mode.LIVE)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """The session's one payment as it is now, found by its own id or its payment intent's.

        None for a session that was not opened here, and for a word we do not know.
        """
        if webhooks.INTENT_ID.fullmatch(checkout_ref):
            sessions = await self._of_intent(checkout_ref)
        elif webhooks.SESSION_ID.fullmatch(checkout_ref):
            sessions = [await self._retrieve(checkout_ref)]
        else:
            raise GatewayError("stripe: that is no id of a checkout", retry=False)
        found = (_snapshot(session) for session in sessions if _is_ours(session))
        return tuple(snapshot for snapshot in found if snapshot is not None)

    async def _open(self, request: CheckoutRequest) -> _Session:
        """One attempt late in a pay link's life may have asked for either expiry before."""
        expiries = expiries_of(request.expires_at, self._now())
        for expires_at in expiries[:-1]:
            try:
                return await self._create(request, expires_at)
            except AttemptReused:
                _log.info("stripe: the attempt was made before with another expiry")
        return await self._create(request, expiries[-1])

    async def _create(self, request: CheckoutRequest, expires_at: datetime) -> _Session:
        options: stripe.RequestOptions = {"idempotency_key": request.attempt}
        created = self._sessions.create_async(order(request, expires_at), options)
        return _read(await answer(created))

    async def _retrieve(self, session: str) -> _Session:
        found = self._sessions.retrieve_async(session, {"expand": list(_EXPAND)})
        return _read(await answer(found))

    async def _of_intent(self, intent: str) -> list[_Session]:
        expand = [f"data.{each}" for each in _EXPAND]
        found = self._sessions.list_async({"payment_intent": intent, "limit": 1, "expand": expand})
        return [_read(session) for session in (await answer(found)).data]


def mode_of(api_key: str) -> Mode:
    """Whether a key takes real money. Anything but a test key does, as far as we know."""
    return Mode.SANDBOX if api_key.startswith(("sk_test_", "rk_test_")) else Mode.LIVE


def expiries_of(asked: datetime, now: datetime) -> tuple[datetime, ...]:
    """When a session may expire, within what Stripe allows; what to try first stands first.

    The later ones are what the same attempt may have asked for when it was younger: Stripe wants
    one idempotency key to come with one expiry.
    """
    if asked - now > _LIFE_MAX:
        return (now + _LIFE_MAX,)
    if asked - now >= _LIFE_MIN:
        return (asked,)
    later = asked + _LIFE_STEP
    return (later, asked) if later - now >= _LIFE_MIN else (now + _LIFE_MIN,)


def order(request: CheckoutRequest, expires_at: datetime) -> SessionCreateParams:
    """The parameters of a new session. Raises GatewayError for an amount Stripe cannot take."""
    try:
        amount = to_stripe(request.total)
    except NotExact as error:
        raise GatewayError(f"stripe: {error}", retry=False) from None
    ours = {_OURS: request.reference}
    return {
        "mode": "payment",
        "client_reference_id": request.reference,
        "metadata": ours,
        "payment_intent_data": {"metadata": ours, "description": request.description},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.total.currency.lower(),
                    "unit_amount": amount,
                    "product_data": {"name": request.description[:_PRODUCT_NAME_MAX]},
                },
            }
        ],
        "expires_at": int(expires_at.timestamp()),
        "success_url": request.return_url,
        "cancel_url": request.return_url,
    }


def _read(found: stripe.checkout.Session) -> _Session:
    # By way of JSON: only there does a strict reading take an object for one of our classes.
    text = json.dumps(found.to_dict(for_json=True))
    try:
        return _SESSION.validate_json(text, strict=True)
    except ValidationError:
        raise GatewayError(
            "stripe: answered with a session in no known form", retry=True
        ) from None


def _is_ours(session: _Session) -> bool:
    if _OURS in (session.metadata or {}):
        return True
    _log.info("stripe: a session that somebody else opened is left aside")
    return False


def _snapshot(session: _Session) -> PaymentSnapshot | None:
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
    return PaymentSnapshot(
        gateway=NAME,
        merchant_account=MERCHANT_ACCOUNT,
        payment_ref=session.id,
        reference=session.client_reference_id,
        status=status,
        amount=money,
        mode=Mode.LIVE if session.livemode else Mode.SANDBOX,
        decline=_decline(session, status),
    )


def _status(session: _Session) -> PaymentStatus | None:
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


def _decline(session: _Session, status: PaymentStatus) -> str | None:
    problem = session.payment_intent.last_payment_error if session.payment_intent else None
    if problem is None or status is PaymentStatus.PAID:
        return None
    words = (problem.decline_code, problem.code)
    return next((_DECLINES[word] for word in words if word in _DECLINES), _DECLINED)
