"""The gateways of the demo: a whole played Stripe, and the way of the sandbox's callbacks."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import httpx
from starlette.routing import BaseRoute, Mount

from playground.bot.folder import Folder
from playground.bot.program import HOST, SANDBOX_CALLBACKS, STRIPE, settle_seconds
from playground.kit.callbacks import Forwarder, Line
from playground.kit.clock import Clock
from playground.kit.journal import Journal
from playground.stripe import api as stripe_api
from playground.stripe import dashboard as stripe_dashboard
from playground.stripe import page as stripe_page
from playground.stripe.delivery import Delivery
from playground.stripe.world import StripeSettings, StripeWorld


@dataclass(frozen=True, slots=True)
class Gateways:
    """`lines` and `journals` are by the gateway's name: stripe, sandbox."""

    stripe: StripeWorld
    sandbox: Forwarder
    lines: dict[str, Line]
    journals: dict[str, Journal]
    http: httpx.AsyncClient

    def routes(self) -> list[BaseRoute]:
        """`/stripe/v1/…` for the bot, `/stripe/c/pay/…` for payers, `/window/stripe/…` for the
        page, and the detour of the sandbox's callbacks.
        """
        api = stripe_api.routes(self.stripe, self.journals["stripe"])
        return [
            Mount(STRIPE, routes=[*api, *stripe_page.routes(self.stripe)]),
            *stripe_dashboard.routes(self.stripe),
            self.sandbox.route(SANDBOX_CALLBACKS),
        ]

    async def run(self) -> None:
        """Deliver Stripe's events until cancelled."""
        async with self.http:
            await Delivery(self.stripe, self.lines["stripe"]).run()


def set_up(folder: Folder, port: int, bot_url: str, time: Clock) -> Gateways:
    """Gateways that people and bot find at `port`; Stripe's state is kept in the folder."""
    stripe = StripeWorld(
        StripeSettings(
            api_key=folder.kept.stripe_api_key,
            webhook_secret=folder.kept.stripe_webhook_secret,
            public_url=f"http://{HOST}:{port}{STRIPE}",
            now=time.now,
            new_id=lambda: secrets.token_hex(8),
            settle_after_seconds=settle_seconds(),
            path=folder.path / "stripe.json",
        )
    )
    # The environment's proxies are not for this machine's own port.
    http = httpx.AsyncClient(trust_env=False)
    names = ("stripe", "sandbox")
    journals = {name: Journal(folder.kept.stripe_api_key, time.now) for name in names}
    lines = {
        name: Line(http, f"{bot_url}/webhooks/{name}", journal=journals[name]) for name in names
    }
    lines["stripe"].toggles = stripe.toggles
    return Gateways(stripe, Forwarder(lines["sandbox"], time.now), lines, journals, http)
