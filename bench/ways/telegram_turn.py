"""A durable turn in Telegram, beside the same dialog with python-telegram-bot in memory.

Ours keeps the update, the turn and the card before anything is shown, and forgets nothing when
it dies; a ConversationHandler remembers until then. There is no network on either side.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import Any

from telegram import Bot

from adapters.chat.telegram.events import QUERY, to_delivery, to_event
from adapters.chat.telegram.sending import TelegramSender
from bench.counter import talking
from bench.menu import PRESSES
from bench.peers import in_memory_telegram
from bench.phones import BOT_ID, TOKEN, Json, Phones, Take
from bench.rounds import Race, Rival
from bench.stage import Stage
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from service.chat.inbox import Inbox

PEOPLE = range(1, 17)
_WHOLE = 2
_COMMAND = "/topup"


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """One for each engine; everybody goes through the dialog so often in a round."""
    times = max(1, int(_WHOLE * stage.share))
    found = []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            theirs, ours = Phones(), Phones()
            peer = await stack.enter_async_context(in_memory_telegram(bot(theirs)))
            chat = Telegram(bot(ours))
            inbox = await stack.enter_async_context(talking(stage.database(engine), chat, PEOPLE))
            anchor = dialogs("ConversationHandler in memory", theirs, peer, times)
            rival = dialogs("", ours, chat.taking(inbox), times)
            found.append(Race(f"Telegram turn, {engine}", anchor, (rival,)))
        yield found


def bot(phones: Phones) -> Bot:
    """The library's own bot, over a Bot API in memory."""
    return Bot(TOKEN, request=phones, get_updates_request=phones)


def dialogs(name: str, phones: Phones, take: Take, times: int) -> Rival:
    """Everybody at once, so often in a round: the seconds of each turn."""
    turns = len(PEOPLE) * times * (1 + len(PRESSES))

    async def talk(person: int) -> None:
        for _ in range(times):
            await phones.talk(person, _COMMAND, PRESSES, take)

    async def run() -> tuple[float, ...]:
        began = perf_counter()
        await asyncio.gather(*(talk(person) for person in PEOPLE))
        return ((perf_counter() - began) / turns,)

    return Rival(name, run)


class Telegram:
    """Our Telegram adapter's halves over a bot in memory; updates are handed to it."""

    platform = "telegram"

    def __init__(self, bot: Bot) -> None:
        self._sending = TelegramSender(bot, any_link=True)

    def taking(self, inbox: Inbox) -> Take:
        """As the adapter takes an update, and answers a press."""

        async def take(update: Json) -> None:
            delivery = to_delivery(update, BOT_ID)
            ticket = await inbox.accept(delivery)
            if ticket is not None and (query := delivery.context.get(QUERY)):
                replies = await inbox.answer(ticket)
                await self._sending.answer(query, replies or (), delivery.body)

        return take

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """The adapter's own reading."""
        return to_event(body, BOT_ID)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """The adapter's own rendering and sending."""
        return await self._sending.show(chat, message, replacing)

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Whoever takes an update hands it over."""
        yield

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """As fast as can be, since Telegram's limits are not what is measured."""
        return ()

    async def membership(self, key: ConversationKey) -> Membership:
        """Everybody belongs here."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Nobody: there are no channels."""
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """Nothing was asked."""
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As fast as it comes."""
        return ()
