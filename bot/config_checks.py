"""Settings that take more than one look: addresses, Telegram's webhook, Stripe. It reads none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.clock import on_this_machine

STRIPE_OFFICIAL = "https://api.stripe.com"
WEBHOOK_SECRET_MIN = 16
METRICS_TOKEN_MIN = 16
_WEBHOOK_SECRET = re.compile(rf"[A-Za-z0-9_-]{{{WEBHOOK_SECRET_MIN},256}}")
_WEBHOOK_PORTS = (443, 80, 88, 8443)
_STRIPE_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]+")
_STRIPE_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")


class Misconfigured(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


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


def read_url(name: str, value: str) -> str:
    """The address without its trailing slash. Raises Misconfigured."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.netloc and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise Misconfigured(f"{name} is no address such as https://pay.example.com.")
    return value.rstrip("/")


def read_host(value: str) -> str:
    """The address to listen at. Raises Misconfigured where it is blank, which would mean all."""
    if not value.strip():
        raise Misconfigured("HOST is empty: 127.0.0.1 is this machine only, 0.0.0.0 everybody.")
    return value


def read_detour(url: str) -> str:
    """Where the sandbox's callbacks go in a playground, on this machine; "" is straight to us."""
    if not url:
        return ""
    if not on_this_machine(read_url("SANDBOX_CALLBACK_URL", url)):
        raise Misconfigured(
            "SANDBOX_CALLBACK_URL is only for the playground, but is not on this machine."
        )
    return url


def check_telegram_webhook(secret: str, public_url: str, *, official: bool) -> None:
    """https://core.telegram.org/bots/api#setwebhook tells what Telegram posts to."""
    if not _WEBHOOK_SECRET.fullmatch(secret):
        raise Misconfigured(
            f"TELEGRAM_WEBHOOK_SECRET has {WEBHOOK_SECRET_MIN} to 256 of A-Z, a-z, 0-9, _ and -. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    ours = urlsplit(read_url("PUBLIC_URL", public_url))
    if not official:
        return
    if ours.scheme != "https" or (ours.port or 443) not in _WEBHOOK_PORTS:
        raise Misconfigured(
            "TELEGRAM_WEBHOOK_SECRET is set, but Telegram posts to https addresses only, at port "
            "443, 80, 88 or 8443: change PUBLIC_URL, or leave the secret empty to poll."
        )


def check_stripe(stripe: Stripe, public_url: str) -> None:
    """Real money only with a signed callback, an https address and Stripe's own API."""
    if not _STRIPE_KEY.fullmatch(stripe.api_key.get_secret_value()):
        raise Misconfigured(
            "STRIPE_API_KEY is missing or no secret key: it begins with sk_test_, sk_live_, "
            "rk_test_ or rk_live_."
        )
    if not all(_STRIPE_SECRET.fullmatch(each) for each in stripe.webhook_secrets):
        raise Misconfigured(
            "STRIPE_WEBHOOK_SECRET begins with whsec_; a comma stands between two."
        )
    if not stripe.live:
        return
    if not stripe.webhook_secrets:
        raise Misconfigured("STRIPE_WEBHOOK_SECRET is missing, but STRIPE_API_KEY is a live one.")
    if stripe.api_base_url != STRIPE_OFFICIAL:
        raise Misconfigured(
            "STRIPE_API_BASE_URL is not Stripe's, but STRIPE_API_KEY is a live one."
        )
    if urlsplit(public_url).scheme != "https":
        raise Misconfigured("PUBLIC_URL is not https, but STRIPE_API_KEY is a live one.")


def check_metrics_token(token: SecretStr) -> SecretStr:
    """Empty, so that nothing is served, or long enough and sendable in a header."""
    given = token.get_secret_value()
    whole = given.isascii() and given.isprintable() and " " not in given
    if given and not (whole and len(given) >= METRICS_TOKEN_MIN):
        raise Misconfigured(
            f"METRICS_TOKEN has at least {METRICS_TOKEN_MIN} characters, ASCII and no blank. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return token
