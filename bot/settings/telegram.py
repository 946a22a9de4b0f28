"""How the bot reaches Telegram, and whether it polls or is posted to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, SOURCE, Misconfigured, read_url
from bot.settings.web import Web

TELEGRAM_OFFICIAL = "https://api.telegram.org"
WEBHOOK_SECRET_MIN = 16
_WEBHOOK_SECRET = re.compile(rf"[A-Za-z0-9_-]{{{WEBHOOK_SECRET_MIN},256}}")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")
_WEBHOOK_PORTS = (443, 80, 88, 8443)


class TelegramVariables(BaseSettings):
    """The Telegram settings as text."""

    model_config = SOURCE

    telegram_bot_token: SecretStr = NO_SECRET
    telegram_webhook_secret: SecretStr = NO_SECRET
    telegram_api_base_url: str = TELEGRAM_OFFICIAL


@dataclass(frozen=True, slots=True)
class Telegram:
    """What the Telegram adapter needs. With a `webhook_secret` updates come by webhook only."""

    token: SecretStr
    api_base_url: str
    webhook_secret: SecretStr = NO_SECRET


def telegram_apis(found: TelegramVariables) -> dict[str, str]:
    """Which setting holds an address that is called."""
    return {"TELEGRAM_API_BASE_URL": found.telegram_api_base_url}


def read_telegram(found: TelegramVariables, web: Web) -> Telegram | None:
    """None where no Telegram is set up. Raises Misconfigured."""
    token = found.telegram_bot_token.get_secret_value()
    if not token:
        if found.telegram_webhook_secret.get_secret_value():
            raise Misconfigured(
                "TELEGRAM_WEBHOOK_SECRET is set, but TELEGRAM_BOT_TOKEN is missing."
            )
        return None
    if not _TOKEN.fullmatch(token):
        raise Misconfigured("TELEGRAM_BOT_TOKEN does not look like 123456:ABC… from @BotFather.")
    url = read_url("TELEGRAM_API_BASE_URL", found.telegram_api_base_url)
    secret = found.telegram_webhook_secret
    if secret.get_secret_value():
        _check_webhook(
            secret.get_secret_value(), web.public_url, official=url == TELEGRAM_OFFICIAL
        )
    return Telegram(found.telegram_bot_token, url, secret)


def _check_webhook(secret: str, public_url: str, *, official: bool) -> None:
    """https://core.telegram.org/bots/api#setwebhook tells what Telegram posts to."""
    if not _WEBHOOK_SECRET.fullmatch(secret):
        raise Misconfigured(
            f"TELEGRAM_WEBHOOK_SECRET has {WEBHOOK_SECRET_MIN} to 256 of A-Z, a-z, 0-9, _ and -. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    if not official:
        return
    ours = urlsplit(public_url)
    if ours.scheme != "https" or (ours.port or 443) not in _WEBHOOK_PORTS:
        raise Misconfigured(
            "TELEGRAM_WEBHOOK_SECRET is set, but Telegram posts to https addresses only, at port "
            "443, 80, 88 or 8443: change PUBLIC_URL, or leave the secret empty to poll."
        )
