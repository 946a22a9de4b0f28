"""Every setting, read once into one frozen object; what is half configured is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from adapters.settings import Misconfigured, check_no_slip
from billing.limits import LimitOverrides
from billing.retention import Retention
from bot.settings.amounts import AmountsVariables, read_amounts
from bot.settings.env_file import check_names, read_env_file
from bot.settings.gateways import (
    GATEWAYS,
    Gateways,
    GatewaysVariables,
    Of,
    gateway_apis,
    read_gateways,
)
from bot.settings.people import People, PeopleVariables, read_people
from bot.settings.playground import PlaygroundClock, PlaygroundVariables, read_playground
from bot.settings.retention import RetentionVariables, read_retention
from bot.settings.slack import Slack, SlackVariables, read_slack, slack_apis
from bot.settings.storage import Storage, StorageVariables, read_storage
from bot.settings.telegram import Telegram, TelegramVariables, read_telegram, telegram_apis
from bot.settings.web import Web, WebVariables, read_web

Group = TypeVar("Group", bound=BaseSettings)
GROUPS: tuple[type[BaseSettings], ...] = (
    WebVariables,
    StorageVariables,
    TelegramVariables,
    SlackVariables,
    GatewaysVariables,
    *(each.environment for each in GATEWAYS.values()),
    PeopleVariables,
    RetentionVariables,
    AmountsVariables,
    PlaygroundVariables,
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
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """From names such as `public_url`; neither environment nor `.env` is read.

        Raises Misconfigured.
        """
        return cls._made(lambda group: group.model_validate(values))

    @classmethod
    def _made(cls, make: Callable[[type[BaseSettings]], BaseSettings]) -> Self:
        try:
            made = cls({group: make(group) for group in GROUPS})
        except ValidationError as error:
            names = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
            raise Misconfigured(f"{names}: this is no text. See .env.example.") from None
        for name, value in made:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            check_no_slip(name.upper(), text)
        return made

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
    """Every group of settings, checked. A new setting is in its group, and nowhere here."""

    web: Web
    storage: Storage
    telegram: Telegram | None
    slack: Slack | None
    gateways: Gateways
    people: People
    retention: Retention
    amounts: Mapping[str, LimitOverrides]
    playground: PlaygroundClock


def load(settings: Settings | None = None) -> Config:
    """Read and check the settings. Raises Misconfigured with a sentence naming the setting."""
    of = (settings or Settings.read()).of
    web, people = read_web(of(WebVariables)), read_people(of(PeopleVariables))
    return Config(
        web=web,
        telegram=read_telegram(of(TelegramVariables), web),
        slack=read_slack(of(SlackVariables)),
        storage=read_storage(of(StorageVariables)),
        people=people,
        playground=read_playground(of(PlaygroundVariables), apis_of(of)),
        retention=read_retention(of(RetentionVariables)),
        gateways=read_gateways(of, web),
        amounts=read_amounts(of(AmountsVariables)),
    )


def apis_of(of: Of) -> dict[str, str]:
    """Which settings hold the address of something that is called. Raises Misconfigured."""
    chats = slack_apis(of(SlackVariables)) | telegram_apis(of(TelegramVariables))
    return chats | gateway_apis(of)
