"""Stripe Checkout: Stripe's hosted page, signed callbacks, and what its API says was paid.

https://docs.stripe.com/api/checkout/sessions. It believes no callback and no return page, and
sees only the sessions that it opened itself: others on the same Stripe account are not ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import stripe

from adapters.gateways.stripe import webhooks
from adapters.gateways.stripe.marks import installation_of, marks_of
from adapters.gateways.stripe.methods import METHODS, PLAYED_METHODS
from adapters.gateways.stripe.money import NotExact, to_stripe
from adapters.gateways.stripe.sessions import (
    CountedReversals,
    Intent,
    Session,
    count_reversals,
    least_back,
    parse_own_session,
    parse_session,
    refund_order_of,
    to_listed,
    to_snapshot,
)
from adapters.gateways.stripe.settings import MERCHANT_ACCOUNTS, NAME, OFFICIAL, mode_of
from adapters.gateways.stripe.wire import (
    await_answer,
    list_all,
    read_page,
    stripe_client,
)
from billing.money import Money
from billing.origins import leads_to, origin_of
from billing.ports import (
    AttemptReused,
    CheckoutRequest,
    GatewayError,
    HostedPage,
    ListedCheckout,
    PaymentHint,
)
from billing.records import Refund
from billing.topups import Mode, PaymentSnapshot

if TYPE_CHECKING:
    from stripe.params import DisputeListParams, RefundCreateParams, RefundListParams
    from stripe.params.checkout import SessionCreateParams, SessionListParams

CHECKOUT_ORIGIN = "https://checkout.stripe.com"

# Stripe refuses a session that lives less than 30 minutes or more than 24 hours. One minute more
# is for two clocks that differ.
_LIFE_MIN = timedelta(minutes=31)
_LIFE_MAX = timedelta(hours=24) - timedelta(minutes=1)
_LIFE_STEP = timedelta(minutes=31)
_LIST_MAX = 100
# Marks a refund as the one of an order of ours.
_ORDER = "order"
_PRODUCT_NAME_MAX = 250
_EXPAND = ("payment_intent", "payment_intent.latest_charge")

_log = logging.getLogger(__name__)


class StripeGateway:
    """PaymentGateway of one Stripe account. `webhook_secrets` are several while one is changed.

    A payment's reference is its session's id: the one name it has from the first moment on.
    """

    name = NAME
    # https://docs.stripe.com/webhooks#retries; card networks let nobody dispute after that.
    repeats_for = timedelta(days=3)
    disputed_for = timedelta(days=540)

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        api_key: str,
        webhook_secrets: tuple[str, ...],
        now: Callable[[], datetime],
        base_url: str = OFFICIAL,
    ) -> None:
        elsewhere = set() if base_url == OFFICIAL else {origin_of(base_url)}
        self.methods = PLAYED_METHODS if elsewhere else METHODS
        self.mode = mode_of(api_key)
        self.merchant_account = MERCHANT_ACCOUNTS[self.mode]
        self.hosts = frozenset({CHECKOUT_ORIGIN, *elsewhere})
        self._api = stripe_client(http, api_key, base_url).v1
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
        return webhooks.read_hints(body, live=self.mode is Mode.LIVE)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """The session's one payment as it is now, found by its own id or its payment intent's.

        None for a session that was not opened by a topup-bot.
        """
        if webhooks.INTENT_ID.fullmatch(checkout_ref):
            sessions = await self._of_intent(checkout_ref)
        elif webhooks.SESSION_ID.fullmatch(checkout_ref):
            sessions = [await self._retrieve(checkout_ref)]
        else:
            raise GatewayError("stripe: that is no id of a checkout", retry=False)
        return tuple([await self._snapshot(each) for each in sessions if each is not None])

    async def close_checkout(self, checkout_ref: str) -> None:
        """Take no payment there any more; what is paid or over is left as it is."""
        if not webhooks.SESSION_ID.fullmatch(checkout_ref):
            raise GatewayError("stripe: that is no id of a checkout", retry=False)
        try:
            await await_answer(self._api.checkout.sessions.expire_async(checkout_ref))
        except GatewayError as error:
            if error.retry:
                raise
            # It is paid or over, as a rule; whatever it is, the session itself will tell.
            _log.info("stripe: a session was not closed: %s", error)

    async def refund(
        self, order: Refund, owners: frozenset[str | None]
    ) -> tuple[PaymentSnapshot, ...]:
        """Send money back, once for each order; the payment as it then is. Raises GatewayError."""
        session = await self._retrieve(order.payment_ref)
        if session is None or session.payment_intent is None:
            raise GatewayError("stripe: nothing was paid there", retry=False)
        if installation_of(session.metadata) not in owners:
            raise GatewayError("stripe: another installation opened that session", retry=False)
        intent = session.payment_intent.id
        made = [refund_order_of(each, _ORDER) for each in await self._refunds_of(intent)]
        # Stripe forgets a key after a day, and a database may be set back further than that.
        if order.id not in made:
            asked: RefundCreateParams = {
                "payment_intent": intent,
                "amount": _exact(order.amount),
                "metadata": {_ORDER: order.id},
            }
            options: stripe.RequestOptions = {"idempotency_key": order.id}
            await await_answer(self._api.refunds.create_async(asked, options))
        try:
            return await self.fetch(order.payment_ref)
        except GatewayError as error:
            # The money is on its way back: whatever this is, it is no refusal.
            odd = error.unread or not error.retry
            raise GatewayError(str(error), retry=True, unread=odd, denied=error.denied) from None

    async def opened_since(self, at: datetime) -> tuple[ListedCheckout, ...]:
        """The sessions that bots opened at that time or later, page after page."""
        # `every` goes on until there is no further page.
        asked: SessionListParams = {"created": {"gte": int(at.timestamp())}, "limit": _LIST_MAX}
        found = map(to_listed, await list_all(self._api.checkout.sessions.list_async, asked))
        return tuple(each for each in found if each is not None)

    async def _snapshot(self, session: Session) -> PaymentSnapshot:
        """What was paid is told also where what went back of it cannot be asked for."""
        intent = session.payment_intent
        if intent is None or session.payment_status != "paid":
            return to_snapshot(session)
        try:
            back = await self._back(intent)
        except GatewayError as error:
            raise GatewayError(
                f"{error}, asked for refunds and disputes of {intent.id}",
                retry=error.retry,
                unread=error.unread,
                denied=error.denied,
                told=(to_snapshot(session, least_back(intent)),),
            ) from None
        return to_snapshot(session, back)

    async def _back(self, intent: Intent) -> CountedReversals:
        """Refunds are always asked for: one that failed leaves no trace on its charge."""
        refunds = await self._refunds_of(intent.id)
        disputes: Sequence[object] = ()
        if intent.latest_charge is None or intent.latest_charge.disputed:
            # `every` goes on until there is no further page.
            disputed: DisputeListParams = {"payment_intent": intent.id, "limit": _LIST_MAX}
            disputes = await list_all(self._api.disputes.list_async, disputed)
        return count_reversals(intent, refunds, disputes)

    async def _refunds_of(self, intent: str) -> Sequence[object]:
        # `every` goes on until there is no further page.
        sent: RefundListParams = {"payment_intent": intent, "limit": _LIST_MAX}
        return await list_all(self._api.refunds.list_async, sent)

    async def _open(self, request: CheckoutRequest) -> Session:
        """One attempt late in a pay link's life may have asked for either expiry before.

        And one of an older version, which left no mark, may be gone on with here.
        """
        expiries = expiries_of(request.expires_at, self._now())
        orders = [
            session_params(each, expires_at)
            for each in (request, replace(request, installation=""))
            for expires_at in expiries
        ]
        for wanted in orders[:-1]:
            try:
                return await self._create(request.attempt, wanted)
            except AttemptReused:
                _log.info("stripe: the attempt was made before with other parameters")
        return await self._create(request.attempt, orders[-1])

    async def _create(self, attempt: str, wanted: SessionCreateParams) -> Session:
        options: stripe.RequestOptions = {"idempotency_key": attempt}
        opened = await await_answer(self._api.checkout.sessions.create_async(wanted, options))
        return parse_session(opened.to_dict(for_json=True))

    async def _retrieve(self, session: str) -> Session | None:
        found = self._api.checkout.sessions.retrieve_async(session, {"expand": list(_EXPAND)})
        return parse_own_session((await await_answer(found)).to_dict(for_json=True), session)

    async def _of_intent(self, intent: str) -> list[Session | None]:
        expand = [f"data.{each}" for each in _EXPAND]
        found = self._api.checkout.sessions.list_async(
            # An intent has one session, or none.
            {"payment_intent": intent, "limit": 1, "expand": expand}
        )
        sessions, _ = read_page(await await_answer(found))
        return [parse_own_session(session) for session in sessions]


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


def session_params(request: CheckoutRequest, expires_at: datetime) -> SessionCreateParams:
    """The parameters of a new session. Raises GatewayError for an amount Stripe cannot take."""
    amount, ours = _exact(request.total), marks_of(request.reference, request.installation)
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


def _exact(money: Money) -> int:
    """The amount as Stripe counts it. Raises GatewayError for one that it cannot take."""
    try:
        return to_stripe(money)
    except NotExact as error:
        raise GatewayError(f"stripe: {error}", retry=False) from None
