"""The sandbox gateway: hosted page, signed callbacks and no money. It serves no live account.

What it speaks is in adapters/gateways/sandbox_server; the callbacks are Standard Webhooks.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from adapters.gateways import standard_webhooks
from billing.methods import Fee, PaymentMethod
from billing.money import Money
from billing.origins import leads_to, origin
from billing.ports import (
    BadSignature,
    CheckoutRequest,
    Flaw,
    GatewayError,
    HostedPage,
    PaymentHint,
)
from billing.records import Refund
from billing.reversals import Reversals
from billing.topups import Mode, PaymentSnapshot, PaymentStatus

NAME = "sandbox"
MERCHANT_ACCOUNT = "sandbox_merchant"
METHODS = (
    PaymentMethod("card", NAME, fee=Fee(basis_points=150)),
    PaymentMethod(
        "bank_transfer",
        NAME,
        link_life=timedelta(days=7),
        watched_after_expiry=timedelta(days=10),
    ),
)

_STATUSES = {
    "open": PaymentStatus.OPEN,
    "processing": PaymentStatus.PROCESSING,
    "paid": PaymentStatus.PAID,
    "failed": PaymentStatus.FAILED,
    "expired": PaymentStatus.EXPIRED,
}
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
_CHECKOUT_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TIMEOUT_SECONDS = 10.0
_ASK_AGAIN = frozenset({408, 425, 429})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Payment:
    id: str
    status: str
    amount_minor: int
    currency: str
    last_decline: str | None
    refunded_minor: int
    refund_failed_minor: int
    disputed_minor: int
    dispute_won_minor: int
    dispute_lost_minor: int


@dataclass(frozen=True, slots=True)
class _Checkout:
    id: str
    url: str
    reference: str
    merchant_account: str
    expires_at: AwareDatetime
    payments: tuple[_Payment, ...]


_CHECKOUT = TypeAdapter(_Checkout)


class NotOpen(GatewayError):
    """A checkout was to be closed that is paid or over."""

    def __init__(self) -> None:
        super().__init__("sandbox: the checkout is not open", retry=False)


class SandboxGateway:
    """PaymentGateway of the sandbox server at `public_url`.

    `api_url` is where this process reaches the same server, when that is another address.
    `webhook_secrets` are `whsec_…`; more than one while they are being changed.
    """

    name = NAME
    mode = Mode.SANDBOX
    merchant_account = MERCHANT_ACCOUNT
    methods = METHODS

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        public_url: str,
        api_key: str,
        webhook_secrets: tuple[str, ...],
        api_url: str | None = None,
    ) -> None:
        self.hosts = frozenset({origin(public_url)})
        self._client = client
        self._api = (api_url or public_url).rstrip("/")
        self._authorization = f"Bearer {api_key}"
        self._keys = tuple(standard_webhooks.key(secret) for secret in webhook_secrets)

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
        match _parsed(body):
            case {"type": str(event)} if event not in _EVENTS:
                _log.info("sandbox: a callback of an unknown type is left aside")
                return ()
            case {"type": str(), "data": {"checkout": str(ref)}} if _CHECKOUT_REF.fullmatch(ref):
                return (PaymentHint(ref),)
            case _:
                raise BadSignature(
                    "the callback is signed and yet not in the agreed form", Flaw.UNREADABLE
                )

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """The checkout's payments as they are now; none for a word we do not know."""
        return _snapshots(await self._ask("GET", self._checkout(checkout_ref)))

    async def close_checkout(self, checkout_ref: str) -> None:
        """Take no payment there any more; what is paid or over is left as it is."""
        try:
            await self._ask("POST", f"{self._checkout(checkout_ref)}/expire")
        except NotOpen:
            _log.info("sandbox: the checkout to close was open no more")

    async def refund(self, order: Refund) -> tuple[PaymentSnapshot, ...]:
        """Send money back, once for each order; the payments of its checkout as they then are."""
        if not _CHECKOUT_REF.fullmatch(order.payment_ref):
            raise GatewayError("sandbox: that is no id of a payment", retry=False)
        address = f"{self._api}/v1/payments/{order.payment_ref}/refunds"
        body = {"amount_minor": order.amount.minor}
        return _snapshots(await self._ask("POST", address, attempt=order.id, body=body))

    def _checkout(self, checkout_ref: str) -> str:
        if not _CHECKOUT_REF.fullmatch(checkout_ref):
            raise GatewayError("sandbox: that is no id of a checkout", retry=False)
        return f"{self._api}/v1/checkouts/{checkout_ref}"

    async def _ask(
        self, method: str, url: str, *, attempt: str | None = None, body: Any = None
    ) -> _Checkout:
        headers = {"authorization": self._authorization}
        if attempt is not None:
            headers["idempotency-key"] = attempt
        try:
            response = await self._client.request(
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
        return _read(response)


def _order(request: CheckoutRequest) -> dict[str, object]:
    return {
        "reference": request.reference,
        "description": request.description,
        "amount_minor": request.total.minor,
        "currency": request.total.currency,
        "method": request.method,
        "expires_at": request.expires_at.isoformat(),
        "return_url": request.return_url,
    }


def _read(response: httpx.Response) -> _Checkout:
    status = response.status_code
    if _code(response) == "checkout_not_open":
        raise NotOpen
    if not response.is_success:
        again = status in _ASK_AGAIN or response.is_server_error
        raise GatewayError(f"sandbox: answered {status} {_code(response)}", retry=again)
    try:
        return _CHECKOUT.validate_json(response.content, strict=True)
    except ValidationError:
        # A proxy's page, perhaps: it says nothing about what the gateway did.
        raise GatewayError(f"sandbox: answered {status} in no known form", retry=True) from None


def _code(response: httpx.Response) -> str:
    """The error's code, if it is one word: nothing else of an answer belongs in a log."""
    match _parsed(response.content):
        case {"error": {"code": str(code)}} if _CHECKOUT_REF.fullmatch(code):
            return code
        case _:
            return "without a code"


def _parsed(body: bytes) -> Any:
    """What the JSON holds; None when it is none, which fits no form either."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _snapshots(checkout: _Checkout) -> tuple[PaymentSnapshot, ...]:
    found = []
    for payment in checkout.payments:
        status = _STATUSES.get(payment.status)
        if status is None:
            _log.warning("sandbox: payment %s has a status not known here", payment.id)
        else:
            found.append(_snapshot(checkout, payment, status))
    return tuple(found)


def _snapshot(checkout: _Checkout, payment: _Payment, status: PaymentStatus) -> PaymentSnapshot:
    return PaymentSnapshot(
        gateway=NAME,
        merchant_account=checkout.merchant_account,
        payment_ref=payment.id,
        reference=checkout.reference,
        status=status,
        amount=Money(payment.amount_minor, payment.currency),
        mode=Mode.SANDBOX,
        decline=payment.last_decline,
        reversals=Reversals(
            refunded_minor=payment.refunded_minor,
            refund_failed_minor=payment.refund_failed_minor,
            disputed_minor=payment.disputed_minor,
            dispute_won_minor=payment.dispute_won_minor,
            dispute_lost_minor=payment.dispute_lost_minor,
        ),
    )
