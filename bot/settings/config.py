"""Every setting, read once into one frozen object; what is half configured is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, get_type_hints

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from billing.limits import LimitOverrides
from billing.retention import Retention, default_retention
from bot.settings.amounts import AmountsEnvironment, read_amounts
from bot.settings.checks import NO_SECRET, Misconfigured
from bot.settings.env_file import check_names, read_env_file
from bot.settings.gateways import (
    GatewaysEnvironment,
    read_callback_url,
    read_gateways,
    read_settle_seconds,
)
from bot.settings.people import PeopleEnvironment, read_people
from bot.settings.playground import PlaygroundEnvironment, read_clock_offset_file
from bot.settings.retention import RetentionEnvironment, read_retention
from bot.settings.slack import Slack, SlackEnvironment, read_slack
from bot.settings.storage import StorageEnvironment, read_secret_key
from bot.settings.stripe import Stripe, StripeEnvironment, read_stripe
from bot.settings.telegram import Telegram, TelegramEnvironment, read_telegram
from bot.settings.web import WebEnvironment, read_web


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment (and a `.env` file) as text, by group, before it is checked."""

    web: WebEnvironment
    storage: StorageEnvironment
    telegram: TelegramEnvironment
    slack: SlackEnvironment
    gateways: GatewaysEnvironment
    stripe: StripeEnvironment
    people: PeopleEnvironment
    retention: RetentionEnvironment
    amounts: AmountsEnvironment
    playground: PlaygroundEnvironment

    @classmethod
    def read(cls) -> Self:
        """From the environment and `.env`. Raises Misconfigured."""
        around = {name.upper(): value for name, value in os.environ.items()}
        check_names({name.upper() for name in cls.names()}, read_env_file(), around)
        return cls._made(lambda group: group())

    @classmethod
    def given(cls, values: Mapping[str, object]) -> Self:
        """From names such as `public_url`; neither environment nor `.env` is read.

        Raises Misconfigured.
        """
        return cls._made(lambda group: group.model_validate(values))

    @classmethod
    def _made(cls, make: Callable[[type[BaseSettings]], BaseSettings]) -> Self:
        try:
            groups: dict[str, Any] = {name: make(group) for name, group in _groups().items()}
        except ValidationError as error:
            names = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
            raise Misconfigured(f"{names}: this is no text. See .env.example.") from None
        return cls(**groups)

    @staticmethod
    def names() -> frozenset[str]:
        """Every setting there is, such as `public_url`."""
        return frozenset(name for group in _groups().values() for name in group.model_fields)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for group in fields(self):
            yield from getattr(self, group.name)


def _groups() -> dict[str, type[BaseSettings]]:
    return get_type_hints(Settings)


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
    retention: Retention = field(default_factory=default_retention)
    amounts: Mapping[str, LimitOverrides] = field(default_factory=dict)


def load(settings: Settings | None = None) -> Config:
    """Read and check the settings. Raises Misconfigured with a sentence naming the setting."""
    found = settings or Settings.read()
    web, people, gateways = (
        read_web(found.web),
        read_people(found.people),
        read_gateways(found.gateways),
    )
    return Config(
        telegram=read_telegram(found.telegram, web.public_url),
        slack=read_slack(found.slack),
        public_url=web.public_url,
        host=web.host,
        port=web.port,
        database_url=found.storage.database_url,
        secret_key=read_secret_key(found.storage),
        gateways=gateways,
        signup_open=people.signup_open,
        support_contact=people.support_contact,
        timezone=people.timezone,
        locale=people.locale,
        sandbox_settle_seconds=read_settle_seconds(found.gateways),
        sandbox_callback_url=read_callback_url(found.gateways),
        clock_offset_file=_clock_offset_file(found),
        metrics_token=web.metrics_token,
        retention=read_retention(found.retention),
        stripe=read_stripe(found.stripe, gateways, web.public_url),
        amounts=read_amounts(found.amounts),
    )


def database_url() -> str:
    """DATABASE_URL alone, for commands that need no secret; the storage says what it takes."""
    return Settings.read().storage.database_url


def clock_offset_file() -> Path | None:
    """CLOCK_OFFSET_FILE alone, checked as `load` does, for commands that need no secret."""
    return _clock_offset_file(Settings.read())


def _clock_offset_file(found: Settings) -> Path | None:
    apis = {
        "SLACK_API_BASE_URL": found.slack.slack_api_base_url,
        "TELEGRAM_API_BASE_URL": found.telegram.telegram_api_base_url,
    }
    if "stripe" in read_gateways(found.gateways):
        apis["STRIPE_API_BASE_URL"] = found.stripe.stripe_api_base_url
    return read_clock_offset_file(found.playground, apis)
