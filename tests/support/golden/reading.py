"""Reads every row of a database by the product's own repositories. All of them must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from billing.topups import Payment
from conversations.protocol.events import ConversationKey
from conversations.protocol.people import Person, PersonTraces
from service.ports.store import Tx

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_MANY = 1_000


def read_all(tx: Tx, rows: Rows) -> None:
    """Each row by its key, and lists by their length. Raises what the repositories raise."""
    for table, read in _ONE_BY_ONE.items():
        for row in rows[table]:
            found = read(tx, row)
            assert found is not None, (table, dict(row))
    for table, read_some in _TOGETHER.items():
        assert len(read_some(tx)) == len(rows[table]), table
    _read_more(tx, rows)


def _payment(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["gateway"], row["merchant_account"], row["payment_ref"]


def _conversation(row: Mapping[str, Any]) -> ConversationKey:
    return ConversationKey(row["platform"], row["tenant"], row["chat"], row["person"])


def _refunds(tx: Tx, row: Mapping[str, Any]) -> object:
    payment = tx.payments.get(*_payment(row))
    orders = tx.refunds.of_payment(payment) if payment else ()
    return next((each for each in orders if each.id == row["id"]), None)


def _reversals(tx: Tx, row: Mapping[str, Any]) -> Payment | None:
    found = tx.payments.get(*_payment(row))
    assert found is None or found.reversals.refunded_minor == row["refunded_minor"]
    return found


_ONE_BY_ONE: Mapping[str, Callable[[Tx, Mapping[str, Any]], object]] = {
    "accounts": lambda tx, row: tx.accounts.lock(row["id"]),
    "top_ups": lambda tx, row: tx.top_ups.lock(row["id"]),
    "attempts": lambda tx, row: tx.top_ups.attempt(row["top_up"], row["revision"]),
    "payments": lambda tx, row: tx.payments.lock(*_payment(row)),
    "reversals": _reversals,
    "refunds": _refunds,
    "cards": lambda tx, row: tx.cards.lock(row["id"]),
    "conversations": lambda tx, row: tx.conversations.lock(_conversation(row)),
    "transactions": lambda tx, row: tx.ledger.get(f"TX-{row['id']:06}"),
    "documents": lambda tx, row: tx.documents.get(row["kind"], row["key"]),
    "people": lambda tx, row: tx.people.person_named(row["name"]),
    "buckets": lambda tx, row: tx.buckets.lock([row["name"]], _NOW)[row["name"]],
    "deliveries": lambda tx, row: tx.deliveries.pending(row["lane"], _MANY) is not None,
}
_TOGETHER: Mapping[str, Callable[[Tx], Sequence[Any]]] = {
    "accounts": lambda tx: tx.accounts.all(),
    "links": lambda tx: tx.accounts.links(),
    "conversations": lambda tx: tx.inspection.conversations(_MANY),
    "postings": lambda tx: tx.inspection.postings(_MANY),
    "cards": lambda tx: tx.inspection.cards(_MANY),
    "payments": lambda tx: tx.inspection.payments(_MANY),
    "audit": lambda tx: tx.audit.page(1, _MANY),
    "slack_installations": lambda tx: tx.installations.all(),
    "signing_keys": lambda tx: tx.signing_keys.all(),
}


def _read_more(tx: Tx, rows: Rows) -> None:
    """What is counted and listed from several tables."""
    open_tasks = [each for each in rows["tasks"] if each["closed_at"] is None]
    assert {(each.kind.value, each.subject) for each in tx.tasks.open()} == {
        (each["kind"], each["subject"]) for each in open_tasks
    }
    marks = tx.marks.read()
    assert len(rows["marks"]) == 1 + len(marks.adopted) + len(marks.former)
    lanes = tx.inspection.lanes(_NOW)
    assert sum(each.due + each.later + each.held for each in lanes) == len(rows["lanes"])
    assert tx.cards.refusals()
    for row in rows["people"]:
        person = Person(row["platform"], row["tenant"], row["external_id"])
        assert tx.personal.rows(PersonTraces(person, (row["name"],)))
