"""What the bot promises, held against what the played gateways and chats know. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from playground.kit.answers import Json

State = Literal["kept", "waiting", "broken"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, whether it holds now, and the facts as a sentence."""

    name: str
    state: State
    fact: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment that a gateway took, and the minor units of it that went back, if that is known.

    `late` and `gone_late` are long after anybody should have heard of it.
    """

    gateway: str
    payment_ref: str
    late: bool = False
    gone_minor: int | None = None
    gone_late: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """What the played gateways and chats know; `unlike` are cards that a chat shows otherwise."""

    taken: tuple[Taken, ...]
    unlike: int = 0
    forged: int = 0
    forged_taken: int = 0


def promises(inside: Json, outside: Outside) -> list[Promise]:
    """All of them. `inside` is what `topup-bot inspect --json` tells."""
    return [
        _nothing_lost(inside["payments"], outside.taken),
        _none_twice(inside["ledger"]),
        _reversals(inside["payments"], outside.taken),
        _sums(inside["sums"]),
        _balances(inside["ledger"]),
        _cards(inside["cards"], outside.unlike),
        _deliveries(inside["deliveries"]),
        _forgeries(outside.forged, outside.forged_taken),
    ]


def _nothing_lost(payments: list[Json], taken: tuple[Taken, ...]) -> Promise:
    known = {(each["gateway"], each["payment_ref"]): each["disposition"] for each in payments}
    missing = [each for each in taken if not known.get((each.gateway, each.payment_ref))]
    adrift = sum(each["status"] == "paid" and not each["disposition"] for each in payments)
    held = sum(each["disposition"] == "held" for each in payments)
    late = sum(each.late for each in missing)
    fact = (
        f"{_count(len(taken), 'payment')} taken by the gateways: {len(taken) - len(missing)} "
        f"known to the bot, {len(missing)} on the way. {held} held for a person to decide."
    )
    if adrift or late:
        fact += f" {adrift + late} neither credited nor held."
        return Promise("Nothing lost", "broken", fact)
    return Promise("Nothing lost", "waiting" if missing else "kept", fact)


def _none_twice(ledger: list[Json]) -> Promise:
    credits = defaultdict[str, set[str]](set)
    for account in ledger:
        for line in account["postings"]:
            if line["kind"] == "credit":
                payment, _, _ = line["reference"].rpartition(":credit:")
                credits[payment].add(line["reference"])
    twice = sum(len(each) > 1 for each in credits.values())
    fact = f"{_count(len(credits), 'payment')} credited, {twice} of them more than once."
    return Promise("None twice", _kept(not twice), fact)


def _reversals(payments: list[Json], taken: tuple[Taken, ...]) -> Promise:
    booked = {
        (each["gateway"], each["payment_ref"]): each["gone_minor"]
        for each in payments
        if each["disposition"] == "applied"
    }
    unlike = [
        each
        for each in taken
        if each.gone_minor is not None
        and booked.get((each.gateway, each.payment_ref), each.gone_minor) != each.gone_minor
    ]
    gone = sum(bool(each.gone_minor) for each in taken)
    fact = (
        f"{_count(gone, 'payment')} refunded or disputed at Stripe, {len(unlike)} not yet taken "
        "from the accounts."
    )
    if any(each.gone_late for each in unlike):
        return Promise("Refunds booked", "broken", fact)
    return Promise("Refunds booked", "waiting" if unlike else "kept", fact)


def _sums(sums: list[Json]) -> Promise:
    wrong = [each for each in sums if each["sum_minor"]]
    said = ", ".join(f"{each['currency']} {each['sum']}" for each in sums) or "no currency yet"
    return Promise("Sums zero", _kept(not wrong), f"All accounts together: {said}.")


def _balances(ledger: list[Json]) -> Promise:
    stored = [each for each in ledger if each["stored"] is not None]
    wrong = [each["account"] for each in stored if not each["stored_agrees"]]
    fact = f"{_count(len(stored), 'stored balance')}, {len(wrong)} unlike their postings."
    return Promise("Balances agree", _kept(not wrong), " ".join([fact, *wrong]))


def _cards(cards: list[Json], unlike: int) -> Promise:
    given_up = sum(each["given_up"] for each in cards)
    waiting = sum(each["waiting"] and not each["given_up"] for each in cards)
    shown = len(cards) - waiting - given_up
    fact = f"{_count(len(cards), 'card')}: {shown} shown as wanted, {waiting} waiting."
    if given_up:
        fact += f" {given_up} given up, since nobody can be reached there."
    if unlike:
        # It may have been edited between the two looks; the next one tells.
        fact += f" {unlike} shown otherwise in the chat."
    return Promise("Cards shown", "waiting" if waiting or unlike else "kept", fact)


def _deliveries(counts: Json) -> Promise:
    waiting, done, apart = (counts[name] for name in ("waiting", "done", "quarantined"))
    fact = f"{done} worked off, {waiting} waiting, {apart} set aside as unreadable."
    return Promise("Deliveries done", "waiting" if waiting else "kept", fact)


def _forgeries(forged: int, forged_taken: int) -> Promise:
    fact = f"{_count(forged, 'forged callback')}, {forged_taken} taken for genuine."
    return Promise("Forgeries refused", _kept(not forged_taken), fact)


def _kept(holds: bool) -> State:
    return "kept" if holds else "broken"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
