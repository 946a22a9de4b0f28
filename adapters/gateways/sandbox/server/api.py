"""The sandbox's API for merchants: open, read, refund and expire checkouts.

Everything is JSON. Errors are `{"error": {"type", "code", "message", "param"}}`.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.gateways.sandbox.server.books import Checkout, CheckoutStatus, Refund
from adapters.gateways.sandbox.server.changes import close_checkout
from adapters.gateways.sandbox.server.checkouts import (
    AttemptReused,
    CheckoutBooks,
    ExpiryOutOfRange,
    Order,
    RefundOrder,
    UnknownCheckout,
)
from adapters.gateways.sandbox.server.request_body import TooLong, read_body
from adapters.gateways.sandbox.server.settings import SandboxSettings
from billing.store_errors import StoreUnavailable

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_INVALID = "invalid_request_error"
_MOMENT = TypeAdapter(AwareDatetime)
_PAGE = 100

Body = TypeVar("Body", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class ApiError(Exception):
    """What was asked is not done; the answer says why."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        type: str = _INVALID,
        param: str | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.answer = {"type": type, "code": code, "message": message, "param": param}


class Api:
    """The endpoints below /v1, behind the merchant's key."""

    def __init__(self, checkouts: CheckoutBooks, settings: SandboxSettings) -> None:
        self._checkouts = checkouts
        self._settings = settings

    def app(self) -> Starlette:
        """The endpoints as one application."""
        app = Starlette(
            routes=[
                Route("/checkouts", self._guarded(self._open), methods=["POST"]),
                Route("/checkouts", self._guarded(self._list), methods=["GET"]),
                Route("/checkouts/{id}", self._guarded(self._show), methods=["GET"]),
                Route("/checkouts/{id}/expire", self._guarded(self._expire), methods=["POST"]),
                Route("/payments/{id}", self._guarded(self._show_payment), methods=["GET"]),
                Route("/payments/{id}/refunds", self._guarded(self._refund), methods=["POST"]),
            ],
            exception_handlers={
                ApiError: _refused,
                HTTPException: _no_such_endpoint,
                StoreUnavailable: _unavailable,
            },
        )
        # A redirect would be built from the Host header, which anybody may send.
        app.router.redirect_slashes = False
        return app

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        wanted = f"Bearer {self._settings.api_key}".encode()

        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, wanted):
                raise ApiError(
                    401, "invalid_api_key", "Send Authorization: Bearer and the API key."
                )
            return await endpoint(request)

        return guarded

    async def _open(self, request: Request) -> Response:
        attempt = _attempt(request)
        order = await _read(request, Order)
        try:
            checkout = await self._checkouts.open(attempt, order)
        except AttemptReused:
            raise ApiError(
                409,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another order.",
                type="idempotency_error",
            ) from None
        except ExpiryOutOfRange:
            message = "A checkout expires in the future, within 30 days."
            raise ApiError(400, "expiry_out_of_range", message, param="expires_at") from None
        return self._answer(checkout)

    async def _list(self, request: Request) -> Response:
        """By id, a page at a time: `after` is the last one of the page before."""
        try:
            since = _MOMENT.validate_python(request.query_params.get("opened_since"))
        except ValidationError:
            message = "Send a time with its zone, in ISO 8601."
            raise ApiError(400, "parameter_invalid", message, param="opened_since") from None
        after = request.query_params.get("after", "")
        found = [each for each in await self._checkouts.opened_since(since) if each.id > after]
        page = [self._shown(each) for each in found[:_PAGE]]
        return JSONResponse({"checkouts": page, "has_more": len(found) > _PAGE})

    async def _show(self, request: Request) -> Response:
        try:
            return self._answer(await self._checkouts.get(request.path_params["id"]))
        except UnknownCheckout:
            raise _missing() from None

    async def _show_payment(self, request: Request) -> Response:
        """The whole checkout that a payment belongs to."""
        try:
            return self._answer(await self._checkouts.of_payment(request.path_params["id"]))
        except UnknownCheckout:
            raise _missing() from None

    async def _expire(self, request: Request) -> Response:
        try:
            checkout = await self._checkouts.change(request.path_params["id"], close_checkout)
        except UnknownCheckout:
            raise _missing() from None
        if checkout.status is not CheckoutStatus.EXPIRED:
            message = f"The payment is {checkout.status}; only an open checkout expires."
            raise ApiError(409, "checkout_not_open", message)
        return self._answer(checkout)

    async def _refund(self, request: Request) -> Response:
        key, minor = _attempt(request), (await _read(request, RefundOrder)).amount_minor
        try:
            refund = Refund(key, request.path_params["id"], minor)
            return self._answer(await self._checkouts.refund(refund))
        except UnknownCheckout:
            raise _missing() from None
        except ValueError as error:
            raise ApiError(400, "refund_not_possible", f"Not refunded: {error}.") from None

    def _answer(self, checkout: Checkout) -> Response:
        return JSONResponse(self._shown(checkout))

    def _shown(self, checkout: Checkout) -> dict[str, Any]:
        return {
            "id": checkout.id,
            "url": self._settings.checkout_url(checkout.id),
            "mode": "sandbox",
            "merchant_account": self._settings.merchant_account,
            "reference": checkout.reference,
            "installation": checkout.installation,
            "description": checkout.description,
            "method": checkout.method,
            "expires_at": checkout.expires_at.isoformat(),
            "return_url": checkout.return_url,
            "payments": [
                {
                    "id": payment,
                    "status": checkout.status,
                    "amount_minor": checkout.payment_minor,
                    "currency": checkout.currency,
                    "last_decline": checkout.last_decline,
                    **asdict(back),
                }
                for payment, back in checkout.payments.items()
            ],
        }


def _attempt(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise ApiError(
            400,
            "idempotency_key_missing",
            "Send an Idempotency-Key of 1 to 255 visible ASCII characters.",
        )
    return key


async def _read(request: Request, shape: type[Body]) -> Body:
    try:
        return shape.model_validate_json(await read_body(request))
    except TooLong:
        raise ApiError(413, "body_too_long", "The body is too long.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        param = ".".join(str(part) for part in first["loc"])
        raise ApiError(400, "parameter_invalid", first["msg"], param=param or None) from None


def _missing() -> ApiError:
    return ApiError(404, "no_such_checkout", "There is no checkout of that id.")


# Starlette hands every handler an Exception; the key it is registered under says which.
async def _refused(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": getattr(error, "answer", {})}, getattr(error, "status", 400))


async def _unavailable(_request: Request, _error: Exception) -> Response:
    message = "The books cannot be opened now. Ask again with the same Idempotency-Key."
    answer = {"type": "api_error", "code": "unavailable", "message": message, "param": None}
    return JSONResponse({"error": answer}, 503)


async def _no_such_endpoint(_request: Request, error: Exception) -> Response:
    status: Any = getattr(error, "status_code", 404)
    answer = {"type": _INVALID, "code": "no_such_endpoint", "message": "Not found.", "param": None}
    return JSONResponse({"error": answer}, status)
