"""A Bot API just large enough for the adapter's tests, on a real socket. It checks no token."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.chats.telegram_emulator import serving

BOT_ID = "4242"
USERNAME = "topup_bot"
TOKEN = f"{BOT_ID}:AAE-very_secret"
PERSON = {"id": 77, "is_bot": False, "first_name": "Ana", "language_code": "pt-br"}
PRIVATE = {"id": 77, "type": "private", "first_name": "Ana"}
_PATIENCE_SECONDS = 0.05

Json = dict[str, Any]


def refusal(code: int, description: str, **parameters: int) -> JSONResponse:
    """An answer that says no, as the Bot API says it."""
    body: Json = {"ok": False, "error_code": code, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), code)


def message(update_id: int, text: str | None = "50", **fields: object) -> Json:
    """An update in which Ana types to the bot."""
    body: Json = {"message_id": 1, "date": 1, "from": PERSON, "chat": PRIVATE, "text": text}
    sent = {name: value for name, value in (body | fields).items() if value is not None}
    return {"update_id": update_id, "message": sent}


def press(update_id: int, data: str | None = "k3.AbC", **fields: object) -> Json:
    """An update in which Ana presses a button under the bot's message."""
    under = {"message_id": 5, "date": 1, "chat": PRIVATE, "text": "?"}
    query: Json = {"id": f"q{update_id}", "from": PERSON, "chat_instance": "1", "message": under}
    return {"update_id": update_id, "callback_query": query | {"data": data} | fields}


@dataclass(slots=True)
class BotApi:
    """What was called, what is pending, and what the next call of a method is answered with."""

    url: str = ""
    updates: list[Any] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    troubles: dict[str, list[Response]] = field(default_factory=dict)
    newly: asyncio.Event = field(default_factory=asyncio.Event)
    webhook: str = ""
    webhook_trouble: Json = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)

    def send(self, *updates: object) -> None:
        """Let these updates wait for the bot."""
        self.updates += updates
        self.newly.set()

    def answer_next(self, method: str, *answers: Response) -> None:
        """Answer the next calls of a method so, one each."""
        self.troubles.setdefault(method.lower(), []).extend(answers)

    def called(self, method: str) -> list[Json]:
        """The parameters of each call of a method."""
        return [values for name, values in self.calls if name == method.lower()]

    def counts(self) -> Counter[str]:
        """How often each method was called, in small letters."""
        return Counter(name for name, _ in self.calls)

    async def answer(self, request: Request) -> Response:
        """One call."""
        method = str(request.path_params["method"]).lower()
        async with request.form() as form:
            values = {name: _value(str(text)) for name, text in form.items()}
        self.calls.append((method, values))
        if waiting := self.troubles.get(method):
            return waiting.pop(0)
        result = await self._result(method, values)
        if isinstance(result, Response):
            return result
        return JSONResponse({"ok": True, "result": result})

    async def _result(self, method: str, values: Json) -> Any:
        match method:
            case "getupdates":
                return await self._pending(values)
            case "getme":
                me = {"id": int(BOT_ID), "is_bot": True, "first_name": "Bot"}
                return me | {"username": USERNAME}
            case "getwebhookinfo":
                info = {"url": self.webhook, "has_custom_certificate": False}
                return info | {"pending_update_count": 0} | self.webhook_trouble
            case "setwebhook" | "deletewebhook":
                self.webhook = values.get("url", "")
                return True
            case "getchatmember":
                return self.members.get(values["chat_id"]) or refusal(400, "Bad Request: no")
            case "sendmessage":
                return self._send(values)
            case "editmessagetext":
                return self._edit(values)
            case "deletemessage" if values["message_id"] in self.gone:
                return refusal(400, "Bad Request: message to delete not found")
            case "deletemessage":
                if self.texts.pop(values["message_id"], None) is not None:
                    self.gone.add(values["message_id"])
                return True
            case _:
                return True

    async def _pending(self, values: Json) -> list[Any] | Response:
        if self.webhook:
            return refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = values.get("offset", 0)
        self.updates = [update for update in self.updates if _number(update) >= offset]
        if not self.updates:
            self.newly.clear()
            with_patience = asyncio.wait_for(self.newly.wait(), _PATIENCE_SECONDS)
            await asyncio.gather(with_patience, return_exceptions=True)
        return self.updates

    def _send(self, values: Json) -> Json:
        number = len(self.texts) + len(self.gone) + 1
        self.texts[number] = _seen(values)
        return _sent(number, values)

    def _edit(self, values: Json) -> Json | Response:
        number = values["message_id"]
        if number in self.gone:
            return refusal(400, "Bad Request: message to edit not found")
        if self.texts[number] == _seen(values):
            return refusal(400, "Bad Request: message is not modified: content is the same")
        self.texts[number] = _seen(values)
        return _sent(number, values)


@asynccontextmanager
async def bot_api() -> AsyncIterator[BotApi]:
    """A Bot API served on a free port."""
    api = BotApi()
    route = Route("/bot{token}/{method}", api.answer, methods=["POST"])
    async with serving([route]) as url:
        api.url = url
        yield api


def _sent(number: int, values: Json) -> Json:
    chat = {"id": values["chat_id"], "type": "private"}
    return {"message_id": number, "date": 1, "chat": chat, "text": values["text"]}


def _seen(values: Json) -> str:
    """A message's words without the markup, its buttons' labels after it."""
    keyboard = values.get("reply_markup", {}).get("inline_keyboard", [])
    labels = [button["text"] for line in keyboard for button in line]
    return "\n".join([html.unescape(re.sub(r"</?[a-z]+>", "", values["text"])), *labels])


def _number(update: Any) -> int:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else 2**60


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
