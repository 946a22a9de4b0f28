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

from adapters.gateways.traits import OpenedGateway
from adapters.storage.engines.address import is_postgres, parse_address
from billing.ports import PaymentGateway
from bot.settings.config import Config
from bot.watch.metrics import PrometheusMetrics
from bot.web.app import WebSite
from bot.web.edge import BODY_SECONDS, BodyTimeoutMiddleware, TrailingSlashMiddleware, WebhookTimer
from bot.wiring.begin import begin
from bot.wiring.chats import Chats
from bot.wiring.gateways import open_gateways
from bot.wiring.kinds import Rule, Workers, rules_of
from bot.wiring.services import services_of
from bot.wiring.traits import TRAITS
from conversations.protocol.places import Chat
from conversations.protocol.ports import ChatAdapter, LinkableChat
from conversations.protocol.records import Levels
from service.audit.trail import TrailSealer
from service.cards.delivery import Deliverer
from service.cards.homes import HomeRefresher
from service.chat.answers import AwaitedReplies
from service.chat.inbox import Inbox
from service.chat.turn_worker import TurnWorker
from service.common.fail_points import FailPoint, no_fail_point
from service.common.ids import Sources
from service.common.metrics import NullMetrics
from service.common.services import Services
from service.lanes.failures import log_failure
from service.lanes.keys import LaneKind
from service.lanes.lanes import Runner
from service.lanes.polls import PollLeases
from service.money import reconciliation
from service.money.checkout import Checkouts
from service.money.recovery import RecoveryWorker
from service.money.refunds import RefundWorker
from service.people.membership import MembershipChecker
from service.ports.store import Store
from service.privacy.retention import RetentionWorker

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """A bot put together, not yet listening."""

    store: Store
    services: Services
    inbox: Inbox
    turns: TurnWorker
    checkouts: Checkouts
    deliverer: Deliverer
    web: Starlette
    runners: tuple[Runner, ...]
    chats: tuple[ChatAdapter, ...]
    open_gateways: Mapping[str, OpenedGateway]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work off what is pending and listen to the chats, while entered."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.store.close)
            for client in (each for one in self.open_gateways.values() for each in one.clients):
                stack.push_async_callback(client.aclose)
            tasks = [asyncio.create_task(runner.run()) for runner in self.runners]
            asking = asyncio.create_task(self._ask_once())
            stack.push_async_callback(_cancelled, asking)
            stack.push_async_callback(self._stop, tasks)
            if self.inbox.polls is not None:
                stack.push_async_callback(self.inbox.polls.release)
            for gateway in self.open_gateways.values():
                if gateway.beside is not None:
                    await stack.enter_async_context(gateway.beside())
            for chat in self.chats:
                await stack.enter_async_context(chat.listening(self.inbox))
            # First of all at the end: what is being sent is finished before the chats close.
            stack.push_async_callback(self._stop, tasks)
            yield

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        """Finish what is in hand and begin nothing; what takes too long is handed back."""
        for runner in self.runners:
            runner.stop()
        await asyncio.gather(*tasks)

    async def _ask_once(self) -> None:
        """While nobody served, callbacks may have been lost: ask about all that is watched."""
        try:
            asked = await reconciliation.ask_watched(self.store, self.services.sources.now())
        except Exception as error:
            # It is asked about all the same, only later; nobody should wait to be served.
            log_failure(log, error, "reconcile_on_start_failed")
            return
        log.info("reconcile_on_start top_ups=%d", asked)


async def build(
    config: Config,
    sources: Sources,
    store: Store,
    chats: Chats,
    *,
    reach_fail_point: Callable[[FailPoint], None] = no_fail_point,
    reach: httpx.AsyncBaseTransport | None = None,
) -> App:
    """Put an application together on what its database remembers. Calls nobody, and works not yet.

    `reach` is how gateways outside this process are reached, where it is not by the network.
    Raises StoreUnavailable.
    """
    adapters = {chat.platform: chat for chat in chats.adapters}
    rules = rules_of(tuple(adapters))
    metrics = _metrics(config, store, sources, tuple(rules))
    opened = open_gateways(config, sources, store, reach)
    gateways = {name: one.gateway for name, one in opened.items()}
    methods = tuple(method for one in gateways.values() for method in one.methods)
    services_after = partial(
        services_of, config, sources, methods, reach_fail_point, metrics or NullMetrics()
    )
    services = await begin(config, sources, store, tuple(adapters), services_after)
    checkouts = Checkouts(store, gateways, services, config.web.public_url)
    workers = _workers(config, store, adapters, gateways, services, checkouts)
    runners = _runners(store, sources, workers, rules)
    turns, polls = workers.turns, _polls(config, store, sources)
    way_back = partial(_way_back, adapters)
    site = WebSite(store, gateways, checkouts, services, config.web.public_url, way_back)
    return App(
        store=store,
        services=services,
        inbox=Inbox(store, adapters, services, turns.answers, runners[LaneKind.TURNS], polls),
        turns=turns,
        checkouts=checkouts,
        deliverer=workers.deliverer,
        web=_web(site, chats, opened, metrics),
        runners=tuple(runners.values()),
        chats=chats.adapters,
        open_gateways=opened,
    )


def _workers(
    config: Config,
    store: Store,
    adapters: Mapping[str, ChatAdapter],
    gateways: Mapping[str, PaymentGateway],
    services: Services,
    checkouts: Checkouts,
) -> Workers:
    members = MembershipChecker(store, adapters, services)
    return Workers(
        turns=TurnWorker(store, adapters, services, members, AwaitedReplies()),
        deliverer=Deliverer(store, adapters, services, config.web.public_url),
        checkouts=checkouts,
        homes=HomeRefresher(store, members, services),
        refunder=RefundWorker(store, gateways, services),
        sealer=TrailSealer(store, services),
        retainer=RetentionWorker(
            store, services, config.retention, tuple(rules_of(tuple(adapters)))
        ),
        recoverer=RecoveryWorker(store, gateways, services),
    )


def _polls(config: Config, store: Store, sources: Sources) -> PollLeases | None:
    shared = is_postgres(parse_address(config.storage.database_url))
    return PollLeases(store, sources, sources.new_attempt_id()) if shared else None


def _web(
    site: WebSite,
    chats: Chats,
    opened: Mapping[str, OpenedGateway],
    metrics: PrometheusMetrics | None,
) -> Starlette:
    served = ((name, one.server) for name, one in opened.items())
    mounted = [Mount(f"/{name}", server) for name, server in served if server is not None]
    counted = () if metrics is None else (metrics.route,)
    web = site.app(*chats.routes, *counted, *mounted)
    webhooks = {one.webhook_path: one.platform for one in TRAITS.values() if one.webhook_path}
    webhooks |= {f"/webhooks/{name}": name for name in site.gateways}
    web.add_middleware(BodyTimeoutMiddleware, seconds=BODY_SECONDS)
    web.add_middleware(WebhookTimer, webhooks=webhooks, measures=site.services.metrics)
    web.add_middleware(TrailingSlashMiddleware)
    return web


def _metrics(
    config: Config, store: Store, sources: Sources, kinds: Sequence[str]
) -> PrometheusMetrics | None:
    token = config.web.metrics_token.get_secret_value()
    if not token:
        return None

    async def read() -> Levels:
        return await store.transact(lambda tx: tx.inspection.levels(sources.now(), kinds))

    return PrometheusMetrics(token, read)


def _runners(
    store: Store, sources: Sources, workers: Workers, rules: Mapping[str, Rule]
) -> dict[str, Runner]:
    owner = sources.new_attempt_id()
    runners = {
        kind: Runner(
            store,
            kind,
            rule.work(workers),
            sources,
            owner=owner,
            at_once=rule.at_once,
            waits=rule.waits,
        )
        for kind, rule in rules.items()
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
    return adapter.link_to(chat) if isinstance(adapter, LinkableChat) else None
