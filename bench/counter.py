"""A bot put together for benches: a gateway that was paid, workers, HTTP. No dialogs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
from starlette.routing import BaseRoute, Mount

from adapters.gateways.sandbox.gateway import SandboxGateway
from adapters.gateways.sandbox.methods import METHODS
from adapters.storage.store import open_store
from bench.caller import SECRET
from bench.rows import GATEWAY, MERCHANT, SUPPORT, connected, fill, paid
from bench.stage import Database
from billing.methods import PaymentMethod
from billing.ports import CheckoutRequest, GatewayError, HostedPage, PaymentHint
from billing.topups import Mode, PaymentSnapshot
from bot.web.app import WebSite
from bot.wiring.kinds import RULES
from bot.wiring.traits import TRAITS
from conversations.protocol.ports import ChatAdapter
from service.cards.delivery import Deliverer
from service.chat.answers import AwaitedReplies
from service.chat.inbox import Inbox
from service.chat.turn_worker import TurnWorker
from service.common.ids import system_sources
from service.common.languages import load_catalogues
from service.common.services import Merchant, Services
from service.lanes.keys import LaneKind, read_kind, show_kind
from service.lanes.lanes import Runner, Work
from service.money.checkout import Checkouts
from service.people.membership import MembershipChecker
from service.ports.store import Store
from tests.support.chats.telegram_emulator import serving

PUBLIC_URL = "https://bot.example.com"
_LOOK_SECONDS = 0.001


def services() -> Services:
    """The machine's clock and dice, English, the sandbox's ways to pay."""
    return Services(
        sources=system_sources(),
        secret=b"for benches, and for nothing else",
        support=SUPPORT,
        zone="UTC",
        methods=METHODS,
        merchants=(Merchant(GATEWAY, MERCHANT, Mode.SANDBOX),),
        traits=TRAITS,
        catalogues=load_catalogues(),
    )


@dataclass(frozen=True, slots=True)
class PaidGateway:
    """Reads callbacks as the sandbox does, and says at once of whatever it is asked: paid."""

    reading: SandboxGateway
    name: str = GATEWAY
    merchant_account: str = MERCHANT
    mode: Mode = Mode.SANDBOX
    hosts: frozenset[str] = frozenset()
    methods: tuple[PaymentMethod, ...] = METHODS

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Nobody asks: the checkouts are there already."""
        raise GatewayError("closed", retry=False)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """The sandbox's own reading, its signature included."""
        return self.reading.read_webhook(headers, body, now)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """Paid, in one payment, as it should be."""
        return (paid(int(checkout_ref)),)

    async def close_checkout(self, checkout_ref: str) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A bot at work: its store, its workers, and where it takes callbacks."""

    store: Store
    checkouts: Checkouts
    runners: tuple[Runner, ...]
    address: str


@asynccontextmanager
async def counter(
    database: Database, chat: ChatAdapter | None = None, *routes: BaseRoute
) -> AsyncIterator[Counter]:
    """Serve callbacks and settle while entered; cards are shown where there is a chat."""
    async with AsyncExitStack() as stack:
        store, at = open_store(database.address), services()
        stack.push_async_callback(store.close)
        client = await stack.enter_async_context(httpx.AsyncClient())
        reading = SandboxGateway(
            client, public_url=PUBLIC_URL, api_key="none", webhook_secrets=(SECRET,)
        )
        gateways = {GATEWAY: PaidGateway(reading)}
        checkouts = Checkouts(store, gateways, at, PUBLIC_URL)
        works: dict[str, Work] = {LaneKind.PAYMENTS: checkouts.settle}
        if chat is not None:
            works[show_kind(chat.platform)] = Deliverer(
                store, {chat.platform: chat}, at, PUBLIC_URL
            ).work
        site = WebSite(store, gateways, checkouts, at, PUBLIC_URL)
        runners = await stack.enter_async_context(working(store, works))
        whole = Mount("/", app=site.app(*routes))
        address = await stack.enter_async_context(serving([whole]))
        yield Counter(store, checkouts, runners, address)


@asynccontextmanager
async def talking(
    database: Database, chat: ChatAdapter, people: range, accounts: int = 0
) -> AsyncIterator[Inbox]:
    """Take turns and show cards while entered; each person has an account of their own.

    `accounts` is how many more there are.
    """
    with connected(database.address) as connection:
        number = max(people.stop, accounts)
        fill(connection, "accounts.sql", 0, number)
        fill(connection, "people.sql", people.start, number - people.start)
    async with AsyncExitStack() as stack:
        store, at = open_store(database.address), services()
        stack.push_async_callback(store.close)
        chats = {chat.platform: chat}
        showing = Deliverer(store, chats, at, PUBLIC_URL).work
        answers = AwaitedReplies()
        turns = TurnWorker(store, chats, at, MembershipChecker(store, chats, at), answers)
        works = {LaneKind.TURNS: turns.work, show_kind(chat.platform): showing}
        runners = await stack.enter_async_context(working(store, works))
        runner = next(runner for runner in runners if runner.kind == LaneKind.TURNS)
        inbox = Inbox(store, chats, at, answers, runner)
        await stack.enter_async_context(chat.listening(inbox))
        yield inbox


@asynccontextmanager
async def working(store: Store, works: Mapping[str, Work]) -> AsyncIterator[tuple[Runner, ...]]:
    """Workers of these kinds, as many at once as in a bot, while entered."""
    sources = system_sources()
    runners = {
        kind: Runner(
            store, kind, work, sources, owner="bench", at_once=RULES[read_kind(kind)].at_once
        )
        for kind, work in works.items()
    }

    def wake(kind: str) -> None:
        if kind in runners:
            runners[kind].wake()

    store.on_schedule(wake)
    tasks = [asyncio.create_task(runner.run()) for runner in runners.values()]
    try:
        yield tuple(runners.values())
    finally:
        for runner in runners.values():
            runner.stop()
        await asyncio.gather(*tasks)


async def at_rest(runners: Iterable[Runner]) -> None:
    """Return once everything that is due is worked off."""
    while not all(runner.is_resting for runner in runners):
        await asyncio.sleep(_LOOK_SECONDS)
