"""Of several bots on one database one polls Telegram; another goes on when it stops or is lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from adapters.contracts.store import StoreUnderTest
from adapters.storage.store import open_store
from adapters.storage.unit_of_work import UnitOfWork
from bot.wiring.app import build
from bot.wiring.chats import Chats
from conversations.protocol.ports import Delivery
from service.common.ids import Sources, system_sources
from service.lanes.polls import LEASE, POLL_MAX, PollLeases
from tests.support.bots.bot_place import Clock, changed, config_for
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_adapter_env import Pauses, listening
from tests.support.chats.telegram_bot_api import BOT_ID, TOKEN, BotApi, bot_api, message
from tests.support.databases.postgres_server import Server

_WHO = "telegram:4242"
_SECONDS_MAX = 30

Result = TypeVar("Result")


def polls(store: StoreUnderTest, clock: Clock) -> PollLeases:
    """A bot's turns, as it has them when it starts."""
    sources = Sources(clock, secrets.token_bytes)
    return PollLeases(store, sources, sources.new_attempt_id())


async def test_59_one_bot_polls_until_its_lease_ends() -> None:
    """Who holds the lease keeps it by asking; who stands still loses it, and learns so."""
    store, clock = open_store("sqlite://"), Clock()
    one, other = polls(store, clock), polls(store, clock)
    assert await one.may_poll(_WHO)
    for _ in range(10):
        clock.at += LEASE / 3
        assert not await other.may_poll(_WHO)
        assert await one.may_poll(_WHO)
    clock.at += LEASE
    assert await other.may_poll(_WHO)
    assert not await one.may_poll(_WHO)
    await one.release()
    assert not await one.may_poll(_WHO)
    assert await other.may_poll(_WHO)
    await store.close()


@pytest.mark.parametrize("after", [timedelta(), LEASE / 3, LEASE / 2, LEASE * 2])
async def test_no_poll_outlasts_the_lease_it_began_under(after: timedelta) -> None:
    """Whenever a bot may begin one, nobody else may for as long as it can last."""
    store, clock = open_store("sqlite://"), Clock()
    one, other = polls(store, clock), polls(store, clock)
    assert await one.may_poll(_WHO)
    clock.at += after
    assert await one.may_poll(_WHO)
    clock.at += POLL_MAX - timedelta(milliseconds=1)
    assert not await other.may_poll(_WHO)
    await store.close()


@pytest.mark.parametrize(("ahead", "taken"), [(60, False), (61, True)])
async def test_a_poll_is_taken_only_from_a_clock_that_ran_far_ahead(
    ahead: int, taken: bool
) -> None:
    """Clocks a minute apart are usual; a lease of one further ahead would keep all waiting."""
    store, clock = open_store("sqlite://"), Clock()
    early = Clock(clock.at + timedelta(seconds=ahead))
    assert await polls(store, early).may_poll(_WHO)

    assert await polls(store, clock).may_poll(_WHO) is taken
    await store.close()


async def test_a_bot_of_another_release_is_heard() -> None:
    """Both of a rollover ask for the same row, whose name thus stays as it is."""
    store, clock = open_store("sqlite://"), Clock()

    def hold(tx: UnitOfWork) -> None:
        tx.lanes.schedule("poll", _WHO, clock())
        assert tx.lanes.claim_one("poll", _WHO, clock(), owner="older", until=clock() + LEASE)

    await store.transact(hold)

    assert not await polls(store, clock).may_poll(_WHO)
    await store.close()


async def test_the_log_tells_who_polls_when_that_changes(caplog: pytest.LogCaptureFixture) -> None:
    """Once for each turn that begins or is lost, so that an operator finds the bot to look at."""
    caplog.set_level(logging.INFO, "service.lanes.polls")
    store, clock = open_store("sqlite://"), Clock()
    one, other = polls(store, clock), polls(store, clock)
    for asking in (one, other, other):
        await asking.may_poll(_WHO)
    await one.release()
    await other.may_poll(_WHO)

    told = [record.getMessage() for record in caplog.records]
    mine, others = (f"poll as={_WHO} by={by} bot" for by in ("this", "another"))
    assert told == [mine, others, mine]
    await store.close()


async def test_a_bot_that_ends_leaves_at_once() -> None:
    """The other need not wait for the lease; and each bot of the platform has its own."""
    store, clock = open_store("sqlite://"), Clock()
    one, other = polls(store, clock), polls(store, clock)
    assert await one.may_poll(_WHO)
    assert await other.may_poll("telegram:4343")
    assert not await other.may_poll(_WHO)
    await one.release()
    assert await other.may_poll(_WHO)
    assert not await one.may_poll(_WHO)
    await store.close()


async def test_who_is_cancelled_while_asking_leaves_too() -> None:
    """A bot that stops at that moment keeps nobody waiting for a lease it does not know of."""
    store, clock, committed = open_store("sqlite://"), Clock(), asyncio.Event()
    one, other = polls(store, clock), polls(store, clock)
    one.store = _Slow(store, committed)
    asking = asyncio.create_task(one.may_poll(_WHO))
    await committed.wait()
    asking.cancel()
    await one.release()
    assert await other.may_poll(_WHO)
    await store.close()


class _Slow:
    """A store whose answer comes a moment after its commit."""

    def __init__(self, inner: StoreUnderTest, committed: asyncio.Event) -> None:
        self._inner, self._committed = inner, committed
        self.on_schedule, self.close = inner.on_schedule, inner.close

    async def transact(self, work: Callable[[UnitOfWork], Result]) -> Result:
        done = await self._inner.transact(work)
        self._committed.set()
        await asyncio.sleep(0.01)
        return done


async def test_who_may_not_poll_asks_telegram_nothing() -> None:
    """It looks again after a while, and polls once it may."""
    async with listening(lambda api, inbox: _forbid(inbox)) as scene:
        scene.api.send(message(7))
        await scene.until(lambda: len(scene.pauses.seconds) > 3)
        assert not scene.api.called("getUpdates")
        assert set(scene.pauses.seconds) == {5.0}
        scene.inbox.polls = True
        await scene.until(lambda: scene.inbox.stored)
    assert scene.inbox.asked_as == {f"telegram:{BOT_ID}"}


async def test_59_two_bots_poll_in_turn_and_lose_nothing(postgres: Server) -> None:
    """On one PostgreSQL: each update is stored once, by whichever bot may, and none is lost."""
    address = postgres.url(postgres.fresh())
    async with asyncio.timeout(_SECONDS_MAX), bot_api() as api:
        clock = Clock()
        async with _bot(address, api, clock) as second:
            async with _bot(address, api, clock) as first:
                await _until(lambda: first.polls + second.polls)
                had, other = (first, second) if first.polls else (second, first)
                await _stores(api, had, 7)
                await _until(lambda: other.refused > 1)
                assert not other.inbox.stored
                had.awake.clear()
                clock.at += LEASE  # it stands still for so long, and the other takes over
                await _until(lambda: other.polls)
                await _stores(api, other, 8)
                refused = had.refused
                had.awake.set()
                await _until(lambda: had.refused > refused)
            await _stores(api, second, 9)
        stored = first.inbox.names() + second.inbox.names()
    assert set(stored) == {f"4242:{number}" for number in range(7, 10)}


async def test_only_where_others_can_be_there_is_anybody_asked(
    postgres: Server, tmp_path: Path
) -> None:
    """On PostgreSQL a bot has turns at polling; from a file of its own it polls when it likes."""
    config = config_for(tmp_path, "http://127.0.0.1:1", 1)
    addresses = "sqlite://", postgres.url(postgres.fresh())
    each = [changed(config, database_url=address) for address in addresses]
    stores = [open_store(address) for address in addresses]
    apps = [
        await build(config, system_sources(), store, Chats(()))
        for config, store in zip(each, stores, strict=True)
    ]
    assert [app.inbox.polls is not None for app in apps] == [False, True]
    for store in stores:
        await store.close()


class _Bot:
    """A Telegram chat that polls when the database says so, and the inbox behind it."""

    def __init__(self, turns: PollLeases) -> None:
        self.inbox, self.turns, self.polls, self.refused = Inbox(), turns, 0, 0
        self.awake = asyncio.Event()
        self.awake.set()

    async def accept(self, delivery: Delivery) -> int | None:
        return await self.inbox.accept(delivery)

    async def answer(self, ticket: int) -> None:
        return None

    async def __call__(self, delivery: Delivery) -> None:
        await self.accept(delivery)

    async def may_poll(self, who: str) -> bool:
        await self.awake.wait()
        mine = await self.turns.may_poll(who)
        self.polls += mine
        self.refused += not mine
        return mine


@asynccontextmanager
async def _bot(address: str, api: BotApi, clock: Clock) -> AsyncIterator[_Bot]:
    store = open_store(address)
    bot = _Bot(polls(store, clock))
    chat = TelegramChat(TelegramSettings(TOKEN, api.url), pause=Pauses())
    async with chat.listening(bot):
        yield bot
    await bot.turns.release()
    await store.close()


async def _stores(api: BotApi, bot: _Bot, number: int) -> None:
    api.send(message(number))
    await _until(lambda: f"4242:{number}" in bot.inbox.names())


async def _until(there: object) -> None:
    assert callable(there)
    while not there():
        await asyncio.sleep(0.002)


def _forbid(inbox: Inbox) -> None:
    inbox.polls = False
