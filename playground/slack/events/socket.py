"""Socket Mode: connections that the bot opens, and envelopes sent over them; it retries nothing.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.slack.world.records import Answer, Json, SlackError
from playground.slack.world.world import SlackWorld

_MAX_CONNECTIONS = 10
_TICKET_LIFE = timedelta(seconds=30)
_GRACE_SECONDS = 10.0
_APPROXIMATE_SECONDS = 18_060
_PATH = "/slack/link"
_HOST = "applink-playground"
_GOING_AWAY = 1001
_POLICY = 1008

Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is to be acknowledged; only events carry the two fields of a retry."""

    type: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    retry_attempt: int = 0
    retry_reason: str = ""
    accepts_answer: bool = False

    def json(self, envelope_id: str) -> Json:
        shown: Json = {
            "envelope_id": envelope_id,
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.accepts_answer,
        }
        if self.type == "events_api":
            shown |= {"retry_attempt": self.retry_attempt, "retry_reason": self.retry_reason}
        return shown


@dataclass(eq=False, slots=True)
class _Link:
    """One open connection, and the envelopes that it has not acknowledged."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)
    leaving: bool = False

    async def send(self, message: Json) -> None:
        await self.socket.send_text(json.dumps(message, ensure_ascii=False))

    def heard(self, text: str) -> None:
        """Take an acknowledgement; anything else is passed over, as Slack does."""
        try:
            told = json.loads(text)
        except ValueError:
            return
        envelope_id = told.get("envelope_id") if isinstance(told, dict) else None
        answer = self.waiting.get(envelope_id) if isinstance(envelope_id, str) else None
        if answer is not None and not answer.done():
            payload = told.get("payload")
            body = json.dumps(payload) if payload else ""
            answer.set_result(Answer(200, "application/json", body))

    def drop(self) -> None:
        """Whatever was not acknowledged will not be."""
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_result(Answer(error="dispatch_failed"))


class Sockets:
    """The app's connections. `base_url` is where the bot reaches this emulator."""

    def __init__(self, world: SlackWorld, base_url: str) -> None:
        self._world = world
        self._base_url = base_url.rstrip("/").replace("http", "ws", 1)
        self._tickets: dict[str, datetime] = {}
        self._links: list[_Link] = []
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._links)

    def open(self) -> Json:
        """The answer of apps.connections.open: an address that is good once, and for 30 s."""
        if not self._world.settings.socket_mode:
            raise SlackError("access_denied")
        now = self._world.now()
        self._tickets = {t: until for t, until in self._tickets.items() if until > now}
        ticket = uuid.uuid4().hex
        self._tickets[ticket] = now + _TICKET_LIFE
        app_id = self._world.settings.api_app_id
        return {"url": f"{self._base_url}{_PATH}/?ticket={ticket}&app_id={app_id}"}

    def route(self) -> WebSocketRoute:
        return WebSocketRoute(_PATH + "/", self._serve)

    async def deliver(self, envelope: Envelope, ack_seconds: float) -> Answer:
        """Send to one connection, each in its turn, and wait for the acknowledgement."""
        link = self._next()
        if link is None:
            return Answer(error="dispatch_failed")
        envelope_id = str(uuid.uuid4())
        answer = asyncio.get_running_loop().create_future()
        link.waiting[envelope_id] = answer
        try:
            async with asyncio.timeout(ack_seconds):
                await link.send(envelope.json(envelope_id))
                acknowledged: Answer = await answer
                return acknowledged
        except TimeoutError:
            return Answer(error="operation_timeout")
        except (RuntimeError, OSError, WebSocketDisconnect):
            # It closed while we were sending.
            return Answer(error="dispatch_failed")
        finally:
            del link.waiting[envelope_id]

    async def refresh(self, reason: Reason = "refresh_requested") -> int:
        """Ask every connection to be replaced, as Slack does every few hours; how many."""
        links = [link for link in self._links if not link.leaving]
        for link in links:
            link.leaving = reason != "warning"
            await link.send(_disconnect(reason))
            if link.leaving:
                self._later(link)
        return len(links)

    async def aclose(self) -> None:
        """End every connection."""
        for task in tuple(self._closing):
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for link in tuple(self._links):
            await _close(link)

    async def _serve(self, socket: WebSocket) -> None:
        until = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        if until is None or self._world.now() >= until:
            await socket.close(_POLICY)
            return
        await socket.accept()
        link = _Link(socket)
        if reason := self._unwelcome():
            await link.send(_disconnect(reason))
            await _close(link)
            return
        self._links.append(link)
        self._world.changed()
        try:
            await link.send(self._hello())
            await _listen(link)
        finally:
            self._links.remove(link)
            link.drop()
            self._world.changed()

    def _unwelcome(self) -> Reason | None:
        if not self._world.settings.socket_mode:
            return "link_disabled"
        return "too_many_websockets" if len(self._links) >= _MAX_CONNECTIONS else None

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {"host": _HOST, "approximate_connection_time": _APPROXIMATE_SECONDS},
            "connection_info": {"app_id": self._world.settings.api_app_id},
        }

    def _next(self) -> _Link | None:
        """The connection whose turn it is; one that is leaving only when there is no other."""
        staying = [link for link in self._links if not link.leaving] or self._links
        if not staying:
            return None
        link = staying[0]
        self._links.remove(link)
        self._links.append(link)
        return link

    def _later(self, link: _Link) -> None:
        async def close() -> None:
            await asyncio.sleep(_GRACE_SECONDS)
            await _close(link)

        task = asyncio.get_running_loop().create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _listen(link: _Link) -> None:
    """Hear acknowledgements until the other side goes."""
    while True:
        message = await link.socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        link.heard(message.get("text") or "")


async def _close(link: _Link) -> None:
    if link.socket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
            await link.socket.close(_GOING_AWAY)


def _disconnect(reason: Reason) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
