"""The ways to pay at Stripe. It loads no library of Stripe's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from adapters.gateways.stripe.limits import range_in
from adapters.gateways.stripe.settings import NAME
from adapters.gateways.traits import CARD_WORDS, N_
from billing.methods import MethodNames, PaymentMethod

# Which ways to pay the page offers is set in Stripe's dashboard; the slow ones take days.
METHODS = (
    PaymentMethod("stripe", NAME, taken_in=range_in, watched_after_expiry=timedelta(days=10)),
)
# Nobody takes what is not Stripe's own for the real one.
PLAYED_METHODS = tuple(replace(method, key="stripe_simulated") for method in METHODS)
METHOD_NAMES: Mapping[str, MethodNames] = {
    # Whoever types "card" means this one where no other takes cards.
    "stripe": MethodNames(
        N_("Card or bank (Stripe)"),
        "stripe",
        ("stripe", "card or bank (stripe)", "karte oder bank (stripe)", *CARD_WORDS),
    ),
    "stripe_simulated": MethodNames(
        N_("Stripe (simulated)"),
        "stripe",
        ("stripe", "simulated", "stripe (simulated)", "stripe (simuliert)", *CARD_WORDS),
    ),
}
