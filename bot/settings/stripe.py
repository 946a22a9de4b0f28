"""What Stripe needs: real money only with a signed callback, https and Stripe's own API."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from bot.settings.checks import NO_SECRET, SOURCE, Misconfigured, read_url

STRIPE_OFFICIAL = "https://api.stripe.com"
_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]+")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")


class StripeEnvironment(BaseSettings):
    """The Stripe settings as text."""

    model_config = SOURCE

    stripe_api_key: SecretStr = NO_SECRET
    stripe_webhook_secret: SecretStr = NO_SECRET
    stripe_api_base_url: str = STRIPE_OFFICIAL


@dataclass(frozen=True, slots=True)
class Stripe:
    """What the Stripe gateway needs. `webhook_secret` holds several, separated by commas."""

    api_key: SecretStr
    webhook_secret: SecretStr
    api_base_url: str

    @property
    def live(self) -> bool:
        """Whether the key takes real money."""
        return "_live_" in self.api_key.get_secret_value()

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, the blanks around them removed."""
        secrets = (each.strip() for each in self.webhook_secret.get_secret_value().split(","))
        return tuple(each for each in secrets if each)


def read_stripe(
    found: StripeEnvironment, gateways: Collection[str], public_url: str
) -> Stripe | None:
    """None where GATEWAYS does not name stripe. Raises Misconfigured."""
    if "stripe" not in gateways:
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
    if stripe.api_base_url != STRIPE_OFFICIAL:
        raise Misconfigured(
            "STRIPE_API_BASE_URL is not Stripe's, but STRIPE_API_KEY is a live one."
        )
    if urlsplit(public_url).scheme != "https":
        raise Misconfigured("PUBLIC_URL is not https, but STRIPE_API_KEY is a live one.")
