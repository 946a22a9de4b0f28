"""The sandbox gateway as one ASGI application, to be mounted anywhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from adapters.gateways.sandbox.server.api import Api
from adapters.gateways.sandbox.server.callbacks import BackgroundWork
from adapters.gateways.sandbox.server.checkouts import CheckoutBooks
from adapters.gateways.sandbox.server.hosted import HostedPages
from adapters.gateways.sandbox.server.settings import SandboxSettings
from adapters.gateways.traits import JsonDocuments
from adapters.outgoing import HostAllowlist, http_client


class SandboxApp:
    """An ASGI application, and what it does between requests."""

    def __init__(
        self, books: JsonDocuments, settings: SandboxSettings, client: httpx.AsyncClient | None
    ) -> None:
        checkouts = CheckoutBooks(books, settings)
        self._errands = BackgroundWork(checkouts, settings)
        self._client = client
        self._door = HostAllowlist("sandbox callbacks", settings.callback_url)
        self._app = Starlette(
            routes=[
                Mount("/v1", Api(checkouts, settings).app()),
                Mount("/", HostedPages(checkouts, settings).app()),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)

    @contextlib.asynccontextmanager
    async def background(self) -> AsyncIterator[None]:
        """Settle transfers, expire checkouts and deliver callbacks while this is entered."""
        async with self.caller() as client:
            task = asyncio.create_task(self._errands.run(client))
            try:
                yield
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def run_due_work(self) -> None:
        """Do once what is due now. For tests, which move the clock themselves."""
        async with self.caller() as client:
            await self._errands.run_due_work(client)

    def caller(self) -> contextlib.AbstractAsyncContextManager[httpx.AsyncClient]:
        """What delivers the callbacks, to their one address."""
        if self._client is not None:
            return contextlib.nullcontext(self._client)
        # Callbacks go to this machine, which no proxy of the environment reaches.
        return http_client(self._door, trust_env=False)


def sandbox_app(
    books: JsonDocuments, settings: SandboxSettings, client: httpx.AsyncClient | None = None
) -> SandboxApp:
    """The sandbox over these books; `client` delivers the callbacks, its own unless given."""
    return SandboxApp(books, settings, client)
