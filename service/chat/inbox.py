"""Stores every delivery before it is acknowledged, and works each off once."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing.amounts.bank_card_numbers import contains_bank_card_number, scrub_bank_card_numbers
from conversations.protocol.ports import ChatAdapter, Delivery, UnreadableDelivery
from conversations.protocol.views import Reply
from conversations.text.safe_text import cut_text
from service.chat.answers import AwaitedReplies, Expectation
from service.common.fail_points import FailPoint
from service.common.services import Services
from service.lanes.keys import LaneKind
from service.lanes.lanes import Runner
from service.lanes.polls import PollLeases
from service.ports.store import Claim, Store, Tx

ANSWER_SECONDS = 2.0
LEVELS_MAX = 100
# What a field is called, which is no word of a person's; of a list, so many are looked at.
_FIELD, _FORM_MAX = re.compile("[a-z0-9_]{1,40}", re.IGNORECASE), 10
# Where people's own words stand in a delivery; ids and times elsewhere must not be touched.
TYPED_KEYS = frozenset({"text", "values", "caption"})
# What people call themselves: nobody is told that they typed a number, and none is kept.
_NAMES = frozenset({"first_name", "name"})
_HIDDEN = frozenset({"token", "response_url", "trigger_id", "authorization", "secret"})
# Why a delivery could not be read when it came; an adapter's own bodies have no such key.
UNREADABLE = "unreadable"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The one door for deliveries. It is the `DeliveryReceiver` that chat adapters call.

    `turns` works them off; what somebody waits for is reserved for it, since only this process
    can give the `answers` in place. Without `polls` no other bot can be there: one that was
    killed polls again as soon as it is back.
    """

    store: Store
    adapters: Mapping[str, ChatAdapter]
    services: Services
    answers: AwaitedReplies
    turns: Runner | None = None
    polls: PollLeases | None = None

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        """Store, then answer."""
        ticket = await self.accept(delivery)
        return None if ticket is None else await self.answer(ticket)

    async def accept(self, delivery: Delivery) -> int | None:
        """Commit the delivery and give its ticket; None when it was received before."""
        now = self.services.sources.now()
        kept = self._kept(delivery)
        waiting = self.answers.expect() if kept.body and kept.context else None
        ticket = None
        try:
            ticket, claim = await self.store.transact(lambda tx: self._add(tx, kept, waiting, now))
        finally:
            if ticket is None and waiting is not None:
                waiting.end()
        if self.turns is not None and claim is not None:
            self.turns.begin(claim)
        self.services.reach_fail_point(FailPoint.DELIVERY_STORED)
        return ticket

    def _add(
        self, tx: Tx, kept: Delivery, waiting: Expectation | None, now: datetime
    ) -> tuple[int | None, Claim | None]:
        """Its ticket, and the claim under which somebody who waits is answered."""
        ticket = tx.deliveries.add(kept, now)
        if ticket is None:
            return None, None
        if not kept.body:
            tx.deliveries.finish(ticket, now)
            return ticket, None
        tx.lanes.schedule(LaneKind.TURNS, kept.lane, now)
        if waiting is None:
            return ticket, None
        # Before the commit: a worker may take it as soon as it is there.
        waiting.note_number(ticket)
        return ticket, self.turns.reserve(tx, kept.lane) if self.turns else None

    def _kept(self, delivery: Delivery) -> Delivery:
        """What is stored of it: nothing but its id, where it is none of our business.

        Of what cannot be read nobody knows whose business it is: its form is kept, and no word.
        """
        adapter = self.adapters.get(delivery.source)
        try:
            ours = adapter is None or adapter.to_event(delivery.body) is not None
        except Exception as error:
            # Whoever works it off quarantines it.
            why = str(error) if isinstance(error, UnreadableDelivery) else type(error).__name__
            return replace(delivery, body={UNREADABLE: why, "form": form_of(delivery.body)})
        if not ours:
            return replace(delivery, lane="", body={}, context={})
        return replace(delivery, body=scrub_body(delivery.body))

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        """The replies to a stored delivery; None when they will not come in time."""
        try:
            return await self.answers.wait_for(ticket, ANSWER_SECONDS)
        except TimeoutError:
            log.warning("answer_late delivery=%d", ticket)
            return None

    async def may_poll(self, who: str) -> bool:
        """Whether a poll may begin here and not in another bot. Raises StoreUnavailable."""
        return self.polls is None or await self.polls.may_poll(who)


def scrub_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without secrets and card numbers; `card_number` says if there was one. Pure.

    What is nested more deeply than any platform does is left out: nobody could walk through it.
    """
    clean = {name: _clean(name, value) for name, value in body.items() if name not in _HIDDEN}
    found = any(_has_card_number(value, name) for name, value in body.items())
    return {**clean, "card_number": True} if found else clean


def form_of(value: Any, levels: int = LEVELS_MAX) -> Any:
    """Which fields a delivery has, and of which type each value is; none of the values. Pure."""
    match value:
        case Mapping() if levels:
            return {
                name: form_of(inner, levels - 1)
                for name, inner in value.items()
                if _FIELD.fullmatch(name)
            }
        case list() | tuple() if levels:
            return [form_of(inner, levels - 1) for inner in value[:_FORM_MAX]]
        case _:
            return type(value).__name__


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
        case str() if typed or name in _NAMES:
            return scrub_bank_card_numbers(cut_text(value))
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
            return typed and contains_bank_card_number(value)
        case _:
            return False
