"""Stores documents of gateways in the bot's database, a transaction per change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.gateways.traits import Document
from service.ports.store import Store, Tx


@dataclass(frozen=True, slots=True)
class StoredBooks:
    """The `JsonDocuments` of a gateway: each change is one transaction."""

    store: Store

    async def change(
        self, kind: str, key: str, edit: Callable[[Document | None], Document]
    ) -> Document:
        """Read, edit and write one document, atomically; returns what was written."""

        def work(tx: Tx) -> Document:
            edited = edit(tx.documents.lock(kind, key))
            tx.documents.put(kind, key, edited)
            return edited

        return await self.store.transact(work)

    async def get(self, kind: str, key: str) -> Document | None:
        """The document, if there is one."""
        return await self.store.transact(lambda tx: tx.documents.get(kind, key))

    async def all(self, kind: str) -> Sequence[Document]:
        """Every document of a kind."""
        return await self.store.transact(lambda tx: tx.documents.all(kind))
