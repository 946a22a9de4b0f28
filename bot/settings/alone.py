"""Single settings, for commands that need no secret and work without the others."""

from __future__ import annotations

from pathlib import Path

from bot.settings.config import Settings, apis_of
from bot.settings.playground import PlaygroundVariables, read_playground
from bot.settings.storage import StorageVariables, read_database_url


def database_url() -> str:
    """DATABASE_URL, checked as ever. Raises Misconfigured."""
    return read_database_url(Settings.read().of(StorageVariables))


def clock_offset_file() -> Path | None:
    """CLOCK_OFFSET_FILE, checked as ever. Raises Misconfigured."""
    of = Settings.read().of
    return read_playground(of(PlaygroundVariables), apis_of(of)).clock_offset_file
