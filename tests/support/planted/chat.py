"""Bugs with deliveries, buttons and cards, as others had them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.chat.telegram.events import update_id
from adapters.chat.telegram.polling import UpdatePoller
from adapters.gateways import standard_webhooks
from adapters.storage.store import SqliteStore
from billing.ports import BadSignature
from conversations.protocol import delivery as card_delivery
from conversations.protocol.events import Chose, ConversationKey, Event, PressRefusal, PressRefused
from conversations.protocol.ports import ChatError, Delivery, Verdict
from service.cards.delivery import Deliverer
from service.chat import inbox, presses
from service.chat.inbox import Inbox
from service.common.context import Context
from service.common.fail_points import FailPoint
from service.common.signed_tokens import read_press
from service.lanes.polls import PollLeases
from service.people import access
from service.ports.store import Card, Claim, Link

Patches = Mapping[tuple[Any, str], Any]


# --- deliveries and buttons ------------------------------------------------------------------


def offset_first() -> Patches:
    async def round_(self: Any) -> None:
        updates = await self._fetch()
        numbers = [number for number in map(update_id, updates) if number is not None]
        self._offset = max((number + 1 for number in numbers), default=self._offset)
        for update in updates:
            await self._keep(update)

    return {(UpdatePoller, "_round"): round_}


def acknowledged_first() -> Patches:
    right = Inbox.accept

    async def accept(self: Inbox, delivery: Delivery) -> int | None:
        try:
            self.services.reach_fail_point(FailPoint.DELIVERY_STORED)
        except BaseException as dying:
            if type(dying).__name__ == "Killed":
                return None  # the sender has its answer, and the row was never written
            raise
        return await right(self, delivery)

    return {(Inbox, "accept"): accept}


def told_first() -> Patches:
    right = SqliteStore._worked

    def worked(self: SqliteStore, asked: Any) -> Any:
        right(self, asked)()
        return lambda: None

    return {(SqliteStore, "_worked"): worked}


def all_poll() -> Patches:
    async def mine(self: PollLeases, who: str) -> bool:
        return True

    return {(PollLeases, "may_poll"): mine}


def any_kind_lets_in() -> Patches:
    def opens(link: Link, key: ConversationKey, channels: frozenset[str]) -> bool:
        here = link.platform == key.platform and link.tenant in ("", key.tenant)
        return here and link.external_id in {key.tenant, key.person, *channels}

    return {(access, "_opens"): opens}


def gone_for_good() -> Patches:
    def reached(card: Card) -> Card:
        return card

    return {(card_delivery, "_reached"): reached}


def anybody() -> Patches:
    def may_press(card: Card, key: ConversationKey) -> bool:
        return True

    return {(presses, "may_press"): may_press}


def stale_pressed() -> Patches:
    def read(context: Context, token: str, key: ConversationKey, *, form: bool) -> Event:
        press = read_press(token, *context.services.secrets)
        card = context.tx.cards.get(press.card) if press else None
        if press is None or card is None or not presses.may_press(card, key):
            return PressRefused(PressRefusal.FORGED)
        choices = [choice for line in card.wanted.choices for choice in line]
        if press.index >= len(choices):
            return PressRefused(PressRefusal.STALE)
        return Chose(choices[press.index].action, card.id, form)

    return {(presses, "read_choice"): read}


def kept_as_typed() -> Patches:
    def scrub(body: Mapping[str, Any]) -> dict[str, Any]:
        return dict(body)

    return {(inbox, "scrub_body"): scrub}


def unsigned() -> Patches:
    right = standard_webhooks.verify

    def verify(
        keys: tuple[bytes, ...], headers: Mapping[str, str], body: bytes, at: datetime
    ) -> None:
        with suppress(BadSignature):
            right(keys, headers, body, at)

    return {(standard_webhooks, "verify"): verify}


# --- cards -----------------------------------------------------------------------------------


def posted_again() -> Patches:
    right = Deliverer._failed

    async def failed(
        self: Deliverer, card: Card, error: ChatError, claim: Claim
    ) -> datetime | None:
        if error.verdict is Verdict.OUTAGE:
            await self.store.transact(lambda tx: tx.cards.save(replace(card, message=None)))
        return await right(self, card, error, claim)

    return {(Deliverer, "_failed"): failed}


def shown_first() -> Patches:
    right = Deliverer._failed

    async def failed(
        self: Deliverer, card: Card, error: ChatError, claim: Claim
    ) -> datetime | None:
        forgotten = replace(card, given_up_rev=card.wanted_rev, refused=Verdict.GONE)
        await self.store.transact(lambda tx: tx.cards.save(forgotten))
        await right(self, card, error, claim)
        return None

    return {(Deliverer, "_failed"): failed}
