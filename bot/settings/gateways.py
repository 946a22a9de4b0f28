"""Which gateways there are, and which of them take payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_settings import BaseSettings

from adapters.gateways import sandbox, stripe
from adapters.gateways.traits import ConfiguredGateway, GatewayTraits
from adapters.settings import SOURCE, Misconfigured
from billing.methods import MethodNames
from bot.settings.web import Web

GATEWAYS: Mapping[str, GatewayTraits] = {
    each.TRAITS.name: each.TRAITS for each in (sandbox, stripe)
}
"""Every gateway that there is, configured or not. None has its library loaded."""
METHOD_NAMES: Mapping[str, MethodNames] = {
    key: names for each in GATEWAYS.values() for key, names in each.method_names.items()
}
"""How people call the ways to pay of all of them: also of one that is configured away."""

Of = Callable[[type[BaseSettings]], Any]
"""Gives a group of settings as text."""


class GatewaysVariables(BaseSettings):
    """The choice of gateways as text."""

    model_config = SOURCE

    gateways: str = "sandbox"


@dataclass(frozen=True, slots=True)
class Gateways:
    """Those that take payments, in the order in which people see their ways to pay.

    A trial uses others, whatever is chosen: those that take no real money.
    """

    chosen: tuple[ConfiguredGateway, ...]
    trial: tuple[ConfiguredGateway, ...] = ()


def read_gateways(of: Of, web: Web) -> Gateways:
    """The gateways with their settings, checked. Raises Misconfigured."""
    named = _named(of(GatewaysVariables))
    found = {
        name: each.read(of(each.environment), name in named, web.public_url)
        for name, each in GATEWAYS.items()
    }
    known = {name: each for name, each in found.items() if each is not None}
    return Gateways(
        tuple(known[name] for name in named),
        tuple(each for name, each in known.items() if GATEWAYS[name].for_trials),
    )


def gateway_apis(of: Of) -> dict[str, str]:
    """Which settings hold an address that a chosen gateway calls. Raises Misconfigured."""
    called = [GATEWAYS[name] for name in _named(of(GatewaysVariables))]
    return {name: url for each in called for name, url in each.apis(of(each.environment)).items()}


def _named(found: GatewaysVariables) -> tuple[str, ...]:
    """What GATEWAYS names, in its order. Raises Misconfigured."""
    names = tuple(name.strip() for name in found.gateways.split(",") if name.strip())
    unknown = [name for name in names if name not in GATEWAYS]
    if unknown:
        known = ", ".join(GATEWAYS)
        raise Misconfigured(f"GATEWAYS names {unknown[0]!a}, which is unknown. Known: {known}.")
    if not names:
        raise Misconfigured("GATEWAYS is empty. Name at least one, such as sandbox.")
    if len(set(names)) < len(names):
        raise Misconfigured("GATEWAYS names one gateway twice.")
    return names
