"""The Telegram chat adapter: python-telegram-bot as transport, our own loop and our own words."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import Conflict, InvalidToken
from telegram.request import HTTPXRequest

from adapters.chat.telegram import menus, webhook
from adapters.chat.telegram.errors import CREDENTIALS_REFUSED, WebhookElsewhere, without_token
from adapters.chat.telegram.events import ALLOWED_UPDATES, QUERY, to_delivery, to_event
from adapters.chat.telegram.members import GroupMembers
from adapters.chat.telegram.paces import LOOK_UPS, paces
from adapters.chat.telegram.polling import Pause, UpdatePoller
from adapters.chat.telegram.sending import TelegramSender
from adapters.chat.telegram.settings import TelegramSettings
from adapters.chat.telegram.traits import PLATFORM, WEBHOOK_PATH
from adapters.outgoing import HostAllowlist, allowlist_hooks, tls_context
from billing.origins import origin_of
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import ChatError, DeliveryReceiver, Incoming, Message, MessageRef
from conversations.words.words import GROUP_COMMANDS
from service.lanes.keys import write_bot_key

_POLL_SECONDS = 25
_READ_SECONDS = 10.0
_ANSWERS_SECONDS = 3.0
# Method names know no case. Under its usual spelling the library warns and asks for its own
# getUpdates, which parses a batch as a whole and so sticks for ever on one poison update.
_GET_UPDATES = "getupdates"
# Here, too, its own would rather fail than read an answer that lacks a right of next year.
_GET_CHAT_MEMBER = "getchatmember"
# Below WARNING these print addresses, and with them the token.
_TALKATIVE = ("httpx", "httpcore", "telegram")
_QUOTES_PAGES = "telegram.request.BaseRequest"

log = logging.getLogger(__name__)


class TelegramChat:
    """One bot, in private chats and groups. `menus` are its commands in each language."""

    platform = PLATFORM
    # https://core.telegram.org/bots/api#getting-updates
    repeats_for = timedelta(hours=24)

    def __init__(
        self,
        settings: TelegramSettings,
        menus: Iterable[menus.Menu] = (),
        *,
        pause: Pause = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _quieten()
        self._settings = settings
        self._menus = tuple(menus)
        self._pause = pause
        self._request = bot_api_client(settings.api_base_url)
        self._bot = Bot(
            settings.token,
            base_url=f"{settings.api_base_url.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._sending = TelegramSender(self._bot, any_link=not settings.paced)
        self._members = GroupMembers(self._get_chat_member, clock, settings.token)
        self._receive: DeliveryReceiver | None = None
        self._answers: set[asyncio.Task[None]] = set()

    @property
    def routes(self) -> Sequence[Route]:
        """Where Telegram posts updates to; nowhere, when they are polled."""
        if not self._settings.webhook_secret:
            return ()
        return (Route(WEBHOOK_PATH, self._serve, methods=["POST"]),)

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored update in our words. Raises UnreadableDelivery."""
        return to_event(body, self._settings.bot_id, self._sending.username)

    def link_to(self, chat: Chat) -> str | None:
        """The bot itself, since its private chats have no address; a played one has a window."""
        if not self._settings.paced:
            return f"{origin_of(self._settings.api_base_url)}/"
        username = self._sending.username
        return f"https://t.me/{username}" if username else None

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody stands alike to a Telegram bot: which group they are in is asked apart."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Whether the person is in this group, or this topic's group. Raises ChatError."""
        return await self._members.is_in(key.person, channel)

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """What Telegram said of these groups at most a minute ago."""
        return self._members.was_in(key.person, channels)

    def lookup_paces(self) -> tuple[Pace, ...]:
        """Telegram's limit for all that it is asked. Pure."""
        return LOOK_UPS if self._settings.paced else ()

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """Telegram's limits, the same for edits. Pure."""
        return paces(chat.place) if self._settings.paced else ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit the one it replaces. Raises ChatError."""
        return await self._sending.show(chat, message, replacing)

    # --- in -------------------------------------------------------------------------------------

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Poll, or be posted to, while entered.

        Raises ChatError if Telegram refuses the token; outages pass.
        """
        self._tell_about_settings()
        await self._request.initialize()
        tasks: list[asyncio.Task[Any]] = []
        try:
            await self._check_token()
            self._receive = receive
            tasks = [asyncio.create_task(work) for work in self._work(receive)]
            yield
        finally:
            self._receive = None
            await _cancelled(tasks)
            if self._answers:
                _, late = await asyncio.wait(self._answers, timeout=_ANSWERS_SECONDS)
                await _cancelled(late)
            await self._request.shutdown()

    def _work(self, receive: DeliveryReceiver) -> tuple[Coroutine[Any, Any, Any], ...]:
        listing = menus.register_menus(self._bot, self._menus, GROUP_COMMANDS, pause=self._pause)
        if self._settings.webhook_secret:
            registration = webhook.Registration(self._bot, self._settings, pause=self._pause)
            return registration.run(), listing

        async def keep(update: object) -> None:
            await self._keep(receive, update)

        async def mine() -> bool:
            return await receive.may_poll(write_bot_key(PLATFORM, self._settings.bot_id))

        polling = UpdatePoller(
            self._ask, keep, mine, pause=self._pause, token=self._settings.token
        )
        return polling.run(), listing

    async def _serve(self, request: Request) -> Response:
        receive = self._receive

        async def keep(update: object) -> None:
            if receive is not None:
                await self._keep(receive, update)

        return await webhook.receive_update(
            request, self._settings.webhook_secret, None if receive is None else keep
        )

    async def _get_chat_member(self, group: str, person: int) -> object:
        asked = {"chat_id": int(group), "user_id": person}
        return await self._bot.do_api_request(_GET_CHAT_MEMBER, asked)

    async def _ask(self, offset: int | None) -> object:
        try:
            return await self._get_updates(offset)
        except Conflict as conflict:
            if not await self._without_webhook(conflict):
                raise
            return await self._get_updates(offset)

    async def _get_updates(self, offset: int | None) -> object:
        arguments = {"timeout": _POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            arguments["offset"] = offset
        return await self._bot.do_api_request(
            _GET_UPDATES, arguments, read_timeout=_POLL_SECONDS + _READ_SECONDS
        )

    async def _without_webhook(self, conflict: Conflict) -> bool:
        """A webhook that this bot set earlier makes way. Raises WebhookElsewhere for others."""
        if "webhook" not in str(conflict).lower():
            return False
        info = await self._bot.get_webhook_info()
        if not info.url:  # somebody removed it meanwhile: nothing here is ours to delete
            return True
        if info.url != self._settings.webhook_url:
            host = urlsplit(info.url).hostname or "an unknown host"
            raise WebhookElsewhere(host, self._settings.api_base_url.rstrip("/"))
        await self._bot.delete_webhook(drop_pending_updates=False)
        log.info("Removed this bot's own webhook, to poll. No update was dropped.")
        return True

    async def _keep(self, receive: DeliveryReceiver, update: object) -> None:
        delivery = to_delivery(update, self._settings.bot_id)
        ticket = await receive.accept(delivery)
        if query := delivery.context.get(QUERY):
            task = asyncio.create_task(self._answer(receive, ticket, query, delivery.body))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer(
        self, receive: DeliveryReceiver, ticket: int | None, query: str, body: Mapping[str, Any]
    ) -> None:
        """Every press is answered, or its button spins on; a repeated one too."""
        replies = None
        try:
            replies = None if ticket is None else await receive.answer(ticket)
        except Exception as error:  # the press is stored and worked off all the same
            log.warning("A press was stored but not answered in time: %s", type(error).__name__)
        await self._sending.answer(query, replies or (), body)

    # --- start ----------------------------------------------------------------------------------

    async def _check_token(self) -> None:
        try:
            log.info("Telegram: the bot is @%s.", await self._sending.learn_username())
        except InvalidToken:
            raise ChatError(CREDENTIALS_REFUSED) from None
        except Exception as error:  # an outage at start is the same as one later: polling tells
            said = without_token(str(error), self._settings.token)
            log.debug("Telegram did not answer at start: %s", said)

    def _tell_about_settings(self) -> None:
        if not self._settings.webhook_secret:
            log.info("Telegram is polled for updates; with TELEGRAM_WEBHOOK_SECRET it posts them.")
        else:
            log.info("Telegram is asked to post updates to %s.", self._settings.webhook_url)
        if not self._settings.link_buttons:
            log.warning(
                "Pay links are sent as text: Telegram takes buttons with a public https "
                "address only, and PUBLIC_URL is %s.",
                self._settings.public_url or "not set",
            )


def bot_api_client(api_base_url: str) -> HTTPXRequest:
    """The library's own client, for the Bot API at that address and for nothing else."""
    client = {
        "event_hooks": allowlist_hooks(HostAllowlist("telegram", api_base_url)),
        "verify": tls_context(),
    }
    return HTTPXRequest(read_timeout=_READ_SECONDS, httpx_kwargs=client)


def _quieten() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
    # It logs whole pages of proxies, with a traceback; what it raises is logged in a line.
    logging.getLogger(_QUOTES_PAGES).setLevel(logging.CRITICAL)


async def _cancelled(tasks: list[asyncio.Task[Any]] | set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
