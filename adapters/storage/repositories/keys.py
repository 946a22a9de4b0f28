"""Rows of keys that sign buttons; each comes sealed and leaves sealed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables_chat import signing_keys
from conversations.protocol.records import SigningKey

_ADD = insert(signing_keys).on_conflict_do_nothing(index_elements=["name"])
_ALL = select(signing_keys).order_by(signing_keys.c.since, signing_keys.c.name)


class SigningKeyRows:
    """What ever signed buttons on this database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Sequence[SigningKey]:
        """The first to sign codes first."""
        found = self._connection.execute(_ALL)
        return [SigningKey(row.name, row.sealed, row.since) for row in found]

    def add(self, key: SigningKey) -> None:
        """One of that name that is there stays as it is."""
        row = {"name": key.name, "sealed": key.sealed, "since": key.since}
        self._connection.execute(_ADD, row)

    def reseal(self, name: str, sealed: str) -> None:
        """The same one, sealed anew."""
        this = update(signing_keys).where(signing_keys.c.name == name)
        self._connection.execute(this.values(sealed=sealed))
