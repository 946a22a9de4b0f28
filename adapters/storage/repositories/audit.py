"""Rows of the audit trail and its seals, which only grow, and of an emulator's documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
    text,
    type_coerce,
    union,
)

from adapters.storage.schema.statements import insert, locked_row
from adapters.storage.schema.tables import audit, audit_seals, documents
from service.ports.records import Entry, Numbering, Recorded, Seal

# Statements are built once: building them is most of what a short transaction would cost.
_ADD_ACT = insert(audit)
_ADD_SEAL = insert(audit_seals)
_LAST = select(func.max(audit.c.at))
_HEAD = select(audit_seals).order_by(audit_seals.c.audit_id.desc()).limit(1)
_NEWEST_ON_SQLITE = text(
    "SELECT max(coalesce((SELECT max(id) FROM audit), 0),"
    " coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0))"
)
_NUMBERING_ON_POSTGRES = text(
    "SELECT coalesce((SELECT max(id) FROM audit), 0) AS newest,"
    " CAST(CAST(pg_snapshot_xmin(now) AS text) AS bigint) AS oldest_running,"
    " CAST(CAST(pg_snapshot_xmax(now) AS text) AS bigint) AS next_transaction"
    " FROM pg_current_snapshot() AS now"
)
_DOCUMENT = select(documents.c.body).where(
    documents.c.kind == bindparam("this_kind"), documents.c.key == bindparam("this_key")
)
_DOCUMENTS = (
    select(documents.c.body)
    .where(documents.c.kind == bindparam("this_kind"))
    .order_by(documents.c.key)
)
_ADD_DOCUMENT = insert(documents)
_PUT_DOCUMENT = _ADD_DOCUMENT.on_conflict_do_update(
    index_elements=["kind", "key"], set_={"body": _ADD_DOCUMENT.excluded.body, "noted_at": None}
)


def _page(detail: Any) -> Select[Any]:
    """Entries as they are stored, since what a stranger made of one may be of another type."""
    numbers = union(
        *(
            select(
                select(column.label("number"))
                .where(column >= bindparam("first"))
                .order_by(column)
                .limit(bindparam("most"))
                .subquery()
                .c.number
            )
            for column in (audit.c.id, audit_seals.c.audit_id)
        )
    ).subquery()
    return (
        select(
            numbers.c.number,
            audit.c.id,
            type_coerce(audit.c.at, BigInteger).label("at"),
            audit.c.actor,
            audit.c.act,
            audit.c.subject,
            detail.label("detail"),
            audit_seals.c.hash,
        )
        .select_from(numbers)
        .outerjoin(audit, audit.c.id == numbers.c.number)
        .outerjoin(audit_seals, audit_seals.c.audit_id == numbers.c.number)
        .order_by(numbers.c.number)
        .limit(bindparam("most"))
    )


# PostgreSQL's driver would read the JSON; a cast on SQLite would hide what is no text.
_PAGE_ON_SQLITE = _page(type_coerce(audit.c.detail, Text))
_PAGE_ON_POSTGRES = _page(cast(audit.c.detail, Text))


class AuditRows:
    """Who did what."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(
        self, at: datetime, actor: str, act: str, subject: str, detail: Mapping[str, Any]
    ) -> None:
        """Add one act; `detail` is JSON."""
        row = {"at": at, "actor": actor, "act": act, "subject": subject, "detail": dict(detail)}
        self._connection.execute(_ADD_ACT, row)

    def numbering(self) -> Numbering:
        """How far the trail has come. To be asked before a transaction writes anything."""
        if self._is_sqlite:
            newest = self._connection.execute(_NEWEST_ON_SQLITE).scalar_one()
            return Numbering(newest, gapless=True)
        row = self._connection.execute(_NUMBERING_ON_POSTGRES).one()
        return Numbering(row.newest, False, row.oldest_running, row.next_transaction)

    def last_at(self) -> datetime | None:
        """When something was last done; None when nothing was."""
        return self._connection.execute(_LAST).scalar()

    def head(self) -> Seal | None:
        """The newest seal."""
        row = self._connection.execute(_HEAD).first()
        return None if row is None else Seal(row.audit_id, row.hash)

    def page(self, first: int, limit: int) -> Sequence[Recorded]:
        """What is recorded from that number on, in order, also a seal that lost its entry."""
        query = _PAGE_ON_SQLITE if self._is_sqlite else _PAGE_ON_POSTGRES
        found = self._connection.execute(query, {"first": first, "most": limit})
        return [_recorded(row) for row in found]

    def seal(self, seals: Sequence[Seal]) -> None:
        """Add seals. A second one of an entry raises."""
        rows = [{"audit_id": each.number, "hash": each.hash} for each in seals]
        if rows:
            self._connection.execute(_ADD_SEAL, rows)

    @property
    def _is_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"


class DocumentRows:
    """Small JSON documents of a shipped emulator."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The document with that key."""
        which = {"this_kind": kind, "this_key": key}
        body: dict[str, Any] | None = self._connection.execute(_DOCUMENT, which).scalar()
        return body

    def lock(self, kind: str, key: str) -> dict[str, Any] | None:
        """The same, to be changed: who else would change it, or add it, waits."""
        which = {"this_kind": kind, "this_key": key}
        row = locked_row(self._connection, _DOCUMENT, which, "document")
        return None if row is None else row.body

    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        """In place of what was there."""
        row = {"kind": kind, "key": key, "body": dict(body)}
        self._connection.execute(_PUT_DOCUMENT, row)

    def all(self, kind: str) -> Sequence[dict[str, Any]]:
        """Every document of a kind, by key."""
        return list(self._connection.execute(_DOCUMENTS, {"this_kind": kind}).scalars())


def _recorded(row: Row[Any]) -> Recorded:
    entry = None
    if row.id is not None:
        entry = Entry(row.id, row.at, row.actor, row.act, row.subject, row.detail)
    return Recorded(row.number, entry, row.hash)
