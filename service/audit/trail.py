"""Seals new entries of the audit trail in order, and verifies the trail page by page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from service.audit.seals import (
    FIRST,
    TrailExtent,
    Verification,
    format_seal,
    parse_seal,
    seal_entries,
    verify_end,
    verify_page,
)
from service.common.services import Services
from service.ports.records import Numbering, Recorded, Seal
from service.ports.store import Claim, Store, Tx

SEAL_EVERY = timedelta(seconds=10)
PAGE = 500
log = logging.getLogger(__name__)


@dataclass(slots=True)
class TrailSealer:
    """Seals what is new, in order; the lane's claim says who may."""

    store: Store
    services: Services
    noted: Numbering | None = None
    watermark: int = 0

    async def work(self, claim: Claim) -> datetime:
        """Seal a page of entries; due again at once while there are more."""
        self._advance_watermark(await self.store.transact(lambda tx: tx.audit.numbering()))
        seals = await self.store.transact(lambda tx: self._seal(tx, claim))
        now = self.services.sources.now()
        if not seals:
            return now + SEAL_EVERY
        # In a log that is kept elsewhere, this is what nobody can seal anew.
        log.info("audit_sealed to=%d seal=%s", seals[-1].number, format_seal(seals[-1].hash))
        return now if len(seals) == PAGE else now + SEAL_EVERY

    def _advance_watermark(self, now: Numbering) -> None:
        """Find up to which number nothing more can come.

        Whoever might still use a number that was given out has begun its transaction by then: an
        act is written after what it tells of. So that number stands once all of those have ended.
        """
        noted = self.noted or now
        if now.oldest_running >= noted.next_transaction:
            self.watermark, noted = noted.newest, now
        if now.oldest_running >= now.next_transaction:
            self.watermark = now.newest
        self.noted = noted

    def _seal(self, tx: Tx, claim: Claim) -> list[Seal]:
        if not tx.lanes.holds(claim):
            return []
        head = tx.audit.head()
        # A page at a time: the lane is due again at once after a full one.
        page = tx.audit.page(head.number + 1 if head else FIRST, PAGE)
        fresh = [one.entry for one in page if one.entry and one.number <= self.watermark]
        seals = seal_entries(fresh, head)
        tx.audit.seal(seals)
        return seals


async def verify_trail(store: Store, noted: str = "") -> Verification:
    """Examine the whole trail as it stands now, up to the first fault."""
    extent = await store.transact(
        lambda tx: TrailExtent(tx.audit.numbering(), tx.audit.head(), parse_seal(noted))
    )
    seen = Verification()
    async for page in trail_pages(store):
        seen = verify_page(seen, page, extent)
        if seen.fault is not None or page[-1].number > extent.end:
            break
    return verify_end(seen, extent)


async def trail_pages(store: Store) -> AsyncIterator[Sequence[Recorded]]:
    """The trail in order; each page is a transaction of its own, so that nobody waits long."""
    first = FIRST
    while page := await store.transact(partial(_page, first=first)):
        yield page
        first = page[-1].number + 1


def _page(tx: Tx, first: int) -> Sequence[Recorded]:
    # A page of all: `pages` goes on until one is empty.
    return tx.audit.page(first, PAGE)
