"""Puts the Stripe gateway to work, behind a door to its API alone."""

from __future__ import annotations

from adapters.gateways.stripe.gateway import StripeGateway
from adapters.gateways.stripe.settings import Stripe
from adapters.gateways.traits import OpenedGateway, Surroundings
from adapters.outgoing import HostAllowlist, http_client


def open_stripe(settings: Stripe, around: Surroundings) -> OpenedGateway:
    """The gateway, with a client of its own."""
    client = http_client(HostAllowlist(settings.name, settings.api_base_url), around.reach)
    gateway = StripeGateway(
        client,
        api_key=settings.api_key.get_secret_value(),
        webhook_secrets=settings.webhook_secrets,
        now=around.now,
        base_url=settings.api_base_url,
    )
    return OpenedGateway(gateway, (client,))
