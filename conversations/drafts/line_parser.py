"""What a typed line names: a topic, an account, a method. It leaves the amount to billing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from billing.methods import PaymentMethod
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
from conversations.words.words import FILLER_WORDS, METHOD_WORDS, TOPIC_WORDS

PREFIX_MIN = 3
_MARKS = ".,;:!?¡¿…\"'“”„«»()"
# Emoji, and what is joined to them. Currency signs are none.
_PICTURES = frozenset({"So", "Sk", "Cf", "Mn", "Me"})
_METHOD_NAMES = sorted(
    {name for words in METHOD_WORDS.values() for name in words if " " in name},
    key=lambda name: (-len(name), name),
)
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line with what was recognised taken out; `rest` still has the amount, if there is one."""

    accounts: tuple[AccountFacts, ...]
    methods: tuple[str, ...]
    rest: str


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
    named, text = _take_titles(text, terms.accounts)
    methods, text = _take_labels(text, terms.methods)
    accounts = list(named)
    rest: list[str] = []
    for word in text.split():
        account = account_named(word, terms.accounts)
        method = method_named(word, terms.methods)
        if account is not None:
            accounts.append(account)
        elif method is not None:
            methods.append(method)
        elif not _says_nothing(word):
            rest.append(word)
    return ParsedLine(_unique(accounts), _unique(methods), " ".join(rest))


def strip_punctuation(word: str) -> str:
    """A word in small letters without the marks of a sentence around it."""
    return word.casefold().strip(_MARKS)


def account_named(word: str, accounts: Iterable[AccountFacts]) -> AccountFacts | None:
    """The account with that id, or else that title, or the only one whose id begins so."""
    wanted = word.strip().casefold()
    known = tuple(accounts)
    by_id = [one for one in known if one.id.casefold() == wanted]
    exact = by_id or [one for one in known if one.title.casefold() == wanted]
    if exact:
        return exact[0]
    starting = [one for one in known if one.id.casefold().startswith(wanted)]
    return starting[0] if len(wanted) >= PREFIX_MIN and len(starting) == 1 else None


def method_named(word: str, offered: Iterable[PaymentMethod] = ()) -> str | None:
    """The key of the method that people call so: the first that is offered, if one is."""
    wanted = word.strip().casefold()
    named = [key for key, words in METHOD_WORDS.items() if wanted in words]
    # A gateway added later may offer what has no typed words of its own yet.
    fitting = (one.key for one in offered if one.key in named or one.key == wanted)
    return next(fitting, named[0] if named else None)


def _says_nothing(word: str) -> bool:
    """A filler word, or nothing but pictures: a thumb, a heart."""
    pictures = all(unicodedata.category(sign) in _PICTURES for sign in word)
    return pictures or strip_punctuation(word) in FILLER_WORDS


def _take_titles(
    text: str, accounts: Iterable[AccountFacts]
) -> tuple[tuple[AccountFacts, ...], str]:
    """The accounts whose titles of several words stand in a line, and the line without them."""
    found: list[AccountFacts] = []
    for account in sorted(accounts, key=lambda one: -len(one.title)):
        rest = _without(text, account.title)
        if rest is not None:
            found.append(account)
            text = rest
    return tuple(found), text


def _take_labels(text: str, offered: Iterable[PaymentMethod]) -> tuple[list[str], str]:
    """The methods whose names of several words stand in a line, and the line without them."""
    known = tuple(offered)
    found: list[str] = []
    for name in _METHOD_NAMES:
        rest, key = _without(text, name), method_named(name, known)
        if rest is not None and key is not None:
            found.append(key)
            text = rest
    return found, text


def _without(text: str, name: str) -> str | None:
    """A line without a name of several words; None where the name does not stand in it."""
    padded, wanted = f" {' '.join(text.split())} ", f" {name.casefold()} "
    at = padded.casefold().find(wanted)
    if " " not in name or at < 0 or len(padded.casefold()) != len(padded):
        return None
    return f"{padded[:at]} {padded[at + len(wanted) :]}"


def _unique(things: list[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))
