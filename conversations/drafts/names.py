"""What people may call their accounts and ways to pay, looked up at once for each word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from billing.methods import MethodNames, PaymentMethod
from conversations.protocol.facts import AccountFacts, Terms

PREFIX_MIN = 3
_MARKS = ".,;:!?¡¿…\"'“”„«»()"
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that has a name, by the words of that name as `fold` gives them.

    `ids` are sorted, `lengths` are those of names of several words, the longest first.
    """

    by_id: Mapping[str, AccountFacts]
    by_title: Mapping[Phrase, Sequence[AccountFacts]]
    methods: Mapping[Phrase, str]
    ids: Sequence[str]
    lengths: Sequence[int]

    def accounts(self, phrase: Phrase) -> Sequence[AccountFacts]:
        """The account with that id, or else those with that title, or the only id begun so."""
        whole = self.by_whole_id(phrase) or self.by_title.get(phrase, ())
        return whole if whole or len(phrase) > 1 else self._begun(phrase[0])

    def by_whole_id(self, phrase: Phrase) -> Sequence[AccountFacts]:
        """The account with exactly that id, if there is one."""
        account = self.by_id.get(phrase[0]) if len(phrase) == 1 else None
        return () if account is None else (account,)

    def _begun(self, word: str) -> Sequence[AccountFacts]:
        at = bisect_left(self.ids, word)
        beginning = [one for one in self.ids[at : at + 2] if one.startswith(word)]
        if len(word) < PREFIX_MIN or len(beginning) != 1:
            return ()
        return (self.by_id[beginning[0]],)


def names_of(terms: Terms) -> Names:
    """The names of the accounts and of all ways to pay, those that are offered first."""
    by_id: dict[str, AccountFacts] = {}
    by_title: dict[Phrase, list[AccountFacts]] = {}
    for account in terms.accounts:
        by_id.setdefault(fold(account.id), account)
        by_title.setdefault(_phrase(account.title), []).append(account)
    methods = _methods(terms.method_names, terms.methods)
    lengths = {len(phrase) for phrase in (*by_title, *methods)} - {0, 1}
    return Names(by_id, by_title, methods, sorted(by_id), sorted(lengths, reverse=True))


def method_named(
    word: str, names: Mapping[str, MethodNames], offered: Iterable[PaymentMethod] = ()
) -> str | None:
    """The key of the method that people call so: the first that is offered, if one is."""
    return _methods(names, offered).get(_phrase(word))


def fold(word: str) -> str:
    """A word as names are compared: in small letters, without the marks of a sentence."""
    return strip_punctuation(word) or word.casefold()


def strip_punctuation(word: str) -> str:
    """A word in small letters without the marks of a sentence around it."""
    return word.casefold().strip(_MARKS)


def _phrase(name: str) -> Phrase:
    return tuple(map(fold, name.split()))


def _methods(
    known: Mapping[str, MethodNames], offered: Iterable[PaymentMethod]
) -> dict[Phrase, str]:
    """The key that each name means: the first offered one, or else the first that we know."""
    found: dict[Phrase, str] = {}
    for method in offered:
        # A gateway added later may offer what has no typed words of its own yet.
        own = known[method.key].words if method.key in known else ()
        for name in (*own, method.key):
            found.setdefault(_phrase(name), method.key)
    for key, names in known.items():
        for name in names.words:
            found.setdefault(_phrase(name), key)
    return found
