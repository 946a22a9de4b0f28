"""Runs pending work of one kind: claims due lanes, works on them, releases them."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from service.common.ids import Sources
from service.lanes.failures import log_failure
from service.ports.store import Claim, Store, StoreUnavailable, Tx

LEASE = timedelta(seconds=60)
# Whoever waits for an answer has gone by then, and somebody else may go on.
PROMPT_LEASE = timedelta(seconds=10)
POLL_SECONDS = 1.0
# How often it is looked for what is due too far ahead; a clock is put right by less all the time.
LOOK_AHEAD_SECONDS = 60.0
JUMP_MIN = timedelta(seconds=5)
# What is due meanwhile may be in another bot's hands.
REST_SECONDS_MIN = 0.02
# How long a stop waits for what is in hand; then it is handed back as it is.
DRAIN_SECONDS = 12.0
BACK_OFF_SECONDS_MAX = 60.0
RETRY_TRIES_MAX = 5
log = logging.getLogger(__name__)

Result = TypeVar("Result")
Work = Callable[[Claim], Awaitable[datetime | None]]
"""Does what is due in a lane and says when it is due again; None when it is not."""


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """How far ahead a lane of a kind may be due; None where rows tell the time, however far.

    `usual` is its own longest wait; `set_back` is what is left to it once the clock went back.
    """

    usual: timedelta | None = None
    set_back: timedelta | None = None


class Runner:
    """Claims due lanes of one kind and works on several of them at once."""

    def __init__(
        self,
        store: Store,
        kind: str,
        work: Work,
        sources: Sources,
        *,
        owner: str,
        at_once: int,
        waits: WaitLimits | None = None,
    ) -> None:
        self.kind = kind
        self._store, self._work, self._sources = store, work, sources
        self._owner, self._at_once, self._waits = owner, at_once, waits or WaitLimits()
        self._latest: datetime | None = None
        self._look_ahead_at = 0.0
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._rests = False
        self._rest_seconds = POLL_SECONDS
        self._stopping = False

    def wake(self) -> None:
        """Look again at once: something was scheduled."""
        self._wake.set()

    def reserve(self, tx: Tx, key: str) -> Claim | None:
        """Claim one lane in a transaction that makes it due, before any other process can."""
        if self._stopping:
            return None
        now = self._sources.now()
        return tx.lanes.claim_one(self.kind, key, now, owner=self._owner, until=now + PROMPT_LEASE)

    def begin(self, claim: Claim) -> None:
        """Work on what was claimed, once that is committed."""
        task = asyncio.create_task(self._take(claim))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    @property
    def is_resting(self) -> bool:
        """Whether nothing was due when it last looked, and nothing is in hand."""
        return self._rests and not self._busy and not self._wake.is_set()

    def stop(self) -> None:
        """Claim no more, and let `run` end when what is in hand is done, or takes too long."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped or cancelled; then the lanes in hand are finished first."""
        try:
            while not self._stopping:
                self._wake.clear()
                self._rests = False
                self._rests = not await self._look()
                if self._rests and not self._stopping:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._rest_seconds)
        finally:
            await self._drain()

    async def _drain(self) -> None:
        if not self._busy:
            return
        _, late = await asyncio.wait(self._busy, timeout=DRAIN_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _look(self) -> bool:
        try:
            return await self._claim_some()
        except Exception as error:
            # A database that is busy or full for a moment must not end the work for good.
            log_failure(log, error, "claim_failed kind=%s", self.kind)
            await asyncio.sleep(POLL_SECONDS)
            return True

    async def _claim_some(self) -> bool:
        free = self._at_once - len(self._busy)
        if free <= 0:
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait(self._busy, timeout=POLL_SECONDS, return_when=first)
            return True
        now = self._sources.now()
        await self._keep_time(now)

        def work(tx: Tx) -> tuple[Sequence[Claim], datetime | None]:
            until = now + LEASE
            # As many as there are free hands: who has one again looks again.
            claims = tx.lanes.claim(self.kind, now, owner=self._owner, until=until, limit=free)
            return claims, None if claims else tx.lanes.next_due_at(self.kind)

        claims, next_at = await self._store.transact(work)
        self._rest_seconds = POLL_SECONDS
        if next_at is not None:
            seconds = max(REST_SECONDS_MIN, (next_at - now).total_seconds())
            self._rest_seconds = min(seconds, POLL_SECONDS)
        for claim in claims:
            self.begin(claim)
        return bool(claims)

    async def _keep_time(self, now: datetime) -> None:
        """Bring forward what a clock that ran ahead put off: now and then, and after a jump."""
        ticks = time.monotonic()
        went_back = self._latest is not None and self._latest - now > JUMP_MIN
        self._latest = now if went_back or self._latest is None else max(now, self._latest)
        most = self._waits.set_back if went_back else self._waits.usual
        if most is None or not (went_back or ticks >= self._look_ahead_at):
            return
        self._look_ahead_at = ticks + LOOK_AHEAD_SECONDS
        # `most` is a time, not a number of rows: all of them are brought forward.
        brought = await self._store.transact(
            lambda tx: tx.lanes.bring_forward(self.kind, now, most, owner=self._owner)
        )
        if brought:
            log.warning("lanes_brought_forward kind=%s lanes=%d", self.kind, brought)

    async def _take(self, claim: Claim) -> None:
        try:
            next_due, tries = await self._work(claim), 0
            if next_due is not None:
                tries = claim.tries + 1
        except asyncio.CancelledError:
            # It took too long to stop: whoever starts next begins with it.
            await self._release(claim, self._sources.now(), claim.tries)
            raise
        except Exception as error:
            # Work that fails is due again, later each time; what it holds is not lost.
            what = "lane_failed kind=%s key=%s tries=%d"
            log_failure(log, error, what, claim.kind, claim.key, claim.tries)
            tries = claim.tries + 1
            next_due = self._sources.now() + back_off(tries)
        await self._release(claim, next_due, tries)

    async def _release(self, claim: Claim, next_due: datetime | None, tries: int) -> None:
        # Left alone it would rest until its lease ends.
        try:
            held = await retry_transact(
                self._store, lambda tx: tx.lanes.release(claim, next_due=next_due, tries=tries)
            )
        except StoreUnavailable:
            log.error("lane_left kind=%s key=%s", claim.kind, claim.key)
            return
        if not held:
            log.warning("lane_lost kind=%s key=%s", claim.kind, claim.key)


async def retry_transact(store: Store, work: Callable[[Tx], Result]) -> Result:
    """Note what has happened already, if need be some seconds later. Raises StoreUnavailable."""
    for tried in range(1, RETRY_TRIES_MAX):
        try:
            return await store.transact(work)
        except StoreUnavailable as error:
            log.warning("not_noted_yet error=%s", error)
            await asyncio.sleep(back_off(tried).total_seconds())
    return await store.transact(work)


def back_off(tries: int) -> timedelta:
    """1, 2, 4 … 60 seconds, each shortened by up to a half so that many do not come at once."""
    longest = min(BACK_OFF_SECONDS_MAX, 2.0 ** max(0, min(tries, 10) - 1))
    spread = random.random() / 2  # noqa: S311 (jitter of a retry, no secret)
    return timedelta(seconds=longest * (0.5 + spread))
