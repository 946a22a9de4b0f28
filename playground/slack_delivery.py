"""Signed requests from the emulated Slack to the bot, events retried; it keeps no state."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from playground.slack_journal import note
from playground.slack_records import Json
from playground.slack_world import SlackWorld

_ACK_SECONDS = 3.0
_FORM = "application/x-www-form-urlencoded"
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_RETRY_REASON = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered; `error` is empty for 2xx, else the word Slack shows for it."""

    status: int | None
    content_type: str
    body: str
    error: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """`retry_delays` (seconds) come after a failed event; Slack itself waits 0, 60 and 300."""

    world: SlackWorld
    http: httpx.AsyncClient
    retry_delays: Sequence[float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def command(self, form: dict[str, str]) -> Answer:
        return await self._post(f"command {form['command']}", urlencode(form), _FORM, {})

    async def interaction(self, payload: Json) -> Answer:
        form = urlencode({"payload": json.dumps(payload, ensure_ascii=False)})
        return await self._post(str(payload["type"]), form, _FORM, {})

    async def event(self, payload: Json) -> Answer:
        """Deliver until the bot answers 2xx, forbids it, or the retries are used up."""
        what, body = f"event {payload['event']['type']}", json.dumps(payload, ensure_ascii=False)
        answer = await self._post(what, body, "application/json", {})
        for number, delay in enumerate(self.retry_delays, start=1):
            if not answer.error or answer.headers.get("x-slack-no-retry") == "1":
                break
            await self.sleep(delay)
            reason = _RETRY_REASON.get(answer.error, "http_error")
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            answer = await self._post(what, body, "application/json", retry)
        return answer

    async def _post(
        self, what: str, body: str, content_type: str, more: Mapping[str, str]
    ) -> Answer:
        raw = body.encode()
        headers = {
            "Content-Type": content_type,
            "User-Agent": _AGENT,
            "Accept": "application/json,*/*",
            **signed(self.world.settings.signing_secret, raw, int(self.world.now().timestamp())),
            **more,
        }
        started = time.perf_counter()
        answer = await self._send(raw, headers)
        spent = (time.perf_counter() - started) * 1000
        note(self.world, "slack", what, body, answer.status, answer.body or answer.error, spent)
        return answer

    async def _send(self, raw: bytes, headers: Mapping[str, str]) -> Answer:
        url = self.world.settings.bot_url
        try:
            async with asyncio.timeout(_ACK_SECONDS):
                reply = await self.http.post(url, content=raw, headers=dict(headers))
        except (TimeoutError, httpx.TimeoutException):
            return Answer(None, "", "", "operation_timeout", {})
        except httpx.HTTPError:
            return Answer(None, "", "", "dispatch_failed", {})
        kind = reply.headers.get("content-type", "").split(";")[0]
        told = _error_of(reply.status_code)
        return Answer(reply.status_code, kind, reply.text, told, reply.headers)


def signed(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Slack's v0 signature headers.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    base = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


def _error_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "http_service_error" if status >= 500 else "http_client_error"
