"""An inbox for tests of chat adapters: it keeps deliveries once each, and works none off."""

from __future__ import annotations

from dataclasses import dataclass, field

from conversations.protocol.ports import Delivery
from conversations.protocol.views import Reply


@dataclass(slots=True)
class Inbox:
    """Stores as the real one does; `failures` are raised first, one each, `replies` answered."""

    stored: list[Delivery] = field(default_factory=list)
    replies: tuple[Reply, ...] | None = ()
    failures: list[Exception] = field(default_factory=list)
    trouble_answering: Exception | None = None
    polls: bool = True
    asked_as: set[str] = field(default_factory=set)

    async def accept(self, delivery: Delivery) -> int | None:
        if self.failures:
            raise self.failures.pop(0)
        if delivery.sender_id in self.names():
            return None
        self.stored.append(delivery)
        return len(self.stored)

    async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
        if self.trouble_answering:
            raise self.trouble_answering
        return self.replies

    async def __call__(self, delivery: Delivery) -> tuple[Reply, ...] | None:
        ticket = await self.accept(delivery)
        return None if ticket is None else await self.answer(ticket)

    async def may_poll(self, who: str) -> bool:
        self.asked_as.add(who)
        return self.polls

    def names(self) -> list[str]:
        return [delivery.sender_id for delivery in self.stored]
