"""What promises are checked over: rows, and what the others know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment as its gateway itself knows it; `paid` says whether it ever took the money.

    `gone_minor` is what refunds and disputes have taken back of it.
    """

    amount_minor: int
    currency: str
    mode: str
    reference: str | None
    paid: bool
    gone_minor: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A request to open a checkout, as a gateway received it: its key and everything else."""

    key: str
    reference: str
    parameters: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything there is to look at: rows now and before, and what the others know.

    `taken` is by the payment's key in the ledger; `led_to` are the pages to pay on that people
    were led to, with their top-ups, and `said_over` those that gateways called over and unpaid.
    `posts` and `excused` are by card: messages that people see, and those more than one that
    nobody could have known of. `now` is in microseconds.
    """

    tables: Tables
    before: Tables
    taken: Mapping[str, Taken] = field(default_factory=dict)
    led_to: Mapping[str, str] = field(default_factory=dict)
    said_over: frozenset[str] = frozenset()
    orders: tuple[Order, ...] = ()
    accepted: frozenset[str] = frozenset()
    posts: Mapping[str, int] = field(default_factory=dict)
    excused: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    log: str = ""
    now: int = 0


def key_of(payment: Row) -> str:
    """A payment's key in ledger references."""
    return f"{payment['gateway']}/{payment['merchant_account']}/{payment['payment_ref']}"
