"""Every setting, read once into one frozen object. It refuses what is half configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_KEY_MIN = 32
TELEGRAM_OFFICIAL = "https://api.telegram.org"
SLACK_OFFICIAL = "https://slack.com/api/"
KNOWN_GATEWAYS = ("sandbox",)


class Misconfigured(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


class Settings(BaseSettings):
    """The environment (and a `.env` file) as text, before it is checked."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_base_url: str = TELEGRAM_OFFICIAL
    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_base_url: str = SLACK_OFFICIAL
    public_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = "sqlite:///topup.db"
    secret_key: SecretStr = SecretStr("")
    gateways: Annotated[str, NoDecode] = "sandbox"
    signup: str = "closed"
    support_contact: str = "your operator"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Telegram:
    """What the Telegram adapter needs."""

    token: SecretStr
    api_base_url: str


@dataclass(frozen=True, slots=True)
class Slack:
    """What the Slack adapter needs."""

    bot_token: SecretStr
    signing_secret: SecretStr
    api_base_url: str


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, checked."""

    telegram: Telegram | None
    slack: Slack | None
    public_url: str
    host: str
    port: int
    database_url: str
    secret_key: SecretStr
    gateways: tuple[str, ...]
    signup_open: bool
    support_contact: str
    timezone: str


def load(settings: Settings | None = None) -> Config:
    """Read and check the settings. Raises Misconfigured with a sentence naming the setting."""
    found = settings or _read()
    return Config(
        telegram=_telegram(found),
        slack=_slack(found),
        public_url=_url("PUBLIC_URL", found.public_url),
        host=found.host,
        port=found.port,
        database_url=found.database_url,
        secret_key=_secret_key(found),
        gateways=_gateways(found),
        signup_open=_signup_open(found),
        support_contact=found.support_contact,
        timezone=_zone(found),
    )


def database_url() -> str:
    """DATABASE_URL alone, for commands that need no secret."""
    return _read().database_url


def _read() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
        raise Misconfigured(f"{names}: the value cannot be read. See .env.example.") from None


def _telegram(found: Settings) -> Telegram | None:
    token = found.telegram_bot_token.get_secret_value()
    if not token:
        return None
    bot_id, colon, rest = token.partition(":")
    if not (bot_id.isdigit() and colon and rest):
        raise Misconfigured("TELEGRAM_BOT_TOKEN does not look like 123456:ABC… from @BotFather.")
    url = _url("TELEGRAM_API_BASE_URL", found.telegram_api_base_url)
    return Telegram(found.telegram_bot_token, url)


def _slack(found: Settings) -> Slack | None:
    token = found.slack_bot_token.get_secret_value()
    secret = found.slack_signing_secret.get_secret_value()
    if not token and not secret:
        return None
    if not token:
        raise Misconfigured("SLACK_BOT_TOKEN is missing, but SLACK_SIGNING_SECRET is set.")
    if not secret:
        raise Misconfigured("SLACK_SIGNING_SECRET is missing, but SLACK_BOT_TOKEN is set.")
    url = _url("SLACK_API_BASE_URL", found.slack_api_base_url) + "/"
    return Slack(found.slack_bot_token, found.slack_signing_secret, url)


def _secret_key(found: Settings) -> SecretStr:
    if len(found.secret_key.get_secret_value()) < SECRET_KEY_MIN:
        raise Misconfigured(
            f"SECRET_KEY is missing or shorter than {SECRET_KEY_MIN} characters. "
            'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return found.secret_key


def _gateways(found: Settings) -> tuple[str, ...]:
    names = tuple(name.strip() for name in found.gateways.split(",") if name.strip())
    unknown = [name for name in names if name not in KNOWN_GATEWAYS]
    if unknown:
        known = ", ".join(KNOWN_GATEWAYS)
        raise Misconfigured(f"GATEWAYS names {unknown[0]}, which is unknown. Known: {known}.")
    if not names:
        raise Misconfigured("GATEWAYS is empty. Name at least one, such as sandbox.")
    return names


def _signup_open(found: Settings) -> bool:
    if found.signup not in ("open", "closed"):
        raise Misconfigured("SIGNUP is open or closed.")
    return found.signup == "open"


def _zone(found: Settings) -> str:
    try:
        return ZoneInfo(found.timezone).key
    except (ZoneInfoNotFoundError, ValueError):
        raise Misconfigured("TIMEZONE is no IANA zone such as Europe/Berlin.") from None


def _url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Misconfigured(f"{name} is no address such as https://pay.example.com.")
    return value.rstrip("/")
