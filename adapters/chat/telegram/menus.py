"""The menu of commands in each language: all of them in private, a few in groups."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import BadRequest, InvalidToken

from adapters.chat.telegram.errors import without_token
from adapters.chat.telegram.polling import Pause, back_off

Commands = tuple[tuple[str, str], ...]
"""Names and descriptions."""
Menu = tuple[str, Commands]
"""A language of two letters, and the commands in it; "" is for every other language."""

log = logging.getLogger(__name__)


async def register_menus(
    bot: Bot, menus: Iterable[Menu], in_groups: Collection[str], *, pause: Pause
) -> None:
    """Tell Telegram every menu, each until it can be reached; what it refuses is logged."""
    for language, commands in menus:
        for scope, listed in _scopes(commands, in_groups):
            failures = 0
            while not await _told(bot, language, scope, listed):
                failures += 1
                await pause(back_off(failures))


def _scopes(
    commands: Commands, in_groups: Collection[str]
) -> tuple[tuple[BotCommandScope, Commands], ...]:
    few = tuple(command for command in commands if command[0] in in_groups)
    return (BotCommandScopeAllPrivateChats(), commands), (BotCommandScopeAllGroupChats(), few)


async def _told(bot: Bot, language: str, scope: BotCommandScope, commands: Commands) -> bool:
    """False when it should be tried again."""
    listed = [BotCommand(*command) for command in commands]
    try:
        await bot.set_my_commands(listed, scope=scope, language_code=language or None)
    except (BadRequest, InvalidToken) as error:
        said = without_token(str(error), bot.token)
        log.warning("Telegram did not take the menu of commands: %s", said)
    except Exception:  # whoever receives the updates tells why Telegram cannot be reached
        return False
    return True
