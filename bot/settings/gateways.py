"""Which gateways take payments, and what the sandbox needs."""

from __future__ import annotations

from typing import Annotated

from pydantic_settings import BaseSettings, NoDecode

from bot.settings.checks import SOURCE, Misconfigured, check_local

KNOWN_GATEWAYS = ("sandbox", "stripe")
SETTLE_SECONDS_MAX = 86_400


class GatewaysEnvironment(BaseSettings):
    """The settings of the choice of gateways, and of the sandbox, as text."""

    model_config = SOURCE

    gateways: Annotated[str, NoDecode] = "sandbox"
    sandbox_settle_seconds: float = 20
    sandbox_callback_url: str = ""


def read_gateways(found: GatewaysEnvironment) -> tuple[str, ...]:
    """Their names, in the order in which people see their methods. Raises Misconfigured."""
    names = tuple(name.strip() for name in found.gateways.split(",") if name.strip())
    unknown = [name for name in names if name not in KNOWN_GATEWAYS]
    if unknown:
        known = ", ".join(KNOWN_GATEWAYS)
        raise Misconfigured(f"GATEWAYS names {unknown[0]}, which is unknown. Known: {known}.")
    if not names:
        raise Misconfigured("GATEWAYS is empty. Name at least one, such as sandbox.")
    return names


def read_settle_seconds(found: GatewaysEnvironment) -> float:
    """How long the sandbox's bank transfer takes. Raises Misconfigured."""
    seconds = found.sandbox_settle_seconds
    if not 0 <= seconds <= SETTLE_SECONDS_MAX:
        raise Misconfigured(f"SANDBOX_SETTLE_SECONDS is from 0 to {SETTLE_SECONDS_MAX}.")
    return seconds


def read_callback_url(found: GatewaysEnvironment) -> str:
    """Where the sandbox's callbacks go in a playground, on this machine; "" is straight to us."""
    url = found.sandbox_callback_url
    return check_local("SANDBOX_CALLBACK_URL", url) if url else ""
