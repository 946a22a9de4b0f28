"""The Slack adapter: signed requests in, cards out. It stores before it acknowledges."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.context.ack.async_ack import AsyncAck
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.chat.slack import events, guard, render
from adapters.chat.slack.answers import Answers
from adapters.chat.slack.bolt import bolt_app
from adapters.chat.slack.manifest import EVENTS_PATH
from adapters.chat.slack.web import SLACK_API, Content, SlackWeb
from conversations.ports import (
    Chat,
    Incoming,
    Message,
    MessageRef,
    Receive,
)
from conversations.vocabulary import ConversationKey

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """One installed Slack app. `api_base_url` may lead to an emulator."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_base_url: str = SLACK_API


class SlackChat:
    """One Slack workspace. Raises ValueError when a secret is missing."""

    def __init__(self, settings: SlackSettings, now: Callable[[], datetime]) -> None:
        if not settings.bot_token.strip() or not settings.signing_secret.strip():
            raise ValueError("Slack needs both a bot token and a signing secret")
        self._secret = settings.signing_secret
        self._now = now
        self._web = SlackWeb(settings.bot_token, settings.api_base_url, now)
        self._answers = Answers(self._web)
        self._receive: Receive | None = None
        self._bolt = AsyncSlackRequestHandler(
            bolt_app(settings.signing_secret, settings.api_base_url, now, self._take)
        )

    @property
    def platform(self) -> str:
        """`slack`."""
        return events.PLATFORM

    @property
    def routes(self) -> Sequence[Route]:
        """Where Slack sends everything: commands, presses, forms and events."""
        return [Route(EVENTS_PATH, self._serve, methods=["POST"])]

    @asynccontextmanager
    async def listening(self, receive: Receive) -> AsyncIterator[None]:
        """While entered, deliveries go to `receive`; outside, the route answers 503."""
        async with self._web.connected():
            self._receive = receive
            try:
                yield
            finally:
                self._receive = None

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored delivery in our words; None for what is none of our business. Pure."""
        return events.to_event(body)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a card, or edit the one it replaces. Raises ChatError."""
        content = Content(render.fallback(message.view), render.blocks(message), message.subject)
        if replacing is None:
            return await self._web.post(chat.id, content)
        return await self._web.update(replacing, content)

    async def shares(self, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
        """Which of these channels the person is in, at most a minute ago. Raises ChatError."""
        shared = []
        for channel in sorted(channels):
            if key.person in await self._web.members(channel):
                shared.append(channel)
        return frozenset(shared)

    async def _serve(self, request: Request) -> Response:
        if self._receive is None:
            return PlainTextResponse("not listening yet", status_code=503)
        try:
            admitted = await guard.admitted(request, self._secret, self._now())
        except guard.Refused as refused:
            _log.info("A request to Slack's address was refused: %s", refused)
            return PlainTextResponse(str(refused), status_code=refused.status)
        try:
            return await self._bolt.handle(admitted)
        except Exception as error:
            # Bolt reads some fields before it is ready to answer for itself.
            _log.warning("A signed request could not be read: %s", type(error).__name__)
            return PlainTextResponse("not a request of Slack", status_code=400)

    async def _take(self, ack: AsyncAck, req: AsyncBoltRequest) -> BoltResponse:
        """Store a delivery, then answer it; what is not ours is only acknowledged."""
        delivery = events.delivery(req.body, req.raw_body)
        if delivery is None:
            return await ack()
        receive = self._receive
        try:
            ticket = await receive.store(delivery) if receive else None
        except Exception as error:
            # Slack sends events again, and tells a person that the app did not answer.
            _log.error("A delivery was not stored: %s", type(error).__name__)
            return BoltResponse(status=503, body="")
        if receive is None or ticket is None:
            return await ack()
        try:
            replies = await receive.answer(ticket)
            return await self._answers.give(delivery, replies or (), receive, ack)
        except Exception as error:
            _log.error("A stored delivery was not answered: %s", type(error).__name__)
            return BoltResponse(status=200, body="")
