"""Audit trails to examine, and a way to examine those in a database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from adapters.contracts.store import NOW
from service.audit.seals import (
    FIRST,
    TrailExtent,
    Verification,
    seal_entries,
    verify_end,
    verify_page,
)
from service.audit.trail import TrailSealer, verify_trail
from service.common.ids import Sources
from service.common.services import Services
from service.lanes.keys import AUDIT_TRAIL, LaneKind
from service.ports.records import Entry, Numbering, Recorded, Seal
from service.ports.store import Claim, Store, Tx
from tests.support.bots.bot_place import Clock, Dice

PAGE = 1_000
PATIENCE_SECONDS = 10


def entry(number: int, act: str = "top_up_opened", detail: str = "{}") -> Entry:
    """An act of Ana's."""
    return Entry(number, 1_000_000 * number, "pocket:t:ana", act, f"TU-{number}", detail)


def sealed(entries: Sequence[Entry]) -> list[Recorded]:
    """The trail of these entries, all sealed."""
    seals = seal_entries(entries, None)
    return [
        Recorded(each.number, each, seal.hash) for each, seal in zip(entries, seals, strict=True)
    ]


def found(trail: Sequence[Recorded], *, gapless: bool = True, noted: str = "") -> Verification:
    """What comes of examining it, two rows to a page."""
    ordered = sorted(trail, key=lambda each: each.number)
    heads = [Seal(each.number, each.hash) for each in ordered if each.hash is not None]
    newest = max((each.number for each in ordered), default=0)
    extent = TrailExtent(Numbering(newest, gapless), heads[-1] if heads else None, noted)
    seen = Verification()
    for first in range(0, len(ordered), 2):
        seen = verify_page(seen, ordered[first : first + 2], extent)
    return verify_end(seen, extent)


def found_in(tx: Tx) -> Verification:
    """The same of a trail in a database, within one transaction."""
    extent = TrailExtent(tx.audit.numbering(), tx.audit.head())
    return verify_end(verify_page(Verification(), tx.audit.page(FIRST, PAGE), extent), extent)


def sealer(store: Store) -> TrailSealer:
    """A process that may seal this store's trail."""
    services = Services(
        sources=Sources(Clock(NOW), Dice()),
        secret=b"for tests",
        support="",
        zone="UTC",
        methods=(),
        merchants=(),
    )
    return TrailSealer(store, services)


async def seal_all(leader: TrailSealer, claim: Claim) -> Verification:
    """Let the leader come by until nothing waits for a seal; what is found then."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (seen := await verify_trail(leader.store)).unsealed:
            await leader.work(claim)
    return seen


async def claimed(store: Store) -> Claim:
    """The lane of the trail, claimed by somebody."""

    def work(tx: Tx) -> Claim:
        tx.lanes.schedule(LaneKind.SEAL, AUDIT_TRAIL, NOW)
        until = NOW + timedelta(minutes=1)
        (claim,) = tx.lanes.claim(LaneKind.SEAL, NOW, owner="me", until=until, limit=1)
        return claim

    return await store.transact(work)
