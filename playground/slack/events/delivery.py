"""What the emulated Slack sends the bot, signed or through a socket; events are sent again."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

import httpx

from playground.slack.events.journal import note
from playground.slack.events.socket import Envelope, Sockets
from playground.slack.world.records import Answer, Json
from playground.slack.world.world import SlackWorld

ACK_SECONDS = 3.0

_FORM = "application/x-www-form-urlencoded"
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_RETRY_REASON = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
# Interactions whose acknowledgement may say what happens next.
_ANSWERED = ("view_submission", "block_suggestion")


@dataclass(frozen=True, slots=True)
class _Parcel:
    """One thing to tell the bot; `kind` is as a planned fault names it."""

    kind: Literal["command", "interaction", "event"]
    name: str
    payload: Json

    def form(self) -> tuple[str, str]:
        """Body and content type of the request."""
        text = json.dumps(self.payload, ensure_ascii=False)
        match self.kind:
            case "command":
                return urlencode(self.payload), _FORM
            case "interaction":
                return urlencode({"payload": text}), _FORM
            case "event":
                return text, "application/json"


@dataclass(frozen=True, slots=True)
class _Retry:
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """`retry_delays` (seconds) come after a failed event; Slack itself waits 0, 60 and 300."""

    world: SlackWorld
    http: httpx.AsyncClient
    retry_delays: Sequence[float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    sockets: Sockets | None = None
    ack_seconds: float = ACK_SECONDS

    async def command(self, form: dict[str, str]) -> Answer:
        return await self._send(_Parcel("command", form["command"], form))

    async def interaction(self, payload: Json) -> Answer:
        return await self._send(_Parcel("interaction", str(payload["type"]), payload))

    async def event(self, payload: Json) -> Answer:
        """Deliver until the bot acknowledges, forbids it, or the retries are used up."""
        parcel = _Parcel("event", str(payload["event"]["type"]), payload)
        answer = await self._send(parcel)
        for number, delay in enumerate(self.retry_delays, start=1):
            if not answer.error or answer.headers.get("x-slack-no-retry") == "1":
                break
            await self.sleep(delay)
            reason = _RETRY_REASON.get(answer.error, "http_error")
            answer = await self._send(parcel, _Retry(number, reason))
        return answer

    async def event_again(self, payload: Json) -> Answer:
        """Deliver an event once more, as when its acknowledgement was lost on the way."""
        parcel = _Parcel("event", str(payload["event"]["type"]), payload)
        return await self._send(parcel, _Retry(1, "http_timeout"))

    async def _send(self, parcel: _Parcel, retry: _Retry | None = None) -> Answer:
        socket_mode = self.sockets is not None and self.world.settings.socket_mode
        started = time.perf_counter()
        answer = await (self._by_socket if socket_mode else self._by_http)(parcel, retry)
        if self.world.take_fault(parcel.kind, delivery=True):
            answer = replace(answer, status=None, body="", error="operation_timeout")
        spent = (time.perf_counter() - started) * 1000
        what = parcel.name if parcel.kind == "interaction" else f"{parcel.kind} {parcel.name}"
        if retry:
            what += f" (retry {retry.number})"
        told, via = answer.body or answer.error, "socket" if socket_mode else "http"
        note(self.world, "slack", what, parcel.form()[0], answer.status, told, spent, via)
        return answer

    async def _by_socket(self, parcel: _Parcel, retry: _Retry | None) -> Answer:
        if self.sockets is None:
            return Answer(error="dispatch_failed")
        match parcel.kind:
            case "command":
                envelope = Envelope("slash_commands", parcel.payload, accepts_answer=True)
            case "interaction":
                answered = parcel.name in _ANSWERED
                envelope = Envelope("interactive", parcel.payload, accepts_answer=answered)
            case "event":
                attempt = retry.number if retry else 0
                # Here the reasons go by their names without "http_".
                reason = retry.reason.removeprefix("http_") if retry else ""
                envelope = Envelope("events_api", parcel.payload, attempt, reason)
        return await self.sockets.deliver(envelope, self.ack_seconds)

    async def _by_http(self, parcel: _Parcel, retry: _Retry | None) -> Answer:
        body, content_type = parcel.form()
        raw = body.encode()
        headers = {
            "Content-Type": content_type,
            "User-Agent": _AGENT,
            "Accept": "application/json,*/*",
            **signed(self.world.settings.signing_secret, raw, int(self.world.now().timestamp())),
        }
        if retry:
            headers["X-Slack-Retry-Num"] = str(retry.number)
            headers["X-Slack-Retry-Reason"] = retry.reason
        try:
            async with asyncio.timeout(self.ack_seconds):
                url = self.world.settings.bot_url
                reply = await self.http.post(url, content=raw, headers=headers)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(error="operation_timeout")
        except httpx.HTTPError:
            return Answer(error="dispatch_failed")
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
