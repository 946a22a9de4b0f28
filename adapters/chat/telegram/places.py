"""A place in Telegram as one id: a chat, and for a group's topic `chat/topic`."""

from __future__ import annotations

from typing import assert_never

from conversations.protocol.places import (
    HomeTab,
    Place,
    Thread,
    WholeChat,
    without_thread,
    write_place,
)


def number_of(place: Place) -> str:
    """The chat's number as text."""
    return write_place(without_thread(place))


def topic_of(place: Place) -> int | None:
    """The topic in a group, if any. Raises ValueError for a topic that is no number."""
    match place:
        case Thread(_, topic):
            return int(topic)
        case WholeChat() | HomeTab():
            return None
        case _:
            assert_never(place)


def is_group(place: Place) -> bool:
    """Whether others read along: people have positive numbers, groups negative ones."""
    return number_of(place).startswith("-")
