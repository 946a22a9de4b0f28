"""The sandbox gateway with one odd answer, and the bot's web side over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
from starlette.applications import Starlette

from billing.methods import PaymentMethod
from billing.ports import CheckoutRequest, GatewayError, HostedPage, PaymentGateway, PaymentHint
from billing.topups import Mode, PaymentSnapshot
from bot.web.app import WebSite
from service.money.checkout import Checkouts
from tests.support.bots.bot_place import PUBLIC_URL, BotPlace


@dataclass
class OddGateway:
    """The sandbox, but an order is answered with this page, an error, or as ever."""

    real: PaymentGateway
    answer: str | GatewayError | None
    orders: list[CheckoutRequest] = field(default_factory=list)

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        self.orders.append(request)
        if isinstance(self.answer, GatewayError):
            raise self.answer
        page = await self.real.open_checkout(request)
        return page if self.answer is None else replace(page, url=self.answer)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        return self.real.read_webhook(headers, body, now)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        return await self.real.fetch(checkout_ref)

    async def close_checkout(self, checkout_ref: str) -> None:
        await self.real.close_checkout(checkout_ref)

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def mode(self) -> Mode:
        return self.real.mode

    @property
    def merchant_account(self) -> str:
        return self.real.merchant_account

    @property
    def hosts(self) -> frozenset[str]:
        return self.real.hosts

    @property
    def methods(self) -> tuple[PaymentMethod, ...]:
        return self.real.methods


def site_over(place: BotPlace, gateway: PaymentGateway) -> httpx.AsyncClient:
    """A browser before the same bot, when it talks to this gateway."""
    gateways = {"sandbox": gateway}
    checkouts = Checkouts(place.app.store, gateways, place.app.services, PUBLIC_URL)
    site = WebSite(place.app.store, gateways, checkouts, place.app.services, PUBLIC_URL)
    app = Starlette(routes=list(site.routes()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL)
