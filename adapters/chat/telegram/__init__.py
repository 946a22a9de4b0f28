"""Telegram: private chats by long polling. It renders and translates, and decides nothing."""

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings

__all__ = ["TelegramChat", "TelegramSettings"]
