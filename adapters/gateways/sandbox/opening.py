"""Puts the sandbox to work: its server lives in this process, and its gateway calls no network."""

from __future__ import annotations

import base64

import httpx

from adapters.gateways.sandbox.gateway import SandboxGateway
from adapters.gateways.sandbox.server.app import sandbox_app
from adapters.gateways.sandbox.server.settings import SandboxSettings
from adapters.gateways.sandbox.settings import MERCHANT_ACCOUNT, NAME, Sandbox
from adapters.gateways.traits import OpenedGateway, Surroundings
from adapters.outgoing import HostAllowlist, http_client

# How it is called inside this process, where no name is looked up.
_INSIDE = "http://sandbox"
_ID_LENGTH = 20


def open_sandbox(settings: Sandbox, around: Surroundings) -> OpenedGateway:
    """The gateway, and the server behind it."""
    key = around.secret_for("sandbox api").hex()
    made = around.secret_for("sandbox callbacks")
    secret = "whsec_" + base64.b64encode(made).decode()
    public_url = f"{around.public_url}/{NAME}"
    server = sandbox_app(
        around.documents,
        SandboxSettings(
            api_key=key,
            webhook_secret=secret,
            public_url=public_url,
            callback_url=settings.callback_url or f"{around.local_url}/webhooks/{NAME}",
            now=around.now,
            new_id=lambda: around.new_id()[:_ID_LENGTH],
            merchant_account=MERCHANT_ACCOUNT,
            settle_after_seconds=settings.settle_seconds,
        ),
    )
    client = http_client(HostAllowlist(NAME, _INSIDE), httpx.ASGITransport(server))
    gateway = SandboxGateway(
        client,
        public_url=public_url,
        api_key=key,
        webhook_secrets=(secret,),
        api_url=_INSIDE,
    )
    return OpenedGateway(gateway, (client,), server, server.background)
