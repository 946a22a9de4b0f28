"""Bugs of the kinds that an adversary, strict servers and new users found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from adapters.chat.slack import people
from adapters.chat.slack.people import PeopleCache, Person
from adapters.storage.engines import owned_files as owned
from billing import limits, retention
from billing.topups import Payment, PaymentSnapshot
from bot.commands import accounts as account_commands
from conversations.drafts import drafts
from conversations.drafts.names import method_named, names_of
from conversations.protocol.events import ConversationKey
from conversations.protocol.facts import AccountFacts, Terms
from conversations.protocol.ports import Delivery
from service.chat import installations
from service.chat.inbox import Inbox, scrub_body
from service.common.keys import Keyring
from service.common.services import Remembered
from service.money import checkout, hints, topups
from service.money.hints import End
from service.people import membership
from service.ports.store import Store, Tx

Patches = Mapping[tuple[Any, str], Any]


# --- who somebody is -------------------------------------------------------------------------


def known_by_user_alone() -> Patches:
    right = PeopleCache._person

    async def _person(self: PeopleCache, team: str, user: str) -> Person | None:
        first: dict[str, str] = self.__dict__.setdefault("first", {})
        return await right(self, first.setdefault(user, team), user)

    return {(PeopleCache, "_person"): _person}


def judged_once() -> Patches:
    return {(people, "_STANDING_FRESH"): timedelta(days=365)}


def silence_means_no() -> Patches:
    def _doubt(linked: Sequence[str], answers: Mapping[str, Any]) -> None:
        return None

    return {(membership, "_doubt"): _doubt}


# --- what outlives a key, an installation, a process -----------------------------------------


def never_renewed() -> Patches:
    def renew(self: Keyring, tx: Tx, now: datetime) -> Remembered:
        return ()

    return {(Keyring, "reseal"): renew}


def uninstalled_by_old_news() -> Patches:
    def forget(tx: Tx, key: ConversationKey, by: datetime, now: datetime) -> None:
        if tx.installations.forget(key.tenant, now):
            tx.audit.write(now, key.platform, "app_uninstalled", key.tenant, {})

    return {(installations, "forget_installation"): forget}


def readable_by_all() -> Patches:
    return {(owned, "OWNER_ONLY"): 0o644}


# --- strangers' words ------------------------------------------------------------------------


def others_words_stored() -> Patches:
    def _kept(self: Inbox, delivery: Delivery) -> Delivery:
        return replace(delivery, body=scrub_body(delivery.body))

    return {(Inbox, "_kept"): _kept}


def markup_printed() -> Patches:
    def print_table(rows: Sequence[Mapping[str, object]], *, title: str = "") -> None:
        table = Table(title=title or None)
        for name in rows[0] if rows else ():
            table.add_column(name)
        for row in rows:
            table.add_row(*map(str, row.values()))
        Console().print(table)

    return {(account_commands, "print_table"): print_table}


# --- what is claimed, taken and kept ---------------------------------------------------------


def anybodys_payment() -> Patches:
    def is_ours(tx: Tx, snapshot: PaymentSnapshot, known: Payment | None) -> bool:
        return True

    return {(topups, "is_ours"): is_ours}


def one_page_of_hints() -> Patches:
    async def end_hints(store: Store, lane: str, end: End) -> int:
        return await store.transact(lambda tx: hints._end_page(tx, lane, end))

    return {(checkout, "end_hints"): end_hints}


def read_as_typed() -> Patches:
    def _offered_account(id: str, terms: Terms) -> AccountFacts | None:
        return next(iter(names_of(terms).accounts((id.casefold(),))), None)

    def _offered_method(key: str, terms: Terms) -> str | None:
        return method_named(key, terms.method_names)

    return {
        (drafts, "_offered_account"): _offered_account,
        (drafts, "_offered_method"): _offered_method,
    }


def every_unit_a_dollar() -> Patches:
    def magnitude(currency: str) -> Decimal:
        return Decimal(1)

    return {(limits, "units_per_dollar"): magnitude}


def forgotten_too_soon() -> Patches:
    soon = {
        kept: replace(bounds, default=1, fewest=0) for kept, bounds in retention.BOUNDS.items()
    }
    return {(retention, "BOUNDS"): soon}
