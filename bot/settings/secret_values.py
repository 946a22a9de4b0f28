"""Every secret in the settings, by its value, so that logs can hide it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from adapters.settings import Misconfigured
from bot.settings.config import Settings
from bot.settings.storage import StorageVariables
from bot.settings.telegram import TelegramVariables


def configured_secrets() -> frozenset[str]:
    """Those of the environment and `.env`; none where they cannot be read, which others tell."""
    try:
        return secret_values(Settings.read())
    except Misconfigured:
        return frozenset()


def secret_values(settings: Settings) -> frozenset[str]:
    """Each secret whole, and each part of it that is one by itself."""
    found = {_password(settings.of(StorageVariables).database_url)}
    for _, value in settings:
        if isinstance(value, SecretStr):
            whole = value.get_secret_value()
            found |= {whole, *(part.strip() for part in whole.split(","))}
    found.add(
        settings.of(TelegramVariables).telegram_bot_token.get_secret_value().partition(":")[2]
    )
    return frozenset(found - {""})


def _password(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""
