"""What a typed line names: a topic, an account, a method. It leaves the amount to billing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line with what was recognised taken out; `rest` still has the amount, if there is one."""

    accounts: tuple[AccountFacts, ...]
    methods: tuple[str, ...]
    rest: tuple[str, ...]


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
    names = names_of(terms.accounts, terms.methods)
    words = text.split()
    folded: list[str] = list(map(fold, words))
    accounts: list[AccountFacts] = []
    methods: list[str] = []
    for span in _named_spans(folded, names):
        phrase = tuple(folded[at] for at in span)
        if "" in phrase:
            continue  # a part of a longer name
        named = names.accounts(phrase)
        begun = names.account_begun(phrase[0]) if len(phrase) == 1 else None
        method = names.methods.get(phrase)
        if named:
            accounts += named
        elif begun is not None:
            accounts.append(begun)
        elif method is not None:
            methods.append(method)
        elif not _says_nothing(words[span.start]):
            continue
        folded[span.start : span.stop] = [""] * len(span)
    rest = tuple(word for word, left in zip(words, folded, strict=True) if left)
    return ParsedLine(_unique(accounts), _unique(methods), rest)


def _named_spans(words: Sequence[str], names: Names) -> Iterator[range]:
    """Where names of several words may stand, the longest first; then each word."""
    for length in names.lengths:
        for at in range(len(words) - length + 1):
            phrase = tuple(words[at : at + length])
            if phrase in names.by_title or phrase in names.methods:
                yield range(at, at + length)
    yield from (range(at, at + 1) for at in range(len(words)))


def _says_nothing(word: str) -> bool:
    """A filler word, or nothing but pictures: a thumb, a heart."""
    pictures = all(unicodedata.category(sign) in _PICTURES for sign in word)
    return pictures or strip_punctuation(word) in FILLER_WORDS


def _unique(things: list[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))
