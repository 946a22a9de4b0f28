"""Works off what falls due by itself: settles transfers, expires checkouts, calls back."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx

from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox.server.books import Callback, Checkout
from adapters.gateways.sandbox.server.changes import record_callback_attempt
from adapters.gateways.sandbox.server.checkouts import CheckoutBooks
from adapters.gateways.sandbox.server.settings import SandboxSettings
from billing.store_errors import StoreUnavailable

_TIMEOUT_SECONDS = 15.0
_LOOK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class BackgroundWork:
    """Works off what is due. What a process leaves undone, the next one finds in the books."""

    def __init__(self, checkouts: CheckoutBooks, settings: SandboxSettings) -> None:
        self._checkouts = checkouts
        self._settings = settings
        self._key = standard_webhooks.signing_key(settings.webhook_secret)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, client: httpx.AsyncClient) -> None:
        """Work off for ever, what was left from before first; ends when it is cancelled."""
        try:
            await self._remember()
            while True:
                self._checkouts.changed.clear()
                self._start_due(client)
                await self._until_something_changed()
        finally:
            await self._stop()

    async def run_due_work(self, client: httpx.AsyncClient) -> None:
        """Do once what is due now."""
        await asyncio.gather(*(self._see_to(each, client) for each in self._checkouts.due()))

    async def _remember(self) -> None:
        while True:
            try:
                return await self._checkouts.remember()
            except Exception as error:
                _tell(error, "sandbox: the books could not be read; trying again")
                await asyncio.sleep(_LOOK_SECONDS)

    def _start_due(self, client: httpx.AsyncClient) -> None:
        for checkout in self._checkouts.due(but=frozenset(self._running)):
            task = asyncio.create_task(self._errand(checkout, client))
            self._running[checkout] = task

    async def _until_something_changed(self) -> None:
        # Looks again by itself too: time passes, and whoever injected the clock may move it.
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._checkouts.changed.wait()
        except TimeoutError:
            return

    async def _errand(self, checkout: str, client: httpx.AsyncClient) -> None:
        try:
            await self._see_to(checkout, client)
        except Exception as error:
            _tell(error, "sandbox: %s could not be seen to; trying again", checkout)
            await asyncio.sleep(_LOOK_SECONDS)
        finally:
            del self._running[checkout]
            self._checkouts.changed.set()

    async def _see_to(self, id: str, client: httpx.AsyncClient) -> None:
        checkout = await self._checkouts.change(id, lambda found, now: found)
        now = self._settings.now()
        due = [each for each in checkout.callbacks if each.due_at and each.due_at <= now]
        await asyncio.gather(*(self._deliver(checkout, each, client) for each in due))

    async def _deliver(
        self, checkout: Checkout, callback: Callback, client: httpx.AsyncClient
    ) -> None:
        taken = await self._post(checkout, callback, client)
        await self._checkouts.change(
            checkout.id,
            lambda found, now: record_callback_attempt(found, callback.id, taken=taken, now=now),
        )

    async def _post(
        self, checkout: Checkout, callback: Callback, client: httpx.AsyncClient
    ) -> bool:
        body = _body(checkout, callback)
        headers = standard_webhooks.sign(self._key, callback.id, self._settings.now(), body)
        try:
            response = await client.post(
                self._settings.callback_url,
                content=body,
                headers={"content-type": "application/json", **headers},
                timeout=_TIMEOUT_SECONDS,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            _log.info("sandbox: callback %s not taken: %s", callback.id, type(error).__name__)
            return False
        if not response.is_success:
            _log.info("sandbox: callback %s not taken: %s", callback.id, response.status_code)
        return response.is_success

    async def _stop(self) -> None:
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _tell(error: Exception, what: str, *args: object) -> None:
    """Where in the code it failed matters only for what is no outage of the database."""
    _log.error(what, *args, exc_info=None if isinstance(error, StoreUnavailable) else error)


def _body(checkout: Checkout, callback: Callback) -> bytes:
    data = {"checkout": checkout.id, "payment": checkout.payment}
    return json.dumps({"type": callback.type, "data": data}).encode()
