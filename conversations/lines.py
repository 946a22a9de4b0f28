"""What a typed line names: a topic, an account, a method. It leaves the amount to billing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from billing.methods import PaymentMethod
from conversations.actions import CancelTopUp, CheckPayment, ShowPayCode, ShowTopUp, Topic
from conversations.facts import AccountFacts, Terms
from conversations.vocabulary import Chose, Event, Said
from conversations.words import FILLER_WORDS, METHOD_WORDS, TOPIC_WORDS

PREFIX_MIN = 3
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what was recognised taken out; `rest` still has the amount, if there is one."""

    accounts: tuple[AccountFacts, ...]
    methods: tuple[str, ...]
    rest: str


def topic_of(text: str) -> tuple[Topic, str] | None:
    """The topic a line begins with and the words after it; None when it begins otherwise."""
    first, _, after = text.strip().partition(" ")
    topic = TOPIC_WORDS.get(first.casefold())
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


def typed_as(said: str, terms: Terms) -> str:
    """How a person types these words as a command: `/balance` or `/topup balance`."""
    own = terms.own_commands and said in list(Topic)
    return f"/{said}" if own else f"/topup {said}".strip()


def read_line(text: str, terms: Terms) -> Line:
    """Take accounts, methods and filler words out of a line, in any order."""
    named, remaining = _named_by_title(text, terms.accounts)
    accounts = list(named)
    methods: list[str] = []
    rest: list[str] = []
    for word in remaining.split():
        account = account_named(word, terms.accounts)
        method = method_named(word, terms.methods)
        if account is not None:
            accounts.append(account)
        elif method is not None:
            methods.append(method)
        elif word.casefold() not in FILLER_WORDS:
            rest.append(word)
    return Line(_unique(accounts), _unique(methods), " ".join(rest))


def account_named(word: str, accounts: Iterable[AccountFacts]) -> AccountFacts | None:
    """The account with that id or title, or the only one whose id begins so."""
    wanted = word.strip().casefold()
    known = tuple(accounts)
    for account in known:
        if wanted in (account.id.casefold(), account.title.casefold()):
            return account
    starting = [account for account in known if account.id.casefold().startswith(wanted)]
    return starting[0] if len(wanted) >= PREFIX_MIN and len(starting) == 1 else None


def method_named(word: str, offered: Iterable[PaymentMethod] = ()) -> str | None:
    """The key of the method that people call so: the first that is offered, if one is."""
    wanted = word.strip().casefold()
    named = [key for key, words in METHOD_WORDS.items() if wanted in words]
    return next((one.key for one in offered if one.key in named), named[0] if named else None)


def _named_by_title(
    text: str, accounts: Iterable[AccountFacts]
) -> tuple[tuple[AccountFacts, ...], str]:
    found: list[AccountFacts] = []
    for account in sorted(accounts, key=lambda one: -len(one.title)):
        title = account.title.casefold()
        padded = f" {' '.join(text.split())} "
        at = padded.casefold().find(f" {title} ")
        if " " in title and at >= 0 and len(padded.casefold()) == len(padded):
            found.append(account)
            text = padded[:at] + " " + padded[at + len(title) + 2 :]
    return tuple(found), text


def _unique(things: list[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))
