"""Makes the played Stripe's checkout sessions from what a merchant asked for, or refuses.

https://docs.stripe.com/api/checkout/sessions/create
"""

from __future__ import annotations

import re

from playground.stripe.forms import Json, Refused, required
from playground.stripe.money import THOUSANDTHS
from playground.stripe.world import StripeWorld

_LIFE_MIN_SECONDS, _LIFE_MAX_SECONDS = 30 * 60, 24 * 60 * 60
_WHOLE_ONLY = frozenset({"isk", "ugx"})
_CURRENCY = re.compile(r"[a-z]{3}")
_ADDRESS = re.compile(r"https?://[^\s]+")


def create(world: StripeWorld, params: Json) -> Json:
    """A new open session. Raises Refused."""
    if required(params, "mode") != "payment":
        raise Refused("Only mode payment is played here.", param="mode")
    items = required(params, "line_items")
    currency, total = _price(items)
    expires_at = params.get("expires_at", world.now + _LIFE_MAX_SECONDS)
    if not _LIFE_MIN_SECONDS <= expires_at - world.now <= _LIFE_MAX_SECONDS:
        message = "The `expires_at` timestamp must be 30 minutes to 24 hours from now."
        raise Refused(message, param="expires_at")
    for name in ("success_url", "cancel_url"):
        if not _ADDRESS.fullmatch(required(params, name)):
            raise Refused("Not a valid URL", code="url_invalid", param=name)
    session = _session(world, params) | {
        "amount_subtotal": total,
        "amount_total": total,
        "currency": currency,
        "expires_at": expires_at,
    }
    world.sessions[session["id"]] = session
    return session


def _session(world: StripeWorld, params: Json) -> Json:
    id = world.new_id("cs")
    intent = params.get("payment_intent_data", {})
    product = params["line_items"][0]["price_data"]["product_data"]["name"]
    return {
        "id": id,
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": params["cancel_url"],
        "client_reference_id": params.get("client_reference_id"),
        "created": world.now,
        "custom_fields": [],
        "custom_text": {"shipping_address": None, "submit": None},
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": params["success_url"],
        "url": world.page(id),
        "description": intent.get("description") or product,
        "intent_metadata": intent.get("metadata", {}),
        "in_3d_secure": False,
    }


def _price(items: list[Json]) -> tuple[str, int]:
    currencies, total = set(), 0
    for item in items:
        currency = str(required(item, "price_data.currency"))
        amount = required(item, "price_data.unit_amount") * required(item, "quantity")
        required(item, "price_data.product_data.name")
        if not _CURRENCY.fullmatch(currency):
            raise Refused(f"Invalid currency: {currency}", param="line_items[0]")
        uneven = (currency in THOUSANDTHS and amount % 10) or (
            currency in _WHOLE_ONLY and amount % 100
        )
        if amount <= 0 or uneven:
            raise Refused(f"Invalid amount in {currency}: {amount}", param="line_items[0]")
        currencies.add(currency)
        total += amount
    if len(currencies) != 1:
        raise Refused("All prices must use the same currency.", param="line_items")
    return currencies.pop(), total
