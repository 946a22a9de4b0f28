"""Composition root: puts rules, chats, gateways and storage together. It has no rules itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.gateways.sandbox_server.app import SandboxApp
from adapters.storage.engines.address import is_postgres, parse
from adapters.storage.store import open_store
from bot.settings.config import Config
from bot.settings.storage import split_keys
from bot.watch.metrics import Metrics
from bot.web.app import Site
from bot.web.edge import BODY_SECONDS, BodyTimeoutMiddleware, Timed, Unslashed
from bot.wiring.chats import Chats
from bot.wiring.desk import SANDBOX, desk_of
from bot.wiring.gateways import gateways_of
from bot.wiring.place import place_of
from bot.wiring.traits import TRAITS
from bot.wiring.waits import SHOWING, WAITS
from conversations.protocol.ports import Chat, ChatAdapter, LinksBack
from conversations.protocol.records import Levels
from service.audit.trail import SEAL, TRAIL, Sealer
from service.cards.cards import show_kind, show_waiting
from service.cards.delivery import Deliverer
from service.cards.homes import HOME, Homes
from service.chat.inbox import TURNS, Inbox
from service.common.desk import Desk, Point, pass_by
from service.common.ids import Sources
from service.common.keys import Keyring
from service.common.measures import Silence
from service.lanes.failures import tell_failure
from service.lanes.lanes import Runner, Work
from service.lanes.polls import Polls
from service.money import marks, reconciliation, topups
from service.money.checkout import Cashier
from service.money.marks import Place
from service.money.recovery import RECOVER, Recoverer
from service.money.refunds import REFUND, Refunder
from service.ports.store import Store, Tx
from service.privacy.retention import ALL, RETAIN, Retainer

AT_ONCE = {
    TURNS: 4,
    topups.PAYMENTS: 4,
    topups.RECONCILE: 2,
    topups.EXPIRE: 1,
    topups.HAND_OVER: 1,
    REFUND: 1,
    HOME: 2,
    SEAL: 1,
    RETAIN: 1,
    RECOVER: 1,
}
SHOWN_AT_ONCE = 8
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """A bot put together, not yet listening."""

    store: Store
    desk: Desk
    inbox: Inbox
    cashier: Cashier
    deliverer: Deliverer
    web: Starlette
    runners: tuple[Runner, ...]
    chats: tuple[ChatAdapter, ...]
    sandbox: SandboxApp | None
    keyring: Keyring
    place: Place
    clients: tuple[httpx.AsyncClient, ...]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work off what is pending and listen to the chats, while entered."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.store.close)
            for client in self.clients:
                stack.push_async_callback(client.aclose)
            marks.tell(await self.store.transact(self._begin), self.desk)
            tasks = [asyncio.create_task(runner.run()) for runner in self.runners]
            asking = asyncio.create_task(self._ask_once())
            stack.push_async_callback(_cancelled, asking)
            stack.push_async_callback(self._stop, tasks)
            if self.inbox.polls is not None:
                stack.push_async_callback(self.inbox.polls.end)
            if self.sandbox is not None:
                await stack.enter_async_context(self.sandbox.background())
            for chat in self.chats:
                await stack.enter_async_context(chat.listening(self.inbox))
            # First of all at the end: what is being sent is finished before the chats close.
            stack.push_async_callback(self._stop, tasks)
            yield

    def _begin(self, tx: Tx) -> tuple[str, ...]:
        self.keyring.renew(tx, self.desk)
        tx.lanes.schedule(SEAL, TRAIL, self.desk.sources.now())
        tx.lanes.schedule(RETAIN, ALL, self.desk.sources.now())
        for adapter in self.chats:
            show_waiting(tx, adapter.platform, self.desk.sources.now())
        return marks.begin(tx, self.place, self.desk)

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        """Finish what is in hand and begin nothing; what takes too long is handed back."""
        for runner in self.runners:
            runner.stop()
        await asyncio.gather(*tasks)

    async def _ask_once(self) -> None:
        """While nobody served, callbacks may have been lost: ask about all that is watched."""
        try:
            asked = await reconciliation.ask_watched(self.store, self.desk.sources.now())
        except Exception as error:
            # It is asked about all the same, only later; nobody should wait to be served.
            tell_failure(log, error, "reconcile_on_start_failed")
            return
        log.info("reconcile_on_start top_ups=%d", asked)


def build(
    config: Config,
    sources: Sources,
    chats: Chats,
    *,
    reached: Callable[[Point], None] = pass_by,
    reach: httpx.AsyncBaseTransport | None = None,
) -> App:
    """Put an application together. Opens the database; calls nobody.

    `reach` is how gateways outside this process are reached, where it is not by the network.
    """
    store = open_store(config.database_url)
    kinds: list[str] = []
    metrics = _metrics(config, store, sources, kinds)
    if chats.installed is not None:
        chats.installed.store = store
    gateways = (known := gateways_of(config, sources, store, reach)).by_name
    adapters = {chat.platform: chat for chat in chats.adapters}
    methods = tuple(method for one in gateways.values() for method in one.methods)
    desk = desk_of(config, sources, methods, reached, metrics or Silence())
    cashier = Cashier(store, gateways, desk, config.public_url)
    inbox = Inbox(store, adapters, desk, _polls(config, store, sources))
    deliverer = Deliverer(store, adapters, desk, config.public_url)
    site = Site(store, gateways, cashier, desk, config.public_url, partial(_way_back, adapters))
    retainer = Retainer(store, desk, config.retention, kinds)
    works = _works(inbox, deliverer, cashier, Homes(store, inbox.members, desk), retainer)
    runners = _runners(store, sources, works)
    inbox.turns = runners[TURNS]
    kinds += runners
    return App(
        store=store,
        desk=desk,
        inbox=inbox,
        cashier=cashier,
        deliverer=deliverer,
        web=_web(site, chats, known.sandbox, metrics),
        runners=tuple(runners.values()),
        chats=chats.adapters,
        sandbox=known.sandbox,
        keyring=Keyring(split_keys(config.secret_key)),
        place=place_of(config.public_url, config.database_url),
        clients=known.clients,
    )


def _polls(config: Config, store: Store, sources: Sources) -> Polls | None:
    shared = is_postgres(parse(config.database_url))
    return Polls(store, sources, sources.attempt()) if shared else None


def _web(
    site: Site, chats: Chats, sandbox: SandboxApp | None, metrics: Metrics | None
) -> Starlette:
    mounted = () if sandbox is None else (Mount(f"/{SANDBOX}", sandbox),)
    counted = () if metrics is None else (metrics.route,)
    web = site.app(*chats.routes, *counted, *mounted)
    webhooks = {one.webhook_path: one.platform for one in TRAITS.values() if one.webhook_path}
    webhooks |= {f"/webhooks/{name}": name for name in site.gateways}
    web.add_middleware(BodyTimeoutMiddleware, seconds=BODY_SECONDS)
    web.add_middleware(Timed, webhooks=webhooks, measures=site.desk.measures)
    web.add_middleware(Unslashed)
    return web


def _metrics(
    config: Config, store: Store, sources: Sources, kinds: Sequence[str]
) -> Metrics | None:
    token = config.metrics_token.get_secret_value()
    if not token:
        return None

    async def read() -> Levels:
        return await store.transact(lambda tx: tx.inspection.levels(sources.now(), kinds))

    return Metrics(token, read)


def _works(
    inbox: Inbox, deliverer: Deliverer, cashier: Cashier, pages: Homes, retainer: Retainer
) -> dict[str, Work]:
    store, gateways, desk = cashier.store, cashier.gateways, cashier.desk
    return {
        TURNS: inbox.work,
        **dict.fromkeys(map(show_kind, deliverer.adapters), deliverer.work),
        topups.PAYMENTS: cashier.fetch,
        topups.RECONCILE: cashier.reconcile,
        topups.EXPIRE: cashier.expire,
        topups.HAND_OVER: cashier.hand_over,
        HOME: pages.work,
        REFUND: Refunder(store, gateways, desk).work,
        SEAL: Sealer(store, desk).work,
        RETAIN: retainer.work,
        RECOVER: Recoverer(store, gateways, desk).work,
    }


def _runners(store: Store, sources: Sources, works: dict[str, Work]) -> dict[str, Runner]:
    owner = sources.attempt()
    runners = {
        kind: Runner(
            store,
            kind,
            work,
            sources,
            owner=owner,
            at_once=AT_ONCE.get(kind, SHOWN_AT_ONCE),
            waits=WAITS.get(kind, SHOWING),
        )
        for kind, work in works.items()
    }

    def wake(kind: str) -> None:
        if kind in runners:
            runners[kind].wake()

    store.on_schedule(wake)
    return runners


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _way_back(adapters: Mapping[str, ChatAdapter], chat: Chat) -> str | None:
    """The link that opens a chat, on platforms that have such links."""
    adapter = adapters.get(chat.platform)
    return adapter.link_to(chat) if isinstance(adapter, LinksBack) else None
