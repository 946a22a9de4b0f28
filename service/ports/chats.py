"""What a chat platform has and lacks, as use cases need to know it. Each adapter says its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatTraits:
    """What sets one platform apart. Whatever is not said, it does not have."""

    platform: str
    # Messages have threads below them.
    threads: bool = False
    # A menu offers a command for each topic.
    menu_commands: bool = False
    # One person talks alone with the bot, so that an account of their own makes sense.
    signup: bool = False
    # Who is in a group is told to its administrators alone.
    members_told_to_admins: bool = False


Traits = Mapping[str, ChatTraits]
"""The traits of every platform that there is, by its name; configured or not."""
