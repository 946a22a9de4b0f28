"""Leader election: a lease lets one bot at a time poll each platform."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from service.common.ids import Sources
from service.lanes.keys import LaneKind
from service.ports.store import Claim, Store, StoreUnavailable, Tx

LEASE = timedelta(seconds=60)
# A poll that begins with this much of its lease left ends within it. Where a webhook has to make
# way first it may not, and what two bots got then is stored once all the same.
POLL_MAX = timedelta(seconds=40)
log = logging.getLogger(__name__)


# Bots whose clocks differ by less do not take a poll from each other.
CLOCKS_APART = timedelta(seconds=60)


@dataclass(slots=True)
class PollLeases:
    """This process's turns at polling, each a lane under a lease."""

    store: Store
    sources: Sources
    owner: str
    _held: dict[str, Claim] = field(default_factory=dict)
    _told: dict[str, bool] = field(default_factory=dict)
    _asking: dict[str, asyncio.Task[bool]] = field(default_factory=dict)

    async def may_poll(self, who: str) -> bool:
        """Whether this bot may begin a poll as `who` now. Raises StoreUnavailable."""
        now = self.sources.now()
        held = self._held.get(who)
        if held is not None and POLL_MAX < held.until - now <= LEASE:
            return True
        # Whoever is cancelled now may have the lease by then, and `end` must know of it.
        asking = self._asking[who] = asyncio.create_task(self._ask(who, held))
        return await asyncio.shield(asking)

    async def _ask(self, who: str, held: Claim | None) -> bool:
        claim = await self.store.transact(lambda tx: self._claim(tx, who, held))
        self._held.pop(who, None)
        if claim is not None:
            self._held[who] = claim
        self._tell(who, mine=claim is not None)
        return claim is not None

    def _claim(self, tx: Tx, who: str, held: Claim | None) -> Claim | None:
        """Take a lane that is free, or one's own for another while; None when another has it."""
        now = self.sources.now()
        # A lease of a clock that ran ahead would keep everybody from polling for as long.
        tx.lanes.bring_forward(LaneKind.POLL, now, LEASE + CLOCKS_APART, owner=self.owner)
        if held is None or not tx.lanes.release(held, next_due=now, tries=0):
            tx.lanes.schedule(LaneKind.POLL, who, now)
        return tx.lanes.claim_one(LaneKind.POLL, who, now, owner=self.owner, until=now + LEASE)

    async def release(self) -> None:
        """Let another bot poll at once."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        held, now = list(self._held.values()), self.sources.now()
        if not held:
            return
        self._held.clear()

        def work(tx: Tx) -> None:
            for claim in held:
                tx.lanes.release(claim, next_due=now, tries=0)

        try:
            await self.store.transact(work)
        except StoreUnavailable as error:
            log.warning("poll_left until its lease ends: %s", error)

    def _tell(self, who: str, *, mine: bool) -> None:
        if self._told.get(who) is not mine:
            self._told[who] = mine
            log.info("poll as=%s by=%s", who, "this bot" if mine else "another bot")
