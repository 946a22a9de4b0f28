"""Composition root, gateways: those that GATEWAYS names. It has no rules itself."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import httpx

from adapters.gateways.sandbox import MERCHANT_ACCOUNT, SandboxGateway
from adapters.gateways.sandbox_server.app import SandboxApp, sandbox_app
from adapters.gateways.sandbox_server.settings import SandboxSettings
from adapters.gateways.stripe import StripeGateway
from billing.ports import PaymentGateway
from bot.books import StoredBooks
from bot.config import Config, Misconfigured, split_keys
from bot.ids import Sources
from bot.links import derive
from bot.ports import Store

SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Gateways:
    """Gateways by name, and the shipped sandbox server where it is one of them."""

    by_name: dict[str, PaymentGateway]
    sandbox: SandboxApp | None


def gateways_of(
    config: Config, sources: Sources, store: Store, http: httpx.AsyncClient
) -> Gateways:
    """The gateways that are configured, in the order in which people see their ways to pay."""
    found: dict[str, PaymentGateway] = {}
    server: SandboxApp | None = None
    for name in config.gateways:
        if name == SANDBOX:
            server, found[name] = _sandbox(config, sources, store)
        else:
            found[name] = _stripe(config, sources, http)
    return Gateways(found, server)


def _sandbox(config: Config, sources: Sources, store: Store) -> tuple[SandboxApp, SandboxGateway]:
    """The shipped sandbox, and the translator that talks to it inside this process."""
    secret = split_keys(config.secret_key)[0]
    api_key = derive(secret, "sandbox api").hex()
    webhook_secret = "whsec_" + base64.b64encode(derive(secret, "sandbox callbacks")).decode()
    public_url = f"{config.public_url}/{SANDBOX}"
    webhook = f"http://{_reachable(config.host)}:{config.port}/webhooks/{SANDBOX}"
    settings = SandboxSettings(
        api_key=api_key,
        webhook_secret=webhook_secret,
        public_url=public_url,
        callback_url=config.sandbox_callback_url or webhook,
        now=sources.now,
        new_id=sources.attempt,
        merchant_account=MERCHANT_ACCOUNT,
        settle_after_seconds=config.sandbox_settle_seconds,
    )
    app = sandbox_app(StoredBooks(store), settings)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    gateway = SandboxGateway(
        client,
        public_url=public_url,
        api_key=api_key,
        webhook_secrets=(webhook_secret,),
        api_url="http://sandbox",
    )
    return app, gateway


def _stripe(config: Config, sources: Sources, http: httpx.AsyncClient) -> StripeGateway:
    if config.stripe is None:
        raise Misconfigured("GATEWAYS names stripe, but there are no settings for it.")
    return StripeGateway(
        http,
        api_key=config.stripe.api_key.get_secret_value(),
        webhook_secrets=config.stripe.webhook_secrets,
        now=sources.now,
        base_url=config.stripe.api_base_url,
    )


def _reachable(host: str) -> str:
    """This machine in an address, for a host that may mean all of its addresses."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (not bound here)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
