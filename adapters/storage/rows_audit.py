"""Rows of the audit trail, which only grows, and of an emulator's documents, which change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from adapters.storage.statements import insert, locked_row
from adapters.storage.tables import audit, documents

# Statements are built once: building them is most of what a short transaction would cost.
_ADD_ACT = insert(audit)
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
    index_elements=["kind", "key"], set_={"body": _ADD_DOCUMENT.excluded.body}
)


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
