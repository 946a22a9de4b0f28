"""The pages a payer sees. They take test cards only, and a GET changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.gateways.sandbox.server.bank_cards import (
    AUTHENTICATION_FAILED,
    BANK_CARDS,
    CARD_DECLINED,
    INSUFFICIENT_FUNDS,
    TestBankCard,
    find_bank_card,
)
from adapters.gateways.sandbox.server.books import (
    Checkout,
    CheckoutStatus,
    Method,
    TransferOutcome,
)
from adapters.gateways.sandbox.server.changes import (
    answer_3d_secure,
    pay_by_card,
    send_transfer,
)
from adapters.gateways.sandbox.server.checkouts import CheckoutBooks, Edit, UnknownCheckout
from adapters.gateways.sandbox.server.request_body import TooLong, read_form
from adapters.gateways.sandbox.server.settings import SandboxSettings
from billing.money import Money, format_money
from billing.store_errors import StoreUnavailable

_PAGES = Path(__file__).parent / "pages"
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_DECLINES = {
    CARD_DECLINED: "The card was declined. No money was taken. Try another card.",
    INSUFFICIENT_FUNDS: "The card has insufficient funds. No money was taken. Try another card.",
    AUTHENTICATION_FAILED: "The 3-D Secure check failed. No money was taken. Try again.",
}
_NOT_A_TEST_CARD = "This is the sandbox. It takes only the test cards below."
_EXPIRY = re.compile(r"(0[1-9]|1[0-2]) ?/ ?([0-9]{2})", re.ASCII)
_CVC = re.compile(r"[0-9]{3,4}", re.ASCII)
_CENTURY = 2_000

Errors = dict[str, str]


class HostedPages:
    """The hosted page of each checkout, and the forms on it."""

    def __init__(self, checkouts: CheckoutBooks, settings: SandboxSettings) -> None:
        self._checkouts = checkouts
        self._settings = settings
        self._css = (_PAGES / "sandbox.css").read_bytes()

    def app(self) -> Starlette:
        """The pages as one application."""
        app = Starlette(
            routes=[
                Route("/sandbox.css", self._style),
                Route("/checkout/{id}", self._show),
                Route("/checkout/{id}/return", self._return),
                Route("/checkout/{id}/card", self._card, methods=["POST"]),
                Route("/checkout/{id}/3d-secure", self._3d_secure, methods=["POST"]),
                Route("/checkout/{id}/transfer", self._transfer, methods=["POST"]),
            ],
            exception_handlers={
                UnknownCheckout: self._unknown,
                TooLong: self._too_long,
                StoreUnavailable: self._unavailable,
                HTTPException: self._no_such_page,
            },
        )
        # A redirect would be built from the Host header, which anybody may send.
        app.router.redirect_slashes = False
        return app

    async def _show(self, request: Request) -> Response:
        return self._page(await self._checkouts.get(request.path_params["id"]))

    async def _return(self, request: Request) -> Response:
        checkout = await self._checkouts.get(request.path_params["id"])
        return RedirectResponse(checkout.return_url, 303, headers=_HEADERS)

    async def _card(self, request: Request) -> Response:
        fields = await read_form(request)
        card, errors = _read_card(fields, self._settings.now())
        if card is None or errors:
            return self._page(await self._checkouts.get(request.path_params["id"]), errors)
        return await self._changed(
            request, lambda found, now: pay_by_card(found, card, self._settings.step_delay, now)
        )

    async def _3d_secure(self, request: Request) -> Response:
        approved = (await read_form(request)).get("answer") == "approve"
        return await self._changed(
            request, lambda found, now: answer_3d_secure(found, approved=approved, now=now)
        )

    async def _transfer(self, request: Request) -> Response:
        bounces = (await read_form(request)).get("transfer") == TransferOutcome.BOUNCES
        transfer = TransferOutcome.BOUNCES if bounces else TransferOutcome.ARRIVES
        return await self._changed(
            request,
            lambda found, now: send_transfer(found, transfer, self._settings.step_delay, now),
        )

    async def _changed(self, request: Request, edit: Edit) -> Response:
        checkout = await self._checkouts.change(request.path_params["id"], edit)
        address = f"{self._settings.base_path}/checkout/{checkout.id}"
        return RedirectResponse(address, 303, headers=_HEADERS)

    def _page(self, checkout: Checkout, errors: Mapping[str, str] | None = None) -> Response:
        template = _template(checkout)
        return self._render(
            template,
            422 if errors and template == "card.html" else 200,
            checkout=checkout,
            amount=format_money(Money(checkout.payment_minor, checkout.currency)),
            cards=BANK_CARDS,
            decline=_DECLINES.get(checkout.last_decline or ""),
            errors=errors or {},
            here=f"{self._settings.base_path}/checkout/{checkout.id}",
        )

    def _render(self, template: str, status: int, **values: object) -> Response:
        page = (
            _templates()
            .get_template(template)
            .render(merchant=self._settings.merchant_name, base=self._settings.base_path, **values)
        )
        return HTMLResponse(page, status, headers=_HEADERS)

    async def _style(self, _request: Request) -> Response:
        headers = {"cache-control": "max-age=300", "x-content-type-options": "nosniff"}
        return Response(self._css, media_type="text/css", headers=headers)

    async def _unknown(self, _request: Request, _error: Exception) -> Response:
        return self._nothing(404)

    async def _too_long(self, _request: Request, _error: Exception) -> Response:
        return self._nothing(413)

    async def _unavailable(self, _request: Request, _error: Exception) -> Response:
        return self._render("later.html", 503)

    async def _no_such_page(self, _request: Request, error: Exception) -> Response:
        return self._nothing(getattr(error, "status_code", 404))

    def _nothing(self, status: int) -> Response:
        return self._render("nothing.html", status)


@cache
def _templates() -> Environment:
    """Compiled once, however many sandboxes there are."""
    return Environment(loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined)


def _template(checkout: Checkout) -> str:
    """The page for where the payment stands."""
    match checkout.status:
        case CheckoutStatus.OPEN if checkout.in_3d_secure:
            return "3d_secure.html"
        case CheckoutStatus.OPEN:
            return "card.html" if checkout.method is Method.CARD else "transfer.html"
        case CheckoutStatus.PROCESSING:
            return "processing.html"
        case CheckoutStatus.PAID | CheckoutStatus.FAILED | CheckoutStatus.EXPIRED:
            return "ended.html"


def _read_card(fields: Mapping[str, str], now: datetime) -> tuple[TestBankCard | None, Errors]:
    """The test card of a form, and what to correct by field. What was typed is forgotten here."""
    card = find_bank_card(fields.get("number", ""))
    errors: Errors = {}
    if card is None:
        errors["number"] = _NOT_A_TEST_CARD
    if not _is_valid_until(fields.get("expiry", ""), now):
        errors["expiry"] = "Type any month that is not over yet, as MM/YY."
    if not _CVC.fullmatch(fields.get("cvc", "").strip()):
        errors["cvc"] = "Type any three digits."
    return card, errors


def _is_valid_until(typed: str, now: datetime) -> bool:
    found = _EXPIRY.fullmatch(typed.strip())
    if found is None:
        return False
    return (_CENTURY + int(found[2]), int(found[1])) >= (now.year, now.month)
