"""From the callback to the edited card, beside a signed POST to an endpoint that does nothing.

How long a person waits who has paid, without the gateway's network and the chat's. Throughput
is settle_http's subject, and how much a chat takes is the chat's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from statistics import quantiles
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.gateways import standard_webhooks
from bench.caller import KEY, Caller, callback, calling
from bench.counter import counter
from bench.rounds import Race, Rival, Run
from bench.rows import open_top_ups
from bench.stage import Database, Stage
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef

_WHOLE = 200
_AT_ONCE = (1, 8)
EMPTY = "/empty"

Callers = Callable[[], AbstractAsyncContextManager[list[Caller]]]
"""Connects anew in each round, since a server hangs up on those who say nothing for long."""


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """For each engine one callback at a time, and several at once."""
    number = stage.some(_WHOLE)
    found = []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            for at_once in _AT_ONCE:
                database, window = stage.database(engine), Window()
                bot = await stack.enter_async_context(counter(database, window, EMPTY_ROUTE))
                callers = partial(calling, bot.address, at_once)
                title = f"callback to card, {engine}, {at_once} at once"
                anchor = Rival("empty endpoint", _posting(callers, number))
                rival = Rival("", _waiting(database, window, callers, number))
                found.append(Race(title, anchor, (rival,), ("p50", "p99")))
        yield found


@dataclass(slots=True)
class Window:
    """A chat that shows everything at once, and tells those who wait for a top-up's card."""

    platform: str = "telegram"
    waiting: dict[str, asyncio.Future[None]] = field(default_factory=dict)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """It is seen now."""
        seen = self.waiting.pop(message.subject or "", None)
        if seen is not None:
            seen.set_result(None)
        return replacing or MessageRef(chat.id, "1")

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Nobody says anything here."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """Nobody says anything here."""
        return None

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """As fast as can be."""
        return ()

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Nobody: there are no channels."""
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """Nothing was asked."""
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As fast as it comes."""
        return ()


async def _empty(request: Request) -> Response:
    standard_webhooks.verify((KEY,), request.headers, await request.body(), datetime.now(UTC))
    return Response(status_code=204)


EMPTY_ROUTE = Route(EMPTY, _empty, methods=["POST"])
"""Checks the signature of a callback, and does nothing with it."""


def _posting(callers: Callers, number: int) -> Run:
    async def run() -> tuple[float, ...]:
        requests = [callback(each, EMPTY) for each in range(number)]

        async def once(caller: Caller, each: int) -> None:
            await caller.tell(requests[each])

        return await _timed(callers, range(number), once)

    return run


def _waiting(database: Database, window: Window, callers: Callers, number: int) -> Run:
    rounds = count()

    async def run() -> tuple[float, ...]:
        first = next(rounds) * number
        open_top_ups(database.address, first, number)
        numbers = range(first, first + number)
        requests = {each: callback(each) for each in numbers}

        async def once(caller: Caller, each: int) -> None:
            seen = window.waiting[f"TU-{each}"] = asyncio.Future()
            await caller.tell(requests[each])
            await seen

        return await _timed(callers, numbers, once)

    return run


async def _timed(
    callers: Callers, numbers: Iterable[int], once: Callable[[Caller, int], Awaitable[None]]
) -> tuple[float, float]:
    """Median and 99th percentile of all, each caller doing one after the other."""
    waiting = list(numbers)
    took: list[float] = []

    async def work(caller: Caller) -> None:
        while waiting:
            each = waiting.pop()
            began = perf_counter()
            await once(caller, each)
            took.append(perf_counter() - began)

    async with callers() as connected:
        await asyncio.gather(*(work(each) for each in connected))
    cuts = quantiles(took, n=100, method="inclusive")
    return cuts[49], cuts[98]
