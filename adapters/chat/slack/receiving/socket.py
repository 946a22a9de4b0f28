"""Socket Mode: receives Slack's requests over a connection that we open.

Bolt's handler answers an envelope only with what the app's listener gave, which stores first.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol, cast

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.hosts import api_sessions, proxy_for, socket_session

_PING_SECONDS = 10
_log = logging.getLogger(__name__)


class _Connection(Protocol):
    """What slack-bolt's handler does, for which it ships no types."""

    async def connect_async(self) -> None: ...

    async def close_async(self) -> None: ...


@asynccontextmanager
async def socket_mode(app: AsyncApp, app_token: str, api_base_url: str) -> AsyncIterator[None]:
    """Receive over a socket while entered; it reconnects by itself, and waits for nobody."""
    proxy = proxy_for(api_base_url)
    asking = AsyncWebClient(
        base_url=api_base_url,
        session=api_sessions(api_base_url).as_session(),
        retry_handlers=[],
        logger=_sdk_log,
        proxy=proxy,
    )
    handler = AsyncSocketModeHandler(
        app, app_token, logger=_sdk_log, web_client=asking, ping_interval=_PING_SECONDS
    )
    # The SDK takes any proxy of the environment, even for what stands in NO_PROXY.
    handler.client.proxy = proxy
    # Its own session would connect to whatever address it is told.
    await handler.client.aiohttp_client_session.close()
    handler.client.aiohttp_client_session = socket_session(api_base_url)
    connection = cast(_Connection, handler)
    connecting = asyncio.create_task(connection.connect_async())
    try:
        yield
    finally:
        handler.client.closed = True
        connecting.cancel()
        with suppress(asyncio.CancelledError):
            await connecting
        await connection.close_async()


class _WithoutSecrets(logging.Filter):
    """The SDK's own words, cut before what it quotes: an address there holds a ticket."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage().partition("(")[0].partition(":")[0].strip()
        error = record.exc_info[1] if record.exc_info else None
        record.msg, record.args = f"{said}{_why(error)}", ()
        record.exc_info = record.exc_text = None
        return True


def _why(error: BaseException | None) -> str:
    if isinstance(error, SlackApiError):
        return f": {error.response['error']}"
    return f": {type(error).__name__}" if error is not None else ""


# The SDK logs whole envelopes at DEBUG, however loud the root logger is set.
_sdk_log = logging.getLogger(f"{__name__}.sdk")
_sdk_log.setLevel(logging.WARNING)
_sdk_log.addFilter(_WithoutSecrets())
