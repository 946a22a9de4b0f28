"""Understands whole sentences that ask about money, and commands with a typo."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from conversations.drafts.line_parser import read_line
from conversations.drafts.names import strip_punctuation
from conversations.protocol.actions import Topic
from conversations.protocol.facts import Terms
from conversations.words.sentence_words import ASKS_HOW_LONG, ASKS_WHAT_IS_LEFT
from conversations.words.words import TOPIC_WORDS

# Longer ones are no questions to a bot.
_WORDS_MAX = 40
_SLIP_LENGTHS = range(4, 16)
_ALIKE = 0.75
_TAKING_AN_ID = (Topic.STATUS, Topic.CANCEL)
_AN_ID = re.compile(r"(?=.*[0-9])[A-Z0-9-]{1,24}")


class Question(Enum):
    """What people ask in their own words."""

    WHAT_IS_LEFT = auto()
    HOW_LONG = auto()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line with a slip may mean: the line as it should be, and its topic."""

    line: str
    topic: Topic
    top_up: str = ""


def question_in(text: str, terms: Terms) -> Question | None:
    """What a sentence asks about money; None for a line without such words."""
    said = read_line(text, terms).rest[:_WORDS_MAX]
    if any(sign.isdecimal() for word in said for sign in word):
        return None
    known = frozenset(map(strip_punctuation, said))
    if _asks(known, ASKS_HOW_LONG):
        return Question.HOW_LONG
    return Question.WHAT_IS_LEFT if _asks(known, ASKS_WHAT_IS_LEFT) else None


def find_typo(text: str, terms: Terms) -> Suggestion | None:
    """A sub-word that was typed with a slip, and what stands behind it; None for other lines."""
    first, _, after = " ".join(text.split()).partition(" ")
    typed = strip_punctuation(first)
    if len(typed) not in _SLIP_LENGTHS or not typed.isalpha():
        return None
    if not read_line(first, terms).rest:
        return None
    known = [word for word in TOPIC_WORDS if len(word) in _SLIP_LENGTHS]
    for word in get_close_matches(typed, known, n=1, cutoff=_ALIKE):
        topic, top_up = TOPIC_WORDS[word], after.upper()
        if not top_up or (topic in _TAKING_AN_ID and _AN_ID.fullmatch(top_up)):
            return Suggestion(f"{word} {top_up}".strip(), topic, top_up)
    return None


def _asks(known: frozenset[str], ways: Iterable[tuple[str, ...]]) -> bool:
    """Whether the words hold one of each group of one way to ask."""
    return any(all(known & frozenset(group.split()) for group in way) for way in ways)
