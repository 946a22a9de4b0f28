"""How updates reach the bot: long polling or a webhook, never both; it invents no update."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import httpx

from playground.kit.journal import Journal
from playground.telegram.parameters import Arguments, CallRefusedError, bad_request
from playground.telegram.rules import Rules
from playground.telegram.state import Json, Update, Webhook
from playground.telegram.world import TelegramWorld

_MAX_UPDATES = 100
_MAX_TIMEOUT_SECONDS = 50
_MAX_RETRY_SECONDS = 60.0
_WEBHOOK_TIMEOUT_SECONDS = 10.0
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name, no secret
_TERMINATED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """The bot's end of the queue. `client` answers the HTTP client that posts to webhooks."""

    def __init__(
        self,
        world: TelegramWorld,
        rules: Rules,
        journal: Journal,
        client: Callable[[], httpx.AsyncClient] = httpx.AsyncClient,
    ) -> None:
        self._world = world
        self._rules = rules
        self._journal = journal
        self._client = client
        self._poll = 0
        self._wake = asyncio.Event()
        self._delivering: asyncio.Task[None] | None = None
        world.subscribe(self._on_change)

    async def get_updates(self, arguments: Arguments) -> list[Json]:
        """Wait up to `timeout` seconds for updates; a newer call ends this one with 409."""
        self._refuse_beside_webhook()
        self._poll += 1
        mine = self._poll
        self._wake.set()
        self._choose_kinds(arguments)
        self._confirm(arguments.integer("offset"))
        limit = min(max(arguments.integer("limit", _MAX_UPDATES), 1), _MAX_UPDATES)
        patience = min(max(arguments.integer("timeout"), 0), _MAX_TIMEOUT_SECONDS)
        try:
            async with asyncio.timeout(patience):
                await self._until_updates(mine)
        except TimeoutError:
            pass
        if mine != self._poll:
            raise CallRefusedError(_TERMINATED, 409)
        self._refuse_beside_webhook()
        return [_wire(update) for update in self._world.pending_updates()[:limit]]

    def set_webhook(self, arguments: Arguments) -> bool:
        """Post updates to a URL from now on; an empty URL goes back to polling."""
        url, secret = arguments.text("url"), arguments.text("secret_token")
        if not url:
            return self.delete_webhook(arguments)
        self._rules.webhook_url(url)
        self._rules.webhook_secret(secret)
        self._choose_kinds(arguments)
        self._drop_if_asked(arguments)
        self._stop_delivering()
        most = arguments.integer("max_connections", 40)
        self._world.state.webhook = Webhook(url, secret, most)
        self._world.changed()
        return True

    def delete_webhook(self, arguments: Arguments) -> bool:
        """Go back to polling; updates stay unless `drop_pending_updates` says otherwise."""
        self._drop_if_asked(arguments)
        self._stop_delivering()
        self._world.state.webhook = None
        self._world.changed()
        return True

    def webhook_info(self) -> Json:
        """A WebhookInfo object."""
        state = self._world.state
        info: Json = {
            "url": state.webhook.url if state.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.pending_updates()),
        }
        if state.webhook:
            info["max_connections"] = state.webhook.max_connections
        if state.webhook and state.webhook.last_error_at is not None:
            info["last_error_date"] = state.webhook.last_error_at
            info["last_error_message"] = state.webhook.last_error
        if state.allowed_updates:
            info["allowed_updates"] = list(state.allowed_updates)
        return info

    def _refuse_beside_webhook(self) -> None:
        if self._world.state.webhook is not None:
            raise CallRefusedError(_WEBHOOK_ACTIVE, 409)

    def _choose_kinds(self, arguments: Arguments) -> None:
        kinds = arguments.structure("allowed_updates")
        if kinds is None:
            return
        if not isinstance(kinds, list) or not all(isinstance(one, str) for one in kinds):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        if tuple(kinds) != self._world.state.allowed_updates:
            self._world.state.allowed_updates = tuple(kinds)
            self._world.changed()

    def _confirm(self, offset: int) -> None:
        pending = self._world.pending_updates()
        if offset < 0 and pending:
            offset = pending[max(len(pending) + offset, 0)].update_id
        if offset > 0:
            self._world.confirm_updates(offset)

    def _drop_if_asked(self, arguments: Arguments) -> None:
        if arguments.flag("drop_pending_updates"):
            self._world.confirm_updates(self._world.state.last_update_id + 1)

    async def _until_updates(self, mine: int) -> None:
        while not self._over(mine):
            self._wake.clear()
            await self._wake.wait()

    def _over(self, mine: int) -> bool:
        state = self._world.state
        return bool(
            mine != self._poll
            or self._world.closed
            or state.webhook
            or self._world.pending_updates()
        )

    def _on_change(self) -> None:
        self._wake.set()
        if self._world.closed:
            self._stop_delivering()
            return
        state = self._world.state
        idle = self._delivering is None or self._delivering.done()
        if state.webhook and state.updates and idle:
            self._delivering = asyncio.get_running_loop().create_task(self._deliver())
            self._delivering.add_done_callback(self._delivered)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        """An update that was queued while the last delivery ended needs another one."""
        if not task.cancelled() and task.exception() is None:
            self._on_change()

    def _stop_delivering(self) -> None:
        if self._delivering is not None:
            self._delivering.cancel()
            self._delivering = None

    async def _deliver(self) -> None:
        """Post the queue in order; a refused update is tried again, later and later."""
        pause = self._world.settings.webhook_retry_seconds
        wait = pause
        async with self._client() as client:
            while (webhook := self._world.state.webhook) and self._world.pending_updates():
                update = self._world.state.updates[0]
                failure = await self._post(client, webhook, update)
                if failure is None:
                    wait = pause
                    self._world.confirm_updates(update.update_id + 1)
                    continue
                if self._world.state.webhook == webhook:
                    self._note_failure(webhook, failure)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _MAX_RETRY_SECONDS)

    async def _post(
        self, client: httpx.AsyncClient, webhook: Webhook, update: Update
    ) -> str | None:
        """Why the webhook did not take the update; None when it did."""
        headers = {_SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        began = time.perf_counter()
        status, failure = 0, None
        try:
            answer = await client.post(
                webhook.url, json=_wire(update), headers=headers, timeout=_WEBHOOK_TIMEOUT_SECONDS
            )
            status = answer.status_code
            if not answer.is_success:
                failure = f"Wrong response from the webhook: {status} {answer.reason_phrase}"
        except httpx.HTTPError as error:
            failure = f"Connection failed: {type(error).__name__}"
        self._journal.add(
            direction="to the bot",
            method="webhook",
            request=_wire(update),
            status=status,
            response=failure or "",
            milliseconds=(time.perf_counter() - began) * 1000,
        )
        return failure

    def _note_failure(self, webhook: Webhook, failure: str) -> None:
        at = self._world.seconds()
        self._world.state.webhook = replace(webhook, last_error=failure, last_error_at=at)
        self._world.changed()


def _wire(update: Update) -> Json:
    return {"update_id": update.update_id, update.kind: update.body}
