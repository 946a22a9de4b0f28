"""A played Stripe in memory, a gateway and a browser that reach it, and a bot that listens.

It has hands for tests and asserts nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette

from adapters.contracts.gateway import SignedCallback, checkout_request
from adapters.gateways.stripe import webhooks as stripe_webhooks
from adapters.gateways.stripe.gateway import StripeGateway
from billing.money import Money
from billing.ports import HostedPage
from billing.topups import PaymentSnapshot
from playground.kit.callbacks import Line
from playground.stripe import api as stripe_api
from playground.stripe import page as stripe_page
from playground.stripe.delivery import Delivery
from playground.stripe.world import StripeSettings, StripeWorld
from tests.support.bots.paying import PAID, pay_by_card

STRIPE_URL = "http://127.0.0.1:9099"
WEBHOOK_URL = "http://127.0.0.1:8080/webhooks/stripe"
API_KEY = "sk_test_forTheTestsOnly"
WEBHOOK_SECRET = "whsec_forTheTestsOnly"
OLD_SECRET = "whsec_theOneBefore"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Ear:
    """The bot's end: what callbacks arrived. It answers with `answers`, then 204 for ever."""

    heard: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 204)

    @property
    def events(self) -> list[str]:
        return [json.loads(request.content)["type"] for request in self.heard]


class StripePlace:
    """It is a `GatewayWorld`."""

    secrets = (API_KEY, WEBHOOK_SECRET, OLD_SECRET)

    def __init__(self) -> None:
        self.now = START
        self.ear = Ear()
        ids = map("{:08}".format, count(1))
        settings = StripeSettings(
            api_key=API_KEY,
            webhook_secret=WEBHOOK_SECRET,
            public_url=STRIPE_URL,
            now=lambda: self.now,
            new_id=ids.__next__,
        )
        self.stripe = StripeWorld(settings)
        bot = httpx.AsyncClient(transport=httpx.MockTransport(self.ear))
        self.delivery = Delivery(self.stripe, Line(bot, WEBHOOK_URL))
        app = Starlette(routes=[*stripe_api.routes(self.stripe), *stripe_page.routes(self.stripe)])
        self.asked: list[httpx.Request] = []
        self.transport: httpx.AsyncBaseTransport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(
            transport=self.transport, event_hooks={"request": [self._note]}
        )
        self.gateway = self.gateway_over(self.client)

    # --- what the contract asks for ---

    def callback(self, checkout_ref: str, at: datetime) -> SignedCallback:
        about = {"id": checkout_ref, "object": "checkout.session"}
        return self.signed(event("checkout.session.completed", about), at)

    def unknown_callback(self, at: datetime) -> SignedCallback:
        return self.signed(event("payout.created", {"id": "po_1", "object": "payout"}), at)

    async def pay(self, page: HostedPage) -> None:
        paid = await pay_by_card(self.client, page.url, PAID)
        assert ">Paid<" in paid.text

    def idempotency_keys(self) -> list[str]:
        keys = (request.headers.get("idempotency-key") for request in self.asked)
        return [key for key in keys if key]

    def leading_to(self, url: str) -> StripeGateway:
        return self.altering(lambda answer: answer | {"url": url})

    def failing(self, status: int | None) -> StripeGateway:
        def fail(request: httpx.Request) -> httpx.Response:
            if status is None:
                raise httpx.ReadTimeout("too slow", request=request)
            return httpx.Response(status, text=f"a proxy's page that echoes {API_KEY}")

        return self.gateway_over(httpx.AsyncClient(transport=httpx.MockTransport(fail)))

    def with_odd_entries(self) -> StripeGateway:
        return self.altering(
            lambda said: said | {"data": [5, *said["data"]]} if "data" in said else said
        )

    def replying(self, body: str) -> StripeGateway:
        answer = httpx.MockTransport(lambda _asked: httpx.Response(200, text=body))
        return self.gateway_over(httpx.AsyncClient(transport=answer))

    def refusing(self, status: int, code: str = "parameter_invalid") -> StripeGateway:
        said = {"type": "invalid_request_error", "code": code, "message": f"not by {API_KEY}"}
        answer = httpx.MockTransport(lambda _asked: httpx.Response(status, json={"error": said}))
        return self.gateway_over(httpx.AsyncClient(transport=answer))

    # --- hands for the tests ---

    def altering(self, edit: Callable[[dict[str, Any]], Any]) -> StripeGateway:
        """The gateway, when somebody alters every answer that Stripe gives."""

        async def astray(request: httpx.Request) -> httpx.Response:
            answer = await self.client.send(request)
            return httpx.Response(200, json=edit(answer.json()))

        return self.gateway_over(httpx.AsyncClient(transport=httpx.MockTransport(astray)))

    def answering(self, path: str, answer: httpx.Response) -> StripeGateway:
        """The gateway, when what it asks for at one path is always answered by this."""

        async def astray(request: httpx.Request) -> httpx.Response:
            asked_there = request.url.path == path
            return answer if asked_there else await self.client.send(request)

        return self.gateway_over(httpx.AsyncClient(transport=httpx.MockTransport(astray)))

    def gateway_over(self, client: httpx.AsyncClient) -> StripeGateway:
        return StripeGateway(
            client,
            api_key=API_KEY,
            webhook_secrets=(WEBHOOK_SECRET, OLD_SECRET),
            now=lambda: self.now,
            base_url=STRIPE_URL,
        )

    def signed(self, said: Any, at: datetime) -> SignedCallback:
        return self.signed_bytes(json.dumps(said).encode(), at)

    def signed_bytes(self, body: bytes, at: datetime) -> SignedCallback:
        return SignedCallback(stripe_webhooks.sign(WEBHOOK_SECRET, at, body), body)

    async def open(self, total: Money | None = None, **changes: Any) -> HostedPage:
        request = checkout_request(self.now, total or Money(5_075, "USD"))
        return await self.gateway.open_checkout(replace(request, **changes))

    async def payment(self, page: HostedPage) -> PaymentSnapshot:
        (snapshot,) = await self.gateway.fetch(page.checkout_ref)
        return snapshot

    def intent(self, page: HostedPage) -> str:
        """The id of the payment intent behind a page."""
        return str(self.stripe.sessions[page.checkout_ref]["payment_intent"])

    def charge(self, page: HostedPage) -> dict[str, Any]:
        """What the payer of a page was charged."""
        return self.stripe.charges[self.stripe.intents[self.intent(page)]["latest_charge"]]

    async def wait(self, seconds: float) -> None:
        """Let time pass, then deliver what is due."""
        self.now += timedelta(seconds=seconds)
        await self.delivery.work_off()

    async def asks(self, method: str, path: str, **given: Any) -> httpx.Response:
        """A merchant's raw request."""
        headers = {"authorization": f"Bearer {API_KEY}", **given.pop("headers", {})}
        return await self.client.request(method, STRIPE_URL + path, headers=headers, **given)

    async def _note(self, request: httpx.Request) -> None:
        self.asked.append(request)


def event(kind: str, about: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A callback's body."""
    said = {"id": "evt_1", "object": "event", "type": kind, "livemode": False}
    return {**said, "data": {"object": about}, **more}
