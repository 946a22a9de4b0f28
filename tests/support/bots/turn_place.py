"""One conversation after the other, each turn in a transaction of its own; nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from adapters.storage.store import open_store
from billing.methods import Fee, PaymentMethod
from billing.records import Account
from billing.topups import Mode
from bot.wiring.traits import TRAITS
from conversations.protocol.events import ConversationKey
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Incoming
from conversations.protocol.views import Reply
from service.chat.turns import Turn, show_late_replies, take_turn
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Merchant, Services
from service.ports.records import Link, LinkKind
from service.ports.store import Card, SavedState, Store, Tx
from tests.support.bots.bot_place import START, Clock, Dice

ACCOUNT = "acme"
ANA = ConversationKey("slack", "T1", "D1", "U1")
KIM = ConversationKey("telegram", "9", "7001", "7001")
EVERY_CARD = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TurnPlace:
    """Ana may use an account in dollars; Kim is a stranger."""

    store: Store
    clock: Clock
    services: Services

    async def act(self, work: Callable[[Tx], T]) -> T:
        return await self.store.transact(work)

    async def take(self, event: Any, key: ConversationKey = ANA, **more: Any) -> tuple[Reply, ...]:
        """What is answered in place to an event; `more` is of the incoming event or the turn."""
        own = {name: more.pop(name) for name in ("prompt", "doubt", "channels") if name in more}
        turn = Turn(Incoming(key, event, **more), **own)
        return await self.act(lambda tx: take_turn(context_of(tx, self.services), turn))

    async def take_late(self, event: Any, *replies: Reply, key: ConversationKey = ANA) -> None:
        turn = Turn(Incoming(key, event), prompt=True)
        await self.act(lambda tx: show_late_replies(context_of(tx, self.services), turn, replies))

    async def saved(self, key: ConversationKey = ANA) -> SavedState:
        found = await self.act(lambda tx: tx.conversations.load(key))
        assert found is not None
        return found

    async def cards(self) -> list[Card]:
        """Every card, the oldest first."""

        def work(tx: Tx) -> list[Card]:
            found = [tx.cards.get(one.id) for one in tx.inspection.cards(EVERY_CARD)]
            return [one for one in reversed(found) if one is not None]

        return await self.act(work)

    async def titles(self, key: ConversationKey = ANA) -> list[str]:
        """What a person's own chat shows, the newest last."""
        chat = read_chat(key.platform, key.tenant, key.chat)
        return [one.wanted.title for one in await self.cards() if one.chat == chat]

    async def due(self) -> set[str]:
        """The kinds of work that are pending."""
        return {one.kind for one in await self.act(lambda tx: tx.inspection.lanes(self.clock()))}

    def but(self, **fields: Any) -> TurnPlace:
        """The same rows with services that differ."""
        return replace(self, services=replace(self.services, **fields))


@asynccontextmanager
async def turn_place() -> AsyncIterator[TurnPlace]:
    clock = Clock()
    services = Services(
        sources=Sources(clock, Dice()),
        secret=b"s" * 32,
        support="billing@example.com",
        zone="UTC",
        methods=(PaymentMethod("card", "sandbox", Fee()),),
        merchants=(Merchant("sandbox", "m", "sandbox"),),
        traits=TRAITS,
    )
    store = open_store("sqlite://")

    def work(tx: Tx) -> None:
        tx.accounts.add(Account(ACCOUNT, "Acme", "USD", Mode.SANDBOX), START)
        tx.accounts.link(Link(ACCOUNT, "slack", "T1", LinkKind.PERSON, ANA.person), START)

    await store.transact(work)
    yield TurnPlace(store, clock, services)
    await store.close()
