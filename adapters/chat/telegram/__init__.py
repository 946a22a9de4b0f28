"""Telegram by polling or webhook. The package alone loads no library; `adapter` does."""

from adapters.chat.telegram.traits import TRAITS

__all__ = ["TRAITS"]
