"""Drops rows that were kept long enough, in small batches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from billing.retention import Retention, RetentionKind
from service.common.services import Services
from service.ports.store import Claim, Store, Tx

EVERY = timedelta(hours=1)
# While there is more than one turn of the lane drops, it is soon due again.
SOON = timedelta(seconds=1)
BATCH = 200
BATCHES_MAX = 20
Dropped = Sequence[tuple[str, int]]
"""Tables, and how many of their rows."""
Batch = Callable[[Tx], Dropped]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionWorker:
    """Keeps the retention. `running` are the kinds of lanes that somebody works off here."""

    store: Store
    services: Services
    retention: Retention
    running: Collection[str]

    async def work(self, claim: Claim) -> datetime:
        """Drop some of each kind that is over; soon due again while there are more."""
        now = self.services.sources.now()
        batches: tuple[Batch, ...] = (
            # A batch at a time: the lane is due again soon while there are more.
            lambda tx: [("", tx.leftovers.note_new_rows(now, BATCH))],
            lambda tx: [("lanes", self._lanes(tx, now))],
            *(partial(_drop, kept=kept, before=now - age) for kept, age in self._ages()),
        )
        whole = [await self._all(batch) for batch in batches]
        await self._drop_idle_accounts(now - self.retention[RetentionKind.IDLE_ACCOUNTS])
        return now + (EVERY if all(whole) else SOON)

    def _ages(self) -> Iterable[tuple[RetentionKind, timedelta]]:
        return self.retention.items()

    def _lanes(self, tx: Tx, now: datetime) -> int:
        before = now - self.retention[RetentionKind.CONVERSATIONS]
        # A batch: `_all` goes on, and the lane is due again soon while there are more.
        return tx.leftovers.drop_lanes(self.running, before, BATCH)

    async def _all(self, batch: Batch) -> bool:
        """Batch after batch, each a transaction of its own. False while there are more."""
        for _ in range(BATCHES_MAX):
            dropped = await self.store.transact(batch)
            self._tell(dropped)
            if all(rows < BATCH for _, rows in dropped):
                return True
        return False

    async def _drop_idle_accounts(self, before: datetime) -> None:
        """Look at every account, page by page."""
        after: str | None = ""
        while after is not None:
            page = partial(_page, after=after, before=before)
            dropped, after = await self.store.transact(page)
            self._tell([("accounts", dropped)])

    def _tell(self, dropped: Dropped) -> None:
        for table, rows in dropped:
            if table and rows:
                log.info("rows_dropped table=%s rows=%d", table, rows)
                self.services.metrics.count_dropped_rows(table, rows)


def _drop(tx: Tx, kept: RetentionKind, before: datetime) -> Dropped:
    # A batch: `_all` goes on, and the lane is due again soon while there are more.
    return tx.leftovers.drop(kept, before, BATCH)


def _page(tx: Tx, after: str, before: datetime) -> tuple[int, str | None]:
    # A page of all: the caller goes on until there is none.
    return tx.leftovers.drop_idle_accounts(after, before, BATCH)
