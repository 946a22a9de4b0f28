"""A row for every table of every version, and what becomes of them.

A migration that makes a table is not tested on a filled database before it has its row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from adapters.storage.maintenance.upgrade import _configuration

_NOW = 1_795_000_000_000_000
_PAYMENT = {"gateway": "sandbox", "merchant_account": "m", "payment_ref": "pay_1"}
_CHAT = {"platform": "telegram", "tenant": "9", "chat": "7", "person": "7"}
Row = Mapping[str, Any]

# Columns that a later version adds must have a default, or its migration fills them.
ROWS: dict[str, Row] = {
    "accounts": {
        "id": "a",
        "title": "Team Ä",
        "currency": "USD",
        "mode": "sandbox",
        "balance_minor": 5_000,
        "threshold_minor": 100,
        "created_at": _NOW,
    },
    "links": {
        "account": "a",
        "platform": "slack",
        "tenant": "T1",
        "kind": "team",
        "external_id": "T1",
        "created_at": _NOW,
    },
    "conversations": {
        **_CHAT,
        "state": '{"kind": "idle"}',
        "touched_at": _NOW,
        "locale": "de",
        "zone": "UTC",
    },
    "deliveries": {
        "source": "telegram",
        "sender_id": "9:1",
        "lane": "9:7",
        "body": {"text": "/topup", "odd": "\\u0000 ✓"},
        "received_at": _NOW,
        "done_at": _NOW,
    },
    "cards": {
        "id": "00000000000000bb",
        **_CHAT,
        "locale": "de",
        "zone": "UTC",
        "subject": "TU-1",
        "wanted_view": '{"title": "⏳"}',
        "wanted_rev": 2,
        "shown_rev": 2,
        "message_chat": "7",
        "message_id": "1",
    },
    "top_ups": {
        "id": "TU-1",
        "account": "a",
        "amount_minor": 5_000,
        "fee_minor": 75,
        "currency": "USD",
        "method": "card",
        "gateway": "sandbox",
        "merchant_account": "m",
        "mode": "sandbox",
        "status": "credited",
        "revision": 1,
        "requester": "telegram:9:7",
        "card": "00000000000000bb",
        "created_at": _NOW,
        "expires_at": _NOW,
        "watched_until": _NOW,
    },
    "attempts": {
        "id": "at_1",
        "top_up": "TU-1",
        "revision": 1,
        "gateway": "sandbox",
        "created_at": _NOW,
        "checkout_ref": "cs_1",
        "url": "https://example.com",
    },
    "payments": {
        **_PAYMENT,
        "top_up": "TU-1",
        "status": "paid",
        "amount_minor": 5_075,
        "currency": "USD",
        "disposition": "applied",
        "first_seen_at": _NOW,
        "updated_at": _NOW,
    },
    "transactions": {"id": 1, "reference": "sandbox/m/pay_1", "kind": "credit", "at": _NOW},
    "postings": {
        "transaction_id": 1,
        "source": "gateway:sandbox:m",
        "destination": "customer:a",
        "amount_minor": 5_000,
        "currency": "USD",
    },
    "marks": {"mark": "in_0123456789abcdef", "standing": "own", "noted_at": _NOW},
    "audit": {
        "at": _NOW,
        "actor": "clock",
        "act": "top_up_credited",
        "subject": "TU-1",
        "detail": {"amount_minor": 5_000},
    },
    "lanes": {
        "kind": "show",
        "key": "telegram|9|7",
        "claimable_at": _NOW,
        "owner": "me",
        "wanted_at": _NOW,
    },
    "counters": {"name": "fence", "value": 7},
    "documents": {"kind": "checkout", "key": "cs_1", "body": {"status": "paid"}},
    "slack_installations": {
        "enterprise_id": "",
        "team_id": "T1",
        "is_enterprise_install": 0,
        "bot_token": "sealed",
        "installed_at": _NOW,
    },
    "signing_keys": {"name": "0f1e2d3c", "sealed": "sealed", "since": _NOW},
    "people": {
        "name": "person-0000000000000001",
        "platform": "telegram",
        "tenant": "9",
        "external_id": "8",
        "created_at": _NOW,
    },
    "audit_seals": {"audit_id": 1, "hash": "0" * 64},
    "reversals": {**_PAYMENT, "refunded_minor": 25, "reversed_minor": 25},
    "refunds": {
        "id": "re_1",
        **_PAYMENT,
        "amount_minor": 25,
        "reason": "asked",
        "asked_by": "ops",
        "asked_at": _NOW,
    },
    "buckets": {"name": "telegram|9||7", "sent": [_NOW], "idle_at": _NOW},
    "tasks": {"kind": "held", "subject": "pay_1", "detail": "late", "opened_at": _NOW},
}
_NOT_OURS = frozenset({"alembic_version", "sqlite_sequence"})

_SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRES_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"


def bring_to(connection: Connection, revision: str) -> None:
    """The tables of that version."""
    command.upgrade(_configuration(connection), revision)


def tables(connection: Connection) -> list[Table]:
    """All there are now, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [each for each in found.sorted_tables if each.name not in _NOT_OURS]


def fill(connection: Connection) -> None:
    """One row into each table that has none. Raises KeyError for a table without one here."""
    for table in tables(connection):
        if connection.execute(select(table)).first() is None:
            connection.execute(table.insert().values(ROWS[table.name]))


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))]
        for table in tables(connection)
    }


def triggers(connection: Connection) -> set[str]:
    """The names of all triggers."""
    sqlite = connection.dialect.name == "sqlite"
    return set(
        connection.execute(text(_SQLITE_TRIGGERS if sqlite else _POSTGRES_TRIGGERS)).scalars()
    )


def revision(connection: Connection) -> str | None:
    """Whose tables these are; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return found
