"""HTTP: callbacks, the pay page, health. It stores and asks use cases."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Route

from billing.ports import BadSignature, CallbackFlaw, PaymentGateway
from billing.topups import Mode
from bot.web import templates
from bot.web.edge import read_body
from conversations.messages.pages import (
    UnpayableReason,
    WebPage,
    message_page,
    pay_page,
    returned_page,
    unpayable_page,
)
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.places import Chat
from conversations.protocol.ports import Delivery
from conversations.text.localizer import Localizer
from conversations.words import page_words
from service.cards.pictures import qr_png
from service.common.concurrency import SingleFlight
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.common.languages import preferred_language
from service.common.metrics import CallbackResult
from service.common.services import Services
from service.common.signed_tokens import PayLink, read_pay_link, read_return
from service.lanes.keys import LaneKind, write_checkout_key
from service.money import attempts
from service.money.checkout import Checkouts
from service.ports.store import Card, Store, StoreUnavailable, Tx

CALLBACK_BYTES_MAX = 256 * 1024
RETRY_AFTER_SECONDS = 5
STYLE_PATH = "/pages.css"
# By these the bot knows its own page again when it follows PUBLIC_URL.
HEALTH_PATH, ALIVE = "/healthz", "alive"
_LOCKED_DOWN = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STATUS = {
    UnpayableReason.UNKNOWN: 404,
    UnpayableReason.PAID: 200,
    UnpayableReason.OVER: 410,
    UnpayableReason.REFUSED: 409,
}
log = logging.getLogger(__name__)


def no_link(_: Chat) -> None:
    """No link leads back to any chat."""


@dataclass(frozen=True, slots=True)
class WebSite:
    """The bot's own pages and endpoints."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    checkouts: Checkouts
    services: Services
    public_url: str
    way_back: Callable[[Chat], str | None] = no_link
    opening: SingleFlight[str | UnpayableReason] = field(default_factory=SingleFlight)

    def app(self, *more: BaseRoute) -> Starlette:
        """Everything that is served over HTTP, and what is answered where that cannot be."""
        handlers = {HTTPException: self.problem_page, StoreUnavailable: self.unavailable_page}
        web = Starlette(routes=[*self.routes(), *more], exception_handlers=handlers)
        # A redirect would be built from the Host header, which anybody may send.
        web.router.redirect_slashes = False
        return web

    def routes(self) -> list[Route]:
        """What is mounted beside the chat adapters' own routes."""
        return [
            Route(HEALTH_PATH, _healthz),
            Route("/readyz", self._readyz),
            Route(STYLE_PATH, _style),
            Route("/favicon.ico", _no_icon),
            Route("/webhooks/{gateway}", self._callback, methods=["POST"]),
            Route("/pay/{token}", self._pay, methods=["GET", "POST"]),
            Route("/pay/{token}/qr.png", self._pay_code, methods=["GET"]),
            Route("/paid/{token}", self._returned, methods=["GET"]),
        ]

    async def _readyz(self, _: Request) -> Response:
        try:
            await self.store.transact(lambda tx: tx.accounts.get(""))
        except Exception:  # whatever is wrong with the database, we are not ready
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ready\n")

    async def _callback(self, request: Request) -> Response:
        """Signature over the raw body, then store, then acknowledge. Worth a fetch, no more."""
        gateway = self.gateways.get(request.path_params["gateway"])
        if gateway is None:
            return PlainTextResponse(f"{CallbackResult.UNKNOWN_GATEWAY}\n", 404)
        try:
            body = await read_body(request, CALLBACK_BYTES_MAX)
        except ClientDisconnect:
            return self._refused(gateway.name, CallbackResult.CUT_OFF, 400)
        if body is None:
            return self._refused(gateway.name, CallbackResult.TOO_LARGE, 413)
        now = self.services.sources.now()
        try:
            hints = gateway.read_webhook(dict(request.headers.items()), body, now)
        except BadSignature as error:
            return self._refused(gateway.name, error.flaw, 401)
        digest = sha256(body).hexdigest()

        def work(tx: Tx) -> None:
            for hint in hints:
                lane = write_checkout_key(gateway.name, hint.checkout_ref)
                kept = Delivery(
                    source=f"gateway:{gateway.name}",
                    sender_id=f"{digest}:{hint.checkout_ref}",
                    lane=lane,
                    body={**asdict(hint), "digest": digest},
                    context={},
                )
                tx.deliveries.add(kept, now)
                tx.lanes.schedule(LaneKind.PAYMENTS, lane, now)

        await self.store.transact(work)
        self.services.reach_fail_point(FailPoint.DELIVERY_STORED)
        became = CallbackResult.STORED if hints else CallbackResult.LEFT_ASIDE
        self.services.metrics.count_callback(gateway.name, became)
        return Response(status_code=204)

    def _refused(self, gateway: str, why: CallbackResult | CallbackFlaw, status: int) -> Response:
        self.services.metrics.count_callback(gateway, why)
        return PlainTextResponse(f"{why}\n", status)

    async def _pay(self, request: Request) -> Response:
        """GET shows and changes nothing; POST opens the checkout and leads there."""
        link = read_pay_link(request.path_params["token"], *self.services.secrets)
        localizer = await self._speaker(request, link)
        if link is None:
            return self._closed(None, UnpayableReason.UNKNOWN, localizer)
        if request.method == "POST":
            return await self._go(request, link, localizer)
        facts = await self.checkouts.find(link)
        closed = self.checkouts.closed_reason(facts)
        if facts is None or closed is not None:
            return self._closed(facts, closed or UnpayableReason.UNKNOWN, localizer)
        host = self.checkouts.page_host(facts.top_up)
        return self._page(facts, pay_page(facts, localizer, host), 200)

    async def _pay_code(self, request: Request) -> Response:
        """The pay link as a QR code; changes nothing."""
        token = request.path_params["token"]
        if read_pay_link(token, *self.services.secrets) is None:
            return Response(status_code=404)
        png = qr_png(f"{self.public_url}/pay/{token}")
        return Response(png, media_type="image/png", headers=_LOCKED_DOWN)

    async def _go(self, request: Request, link: PayLink, localizer: Localizer) -> Response:
        found = await self.opening.run(link, partial(self.checkouts.open_page, link))
        if isinstance(found, UnpayableReason):
            return self._closed(await self.checkouts.find(link), found, localizer)
        return RedirectResponse(found, 303, headers=_LOCKED_DOWN)

    async def _returned(self, request: Request) -> Response:
        """Where the gateway sends the browser back to: it is asked soon, by others than this."""
        link = read_return(request.path_params["token"], *self.services.lasting_secrets)
        localizer = await self._speaker(request, link)
        if link is None:
            return self._closed(None, UnpayableReason.UNKNOWN, localizer)
        facts, chat = await self.store.transact(partial(self._back, link=link))
        if facts is None:
            page = message_page(page_words.RETURN_TITLE, page_words.RETURN_BODY, localizer)
            return self._page(None, page, 200)
        way_back = self.way_back(chat) if chat else None
        return self._page(facts, returned_page(facts, localizer, way_back), 200)

    def _back(self, tx: Tx, link: PayLink) -> tuple[TopUpFacts | None, Chat | None]:
        card = _card(tx, link)
        facts = attempts.record_return(context_of(tx, self.services), link)
        return facts, card.chat if card else None

    def _closed(
        self, facts: TopUpFacts | None, closed: UnpayableReason, localizer: Localizer
    ) -> Response:
        page = unpayable_page(closed, facts.known if facts else None, localizer)
        return self._page(facts, page, _STATUS.get(closed, 503))

    def _page(self, facts: TopUpFacts | None, page: WebPage, status: int) -> Response:
        sandbox = facts is not None and facts.top_up.mode is Mode.SANDBOX
        html = page_html(page, sandbox=sandbox)
        return HTMLResponse(html, status, headers={**_LOCKED_DOWN, **self._policy(facts)})

    def _policy(self, facts: TopUpFacts | None) -> dict[str, str]:
        """No scripts, no frames; forms may lead on only to this top-up's gateway."""
        gateway = self.gateways.get(facts.top_up.gateway) if facts else None
        targets = " ".join(["'self'", *sorted(gateway.hosts if gateway else ())])
        return {
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; base-uri 'none'; "
                f"frame-ancestors 'none'; form-action {targets}"
            )
        }

    async def _speaker(self, request: Request, link: PayLink | None) -> Localizer:
        """The language and clock of the card that has the link; else what the browser asks."""
        card = await self.store.transact(lambda tx: _card(tx, link)) if link else None
        if card is not None:
            return self.services.localizer(card.locale, card.zone)
        asked = request.headers.get("accept-language", "")
        return self.services.localizer(preferred_language(asked, self.services.catalogues))

    async def problem_page(self, request: Request, error: Exception) -> Response:
        """A plain page for addresses that do not exist and methods that do not fit."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"error": status}, status)
        say = (await self._speaker(request, None)).text
        title, body = say(page_words.NOT_FOUND_TITLE), say(page_words.NOT_FOUND_BODY)
        return PlainTextResponse(f"{title}. {body}\n", status)

    async def unavailable_page(self, request: Request, error: Exception) -> Response:
        """Nothing was done and nothing is lost: machines ask again by themselves, people can."""
        log.warning("store_unavailable error=%s", error)
        headers = {**_LOCKED_DOWN, **self._policy(None), "Retry-After": str(RETRY_AFTER_SECONDS)}
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("not stored, send it again\n", 503, headers)
        asked = request.headers.get("accept-language", "")
        localizer = self.services.localizer(preferred_language(asked, self.services.catalogues))
        page = message_page(page_words.BUSY_TITLE, page_words.BUSY_BODY, localizer)
        return HTMLResponse(page_html(page, sandbox=False), 503, headers)


def page_html(page: WebPage, *, sandbox: bool) -> str:
    """A page as HTML; `sandbox` says on it that no real money moves."""
    return (
        templates.environment()
        .get_template(page.template)
        .render(
            **page.words,
            rows=page.rows,
            language=page.language,
            direction=page.direction,
            sandbox=sandbox,
            style=STYLE_PATH,
        )
    )


def _card(tx: Tx, link: PayLink) -> Card | None:
    top_up = tx.top_ups.get(link.top_up)
    return tx.cards.get(top_up.card) if top_up else None


async def _healthz(_: Request) -> Response:
    return PlainTextResponse(f"{ALIVE}\n")


async def _no_icon(_: Request) -> Response:
    """Browsers ask for one on every site; there is none, and that is no error."""
    return Response(status_code=204)


async def _style(_: Request) -> Response:
    return Response(templates.stylesheet(), media_type="text/css")
