"""What the sandbox server is told when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`public_url` is where browsers reach the mount, `callback_url` the bot's webhook.

    `webhook_secret` is `whsec_…`. `new_id` gives 8 to 64 letters, digits, - or _ that nobody
    can guess: who knows a checkout's id may pay it.
    """

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    public_url: str
    callback_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    merchant_account: str = "sandbox_merchant"
    merchant_name: str = "Sandbox Merchant"
    settle_after_seconds: float = 20

    @property
    def step_delay(self) -> timedelta:
        """How long a transfer is on its way, and what lies between what a card brings about."""
        return timedelta(seconds=self.settle_after_seconds)

    @property
    def base_path(self) -> str:
        """The path of `public_url`, which every address in a page begins with: `/sandbox`."""
        return urlsplit(self.public_url).path.rstrip("/")

    def checkout_url(self, checkout: str) -> str:
        """Where a payer's browser finds the checkout."""
        return f"{self.public_url.rstrip('/')}/checkout/{checkout}"
