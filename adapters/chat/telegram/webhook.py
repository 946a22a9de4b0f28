"""Takes updates that Telegram posts: only genuine ones, each stored before it is acknowledged.

https://core.telegram.org/bots/api#setwebhook. Whatever is not acknowledged Telegram posts again,
so what was stored is acknowledged even when nobody can read it: then it is for quarantine.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from telegram import Bot, WebhookInfo

from adapters.chat.telegram.errors import polling_trouble, without_token
from adapters.chat.telegram.events import ALLOWED_UPDATES
from adapters.chat.telegram.polling import Pause, back_off
from adapters.chat.telegram.settings import TelegramSettings

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a public header's name)
MAX_BODY_BYTES = 1_000_000
_LOOK_SECONDS = 600.0

log = logging.getLogger(__name__)

Keep = Callable[[object], Awaitable[None]]
"""Returns once an update is stored."""


class _RejectedRequest(Exception):
    """The request holds no update; `status` is the HTTP status that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def receive_update(request: Request, secret: str, keep: Keep | None) -> Response:
    """Answer one request of Telegram's: 401 unless it shows the secret, 200 once it is stored."""
    if not is_genuine(request.headers.get(SECRET_HEADER, ""), secret):
        return PlainTextResponse("not from Telegram\n", 401)
    if keep is None:
        return PlainTextResponse("not listening\n", 503)
    try:
        update = _read(await _body(request))
    except _RejectedRequest as refused:
        log.warning("A request with Telegram's secret holds no update: %s", refused)
        return PlainTextResponse(f"{refused}\n", refused.status)
    try:
        await keep(update)
    except Exception as error:  # Telegram posts it again, later and later
        log.error("An update was not stored: %s", type(error).__name__)
        return PlainTextResponse("not stored\n", 503)
    return PlainTextResponse("stored\n")


def is_genuine(shown: str, secret: str) -> bool:
    """Whether the secret was shown, told in the same time however much of it is right.

    Without a secret of our own nothing is genuine.
    """
    same = hmac.compare_digest(shown.encode("utf-8", "replace"), secret.encode())
    return bool(secret) and same


async def _body(request: Request) -> bytes:
    """The body; nothing beyond the limit is read.

    Raises _RejectedRequest 413, and 400 when cut off.
    """
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MAX_BODY_BYTES:
                raise _RejectedRequest(413, "the body is too large")
    except ClientDisconnect:
        raise _RejectedRequest(400, "the body was cut off") from None
    return bytes(raw)


def _read(raw: bytes) -> object:
    """A JSON object, whatever stands in it. Raises _RejectedRequest 400."""
    try:
        update = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise _RejectedRequest(400, "the body is not JSON") from None
    if not isinstance(update, dict):
        raise _RejectedRequest(400, "the body is no JSON object")
    return update


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


class Registration:
    """Has Telegram post updates here, and looks from time to time whether it still does.

    Nothing ends it but cancelling. Somebody else's webhook is reported and left alone.
    """

    def __init__(self, bot: Bot, settings: TelegramSettings, *, pause: Pause) -> None:
        self._bot = bot
        self._settings = settings
        self._pause = pause
        self._outage: str | None = None
        self._failure_told: datetime | None = None

    async def run(self) -> NoReturn:
        """Register, then look, for ever."""
        failures, look = 0, self._register
        while True:
            try:
                await look()
            except Exception as error:  # whatever happens, it is tried again
                failures += 1
                trouble = polling_trouble(error, self._bot.token)
                self._tell(trouble.kind, trouble.sentence)
                await self._pause(back_off(failures, slow=trouble.slow))
            else:
                failures, look = 0, self._look
                await self._pause(_LOOK_SECONDS)

    async def _register(self) -> None:
        await self._bot.set_webhook(
            self._settings.webhook_url,
            secret_token=self._settings.webhook_secret,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
        )
        self._outage = None
        log.info("Telegram posts updates to %s.", self._settings.webhook_url)

    async def _look(self) -> None:
        info = await self._bot.get_webhook_info()
        if not info.url:
            log.warning("Somebody removed this bot's webhook; it is set again.")
            await self._register()
        elif info.url != self._settings.webhook_url:
            host = urlsplit(info.url).hostname
            self._tell(
                "webhook",
                f"Another program's webhook at {host} takes this bot's updates: stop that program "
                "and start this one again.",
            )
        else:
            self._outage = None
            self._tell_of_failure(info)

    def _tell_of_failure(self, info: WebhookInfo) -> None:
        """What keeps Telegram from reaching us, which it tells nobody but whoever asks."""
        if info.last_error_date is not None and info.last_error_date != self._failure_told:
            self._failure_told = info.last_error_date
            said = without_token(info.last_error_message or "no reason", self._bot.token)
            log.warning("Telegram could not post an update to this bot: %s", said)

    def _tell(self, kind: str, sentence: str) -> None:
        if kind != self._outage:
            self._outage = kind
            log.warning(sentence)
