"""A Bot API in memory: what a chat shows goes to whoever waits for it there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any

from telegram.request import BaseRequest, RequestData

TOKEN = "4242:only-for-benches"  # noqa: S105 (made up: no Telegram knows it)
BOT_ID, USERNAME = TOKEN.partition(":")[0], "topup_bot"
_SHOWN = ("sendMessage", "editMessageText")
_ME = {"id": int(BOT_ID), "is_bot": True, "first_name": "Bot", "username": USERNAME}

Json = dict[str, Any]
Take = Callable[[Json], Awaitable[object]]
"""Gives the bot one update."""


class Phones(BaseRequest):
    """What python-telegram-bot sends its requests by."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[Mapping[str, str]]] = {}
        self._updates = count(1)

    @property
    def read_timeout(self) -> float | None:
        """None: answers come at once."""
        return None

    async def initialize(self) -> None:
        """Nothing is connected."""

    async def shutdown(self) -> None:
        """Nothing is connected."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Answer one call."""
        sent = request_data.parameters if request_data else {}
        call, result = url.rpartition("/")[2], True
        if call == "getMe":
            return _answer(_ME)
        if call in _SHOWN:
            return _answer(self._show(sent))
        return _answer(result)

    async def talk(self, person: int, command: str, labels: Sequence[str], take: Take) -> None:
        """One dialog: a command, then the buttons whose labels begin so, one after the other."""
        chat = {"id": person, "type": "private", "first_name": "Ana"}
        who = {"id": person, "is_bot": False, "first_name": "Ana", "language_code": "en"}
        command_entity = {"type": "bot_command", "offset": 0, "length": len(command)}
        said = {"message_id": 1, "date": 1, "from": who, "chat": chat, "text": command}
        buttons = await self._turn(
            person, {"message": said | {"entities": [command_entity]}}, take
        )
        for label in labels:
            under = {"message_id": 5, "date": 1, "chat": chat, "text": "?"}
            token = next(data for text, data in buttons.items() if text.startswith(label))
            query = {"id": "q", "from": who, "chat_instance": "1", "message": under, "data": token}
            buttons = await self._turn(person, {"callback_query": query}, take)

    async def _turn(self, person: int, update: Json, take: Take) -> Mapping[str, str]:
        """The buttons, by label, of what is shown after it."""
        shown = self._waiting[person] = asyncio.Future()
        await take({"update_id": next(self._updates), **update})
        return await shown

    def _show(self, sent: Mapping[str, Any]) -> Json:
        person = int(sent["chat_id"])
        keyboard = sent.get("reply_markup", {}).get("inline_keyboard", [])
        waiting = self._waiting.pop(person, None)
        if waiting is not None:
            buttons = [button for line in keyboard for button in line]
            waiting.set_result({each["text"]: each.get("callback_data", "") for each in buttons})
        chat = {"id": person, "type": "private"}
        return {"message_id": 5, "date": 1, "chat": chat, "text": sent["text"]}


def _answer(result: object) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()
