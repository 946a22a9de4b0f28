"""Readers who have much: the more they write, the more accounts or top-ups they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from conversations.dialog.steps import step
from conversations.protocol.events import Idle, Said
from conversations.protocol.facts import Terms
from tests.support.dialogs.terms import CARD, TEAM_A, facts, terms
from tests.support.fuzz.bounded_work import Reader

# At the largest size some hundred of each, which is more than anybody has.
SIZE, LETTERS_FOR_EACH = 16_384, 64


@lru_cache
def _with_accounts(many: int) -> Terms:
    each = (replace(TEAM_A, id=f"team-{at}", title=f"Team {at}") for at in range(many))
    return terms(accounts=tuple(each))


@lru_cache
def _with_methods(many: int) -> Terms:
    return terms(methods=tuple(replace(CARD, key=f"card-{at}") for at in range(many)))


@lru_cache
def _with_history(many: int) -> Terms:
    known = facts()
    each = (replace(known, top_up=replace(known.top_up, id=f"TU-{at}")) for at in range(many))
    return terms(history=tuple(each))


def _having(place: Callable[[int], Terms]) -> Reader:
    def read(text: str) -> None:
        known = place(max(len(text) // LETTERS_FOR_EACH, 1))
        for command in (True, False):
            step(Idle(), Said(text, command=command), known)

    return Reader(read, SIZE)


MEMBERS: Mapping[str, Reader] = {
    "accounts": _having(_with_accounts),
    "ways to pay": _having(_with_methods),
    "top-ups of before": _having(_with_history),
}
