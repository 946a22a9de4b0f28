"""Composition root, chats: the platforms that are configured. It has no rules itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from starlette.routing import BaseRoute

from adapters.chat import slack
from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from bot.settings.config import Config
from bot.settings.slack import Slack
from conversations.protocol.ports import ChatAdapter
from conversations.words.words import COMMANDS
from service.chat.installations import StoredInstallations
from service.common.ids import Sources
from service.common.languages import commands_in, load_catalogues
from service.common.vault import Vault
from service.ports.store import Store


@dataclass(frozen=True, slots=True)
class Chats:
    """Chat platforms, and where those that send requests send them."""

    adapters: tuple[ChatAdapter, ...]
    routes: tuple[BaseRoute, ...] = ()
    # What is asked once beside serving, and told in the log.
    asked_once: tuple[Callable[[], Coroutine[None, None, None]], ...] = ()


def chats_of(config: Config, sources: Sources, store: Store) -> Chats:
    """The chat platforms that are configured."""
    chats: list[ChatAdapter] = []
    routes: list[BaseRoute] = []
    asked_once: list[Callable[[], Coroutine[None, None, None]]] = []
    if config.slack is not None:
        vault = Vault(config.storage.keys)
        kept = StoredInstallations(slack.TRAITS.platform, vault, sources.now, store)
        installed = kept if config.slack.client_id else None
        slack_chat = SlackChat(_slack(config, config.slack), sources.now, installed)
        chats.append(slack_chat)
        asked_once.append(slack_chat.introduce)
        routes += slack_chat.routes
    if config.telegram is not None:
        telegram = TelegramSettings(
            token=config.telegram.token.get_secret_value(),
            api_base_url=config.telegram.api_base_url,
            public_url=config.web.public_url,
            webhook_secret=config.telegram.webhook_secret.get_secret_value(),
            paced=_paced(config),
        )
        spoken = [(language, commands_in(language)) for language in load_catalogues()]
        telegram_chat = TelegramChat(telegram, [("", COMMANDS), *spoken])
        chats.append(telegram_chat)
        routes += telegram_chat.routes
    return Chats(tuple(chats), tuple(routes), tuple(asked_once))


def _slack(config: Config, slack: Slack) -> SlackSettings:
    return SlackSettings(
        bot_token=slack.bot_token.get_secret_value(),
        signing_secret=slack.signing_secret.get_secret_value(),
        api_base_url=slack.api_base_url,
        app_token=slack.app_token.get_secret_value(),
        client_id=slack.client_id,
        client_secret=slack.client_secret.get_secret_value(),
        public_url=config.web.public_url,
        paced=_paced(config),
    )


def _paced(config: Config) -> bool:
    """Whether the chats are real: nothing real may be near a clock that can be moved."""
    return config.playground.clock_offset_file is None
