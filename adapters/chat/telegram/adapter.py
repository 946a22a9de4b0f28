"""The Telegram chat adapter: python-telegram-bot as transport, our own loop and our own words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, BotCommand, LinkPreviewOptions
from telegram import Message as SentMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from adapters.chat.telegram.errors import (
    CREDENTIALS_REFUSED,
    chat_error,
    is_late,
    is_unchanged,
    without_token,
)
from adapters.chat.telegram.events import PLATFORM, QUERY, to_delivery, to_event
from adapters.chat.telegram.polling import Pause, Polling, back_off
from adapters.chat.telegram.render import Rendered, render
from adapters.chat.telegram.settings import TelegramSettings
from conversations.ports import Chat, ChatError, Incoming, Message, MessageRef, Receive
from conversations.views import Toast
from conversations.vocabulary import ConversationKey

_ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
_POLL_SECONDS = 25
_READ_SECONDS = 10.0
_ANSWERS_SECONDS = 3.0
_MAX_TOAST = 200
# Method names know no case. Under its usual spelling the library warns and asks for its own
# getUpdates, which parses a batch as a whole and so sticks for ever on one poison update.
_GET_UPDATES = "getupdates"
# Below WARNING these print addresses, and with them the token.
_TALKATIVE = ("httpx", "httpcore", "telegram")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = logging.getLogger(__name__)


class TelegramChat:
    """Private chats of one bot. `commands` are names and descriptions for the person's menu."""

    platform = PLATFORM

    def __init__(
        self,
        settings: TelegramSettings,
        commands: tuple[tuple[str, str], ...] = (),
        *,
        pause: Pause = asyncio.sleep,
    ) -> None:
        _quieten()
        self._settings = settings
        self._commands = commands
        self._pause = pause
        self._request = HTTPXRequest(read_timeout=_READ_SECONDS)
        self._bot = Bot(
            settings.token,
            base_url=f"{settings.api_base_url.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._answers: set[asyncio.Task[None]] = set()

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored update in our words. Raises Unreadable."""
        return to_event(body, self._settings.bot_id)

    async def shares(self, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
        """None: only private chats are served."""
        return frozenset()

    # --- out ------------------------------------------------------------------------------------

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit the one it replaces. Raises ChatError."""
        try:
            rendered = render(message, link_buttons=self._settings.link_buttons)
            if replacing is None:
                return await self._post(chat, rendered)
            return await self._edit(replacing, rendered)
        except Exception as error:  # an answer that cannot be read is an unknown outcome, too
            if replacing is not None and is_unchanged(error):
                return replacing
            # Not chained: what the library quotes may hold the token.
            raise chat_error(error, self._settings.token) from None

    async def _post(self, chat: Chat, rendered: Rendered) -> MessageRef:
        sent = await self._bot.send_message(
            chat.id,
            rendered.text,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
            link_preview_options=_NO_PREVIEW,
        )
        return MessageRef(str(sent.chat.id), str(sent.message_id))

    async def _edit(self, ref: MessageRef, rendered: Rendered) -> MessageRef:
        edited = await self._bot.edit_message_text(
            rendered.text,
            chat_id=ref.chat,
            message_id=int(ref.id),
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
            link_preview_options=_NO_PREVIEW,
        )
        if isinstance(edited, SentMessage):
            return MessageRef(str(edited.chat.id), str(edited.message_id))
        return ref

    # --- in -------------------------------------------------------------------------------------

    @asynccontextmanager
    async def listening(self, receive: Receive) -> AsyncIterator[None]:
        """Poll while entered. Raises ChatError if Telegram refuses the token; outages pass."""
        self._tell_about_links()
        await self._request.initialize()
        tasks: list[asyncio.Task[Any]] = []
        try:
            await self._check_token()
            tasks = [asyncio.create_task(work) for work in self._work(receive)]
            yield
        finally:
            await _cancelled(tasks)
            if self._answers:
                _, late = await asyncio.wait(self._answers, timeout=_ANSWERS_SECONDS)
                await _cancelled(late)
            await self._request.shutdown()

    def _work(self, receive: Receive) -> tuple[Coroutine[Any, Any, Any], ...]:
        async def keep(update: object) -> None:
            await self._keep(receive, update)

        polling = Polling(self._ask, keep, pause=self._pause, token=self._settings.token)
        return polling.run(), self._register_commands()

    async def _ask(self, offset: int | None) -> object:
        arguments = {"timeout": _POLL_SECONDS, "allowed_updates": _ALLOWED_UPDATES}
        if offset is not None:
            arguments["offset"] = offset
        return await self._bot.do_api_request(
            _GET_UPDATES, arguments, read_timeout=_POLL_SECONDS + _READ_SECONDS
        )

    async def _keep(self, receive: Receive, update: object) -> None:
        delivery = to_delivery(update, self._settings.bot_id)
        ticket = await receive.store(delivery)
        if query := delivery.context.get(QUERY):
            task = asyncio.create_task(self._answer(receive, ticket, query))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer(self, receive: Receive, ticket: int | None, query: str) -> None:
        """Every press is answered, or its button spins on; a repeated one too."""
        toast = Toast("")
        try:
            replies = None if ticket is None else await receive.answer(ticket)
            toast = next((r for r in replies or () if isinstance(r, Toast)), toast)
        except Exception as error:  # the press is stored and worked off all the same
            log.warning("A press was stored but not answered in time: %s", type(error).__name__)
        try:
            await self._bot.answer_callback_query(
                query, text=toast.text[:_MAX_TOAST] or None, show_alert=toast.alert
            )
        except TelegramError as error:
            if not is_late(error):
                said = without_token(str(error), self._settings.token)
                log.warning("Telegram did not take the answer to a press: %s", said)

    # --- start ----------------------------------------------------------------------------------

    async def _check_token(self) -> None:
        try:
            await self._bot.get_me()
        except InvalidToken:
            raise ChatError(CREDENTIALS_REFUSED) from None
        except Exception as error:  # an outage at start is the same as one later: polling tells
            log.debug("Telegram did not answer at start: %s", type(error).__name__)

    async def _register_commands(self) -> None:
        """Tell Telegram the menu of commands, once it can be reached."""
        failures = 0
        while self._commands:
            try:
                await self._bot.set_my_commands([BotCommand(*line) for line in self._commands])
            except (BadRequest, InvalidToken) as error:
                said = without_token(str(error), self._settings.token)
                log.warning("Telegram did not take the menu of commands: %s", said)
            except Exception:  # polling tells why Telegram cannot be reached
                failures += 1
                await self._pause(back_off(failures))
                continue
            return

    def _tell_about_links(self) -> None:
        if not self._settings.link_buttons:
            log.warning(
                "Pay links are sent as text: Telegram takes buttons with a public https "
                "address only, and PUBLIC_URL is %s.",
                self._settings.public_url or "not set",
            )


def _quieten() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


async def _cancelled(tasks: list[asyncio.Task[Any]] | set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
