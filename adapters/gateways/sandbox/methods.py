"""The ways to pay in the sandbox, where no money moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from adapters.gateways.sandbox.settings import NAME
from adapters.gateways.traits import CARD_WORDS, N_
from billing.methods import Fee, MethodNames, PaymentMethod

METHODS = (
    PaymentMethod("card", NAME, fee=Fee(basis_points=150)),
    PaymentMethod(
        "bank_transfer",
        NAME,
        link_life=timedelta(days=7),
        watched_after_expiry=timedelta(days=10),
    ),
)
METHOD_NAMES: Mapping[str, MethodNames] = {
    "card": MethodNames(N_("Card"), N_("card"), CARD_WORDS),
    "bank_transfer": MethodNames(
        N_("Bank transfer"),
        N_("bank"),
        (
            *("bank", "transfer", "wire", "bank_transfer", "bank-transfer"),
            *("überweisung", "ueberweisung", "banküberweisung", "bankueberweisung", "überweisen"),
        ),
    ),
}
