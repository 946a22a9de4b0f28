"""One of several bots on one PostgreSQL, with the sandbox and a chat over HTTP and a pipe.

`python -m tests.support.bots.bot_replica ADDRESS PUBLIC_URL SOCKET`: deliveries come
to /pocket, what people see goes out as lines of JSON. It asserts nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.storage.store import open_store
from bot.wiring.app import build
from bot.wiring.chats import Chats
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat
from conversations.protocol.ports import DeliveryReceiver, Incoming, Message, MessageRef
from service.chat import inbox
from service.common.ids import system_sources
from tests.support.bots.bot_place import changed, config_for
from tests.support.chats import pocket_chat
from tests.support.house.long_limits import be_patient

ANSWER_SECONDS = 5.0


@dataclass(slots=True)
class PipedChat:
    """The pocket chat, of which this process sees only what it is told and what it shows."""

    receive: DeliveryReceiver | None = None
    numbers: count[int] = field(default_factory=count)
    platform: str = pocket_chat.PLATFORM

    @property
    def route(self) -> Route:
        """Where the platform delivers what people do."""
        return Route("/pocket", self._deliver, methods=["POST"])

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Deliveries are taken while this is entered."""
        self.receive = receive
        yield
        self.receive = None

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """As in the pocket chat."""
        return pocket_chat.to_event(body)

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: it takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post or edit: one line, written at once."""
        ref = replacing or MessageRef(chat.id, f"{os.getpid()}-{next(self.numbers)}")
        buttons = [
            {"label": each.label, "token": each.token, "url": each.url}
            for line in message.buttons
            for each in line
        ]
        title, card = message.view.title, message.card
        shown = {"chat": chat.id, "message": ref.id, "card": card, "title": title}
        line = json.dumps({**shown, "post": replacing is None, "buttons": buttons})
        os.write(1, line.encode() + b"\n")
        return ref

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

    async def _deliver(self, request: Request) -> Response:
        if self.receive is None:
            return Response(status_code=503)
        sent = await request.json()
        delivery = pocket_chat.delivery(sent["name"], sent["person"], waits=True, **sent["did"])
        replies = await self.receive(delivery)
        answer = None if replies is None else [type(each).__name__ for each in replies]
        return JSONResponse(answer)


async def serve(address: str, public_url: str, door: socket.socket) -> None:
    """Until a signal."""
    chat = PipedChat()
    config = config_for(Path("none"), public_url, door.getsockname()[1])
    config, store = changed(config, database_url=address), open_store(address)
    app = await build(config, system_sources(), store, Chats((chat,), (chat.route,)))
    server = uvicorn.Server(uvicorn.Config(app.web, log_config=None, access_log=False, ws="none"))
    async with app.running():
        await server.serve(sockets=[door])


if __name__ == "__main__":
    be_patient(patch := pytest.MonkeyPatch())
    # Whoever presses while the other bot still holds the conversation is answered by cards alone.
    patch.setattr(inbox, "ANSWER_SECONDS", ANSWER_SECONDS)
    with socket.socket(fileno=int(sys.argv[3])) as given:
        asyncio.run(serve(sys.argv[1], sys.argv[2], given))
