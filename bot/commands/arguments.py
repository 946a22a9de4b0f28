"""What every command is given, looked at before any of them: text that can be stored and shown."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.printing import fail

# PostgreSQL has no index of longer keys, in whatever script they are written.
CHARACTERS_MAX = 500
_SHOWN = 40


def check_arguments(given: Sequence[str]) -> None:
    """End with a sentence where a word is none that any command takes."""
    for number, word in enumerate(given, start=1):
        named = f"Argument {number}, {word[:_SHOWN]!a}"
        if any("\ud800" <= character <= "\udfff" for character in word):
            fail(f"{named}: it is no text in UTF-8, the encoding of this terminal.")
        if len(word) > CHARACTERS_MAX:
            fail(f"{named}…: at most {CHARACTERS_MAX} characters, and it has {len(word)}.")
