"""Slack over signed HTTP or Socket Mode. The package alone loads no library; `adapter` does."""

from adapters.chat.slack.traits import TRAITS

__all__ = ["TRAITS"]
