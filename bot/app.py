"""Composition root: puts rules, chats, gateways and storage together. It has no rules itself."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from adapters.gateways.sandbox import MERCHANT_ACCOUNT, SandboxGateway
from adapters.gateways.sandbox_server.app import SandboxApp, sandbox_app
from adapters.gateways.sandbox_server.settings import SandboxSettings
from adapters.gateways.stripe import StripeGateway
from adapters.storage.store import open_store
from billing.ports import PaymentGateway
from bot import topups
from bot.books import StoredBooks
from bot.cards import SHOW
from bot.checkout import Cashier
from bot.config import Config, Misconfigured, Slack, split_keys
from bot.delivery import Deliverer
from bot.desk import Desk, Merchant, Point, pass_by
from bot.homes import HOME, Homes
from bot.ids import Sources
from bot.inbox import TURNS, Inbox
from bot.installs import StoredInstallations
from bot.lanes import Runner, Work
from bot.languages import catalogues, commands_in
from bot.links import derive
from bot.ports import Store
from bot.vault import Vault
from bot.web import Site
from conversations.ports import ChatAdapter
from conversations.words import COMMANDS

SANDBOX = "sandbox"
AT_ONCE = {TURNS: 4, SHOW: 8, topups.PAYMENTS: 4, topups.RECONCILE: 2, topups.EXPIRE: 1, HOME: 2}


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
    http: httpx.AsyncClient

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work off what is pending and listen to the chats, while entered."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.store.close)
            stack.push_async_callback(self.http.aclose)
            tasks = [asyncio.create_task(runner.run()) for runner in self.runners]
            stack.push_async_callback(_stop, tasks)
            if self.sandbox is not None:
                await stack.enter_async_context(self.sandbox.background())
            for chat in self.chats:
                await stack.enter_async_context(chat.listening(self.inbox))
            # First of all at the end: what is being sent is finished before the chats close.
            stack.push_async_callback(_stop, tasks)
            yield


@dataclass(frozen=True, slots=True)
class Chats:
    """Chat platforms, where those that send requests send them, and who installed them."""

    adapters: tuple[ChatAdapter, ...]
    routes: tuple[BaseRoute, ...] = ()
    installed: StoredInstallations | None = None


def build(
    config: Config,
    sources: Sources,
    chats: Chats,
    *,
    reached: Callable[[Point], None] = pass_by,
    http: httpx.AsyncClient | None = None,
) -> App:
    """Put an application together. Opens the database; calls nobody.

    `http` is how gateways outside this process are asked; it is closed with the application.
    """
    store = open_store(config.database_url)
    if chats.installed is not None:
        chats.installed.rows = store
    asking = http or httpx.AsyncClient()
    sandbox, sandbox_gateway = _sandbox(config, sources, store)
    known: dict[str, Callable[[], PaymentGateway]] = {
        SANDBOX: lambda: sandbox_gateway,
        "stripe": lambda: _stripe(config, sources, asking),
    }
    gateways = {name: known[name]() for name in config.gateways}
    adapters = {chat.platform: chat for chat in chats.adapters}
    desk = _desk(config, sources, gateways, reached)
    cashier = Cashier(store, gateways, desk, config.public_url)
    inbox = Inbox(store, adapters, desk)
    deliverer = Deliverer(store, adapters, desk, config.public_url)
    pages = Homes(store, inbox.channels, desk)
    site = Site(store, gateways, cashier, desk, config.public_url)
    routes = [*site.routes(), *chats.routes]
    if SANDBOX in gateways:
        routes.append(Mount(f"/{SANDBOX}", sandbox))
    return App(
        store=store,
        desk=desk,
        inbox=inbox,
        cashier=cashier,
        deliverer=deliverer,
        web=_web(routes, site),
        runners=_runners(store, sources, inbox, deliverer, cashier, pages),
        chats=chats.adapters,
        sandbox=sandbox if SANDBOX in gateways else None,
        http=asking,
    )


def _web(routes: list[BaseRoute], site: Site) -> Starlette:
    web = Starlette(routes=routes, exception_handlers={HTTPException: site.problem})
    # A redirect would be built from the Host header, which anybody may send.
    web.router.redirect_slashes = False
    return web


def chats_of(config: Config, sources: Sources) -> Chats:
    """The chat platforms that are configured."""
    chats: list[ChatAdapter] = []
    routes: list[BaseRoute] = []
    installed = None
    if config.slack is not None:
        if config.slack.client_id:
            installed = StoredInstallations(Vault(split_keys(config.secret_key)), sources.now)
        slack_chat = SlackChat(_slack(config, config.slack), sources.now, installed)
        chats.append(slack_chat)
        routes += slack_chat.routes
    if config.telegram is not None:
        telegram = TelegramSettings(
            token=config.telegram.token.get_secret_value(),
            api_base_url=config.telegram.api_base_url,
            public_url=config.public_url,
            webhook_secret=config.telegram.webhook_secret.get_secret_value(),
        )
        spoken = [(language, commands_in(language)) for language in catalogues()]
        telegram_chat = TelegramChat(telegram, [("", COMMANDS), *spoken])
        chats.append(telegram_chat)
        routes += telegram_chat.routes
    return Chats(tuple(chats), tuple(routes), installed)


def _slack(config: Config, slack: Slack) -> SlackSettings:
    return SlackSettings(
        bot_token=slack.bot_token.get_secret_value(),
        signing_secret=slack.signing_secret.get_secret_value(),
        api_base_url=slack.api_base_url,
        app_token=slack.app_token.get_secret_value(),
        client_id=slack.client_id,
        client_secret=slack.client_secret.get_secret_value(),
        public_url=config.public_url,
    )


def desk_of(config: Config, sources: Sources) -> Desk:
    """A desk for commands that touch rows only and call no gateway."""
    return _desk(config, sources, {}, pass_by)


def _desk(
    config: Config,
    sources: Sources,
    gateways: dict[str, PaymentGateway],
    reached: Callable[[Point], None],
) -> Desk:
    token = config.telegram.token.get_secret_value() if config.telegram else ""
    keys = tuple(derive(key, "links") for key in split_keys(config.secret_key))
    return Desk(
        sources=sources,
        secret=keys[0],
        older_secrets=keys[1:],
        support=config.support_contact,
        zone=config.timezone,
        locale=config.locale,
        catalogues=catalogues(),
        methods=tuple(method for one in gateways.values() for method in one.methods),
        merchants=tuple(
            Merchant(one.name, one.merchant_account, one.mode) for one in gateways.values()
        ),
        signup_open=config.signup_open,
        tenants={"telegram": token.partition(":")[0], "console": "local"},
        reached=reached,
    )


def _sandbox(config: Config, sources: Sources, store: Store) -> tuple[SandboxApp, SandboxGateway]:
    """The shipped sandbox, and the translator that talks to it inside this process."""
    secret = split_keys(config.secret_key)[0]
    api_key = derive(secret, "sandbox api").hex()
    webhook_secret = "whsec_" + base64.b64encode(derive(secret, "sandbox callbacks")).decode()
    public_url = f"{config.public_url}/{SANDBOX}"
    settings = SandboxSettings(
        api_key=api_key,
        webhook_secret=webhook_secret,
        public_url=public_url,
        callback_url=f"http://{_reachable(config.host)}:{config.port}/webhooks/{SANDBOX}",
        now=sources.now,
        new_id=sources.attempt,
        merchant_account=MERCHANT_ACCOUNT,
        settle_after_seconds=config.sandbox_settle_seconds,
    )
    app = sandbox_app(StoredBooks(store), settings)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    gateway = SandboxGateway(
        client,
        public_url=public_url,
        api_key=api_key,
        webhook_secrets=(webhook_secret,),
        api_url="http://sandbox",
    )
    return app, gateway


def _stripe(config: Config, sources: Sources, http: httpx.AsyncClient) -> StripeGateway:
    if config.stripe is None:
        raise Misconfigured("GATEWAYS names stripe, but there are no settings for it.")
    return StripeGateway(
        http,
        api_key=config.stripe.api_key.get_secret_value(),
        webhook_secrets=config.stripe.webhook_secrets,
        now=sources.now,
        base_url=config.stripe.api_base_url,
    )


def _reachable(host: str) -> str:
    """This machine in an address, for a host that may mean all of its addresses."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (not bound here)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _runners(
    store: Store,
    sources: Sources,
    inbox: Inbox,
    deliverer: Deliverer,
    cashier: Cashier,
    pages: Homes,
) -> tuple[Runner, ...]:
    works: dict[str, Work] = {
        TURNS: inbox.work,
        SHOW: deliverer.work,
        topups.PAYMENTS: cashier.fetch,
        topups.RECONCILE: cashier.reconcile,
        topups.EXPIRE: cashier.expire,
        HOME: pages.work,
    }
    owner = sources.attempt()
    runners = {
        kind: Runner(store, kind, work, sources, owner=owner, at_once=AT_ONCE[kind])
        for kind, work in works.items()
    }

    def wake(kind: str) -> None:
        if kind in runners:
            runners[kind].wake()

    store.on_schedule(wake)
    return tuple(runners.values())


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
