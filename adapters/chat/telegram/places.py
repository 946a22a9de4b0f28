"""A place in Telegram as one id: a chat, and for a group's topic `chat/topic`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.protocol.ports import IN_THREAD


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, by its number as text, and the topic in it, if any."""

    chat: str
    topic: int | None = None

    @property
    def group(self) -> bool:
        """Whether others read along: people have positive numbers, groups negative ones."""
        return self.chat.startswith("-")

    @property
    def id(self) -> str:
        """Both in one, as conversations, cards and links name it."""
        return self.chat if self.topic is None else f"{self.chat}{IN_THREAD}{self.topic}"


def place_of(identifier: str) -> Place:
    """The place behind an id. Raises ValueError for a topic that is no number."""
    chat, _, topic = identifier.partition(IN_THREAD)
    return Place(chat, int(topic) if topic else None)
