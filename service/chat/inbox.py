"""Stores every delivery before it is acknowledged, and works each off once. It reads no chat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from billing.amounts.pan import contains_card_number, scrub_card_numbers
from conversations.protocol.ports import ChatAdapter, Delivery, Unreadable
from conversations.protocol.views import Reply
from service.chat import turns
from service.chat.turns import Turn
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.common.services import Services
from service.lanes.failures import tell_failure
from service.lanes.keys import LaneKind
from service.lanes.lanes import Runner, back_off
from service.lanes.polls import Polls
from service.people.membership import Membership
from service.ports.store import Claim, Store, StoredDelivery, StoreUnavailable, Tx

ANSWER_SECONDS = 2.0
TRIES_MAX = 5
AWAY_PAUSE = timedelta(minutes=5)
BATCH_MAX = 20
LEVELS_MAX = 100
# Where people's own words stand in a delivery; ids and times elsewhere must not be touched.
TYPED_KEYS = frozenset({"text", "values", "caption"})
_HIDDEN = frozenset({"token", "response_url", "trigger_id", "authorization", "secret"})
log = logging.getLogger(__name__)

Waiting = asyncio.Future[tuple[Reply, ...]]


@dataclass(slots=True)
class Inbox:
    """The one door for deliveries. It is the `Receive` that chat adapters call.

    `turns` works them off; what somebody waits for is reserved for it, since only this process
    can answer in place. Without `polls` no other bot can be there: one that was killed polls again
    as soon as it is back.
    """

    store: Store
    adapters: Mapping[str, ChatAdapter]
    services: Services
    polls: Polls | None = None
    turns: Runner | None = None
    members: Membership = field(init=False)
    _waiting: dict[int, Waiting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.members = Membership(self.store, self.adapters, self.services)

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        """Store, then answer."""
        ticket = await self.accept(delivery)
        return None if ticket is None else await self.answer(ticket)

    async def accept(self, delivery: Delivery) -> int | None:
        """Commit the delivery and give its ticket; None when it was received before."""
        now = self.services.sources.now()
        kept = self._kept(delivery)
        tickets: list[int] = []

        def work(tx: Tx) -> tuple[int | None, Claim | None]:
            ticket = tx.deliveries.add(kept, now)
            if ticket is None:
                return None, None
            if not kept.body:
                tx.deliveries.done(ticket, now)
                return ticket, None
            tx.lanes.schedule(LaneKind.TURNS, kept.lane, now)
            if not delivery.context:
                return ticket, None
            # Before the commit: a worker may take it as soon as it is there.
            self._waiting[ticket] = loop.create_future()
            tickets.append(ticket)
            return ticket, self.turns.reserve(tx, kept.lane) if self.turns else None

        loop = asyncio.get_running_loop()
        ticket = None
        try:
            ticket, claim = await self.store.transact(work)
        finally:
            for undone in set(tickets) - {ticket}:
                self._waiting.pop(undone, None)
        if self.turns is not None and claim is not None:
            self.turns.begin(claim)
        self.services.reach_fail_point(FailPoint.DELIVERY_STORED)
        return ticket

    def _kept(self, delivery: Delivery) -> Delivery:
        """What is stored of it: nothing but its id, where it is none of our business."""
        adapter = self.adapters.get(delivery.source)
        try:
            ours = adapter is None or adapter.to_event(delivery.body) is not None
        except Exception:
            # Whoever works it off finds the same, and quarantines it.
            ours = True
        if not ours:
            return replace(delivery, lane="", body={}, context={})
        return replace(delivery, body=scrub(delivery.body))

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        """The replies to a stored delivery; None when they will not come in time."""
        waiting = self._waiting.get(ticket)
        if waiting is None:
            return None
        try:
            return await asyncio.wait_for(waiting, ANSWER_SECONDS)
        except TimeoutError:
            log.warning("answer_late delivery=%d", ticket)
            return None
        finally:
            self._waiting.pop(ticket, None)

    async def may_poll(self, who: str) -> bool:
        """Whether a poll may begin here and not in another bot. Raises StoreUnavailable."""
        return self.polls is None or await self.polls.mine(who)

    async def work(self, claim: Claim) -> datetime | None:
        """Work off one conversation's deliveries, in order."""
        # Some at a time: a lane whose page was full is due again at once.
        pending = await self.store.transact(lambda tx: tx.deliveries.pending(claim.key, BATCH_MAX))
        for delivery in pending:
            if delivery.source not in self.adapters:
                # Configured away for now; what was said waits until its platform is back.
                return self.services.sources.now() + AWAY_PAUSE
            if not await self._work_off(delivery, claim):
                return self.services.sources.now() + back_off(delivery.tries + 1)
        return self.services.sources.now() if len(pending) == BATCH_MAX else None

    async def _work_off(self, delivery: StoredDelivery, claim: Claim) -> bool:
        """False when it should be tried again later; poison is quarantined instead."""
        try:
            await self._take(delivery, claim)
        except StoreUnavailable:
            # That says nothing against the delivery: it is not worn out by a database that is.
            raise
        except Unreadable as error:
            await self._quarantine(delivery, f"unreadable: {error}")
        except Exception as error:
            what = "turn_failed delivery=%d source=%s"
            tell_failure(log, error, what, delivery.id, delivery.source)
            why = type(error).__name__
            tries = await self.store.transact(lambda tx: tx.deliveries.failed(delivery.id, why))
            if tries < TRIES_MAX:
                return False
            await self._quarantine(delivery, why)
        return True

    async def _take(self, delivery: StoredDelivery, claim: Claim) -> None:
        incoming = self.adapters[delivery.source].to_event(delivery.body)
        waiting = self._waiting.get(delivery.id)
        if incoming is None:
            await self.store.transact(
                lambda tx: tx.deliveries.done(delivery.id, self.services.sources.now())
            )
            self._give(waiting, ())
            return
        who = await self.members.of_sender(incoming, delivery.received_at)
        incoming = replace(incoming, standing=who.standing)
        turn = Turn(incoming, who.channels, prompt=waiting is not None, doubt=who.doubt)

        def work(tx: Tx) -> tuple[Reply, ...] | None:
            if not tx.lanes.holds(claim):
                return None
            context = context_of(tx, self.services)
            replies = turns.take(context, turn)
            if turns.is_form_without_prompt(turn):
                turns.take_late(context, turn, replies)
            tx.deliveries.done(delivery.id, context.now)
            return replies

        replies = await self.store.transact(work)
        if replies is None:
            # The lease ran out while we asked who this is: whoever took it over answers.
            return
        self.services.reach_fail_point(FailPoint.TURN_COMMITTED)
        if turn.prompt and not self._give(waiting, replies):
            await self.store.transact(
                lambda tx: turns.take_late(context_of(tx, self.services), turn, replies)
            )

    async def _quarantine(self, delivery: StoredDelivery, error: str) -> None:
        log.error("delivery_quarantined delivery=%d error=%s", delivery.id, error)
        now = self.services.sources.now()
        await self.store.transact(lambda tx: tx.deliveries.quarantine(delivery.id, error, now))
        self._give(self._waiting.get(delivery.id), ())

    @staticmethod
    def _give(waiting: Waiting | None, replies: tuple[Reply, ...]) -> bool:
        """Hand the replies to whoever waits; False when nobody does any more."""
        if waiting is None or waiting.done():
            return False
        waiting.set_result(replies)
        return True


def scrub(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without secrets and card numbers; `card_number` says if there was one. Pure.

    What is nested more deeply than any platform does is left out: nobody could walk through it.
    """
    clean = {name: _clean(name, value) for name, value in body.items() if name not in _HIDDEN}
    found = any(_has_card_number(value, name) for name, value in body.items())
    return {**clean, "card_number": True} if found else clean


def _clean(name: str, value: Any, levels: int = LEVELS_MAX, *, typed: bool = False) -> Any:
    typed, below = typed or name in TYPED_KEYS, levels - 1
    match value:
        case Mapping() | list() | tuple() if not levels:
            return None
        case Mapping():
            return {
                key: _clean(key, inner, below, typed=typed)
                for key, inner in value.items()
                if key not in _HIDDEN
            }
        case list() | tuple():
            return [_clean(name, inner, below, typed=typed) for inner in value]
        case str() if typed:
            return scrub_card_numbers(value)
        case _:
            return value


def _has_card_number(
    value: Any, name: str, levels: int = LEVELS_MAX, *, typed: bool = False
) -> bool:
    typed, below = typed or name in TYPED_KEYS, levels - 1
    match value:
        case Mapping() | list() | tuple() if not levels:
            return False
        case Mapping():
            inside = value.items()
            return any(_has_card_number(inner, key, below, typed=typed) for key, inner in inside)
        case list() | tuple():
            return any(_has_card_number(inner, "", below, typed=typed) for inner in value)
        case str():
            return typed and contains_card_number(value)
        case _:
            return False
