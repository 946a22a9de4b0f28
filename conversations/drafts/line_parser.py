"""Finds topics, accounts and methods in a typed line; billing reads the amount."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from billing.amounts.numerals import split_words
from conversations.drafts.clashes import NameClashes
from conversations.drafts.names import Names, fold, names_of, strip_punctuation
from conversations.protocol.actions import (
    AnswerInPrivate,
    AskTopic,
    CancelTopUp,
    CheckPayment,
    ShowPayCode,
    ShowTopUp,
    Topic,
)
from conversations.protocol.events import Chose, Event, Said
from conversations.protocol.facts import AccountFacts, Terms
from conversations.words.words import FILLER_WORDS, TOPIC_WORDS

# Emoji, and what is joined to them. Currency signs are none.
_PICTURES = frozenset({"So", "Sk", "Cf", "Mn", "Me"})
# What is in the names of pictures that say how much, or of what.
_TELLING = frozenset(
    (
        *("DOLLAR", "EURO", "POUND", "YEN", "CURRENCY", "BANKNOTE", "COIN", "REGIONAL"),
        *("PLUS", "MINUS", "MULTIPLICATION", "DIVISION", "PERCENT", "NUMBER", "NUMBERS"),
        *("KEYCAP", "TEN", "HUNDRED", "DIGIT", "FRACTION"),
    )
)
_ENDS = ".,;:!?¡¿…"
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line with what was recognised taken out.

    `words` still have the amount, if there is one, with None for each word that was taken out.
    """

    accounts: tuple[AccountFacts, ...]
    methods: tuple[str, ...]
    words: tuple[str | None, ...]

    @property
    def rest(self) -> tuple[str, ...]:
        """The words that say something and were not recognised."""
        return tuple(word for word in self.words if word is not None and not says_nothing(word))


def topic_of(text: str) -> tuple[Topic, str] | None:
    """The topic a line begins with and the words after it; None when it begins otherwise."""
    first, _, after = text.strip().partition(" ")
    topic = TOPIC_WORDS.get(first.casefold()) or TOPIC_WORDS.get(strip_punctuation(first))
    return None if topic is None else (topic, after.strip())


def top_up_named(event: Event) -> str | None:
    """The top-up that an event is about, by its id; None where it names none."""
    match event:
        case Chose(CheckPayment(id) | CancelTopUp(id) | ShowTopUp(id) | ShowPayCode(id)):
            return id
        case Said(text):
            topic, after = topic_of(text) or (None, "")
            return after.upper() if after and topic in (Topic.STATUS, Topic.CANCEL) else None
        case _:
            return None


def asks_for_history(event: Event) -> bool:
    """Whether an event asks what happened on the accounts."""
    match event:
        case Chose(AskTopic(topic)):
            return topic is Topic.HISTORY
        case Said(text) | Chose(AnswerInPrivate(text)):
            return (topic_of(text) or (None,))[0] is Topic.HISTORY
        case _:
            return False


def as_command(said: str, terms: Terms) -> str:
    """How a person types these words as a command: `/balance` or `/topup balance`."""
    own = terms.own_commands and said in list(Topic)
    return f"/{said}" if own else f"/topup {said}".strip()


def read_line(text: str, terms: Terms) -> ParsedLine:
    """Take accounts, methods and filler words out of a line, in any order."""
    names, said = names_of(terms), split_words(text)
    clashes, folded = NameClashes(said, terms), list(map(fold, said))
    words: list[str | None] = [*said]
    accounts: list[AccountFacts] = []
    methods: list[str] = []
    for span in _named_spans(folded, names):
        phrase = tuple(folded[at] for at in span)
        if "" in phrase:
            continue  # a part of a longer name
        named, method = names.accounts(phrase), names.methods.get(phrase)
        if not named and method is None and strip_punctuation(phrase[0]) not in FILLER_WORDS:
            continue
        whole = names.by_whole_id(phrase)
        if named and clashes.are_at(span, whole=bool(whole)):
            # `50 eur` is no 50 for europe-ops; whose whole id it is, it names beside the currency.
            accounts += whole
            continue
        accounts += named
        methods += [method] if method is not None and not named else []
        folded[span.start : span.stop] = [""] * len(span)
        words[span.start : span.stop] = [None] * len(span)
    return ParsedLine(_unique(accounts), _unique(methods), tuple(words))


def says_nothing(word: str) -> bool:
    """Whether a word is nothing but pictures, such as a thumb, or the end of a sentence.

    A picture of money or of a number says something.
    """
    if not word.strip(_ENDS):
        return True
    pictures = all(unicodedata.category(sign) in _PICTURES for sign in word)
    return pictures and not any(map(_says_something, word))


def _says_something(sign: str) -> bool:
    """Whether a picture stands for letters, a flag, money or a number."""
    told = _TELLING.intersection(unicodedata.name(sign, "").split())
    return bool(told) or unicodedata.normalize("NFKC", sign) != sign


def _named_spans(words: Sequence[str], names: Names) -> Iterator[range]:
    """Where names of several words may stand, the longest first; then each word."""
    for length in names.lengths:
        for at in range(len(words) - length + 1):
            phrase = tuple(words[at : at + length])
            if phrase in names.by_title or phrase in names.methods:
                yield range(at, at + length)
    yield from (range(at, at + 1) for at in range(len(words)))


def _unique(things: list[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))
