"""Composition root, gateways: those that GATEWAYS names. It has no rules itself."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import httpx

from adapters.gateways.sandbox.gateway import MERCHANT_ACCOUNT, SandboxGateway
from adapters.gateways.sandbox.server.app import SandboxApp, sandbox_app
from adapters.gateways.sandbox.server.settings import SandboxSettings
from adapters.gateways.stripe.gateway import StripeGateway
from adapters.outgoing import HostAllowlist, http_client
from billing.ports import PaymentGateway
from bot.settings.config import Config
from bot.settings.storage import split_keys
from bot.settings.stripe import Stripe
from bot.wiring.books import StoredBooks
from bot.wiring.services import SANDBOX, stripe_of
from service.common.ids import Sources
from service.common.links import derive_key
from service.ports.store import Store

# How the sandbox is called inside this process, where no name is looked up.
_INSIDE = "http://sandbox"


@dataclass(frozen=True, slots=True)
class Gateways:
    """Gateways by name, the shipped sandbox server where it is one of them, what to close."""

    by_name: dict[str, PaymentGateway]
    sandbox: SandboxApp | None
    clients: tuple[httpx.AsyncClient, ...]


def gateways_of(
    config: Config, sources: Sources, store: Store, reach: httpx.AsyncBaseTransport | None = None
) -> Gateways:
    """The gateways that are configured, in the order in which people see their ways to pay.

    `reach` is how those outside this process are reached, where it is not by the network.
    """
    found: dict[str, PaymentGateway] = {}
    clients: list[httpx.AsyncClient] = []
    server: SandboxApp | None = None
    for name in config.gateways:
        if name == SANDBOX:
            server = _sandbox_server(config, sources, store)
            clients.append(http_client(HostAllowlist(name, _INSIDE), httpx.ASGITransport(server)))
            found[name] = _sandbox(config, clients[-1])
        else:
            stripe = stripe_of(config)
            clients.append(http_client(HostAllowlist(name, stripe.api_base_url), reach))
            found[name] = _stripe(stripe, sources, clients[-1])
    return Gateways(found, server, tuple(clients))


def _sandbox_server(config: Config, sources: Sources, store: Store) -> SandboxApp:
    """The shipped sandbox, which lives in this process."""
    webhook = f"http://{_reachable(config.host)}:{config.port}/webhooks/{SANDBOX}"
    settings = SandboxSettings(
        api_key=_sandbox_key(config),
        webhook_secret=_sandbox_secret(config),
        public_url=f"{config.public_url}/{SANDBOX}",
        callback_url=config.sandbox_callback_url or webhook,
        now=sources.now,
        new_id=lambda: sources.new_attempt_id()[:20],
        merchant_account=MERCHANT_ACCOUNT,
        settle_after_seconds=config.sandbox_settle_seconds,
    )
    return sandbox_app(StoredBooks(store), settings)


def _sandbox(config: Config, client: httpx.AsyncClient) -> SandboxGateway:
    return SandboxGateway(
        client,
        public_url=f"{config.public_url}/{SANDBOX}",
        api_key=_sandbox_key(config),
        webhook_secrets=(_sandbox_secret(config),),
        api_url=_INSIDE,
    )


def _sandbox_key(config: Config) -> str:
    return derive_key(split_keys(config.secret_key)[0], "sandbox api").hex()


def _sandbox_secret(config: Config) -> str:
    made = derive_key(split_keys(config.secret_key)[0], "sandbox callbacks")
    return "whsec_" + base64.b64encode(made).decode()


def _stripe(stripe: Stripe, sources: Sources, client: httpx.AsyncClient) -> StripeGateway:
    return StripeGateway(
        client,
        api_key=stripe.api_key.get_secret_value(),
        webhook_secrets=stripe.webhook_secrets,
        now=sources.now,
        base_url=stripe.api_base_url,
    )


def _reachable(host: str) -> str:
    """This machine in an address, for a host that may mean all of its addresses."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (not bound here)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
