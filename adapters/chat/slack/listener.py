"""Bolt's one listener: stores a request, answers it, then lets it be acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.chat.slack import events
from adapters.chat.slack.workspaces import Workspace, Workspaces
from conversations.protocol.ports import ChatError, Delivery, DeliveryReceiver

# Slack's trigger lives three seconds: what has no answer by now is opened empty and filled later.
_SKELETON_SECONDS = 0.7

_log = logging.getLogger(__name__)


class SlackListener:
    """Bolt's one listener. `receive` gives where deliveries go, None while nobody listens."""

    def __init__(
        self,
        workspaces: Workspaces,
        receive: Callable[[], DeliveryReceiver | None],
        now: Callable[[], datetime],
    ) -> None:
        self._workspaces, self._receive, self._now = workspaces, receive, now

    async def __call__(self, ack: AsyncAck, req: AsyncBoltRequest) -> BoltResponse:
        """Store, then answer; what is not ours is only acknowledged."""
        receive = self._receive()
        if receive is None:
            return _not_taken()
        try:
            removed = events.uninstall_delivery(req.body, req.raw_body or "", self._now())
            if removed is not None:
                _log.warning("The Slack app was uninstalled from %s", removed.body["team"])
                await receive(removed)
                return await ack()
            delivery = events.read_delivery(req.body, req.raw_body or json.dumps(req.body))
            if delivery is None:
                return await ack()
            return await self._take(delivery, receive, ack)
        except Exception as error:
            # Slack sends events again, and tells a person that the app did not answer.
            _log.error("A delivery was not stored: %s", type(error).__name__)
            return _not_taken()

    async def _take(
        self, delivery: Delivery, receive: DeliveryReceiver, ack: AsyncAck
    ) -> BoltResponse:
        try:
            workspace = await self._workspaces.of(delivery.body["team"])
        except ChatError as error:
            _log.warning("A request of %s was dropped: %s", delivery.body["team"], error)
            return await ack()
        team = events.workspace_of(delivery.body["team"])
        who = await workspace.people.delivery_fields(team, delivery.body["user"])
        delivery = replace(delivery, body={**delivery.body, **who})
        ticket = await receive.accept(delivery)
        if ticket is None:
            return await ack()
        try:
            return await _answered(delivery, ticket, workspace, receive, ack)
        except Exception as error:
            _log.error("A stored delivery was not answered: %s", type(error).__name__)
            return BoltResponse(status=200, body="")


async def _answered(
    delivery: Delivery, ticket: int, workspace: Workspace, receive: DeliveryReceiver, ack: AsyncAck
) -> BoltResponse:
    asked = asyncio.ensure_future(receive.answer(ticket))
    opened = None
    if events.wants_form(delivery):
        await asyncio.wait({asked}, timeout=_SKELETON_SECONDS)
        if not asked.done():
            opened = await workspace.answers.open_skeleton(delivery)
    return await workspace.answers.answer(delivery, await asked or (), receive, ack, opened)


def _not_taken() -> BoltResponse:
    return BoltResponse(status=503, body="")
