"""Every setting, read once into one frozen object. It refuses what is half configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.clock import on_this_machine
from bot.config_checks import (
    STRIPE_OFFICIAL,
    Stripe,
    check_metrics_token,
    check_stripe,
    check_telegram_webhook,
    read_detour,
    read_host,
    read_url,
)
from bot.config_checks import Misconfigured as Misconfigured

SECRET_KEY_MIN = 32
TELEGRAM_OFFICIAL = "https://api.telegram.org"
SLACK_OFFICIAL = "https://slack.com/api/"
NO_SECRET = SecretStr("")
KNOWN_GATEWAYS = ("sandbox", "stripe")
SETTLE_SECONDS_MAX = 86_400
SOMEBODY = "your operator"


class Settings(BaseSettings):
    """The environment (and a `.env` file) as text, before it is checked."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_api_base_url: str = TELEGRAM_OFFICIAL
    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_client_id: str = ""
    slack_client_secret: SecretStr = SecretStr("")
    slack_api_base_url: str = SLACK_OFFICIAL
    public_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    database_url: str = "sqlite:///topup.db"
    secret_key: SecretStr = SecretStr("")
    gateways: Annotated[str, NoDecode] = "sandbox"
    sandbox_settle_seconds: float = 20
    sandbox_callback_url: str = ""
    stripe_api_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_api_base_url: str = STRIPE_OFFICIAL
    signup: str = "closed"
    support_contact: str = SOMEBODY
    timezone: str = "UTC"
    default_locale: str = "en"
    metrics_token: SecretStr = NO_SECRET
    clock_offset_file: str = ""


@dataclass(frozen=True, slots=True)
class Telegram:
    """What the Telegram adapter needs. With a `webhook_secret` updates come by webhook only."""

    token: SecretStr
    api_base_url: str
    webhook_secret: SecretStr = NO_SECRET


@dataclass(frozen=True, slots=True)
class Slack:
    """What the Slack adapter needs. With an `app_token` it receives by Socket Mode only.

    With a `client_id` workspaces install the app themselves, and there is no `bot_token`.
    """

    bot_token: SecretStr
    signing_secret: SecretStr
    api_base_url: str
    app_token: SecretStr = NO_SECRET
    client_id: str = ""
    client_secret: SecretStr = NO_SECRET


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, checked."""

    telegram: Telegram | None
    slack: Slack | None
    public_url: str
    host: str
    port: int
    # It may hold a password.
    database_url: str = field(repr=False)
    secret_key: SecretStr
    gateways: tuple[str, ...]
    signup_open: bool
    support_contact: str
    timezone: str
    locale: str = "en"
    sandbox_settle_seconds: float = 20
    sandbox_callback_url: str = ""
    clock_offset_file: Path | None = None
    metrics_token: SecretStr = NO_SECRET
    stripe: Stripe | None = None


def load(settings: Settings | None = None) -> Config:
    """Read and check the settings. Raises Misconfigured with a sentence naming the setting."""
    found = settings or _read()
    return Config(
        telegram=_telegram(found),
        slack=_slack(found),
        public_url=read_url("PUBLIC_URL", found.public_url),
        host=read_host(found.host),
        port=found.port,
        database_url=found.database_url,
        secret_key=_secret_key(found),
        gateways=_gateways(found),
        signup_open=_signup_open(found),
        support_contact=found.support_contact.strip() or SOMEBODY,
        timezone=_zone(found),
        locale=_locale(found),
        sandbox_settle_seconds=_settle_seconds(found),
        sandbox_callback_url=read_detour(found.sandbox_callback_url),
        clock_offset_file=_clock_offset_file(found),
        metrics_token=check_metrics_token(found.metrics_token),
        stripe=_stripe(found),
    )


def database_url() -> str:
    """DATABASE_URL alone, for commands that need no secret; the storage says what it takes."""
    return _read().database_url


def clock_offset_file() -> Path | None:
    """CLOCK_OFFSET_FILE alone, checked as `load` does, for commands that need no secret."""
    return _clock_offset_file(_read())


def _read() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
        raise Misconfigured(f"{names}: the value cannot be used. See .env.example.") from None


def _telegram(found: Settings) -> Telegram | None:
    token = found.telegram_bot_token.get_secret_value()
    if not token:
        if found.telegram_webhook_secret.get_secret_value():
            raise Misconfigured("TELEGRAM_BOT_TOKEN is missing, but its webhook's secret is set.")
        return None
    bot_id, colon, rest = token.partition(":")
    if not (bot_id.isdigit() and colon and rest):
        raise Misconfigured("TELEGRAM_BOT_TOKEN does not look like 123456:ABC… from @BotFather.")
    url = read_url("TELEGRAM_API_BASE_URL", found.telegram_api_base_url)
    secret = found.telegram_webhook_secret
    if secret.get_secret_value():
        check_telegram_webhook(
            secret.get_secret_value(), found.public_url, official=url == TELEGRAM_OFFICIAL
        )
    return Telegram(found.telegram_bot_token, url, secret)


def _slack(found: Settings) -> Slack | None:
    token = found.slack_bot_token.get_secret_value()
    secret = found.slack_signing_secret.get_secret_value()
    app_token = found.slack_app_token.get_secret_value()
    client_id = found.slack_client_id
    _one_way_to_be_installed(found)
    if not any((token, secret, app_token, client_id)):
        return None
    if not token and not client_id:
        given = "SLACK_APP_TOKEN" if app_token else "SLACK_SIGNING_SECRET"
        raise Misconfigured(f"SLACK_BOT_TOKEN is missing, but {given} is set.")
    if app_token and not app_token.startswith("xapp-"):
        raise Misconfigured("SLACK_APP_TOKEN begins with xapp-: it is the app-level token.")
    if not secret and not app_token:
        raise Misconfigured(
            "SLACK_SIGNING_SECRET is missing, but Slack is set up otherwise. "
            "For Socket Mode set SLACK_APP_TOKEN instead."
        )
    url = read_url("SLACK_API_BASE_URL", found.slack_api_base_url) + "/"
    return Slack(
        bot_token=found.slack_bot_token,
        signing_secret=found.slack_signing_secret,
        api_base_url=url,
        app_token=found.slack_app_token,
        client_id=client_id,
        client_secret=found.slack_client_secret,
    )


def _one_way_to_be_installed(found: Settings) -> None:
    """By the operator, with a bot token; or by the workspaces, with the app's client id."""
    if bool(found.slack_client_id) != bool(found.slack_client_secret.get_secret_value()):
        raise Misconfigured("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: set both, or neither.")
    if found.slack_client_id and found.slack_bot_token.get_secret_value():
        raise Misconfigured(
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for several: set one of them."
        )


def split_keys(secret_key: SecretStr) -> tuple[str, ...]:
    """The keys in SECRET_KEY, separated by commas: the first signs, what any signed holds."""
    keys = (key.strip() for key in secret_key.get_secret_value().split(","))
    return tuple(key for key in keys if key)


def _secret_key(found: Settings) -> SecretStr:
    keys = split_keys(found.secret_key)
    if not keys or any(len(key) < SECRET_KEY_MIN for key in keys):
        raise Misconfigured(
            f"SECRET_KEY is missing, or a key in it has under {SECRET_KEY_MIN} characters "
            "(a comma stands between two keys). "
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


def _stripe(found: Settings) -> Stripe | None:
    named = "stripe" in _gateways(found)
    if not named and found.stripe_api_key.get_secret_value():
        raise Misconfigured("STRIPE_API_KEY is set, but GATEWAYS does not name stripe.")
    if not named:
        return None
    url = read_url("STRIPE_API_BASE_URL", found.stripe_api_base_url)
    stripe = Stripe(found.stripe_api_key, found.stripe_webhook_secret, url)
    check_stripe(stripe, read_url("PUBLIC_URL", found.public_url))
    return stripe


def _settle_seconds(found: Settings) -> float:
    seconds = found.sandbox_settle_seconds
    if not 0 <= seconds <= SETTLE_SECONDS_MAX:
        raise Misconfigured(f"SANDBOX_SETTLE_SECONDS is from 0 to {SETTLE_SECONDS_MAX}.")
    return seconds


def _clock_offset_file(found: Settings) -> Path | None:
    """A clock that can be moved is for a playground: nothing real may be near it."""
    if not found.clock_offset_file:
        return None
    only = "CLOCK_OFFSET_FILE is only for the playground, but"
    apis = ["slack_api_base_url", "telegram_api_base_url"]
    if "stripe" in _gateways(found):
        apis.append("stripe_api_base_url")
    for setting in apis:
        if not on_this_machine(read_url(setting.upper(), getattr(found, setting))):
            raise Misconfigured(f"{only} {setting.upper()} is not on this machine.")
    return Path(found.clock_offset_file)


def _signup_open(found: Settings) -> bool:
    if found.signup not in ("open", "closed"):
        raise Misconfigured("SIGNUP is open or closed.")
    return found.signup == "open"


def _zone(found: Settings) -> str:
    try:
        return ZoneInfo(found.timezone).key
    except (ZoneInfoNotFoundError, ValueError):
        raise Misconfigured("TIMEZONE is no IANA zone such as Europe/Berlin.") from None


def _locale(found: Settings) -> str:
    try:
        return str(Locale.parse(found.default_locale.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise Misconfigured("DEFAULT_LOCALE is no locale such as en, de or de-AT.") from None
