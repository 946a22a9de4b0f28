"""What people see and do in a chat, in one form for all chats."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from starlette.routing import BaseRoute

from service.common.languages import load_catalogues
from service.ports.records import Link
from tests.support.dialogs.script import AccountLine

# Read once: it takes longer than a dialog's step.
TRUST = ssl.create_default_context()
_INVISIBLE = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")


class Person(Enum):
    """Who acts in a dialog."""

    YOU = "you"
    OTHER = "other"
    STRANGER = "stranger"
    GUEST = "guest"


class Where(Enum):
    """Where somebody types; a chat without such a place takes it in private."""

    PRIVATE = "private"
    CHANNEL = "channel"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Button:
    """A button somebody sees; `place` is where the chat keeps it, `token` what it sends."""

    label: str
    place: tuple[Any, ...]
    token: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as a person reads it: `lines` without markup, the title first.

    `order` grows with each message; `card` tells cards from toasts and pointers.
    """

    id: str
    order: float
    lines: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    card: bool = True
    channel: bool = False

    @property
    def title(self) -> str:
        return self.lines[0] if self.lines else ""


class ChatPlace(Protocol):
    """One emulated chat with its people; acts that it does not have raise AssertionError.

    `channel` is the id of the one channel or group, "" where there is none; `secrets` are what
    must never be said.
    """

    platform: str
    forms: bool
    channel: str
    secrets: tuple[str, ...]

    def settings(self) -> dict[str, str]:
        """What switches this chat on in the bot's configuration."""

    def routes(self) -> Sequence[BaseRoute]: ...
    def links(self, account: AccountLine) -> Sequence[Link]: ...
    def seen(self, who: Person) -> list[Seen]:
        """What the bot has shown this person so far, oldest first."""

    def quiet(self) -> bool:
        """Whether the bot has taken and answered all that was done."""

    def speak(self, who: Person, language: str) -> None:
        """The person has their chat in this language, such as `de`."""

    async def say(self, who: Person, text: str, *, where: Where) -> None: ...
    async def press(self, who: Person, button: Button) -> None:
        """Press it, whoever's it is and whether or not it is still shown."""

    async def submit(self, values: Mapping[str, str]) -> dict[str, str]:
        """Fill in your open form and submit it; sentences by field that is wrong."""

    async def open_home(self) -> None: ...
    async def run_shortcut(self, name: str) -> None:
        """Run the shortcut of that name; one in the menu of messages on the bot's newest."""

    async def block(self, *, blocked: bool) -> None:
        """You block the bot, or let it in again."""

    async def close(self) -> None: ...


def label_of(text: str) -> str:
    """A button's label as a person sees it, and as dialogs have it."""
    return " ".join(readable(text))


def in_any_language(sentence: str) -> frozenset[str]:
    """One of the product's sentences, and all of its translations."""
    known = load_catalogues().values()
    return frozenset({sentence, *(each.get(sentence, sentence) for each in known)})


def readable(text: str) -> tuple[str, ...]:
    """The lines of a text as a person sees them."""
    plain = text.translate(_INVISIBLE).translate(_SPACES)
    return tuple(line.strip() for line in plain.splitlines() if line.strip())
