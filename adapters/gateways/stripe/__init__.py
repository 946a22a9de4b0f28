"""Stripe Checkout. The package alone loads no library; `gateway` does."""

from adapters.gateways.stripe.methods import METHOD_NAMES
from adapters.gateways.stripe.settings import NAME, StripeVariables, read_stripe
from adapters.gateways.traits import GatewayTraits

__all__ = ["TRAITS"]

TRAITS = GatewayTraits(
    name=NAME,
    environment=StripeVariables,
    read=read_stripe,
    method_names=METHOD_NAMES,
    apis=lambda found: {"STRIPE_API_BASE_URL": found.stripe_api_base_url},
)
