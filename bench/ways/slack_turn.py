"""A durable turn in Slack, beside bare Bolt whose listeners acknowledge and remember in memory.

A signed slash command and three buttons into either ASGI app. Ours keeps the delivery, the turn
and the card, and renders the card; Bolt's side shows nothing after a button. Ours asks once a
minute who people are, of a Slack played here; beyond that neither side uses a network.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Any

from starlette.applications import Starlette

from adapters.chat.slack import render
from adapters.chat.slack.adapter import SlackChat, SlackSettings
from bench.counter import talking
from bench.peers import in_memory_slack
from bench.rounds import Race, Rival
from bench.stage import Stage
from bench.workspace import SIGNING_SECRET, command, press
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from service.common.ids import system_sources
from tests.support.chats.slack_server import BOT_TOKEN, FakeSlack

PEOPLE = range(1, 17)
PRESSES = ("Change method", "Card", "Cancel")
_WHOLE = 2

Talk = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """For each engine beside Bolt as it comes, and as quick as it can be made."""
    times = max(1, int(_WHOLE * stage.share))
    peers = {
        "bare Bolt": in_memory_slack(prompt=False),
        "bare Bolt, prompt": in_memory_slack(prompt=True),
    }
    found = []
    async with AsyncExitStack() as stack:
        server = FakeSlack()
        await stack.enter_async_context(server.serving())
        for engine in stage.engines:
            chat = Slack(server.base_url)
            database = stage.database(engine)
            await stack.enter_async_context(talking(database, chat, PEOPLE))
            rival = _dialogs("", chat.talk, times)
            for name, app in peers.items():
                anchor = _dialogs(name, _remembering(app), times)
                found.append(Race(f"Slack turn, {engine}", anchor, (rival,)))
        yield found


def _dialogs(name: str, talk: Talk, times: int) -> Rival:
    turns = len(PEOPLE) * times * (1 + len(PRESSES))

    async def talk_on(person: int) -> None:
        for _ in range(times):
            await talk(f"U{person}")

    async def run() -> tuple[float, ...]:
        began = perf_counter()
        await asyncio.gather(*(talk_on(person) for person in PEOPLE))
        return ((perf_counter() - began) / turns,)

    return Rival(name, run)


def _remembering(app: Starlette) -> Talk:
    async def talk(user: str) -> None:
        await command(app, user, "50 USD card")
        for label in PRESSES:
            await press(app, user, "press:0:0", label)

    return talk


class Slack:
    """Our Slack adapter, which renders as ever and shows to whoever waits instead of to Slack."""

    platform = "slack"

    def __init__(self, api_base_url: str) -> None:
        settings = SlackSettings(BOT_TOKEN, SIGNING_SECRET, api_base_url)
        self._chat = SlackChat(settings, system_sources().now)
        self._app = Starlette(routes=[*self._chat.routes])
        self._waiting: dict[str, asyncio.Future[list[dict[str, Any]]]] = {}

    async def talk(self, user: str) -> None:
        """One dialog of one person."""
        buttons = await self._turn(user, partial(command, self._app, user, "50 USD card"))
        for label in PRESSES:
            found = next(each for each in buttons if each["text"]["text"].startswith(label))
            pressing = partial(press, self._app, user, found["action_id"], found["value"])
            buttons = await self._turn(user, pressing)

    async def _turn(self, user: str, act: Callable[[], Awaitable[None]]) -> list[dict[str, Any]]:
        """The buttons that are shown after it."""
        shown = self._waiting[user] = asyncio.Future()
        await act()
        return await shown

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Render, and hand the buttons over."""
        blocks = render.render_blocks(message, local_pictures=False)
        waiting = self._waiting.pop(chat.id, None)
        if waiting is not None:
            lines = [block["elements"] for block in blocks if block["type"] == "actions"]
            waiting.set_result([button for line in lines for button in line])
        return replacing or MessageRef(chat.id, "1.2")

    def listening(self, receive: DeliveryReceiver) -> AbstractAsyncContextManager[None]:
        """As the adapter does."""
        return self._chat.listening(receive)

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """As the adapter does."""
        return self._chat.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """As fast as can be, since Slack's limits are not what is measured."""
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
