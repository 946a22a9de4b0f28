"""The Slack adapter: signed requests or a socket in, cards out."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, assert_never
from urllib.parse import urlencode

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.chat.slack import events, render
from adapters.chat.slack.hosts import SLACK_API
from adapters.chat.slack.introduction import log_identity
from adapters.chat.slack.listener import SlackListener
from adapters.chat.slack.manifest import bot_scopes
from adapters.chat.slack.paces import CHANNELS, LOOK_UPS, paces
from adapters.chat.slack.receiving import guard, socket
from adapters.chat.slack.receiving.bolt import bolt_app
from adapters.chat.slack.receiving.oauth import OAuthApp, install_routes
from adapters.chat.slack.traits import EVENTS_PATH, PLATFORM
from adapters.chat.slack.web import MessageContent
from adapters.chat.slack.workspaces import Workspaces
from billing.origins import origin_of
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.installations import Installations
from conversations.protocol.pacing import Pace
from conversations.protocol.places import (
    Chat,
    HomeTab,
    Thread,
    WholeChat,
    without_thread,
    write_place,
)
from conversations.protocol.ports import (
    ChatError,
    DeliveryReceiver,
    Incoming,
    Message,
    MessageRef,
    Verdict,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """One installed Slack app. `api_base_url` may lead to an emulator.

    What is not `paced` is sent as fast as it comes: a played Slack has no limits.
    With an `app_token` everything comes by Socket Mode, and nothing over HTTP. With a `client_id`
    workspaces install it themselves, and `bot_token` is not used.
    """

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_base_url: str = SLACK_API
    app_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    public_url: str = ""
    paced: bool = True


class SlackChat:
    """One Slack app, in one workspace or in all that installed it.

    Raises ValueError when a secret is missing.
    """

    # https://docs.slack.dev/apis/events-api#retries, with delayed events
    repeats_for = timedelta(hours=24)

    def __init__(
        self,
        settings: SlackSettings,
        now: Callable[[], datetime],
        installed: Installations | None = None,
    ) -> None:
        if installed is None and not settings.bot_token.strip():
            raise ValueError("Slack needs a bot token")
        if not settings.signing_secret.strip() and not settings.app_token.strip():
            raise ValueError("Slack needs a signing secret, or an app token for Socket Mode")
        self._settings = settings
        # Socket Mode has no signing secret; a random one refuses every signed request.
        self._secret = settings.signing_secret or token_hex(32)
        self._now = now
        self._workspaces = Workspaces(settings.bot_token, settings.api_base_url, now, installed)
        self._install_routes = _install_routes(settings, installed, now)
        self._receive: DeliveryReceiver | None = None
        taker = SlackListener(self._workspaces, lambda: self._receive, now)
        self._app = bolt_app(self._secret, settings.api_base_url, now, taker)
        self._bolt = AsyncSlackRequestHandler(self._app)

    @property
    def platform(self) -> str:
        """`slack`."""
        return PLATFORM

    @property
    def routes(self) -> Sequence[Route]:
        """Where Slack sends everything: commands, presses, forms and events; unless by socket."""
        if self._settings.app_token:
            return self._install_routes
        return [Route(EVENTS_PATH, self._serve, methods=["POST"]), *self._install_routes]

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """While entered, deliveries go to `receive`; outside, none is acknowledged."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._workspaces.keep_connections())
            self._receive = receive
            stack.callback(self._stop_receiving)
            if self._settings.app_token:
                _log.info("Slack: Socket Mode, nothing is served at %s", EVENTS_PATH)
                await stack.enter_async_context(
                    socket.socket_mode(
                        self._app, self._settings.app_token, self._settings.api_base_url
                    )
                )
            else:
                _log.info("Slack: signed requests at %s, no Socket Mode", EVENTS_PATH)
            yield

    async def introduce(self) -> None:
        """Ask once whose token ours is, and say in the log what came of it."""
        if (workspace := self._workspaces.single) is not None:
            await log_identity(workspace.web)

    def link_to(self, chat: Chat) -> str | None:
        """https://docs.slack.dev/interactivity/deep-linking; a played Slack has a window."""
        if not self._settings.paced:
            return f"{origin_of(self._settings.api_base_url)}/"
        team = events.workspace_of(chat.tenant)
        channel = write_place(without_thread(chat.place))
        return f"https://slack.com/app_redirect?{urlencode({'team': team, 'channel': channel})}"

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored delivery in our words; None for what is none of our business. Pure."""
        return events.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """Slack's limits. Pure."""
        return paces(chat.place, edit=edit) if self._settings.paced else ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a card, edit the one it replaces, or publish a home. Raises ChatError."""
        content = MessageContent(
            render.fallback_text(message.view),
            render.render_blocks(message, local_pictures=self._settings.api_base_url != SLACK_API),
            message.subject,
            message.card,
        )
        web = (await self._workspaces.of(chat.tenant)).web
        match chat.place:
            case HomeTab() as home:
                return await web.publish(home, content)
            case WholeChat(channel):
                thread = ""
            case Thread(channel, thread):
                pass
            case _:
                assert_never(chat.place)
        if channel.startswith(CHANNELS) and await web.is_shared_outside(channel):
            _log.warning("A card was kept from %s: other companies read it", channel)
            said = "slack: the channel is shared with other companies"
            raise ChatError(said, Verdict.GONE)
        if replacing is None:
            return await web.post(channel, content, thread=thread)
        if message.view.away and await web.delete(replacing):
            return replacing
        return await web.update(replacing, content)

    async def membership(self, key: ConversationKey) -> Membership:
        """How the person stands to the workspace, at most a minute ago. Raises ChatError."""
        people = (await self._workspaces.of(key.tenant)).people
        return await people.membership(events.workspace_of(key.tenant), key.person)

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Whether the person is in this channel, at most a minute ago. Raises ChatError."""
        web = (await self._workspaces.of(key.tenant)).web
        return key.person in await web.members(channel)

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """What Slack said of these channels at most a minute ago. Raises ChatError."""
        web = (await self._workspaces.of(key.tenant)).web
        found = {each: web.recalled_members(each) for each in channels}
        return {each: key.person in known for each, known in found.items() if known is not None}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """Slack's limit for reading a channel's members. Pure."""
        return LOOK_UPS if self._settings.paced else ()

    def _stop_receiving(self) -> None:
        self._receive = None

    async def _serve(self, request: Request) -> Response:
        if self._receive is None:
            return PlainTextResponse("not listening yet", status_code=503)
        try:
            admitted = await guard.verify_request(request, self._secret, self._now())
        except guard.RejectedRequest as refused:
            _log.info("A request to Slack's address was refused: %s", refused)
            return PlainTextResponse(str(refused), status_code=refused.status)
        try:
            return await self._bolt.handle(admitted)
        except Exception as error:
            # Bolt reads some fields before it is ready to answer for itself.
            _log.warning("A signed request could not be read: %s", type(error).__name__)
            return PlainTextResponse("not a request of Slack", status_code=400)


def _install_routes(
    settings: SlackSettings, installed: Installations | None, now: Callable[[], datetime]
) -> list[Route]:
    if installed is None:
        return []
    app = OAuthApp(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        public_url=settings.public_url,
        scopes=tuple(bot_scopes()),
        api_base_url=settings.api_base_url,
    )
    return install_routes(app, installed, now)
