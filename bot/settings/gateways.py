"""Which gateways take payments, and what the sandbox needs."""

from __future__ import annotations

from pydantic_settings import BaseSettings

from bot.settings.checks import SOURCE, Misconfigured, check_local, read_number

KNOWN_GATEWAYS = ("sandbox", "stripe")
SETTLE_SECONDS_MAX = 86_400


class GatewaysEnvironment(BaseSettings):
    """The settings of the choice of gateways, and of the sandbox, as text."""

    model_config = SOURCE

    gateways: str = "sandbox"
    sandbox_settle_seconds: str = "20"
    sandbox_callback_url: str = ""


def read_gateways(found: GatewaysEnvironment) -> tuple[str, ...]:
    """Their names, in the order in which people see their methods. Raises Misconfigured."""
    names = tuple(name.strip() for name in found.gateways.split(",") if name.strip())
    unknown = [name for name in names if name not in KNOWN_GATEWAYS]
    if unknown:
        known = ", ".join(KNOWN_GATEWAYS)
        raise Misconfigured(f"GATEWAYS names {unknown[0]!a}, which is unknown. Known: {known}.")
    if not names:
        raise Misconfigured("GATEWAYS is empty. Name at least one, such as sandbox.")
    if len(set(names)) < len(names):
        raise Misconfigured("GATEWAYS names one gateway twice.")
    return names


def read_settle_seconds(found: GatewaysEnvironment) -> float:
    """How long the sandbox's bank transfer takes. Raises Misconfigured."""
    return read_number(
        "SANDBOX_SETTLE_SECONDS", found.sandbox_settle_seconds, 0, SETTLE_SECONDS_MAX
    )


def read_callback_url(found: GatewaysEnvironment) -> str:
    """Where the sandbox's callbacks go in a playground, on this machine; "" is straight to us."""
    url = found.sandbox_callback_url
    return check_local("SANDBOX_CALLBACK_URL", url) if url else ""
