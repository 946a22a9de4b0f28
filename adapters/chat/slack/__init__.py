"""Slack over signed HTTP: one adapter and the manifest of its app; everything else is internal."""

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.slack.manifest import manifest

__all__ = ["SlackChat", "SlackSettings", "manifest"]
