"""The languages the bot speaks: reads the catalogues beside the sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from conversations.text.localizer import Localizer
from conversations.words.words import COMMANDS

ENGLISH = "en"
# Longer tags, and longer lists, nobody sends who wants to be understood (RFC 5646, 4.4.1).
TAG_CHARACTERS_MAX = 35
TAGS_MAX = 10
DOMAIN = "topup_bot"
_CATALOGUES = files("conversations") / "locales"

Catalogue = Mapping[str, str]
"""Our English sentences and their translations."""


@cache
def load_catalogues() -> Mapping[str, Catalogue]:
    """Every language there is a catalogue of, by its code: `de`. English needs none."""
    return {
        each.name: _read(each.name)
        for each in sorted(_CATALOGUES.iterdir(), key=lambda one: one.name)
        if each.is_dir()
    }


def language_of(locale: str, known: Mapping[str, Catalogue]) -> str:
    """The language to speak to somebody of this locale: de-AT, else de, else English."""
    return next((each for each in _ever_wider(locale) if each in known), ENGLISH)


def speaker_of(locale: str, zone: str, known: Mapping[str, Catalogue]) -> Localizer:
    """Speaks to a person of that locale on that clock."""
    language = language_of(locale, known)
    return Localizer(locale, zone, language, known.get(language, {}))


def preferred_language(accept_language: str, known: Mapping[str, Catalogue]) -> str | None:
    """The first language of a browser's Accept-Language that is spoken here.

    Browsers list them by preference, so the weights say nothing new.
    """
    for part in accept_language.split(",", TAGS_MAX)[:TAGS_MAX]:
        locale = part.partition(";")[0].strip()
        if any(each == ENGLISH or each in known for each in _ever_wider(locale)):
            return locale
    return None


def commands_in(language: str) -> tuple[tuple[str, str], ...]:
    """The commands as a chat lists them: names as they are typed, meanings in that language."""
    catalogue = load_catalogues().get(language, {})
    return tuple((name, catalogue.get(meaning, meaning)) for name, meaning in COMMANDS)


def _read(language: str) -> Catalogue:
    path = _CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }


def _ever_wider(locale: str) -> Iterator[str]:
    """de_AT, then de; nothing for what is too long to be a locale."""
    if len(locale) > TAG_CHARACTERS_MAX:
        return
    parts = locale.replace("-", "_").split("_")
    for length in range(len(parts), 0, -1):
        first, *rest = parts[:length]
        yield "_".join((first.lower(), *rest))
