"""What Stripe needs: real money only with a signed callback, https and Stripe's own API.

It loads no library of Stripe's, so that every command may read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.gateways.traits import OpenedGateway, Surroundings
from adapters.settings import NO_SECRET, SOURCE, Misconfigured, read_url
from billing.topups import Mode

NAME = "stripe"
OFFICIAL = "https://api.stripe.com"
# One key sees one Stripe account only, and its id would take a call to learn. Play money and
# real money are two accounts all the same.
MERCHANT_ACCOUNTS = {Mode.SANDBOX: "stripe_test", Mode.LIVE: "stripe_live"}
_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]+")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")


class StripeVariables(BaseSettings):
    """The Stripe settings as text."""

    model_config = SOURCE

    stripe_api_key: SecretStr = NO_SECRET
    stripe_webhook_secret: SecretStr = NO_SECRET
    stripe_api_base_url: str = OFFICIAL


@dataclass(frozen=True, slots=True)
class Stripe:
    """What the Stripe gateway needs. `webhook_secret` holds several, separated by commas."""

    name: ClassVar[str] = NAME
    api_key: SecretStr
    webhook_secret: SecretStr
    api_base_url: str

    @property
    def live(self) -> bool:
        """Whether the key takes real money."""
        return "_live_" in self.api_key.get_secret_value()

    @property
    def mode(self) -> Mode:
        """What its key says."""
        return mode_of(self.api_key.get_secret_value())

    @property
    def merchant_account(self) -> str:
        """Our account, as the ledger calls it."""
        return MERCHANT_ACCOUNTS[self.mode]

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, the blanks around them removed."""
        secrets = (each.strip() for each in self.webhook_secret.get_secret_value().split(","))
        return tuple(each for each in secrets if each)

    def open(self, around: Surroundings) -> OpenedGateway:
        """Put it to work."""
        # Only here: Stripe's library is slow to load, and most commands call nobody.
        from adapters.gateways.stripe.opening import open_stripe

        return open_stripe(self, around)


def mode_of(api_key: str) -> Mode:
    """Whether a key takes real money. Anything but a test key does, as far as we know."""
    return Mode.SANDBOX if api_key.startswith(("sk_test_", "rk_test_")) else Mode.LIVE


def read_stripe(found: StripeVariables, named: bool, public_url: str) -> Stripe | None:
    """None where GATEWAYS does not name stripe. Raises Misconfigured."""
    if not named:
        if found.stripe_api_key.get_secret_value():
            raise Misconfigured("STRIPE_API_KEY is set, but GATEWAYS does not name stripe.")
        return None
    url = read_url("STRIPE_API_BASE_URL", found.stripe_api_base_url)
    stripe = Stripe(found.stripe_api_key, found.stripe_webhook_secret, url)
    _check_secrets(stripe)
    if stripe.live:
        _check_live(stripe, public_url)
    return stripe


def _check_secrets(stripe: Stripe) -> None:
    if not _KEY.fullmatch(stripe.api_key.get_secret_value()):
        raise Misconfigured(
            "STRIPE_API_KEY is missing or no secret key: it begins with sk_test_, sk_live_, "
            "rk_test_ or rk_live_."
        )
    if not all(_SECRET.fullmatch(each) for each in stripe.webhook_secrets):
        raise Misconfigured(
            "STRIPE_WEBHOOK_SECRET begins with whsec_; a comma stands between two."
        )


def _check_live(stripe: Stripe, public_url: str) -> None:
    if not stripe.webhook_secrets:
        raise Misconfigured("STRIPE_WEBHOOK_SECRET is missing, but STRIPE_API_KEY is a live one.")
    if stripe.api_base_url != OFFICIAL:
        raise Misconfigured(
            "STRIPE_API_BASE_URL is not Stripe's, but STRIPE_API_KEY is a live one."
        )
    if urlsplit(public_url).scheme != "https":
        raise Misconfigured("PUBLIC_URL is not https, but STRIPE_API_KEY is a live one.")
