"""What Telegram has, for use cases. Every command reads it, so it loads no library."""

from __future__ import annotations

import re

from adapters.chat.telegram.places import is_group
from conversations.protocol.events import ConversationKey
from conversations.protocol.places import read_place
from service.common.errors import OperatorError
from service.ports.chats import ChatTraits, LinkOption, person_option
from service.ports.records import LinkKind

PLATFORM = "telegram"
WEBHOOK_PATH = "/telegram/webhook"
_GROUP_FLAG = "--telegram-group"
# Telegram's numbers have at most 52 bits. https://core.telegram.org/bots/api#user
_NUMBER = "[1-9][0-9]{0,15}"
_PERSON = re.compile(_NUMBER)
_PHONE = re.compile(r"[+0][0-9 ()/.-]+")
# A group, and perhaps the topic in it that reads the alerts.
_GROUP = re.compile(rf"-{_NUMBER}(?:/[1-9][0-9]{{0,9}})?")
# What copied text has in the place of a minus.
_MINUSES = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{NON-BREAKING HYPHEN}", "-"))


def _option_for(key: ConversationKey) -> str:
    in_group = is_group(read_place(key.chat))
    return f"{_GROUP_FLAG} {key.chat}" if in_group else person_option(key)


def _group(typed: str) -> tuple[str, str]:
    group = typed.translate(_MINUSES)
    if not _GROUP.fullmatch(group):
        raise OperatorError(
            f"{typed}: a Telegram group is a number below zero, such as -1001234567890, and a "
            "topic in it -1001234567890/7. /help there tells it."
        )
    return "", group


def _person(typed: str) -> tuple[str, str]:
    if _PHONE.fullmatch(typed):
        raise OperatorError(
            f"{typed}: this looks like a phone number. A Telegram person has a number of their "
            "own, such as 123456789. The bot tells strangers theirs."
        )
    if not _PERSON.fullmatch(typed):
        raise OperatorError(
            f"{typed}: a Telegram person is a number such as 123456789. The bot tells strangers "
            "theirs."
        )
    return "", typed


TRAITS = ChatTraits(
    PLATFORM,
    copy_buttons=True,
    menu_commands=True,
    signup=True,
    members_told_to_admins=True,
    person_example="77",
    webhook_path=WEBHOOK_PATH,
    link_options=(
        LinkOption("--telegram-person", LinkKind.PERSON, "One person, by number.", _person),
        LinkOption(
            _GROUP_FLAG,
            LinkKind.CHANNEL,
            "Alerts, and its members: -100…",
            _group,
            "Make the bot an administrator of that group: only then does Telegram tell it who is "
            "in it.",
        ),
    ),
    option_for=_option_for,
)
