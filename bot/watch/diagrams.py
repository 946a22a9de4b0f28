"""Draws the life of a top-up and the conversation for the docs, from the code itself.

The life comes from billing's tables; the conversation from running `step` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from billing.methods import PaymentMethod
from billing.money import Money
from billing.topups import ACTS, AFTERMATH, NEXT, Mode, TopUp, TopUpStatus
from bot.settings.gateways import METHOD_NAMES
from bot.watch.drawings import Edge, Node, draw_svg, write_table
from conversations.dialog.steps import step
from conversations.protocol.actions import AskSlot, ConfirmDraft, DropDraft, Pick, Slot
from conversations.protocol.events import (
    Asking,
    Chose,
    Draft,
    Event,
    Idle,
    Reviewing,
    Said,
    State,
    TopUpOpened,
)
from conversations.protocol.facts import AccountFacts, Terms, TopUpFacts, usual_limits
from conversations.text.localizer import Localizer

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_CARD = "0" * 16
# The three ends without money have the same ways in and out: one box draws them all.
_UNPAID = "cancelled, expired, failed"
# What may follow the credit; each leads to each of the others.
_BACK = "refunded, disputed"
_PLACES = {
    "awaiting payment": (0, 1),
    "processing": (1.05, 0),
    "paid": (2.1, 1),
    "credited": (3.3, 1),
    _UNPAID: (1.05, 2.1),
    _BACK: (3.3, 2.1),
}
_ENDS = frozenset({"credited"})


def diagram_files() -> dict[str, str]:
    """File names and what they hold: two drawings, and the same facts as text."""
    life, talk = life_edges(), conversation_edges()
    return {
        "life-of-a-top-up.svg": draw_svg("The life of a top-up", _life_nodes(), _merged(life)),
        "conversation.svg": draw_svg("The conversation", _talk_nodes(), talk),
        "diagrams.md": _PAGE.format(life=write_table(life), talk=write_table(talk)),
    }


def life_edges() -> list[Edge]:
    """Every move of a top-up, from the three tables that decide it."""
    moves: dict[tuple[str, str], list[str]] = {}
    for (status, payment), target in NEXT.items():
        moves.setdefault((_words(status), _words(target)), []).append(f"payment {payment}")
    for (status, act), target in ACTS.items():
        moves.setdefault((_words(status), _words(target)), []).append(f"we {act}")
    for before in AFTERMATH.values():
        for gone, after in AFTERMATH.items():
            if after is not before:
                moves.setdefault((_words(before), _words(after)), []).append(gone)
    return _edges(moves)


def conversation_edges() -> list[Edge]:
    """Where each kind of event leads from each state, found by taking the step."""
    terms, draft = _terms(), Draft(_CARD, "acme", Money(5_000, "USD"), "USD", "card")
    states: tuple[State, ...] = (
        Idle(),
        Asking(Draft(_CARD, "acme", Money(5_000, "USD")), Slot.METHOD, _CARD),
        Reviewing(draft, _CARD),
    )
    moves: dict[tuple[str, str], list[str]] = {}
    for state in states:
        for cause, event in _events().items():
            after = step(state, event, terms).state
            if type(after) is not type(state) or cause in _STAYS:
                moves.setdefault((_name(state), _name(after)), []).append(cause)
    return _edges(moves)


_STAYS = frozenset({"types an amount", "says something else"})


def _events() -> Mapping[str, Event]:
    return {
        "types everything in one line": Said("50 USD card", command=True),
        "types /topup": Said("", command=True),
        "types an amount": Said("75"),
        "says something else": Said("hello"),
        "presses a method": Chose(Pick(Slot.METHOD, "card"), _CARD),
        "presses Change amount": Chose(AskSlot(Slot.AMOUNT), _CARD),
        "presses Cancel": Chose(DropDraft(), _CARD),
        "presses Confirm": Chose(ConfirmDraft(), _CARD),
        "top-up opened": TopUpOpened(_facts()),
    }


def _terms() -> Terms:
    account = AccountFacts("acme", "Acme", "USD", Money(0, "USD"), Mode.SANDBOX)
    return Terms(
        now=_NOW,
        new_id=_CARD,
        localizer=Localizer(),
        accounts=(account,),
        methods=(PaymentMethod("card", "sandbox"), PaymentMethod("bank_transfer", "sandbox")),
        limits=usual_limits,
        support="",
        link_command="",
        method_names=METHOD_NAMES,
    )


def _facts() -> TopUpFacts:
    amount, later = Money(5_000, "USD"), _NOW + timedelta(hours=1)
    top_up = TopUp(
        id="TU-00000000",
        account="acme",
        amount=amount,
        fee=Money(0, "USD"),
        method="card",
        gateway="sandbox",
        merchant_account="sandbox_merchant",
        mode=Mode.SANDBOX,
        status=TopUpStatus.AWAITING_PAYMENT,
        revision=1,
        requester="",
        card=_CARD,
        created_at=_NOW,
        expires_at=later,
        watched_until=later,
    )
    return TopUpFacts(top_up, "Acme", "0000")


def _life_nodes() -> list[Node]:
    return [Node(name, *place, end=name in _ENDS) for name, place in _PLACES.items()]


def _merged(edges: list[Edge]) -> list[Edge]:
    """The same edges between the boxes that are drawn, each cause once."""
    moves: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        ends = (_box_of(edge.source), _box_of(edge.target))
        if ends[0] == ends[1]:
            continue
        causes = moves.setdefault(ends, [])
        causes += [cause for cause in edge.causes if cause not in causes]
    return _edges(moves)


def _box_of(status: str) -> str:
    if status in _PLACES:
        return status
    return _BACK if status in ("partly refunded", "refunded", "disputed") else _UNPAID


def _talk_nodes() -> list[Node]:
    return [Node("Idle", 0, 0.8, end=True), Node("Asking", 2, 0.3), Node("Reviewing", 2, 2.2)]


def _edges(moves: dict[tuple[str, str], list[str]]) -> list[Edge]:
    return [Edge(source, target, tuple(causes)) for (source, target), causes in moves.items()]


def _name(state: State) -> str:
    return type(state).__name__


def _words(status: TopUpStatus) -> str:
    return status.replace("_", " ")


_PAGE = """# Diagrams

`topup-bot docs diagram` draws these from the tables and the code they describe; a test fails when
they are out of date.

## The life of a top-up

![The life of a top-up, as the table below says](life-of-a-top-up.svg)

{life}
Pairs that are not listed change nothing: gateways repeat and reorder, and money that arrives late
is still money.

## The conversation

![The conversation, as the table below says](conversation.svg)

{talk}
"""
