"""Every setting, read once into one frozen object; what is half configured is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, Misconfigured
from billing.limits import LimitOverrides
from billing.retention import Retention, default_retention
from bot.settings.amounts import AmountsEnvironment, read_amounts
from bot.settings.env_file import check_names, read_env_file
from bot.settings.gateways import (
    GATEWAYS,
    Gateways,
    GatewaysEnvironment,
    gateway_apis,
    read_gateways,
)
from bot.settings.people import PeopleEnvironment, read_people
from bot.settings.playground import PlaygroundEnvironment, read_clock_offset_file
from bot.settings.retention import RetentionEnvironment, read_retention
from bot.settings.slack import Slack, SlackEnvironment, read_slack
from bot.settings.storage import StorageEnvironment, read_secret_key
from bot.settings.telegram import Telegram, TelegramEnvironment, read_telegram
from bot.settings.web import WebEnvironment, read_web

Group = TypeVar("Group", bound=BaseSettings)
GROUPS: tuple[type[BaseSettings], ...] = (
    WebEnvironment,
    StorageEnvironment,
    TelegramEnvironment,
    SlackEnvironment,
    GatewaysEnvironment,
    *(each.environment for each in GATEWAYS.values()),
    PeopleEnvironment,
    RetentionEnvironment,
    AmountsEnvironment,
    PlaygroundEnvironment,
)
"""Every group of settings as text."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment (and a `.env` file) as text, by group, before it is checked."""

    groups: Mapping[type[BaseSettings], BaseSettings]

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
            return cls({group: make(group) for group in GROUPS})
        except ValidationError as error:
            names = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
            raise Misconfigured(f"{names}: this is no text. See .env.example.") from None

    def of(self, group: type[Group]) -> Group:
        """One group."""
        return cast(Group, self.groups[group])

    @staticmethod
    def names() -> frozenset[str]:
        """Every setting there is, such as `public_url`."""
        return frozenset(name for group in GROUPS for name in group.model_fields)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for group in self.groups.values():
            yield from group


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
    gateways: Gateways
    signup_open: bool
    support_contact: str
    timezone: str
    locale: str = "en"
    clock_offset_file: Path | None = None
    metrics_token: SecretStr = NO_SECRET
    retention: Retention = field(default_factory=default_retention)
    amounts: Mapping[str, LimitOverrides] = field(default_factory=dict)


def load(settings: Settings | None = None) -> Config:
    """Read and check the settings. Raises Misconfigured with a sentence naming the setting."""
    of = (found := settings or Settings.read()).of
    web, people = read_web(of(WebEnvironment)), read_people(of(PeopleEnvironment))
    return Config(
        telegram=read_telegram(of(TelegramEnvironment), web.public_url),
        slack=read_slack(of(SlackEnvironment)),
        public_url=web.public_url,
        host=web.host,
        port=web.port,
        database_url=of(StorageEnvironment).database_url,
        secret_key=read_secret_key(of(StorageEnvironment)),
        signup_open=people.signup_open,
        support_contact=people.support_contact,
        timezone=people.timezone,
        locale=people.locale,
        clock_offset_file=_clock_offset_file(found),
        metrics_token=web.metrics_token,
        retention=read_retention(of(RetentionEnvironment)),
        gateways=read_gateways(of, web.public_url),
        amounts=read_amounts(of(AmountsEnvironment)),
    )


def database_url() -> str:
    """DATABASE_URL alone, for commands that need no secret; the storage says what it takes."""
    return Settings.read().of(StorageEnvironment).database_url


def clock_offset_file() -> Path | None:
    """CLOCK_OFFSET_FILE alone, checked as `load` does, for commands that need no secret."""
    return _clock_offset_file(Settings.read())


def _clock_offset_file(found: Settings) -> Path | None:
    apis = {
        "SLACK_API_BASE_URL": found.of(SlackEnvironment).slack_api_base_url,
        "TELEGRAM_API_BASE_URL": found.of(TelegramEnvironment).telegram_api_base_url,
        **gateway_apis(found.of),
    }
    return read_clock_offset_file(found.of(PlaygroundEnvironment), apis)
