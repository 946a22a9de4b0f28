"""The sandbox gateway: hosted page, signed callbacks and no money. It serves no live account.

What it speaks is in adapters/gateways/sandbox/server; the callbacks are Standard Webhooks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox.answers import (
    CHECKOUT,
    CHECKOUT_REF,
    PAGE,
    Checkout,
    CheckoutNotOpen,
    listed,
    parse_answer,
    parse_json,
    to_snapshots,
)
from adapters.gateways.sandbox.methods import METHODS
from adapters.gateways.sandbox.settings import MERCHANT_ACCOUNT, NAME
from billing.origins import leads_to, origin_of
from billing.ports import (
    BadSignature,
    CallbackFlaw,
    CheckoutRequest,
    GatewayError,
    HostedPage,
    ListedCheckout,
    PaymentHint,
)
from billing.records import Refund
from billing.topups import Mode, PaymentSnapshot

_EVENTS = frozenset(
    {
        "payment.processing",
        "payment.paid",
        "payment.declined",
        "payment.failed",
        "checkout.expired",
        "payment.refunded",
        "payment.refund_failed",
        "payment.disputed",
        "payment.dispute_closed",
    }
)
_TIMEOUT_SECONDS = 10.0

_log = logging.getLogger(__name__)


class SandboxGateway:
    """PaymentGateway of the sandbox server at `public_url`.

    `api_url` is where this process reaches the same server, when that is another address.
    `webhook_secrets` are `whsec_…`; more than one while they are being changed.
    """

    name = NAME
    mode = Mode.SANDBOX
    merchant_account = MERCHANT_ACCOUNT
    methods = METHODS
    # A day is more than all of its attempts take; who plays a dispute does it while they look.
    repeats_for = timedelta(days=1)
    disputed_for = timedelta(days=30)

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        public_url: str,
        api_key: str,
        webhook_secrets: tuple[str, ...],
        api_url: str | None = None,
    ) -> None:
        self.hosts = frozenset({origin_of(public_url)})
        self._client = client
        self._api = (api_url or public_url).rstrip("/")
        self._authorization = f"Bearer {api_key}"
        self._keys = tuple(standard_webhooks.signing_key(secret) for secret in webhook_secrets)

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Open a hosted page; the same attempt gives the same page. Raises GatewayError."""
        checkout = await self._ask(
            "POST", f"{self._api}/v1/checkouts", attempt=request.attempt, body=_order(request)
        )
        if not leads_to(checkout.url, self.hosts):
            raise GatewayError("sandbox: the hosted page is on a host not listed", retry=False)
        return HostedPage(checkout.id, checkout.url, checkout.expires_at.astimezone(UTC))

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """What a callback claims; header names in lower case. Raises BadSignature. Pure."""
        standard_webhooks.verify(self._keys, headers, body, now)
        match parse_json(body):
            case {"type": str(event)} if event not in _EVENTS:
                _log.info("sandbox: a callback that is not for us is left aside")
                return ()
            case {"type": str(kind), "data": {"checkout": str(ref)}} if CHECKOUT_REF.fullmatch(
                ref
            ):
                return (PaymentHint(ref, headers["webhook-id"], kind),)
            case _:
                raise BadSignature(
                    "the callback is signed and yet not in the agreed form",
                    CallbackFlaw.UNREADABLE,
                )

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """The checkout's payments as they are now."""
        return to_snapshots(await self._ask("GET", self._checkout(checkout_ref)))

    async def close_checkout(self, checkout_ref: str) -> None:
        """Take no payment there any more; what is paid or over is left as it is."""
        try:
            await self._ask("POST", f"{self._checkout(checkout_ref)}/expire")
        except CheckoutNotOpen:
            _log.info("sandbox: the checkout to close was open no more")

    async def refund(
        self, order: Refund, owners: frozenset[str | None]
    ) -> tuple[PaymentSnapshot, ...]:
        """Send money back, once for each order; the payments of its checkout as they then are."""
        if not CHECKOUT_REF.fullmatch(order.payment_ref):
            raise GatewayError("sandbox: that is no id of a payment", retry=False)
        address = f"{self._api}/v1/payments/{order.payment_ref}"
        if (await self._ask("GET", address)).installation not in owners:
            raise GatewayError("sandbox: another installation opened that checkout", retry=False)
        body = {"amount_minor": order.amount.minor}
        asked = self._ask("POST", f"{address}/refunds", attempt=order.id, body=body)
        return _after(await asked, order)

    async def opened_since(self, at: datetime) -> tuple[ListedCheckout, ...]:
        """The checkouts that were opened at that time or later, page after page."""
        found: dict[str, ListedCheckout] = {}
        asked, more = {"opened_since": at.isoformat()}, True
        while more:
            address = f"{self._api}/v1/checkouts?{urlencode(asked)}"
            page = parse_answer(await self._send("GET", address), PAGE)
            entries = [each for each in map(listed, page.checkouts) if each is not None]
            named = {each.checkout_ref: each for each in entries}
            if page.has_more and page.checkouts and not named:
                raise GatewayError("sandbox: a list goes on unread", retry=True, unread=True)
            # A page without anything new would come again for ever.
            more = page.has_more and bool(named.keys() - found.keys())
            found |= named
            asked["after"] = next(reversed(named), "")
        return tuple(found.values())

    def _checkout(self, checkout_ref: str) -> str:
        if not CHECKOUT_REF.fullmatch(checkout_ref):
            raise GatewayError("sandbox: that is no id of a checkout", retry=False)
        return f"{self._api}/v1/checkouts/{checkout_ref}"

    async def _ask(
        self, method: str, url: str, *, attempt: str | None = None, body: Any = None
    ) -> Checkout:
        return parse_answer(await self._send(method, url, attempt, body), CHECKOUT)

    async def _send(
        self, method: str, url: str, attempt: str | None = None, body: Any = None
    ) -> httpx.Response:
        headers = {"authorization": self._authorization}
        if attempt is not None:
            headers["idempotency-key"] = attempt
        try:
            return await self._client.request(
                method,
                url,
                headers=headers,
                json=body,
                timeout=_TIMEOUT_SECONDS,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise GatewayError(
                f"sandbox: no answer ({type(error).__name__})", retry=True
            ) from None


def _after(checkout: Checkout, order: Refund) -> tuple[PaymentSnapshot, ...]:
    """The payments after a refund. Raises GatewayError where its own cannot be read."""
    try:
        return to_snapshots(checkout)
    except GatewayError as error:
        if all(each.payment_ref != order.payment_ref for each in error.told):
            raise
        return error.told


def _order(request: CheckoutRequest) -> dict[str, object]:
    return {
        "reference": request.reference,
        "installation": request.installation or None,
        "description": request.description,
        "amount_minor": request.total.minor,
        "currency": request.total.currency,
        "method": request.method,
        "expires_at": request.expires_at.isoformat(),
        "return_url": request.return_url,
    }
