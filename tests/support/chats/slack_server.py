"""A small Slack on a real socket: keeps messages, fails as told, and checks no limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

BOT_TOKEN = "xoxb-secret-token"
APP_TOKEN = "xapp-secret-token"
DIRECT = "D1"

Json = dict[str, Any]


@dataclass
class Planned:
    """How a call of a method is to end instead of well."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lose_reply: bool = False
    seconds: float = 0
    until: asyncio.Event | None = None
    # What it answers, whatever that is.
    says: object = None


class FakeSlack:
    """Keeps messages, forms and every call; `plan` makes the next call of a method fail."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.messages: dict[str, Json] = {}
        self.deleted: set[str] = set()
        self.hooked: list[Json] = []
        self.members: dict[str, list[str]] = {}
        self.plans: dict[str, list[Planned]] = {}
        self.base_url = ""
        self.sockets: list[web.WebSocketResponse] = []
        self.acknowledged: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.people: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.granted: dict[str, Json] = {}
        self.bot_token = BOT_TOKEN
        self.socket_url = ""

    async def send_envelope(self, envelope: Json) -> None:
        """One envelope over the newest socket, once there is one."""
        while not self.sockets or self.sockets[-1].closed:
            await asyncio.sleep(0.01)
        await self.sockets[-1].send_json(envelope)

    def plan(self, method: str, planned: Planned) -> None:
        self.plans.setdefault(method, []).append(planned)

    def called(self, method: str) -> list[Json]:
        return [body for name, body in self.calls if name == method]

    @property
    def acts(self) -> list[tuple[str, Json]]:
        """Every call but the question who somebody is."""
        return [call for call in self.calls if call[0] != "users.info"]

    @property
    def hook_url(self) -> str:
        return self.base_url.replace("/api/", "/hook/1")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/api/{method}", self._api)
        app.router.add_post("/hook/1", self._hook)
        app.router.add_get("/socket", self._socket)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        try:
            yield
        finally:
            for socket in self.sockets:
                await socket.close()
            await runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await _body(request)
        self.calls.append((method, body))
        planned = (self.plans.get(method) or self.plans.get("*") or [Planned()]).copy()[0]
        for name in (method, "*"):
            if self.plans.get(name):
                self.plans[name].pop(0)
                break
        await asyncio.sleep(planned.seconds)
        if planned.until is not None:
            await planned.until.wait()
        if planned.says is not None:
            return web.json_response(planned.says)
        if planned.error or planned.status != 200:
            told = {"ok": False, "error": planned.error}
            return web.json_response(told, status=planned.status, headers=planned.headers)
        wanted = APP_TOKEN if method == "apps.connections.open" else self.bot_token
        public = method == "oauth.v2.access"
        if not public and request.headers.get("Authorization") != f"Bearer {wanted}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        answer = self._deleted(method, body) or self._do(method, body)
        if planned.lose_reply:
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"ok": True, **answer})

    def _deleted(self, method: str, body: Json) -> Json | None:
        """The answer about a message that is deleted, by this call or before."""
        if body.get("ts") in self.deleted:
            return {"ok": False, "error": "message_not_found"}
        if method != "chat.delete":
            return None
        self.deleted.add(body["ts"])
        del self.messages[body["ts"]]
        return {"channel": body["channel"], "ts": body["ts"]}

    def _do(self, method: str, body: Json) -> Json:
        match method:
            case "chat.postMessage":
                ts = f"1700000000.{len(self.messages) + len(self.deleted) + 1:06}"
                channel = DIRECT if body["channel"].startswith("U") else body["channel"]
                self.messages[ts] = {**body, "channel": channel}
                return {"channel": channel, "ts": ts}
            case "chat.update":
                self.messages[body["ts"]] = body
                return {"channel": body["channel"], "ts": body["ts"]}
            case "conversations.open":
                return {"channel": {"id": DIRECT}}
            case "conversations.members":
                members, start = self.members[body["channel"]], int(body.get("cursor") or 0)
                more = str(start + 2) if start + 2 < len(members) else ""
                return {
                    "members": members[start : start + 2],
                    "response_metadata": {"next_cursor": more},
                }
            case "oauth.v2.access":
                return self.granted[body["code"]]
            case "auth.test":
                return {"bot_id": "B1", "user": "topup", "team": "Acme", "team_id": "T1"}
            case "views.open":
                return {"view": {"id": "V1", "hash": "h1"}}
            case "conversations.info":
                return {
                    "channel": {"id": body["channel"], **self.channels.get(body["channel"], {})}
                }
            case "users.info":
                known = {"id": body["user"], "team_id": "T1", "name": "ana"}
                return {"user": {**known, **self.people.get(body["user"], {})}}
            case "views.publish":
                self.homes[body["user_id"]] = body["view"]
                return {"view": {"id": f"V{body['user_id']}"}}
            case "apps.connections.open":
                root = self.base_url.replace("http:", "ws:").replace("/api/", "/socket")
                return {"url": self.socket_url or f"{root}?ticket=secret-ticket"}
            case _:
                return {}

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello"})
        async for received in socket:
            self.acknowledged.append(received.json())
        return socket

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        self.hooked.append(await request.json())
        return web.Response(text="ok")


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **{name: str(text) for name, text in (await request.post()).items()}}
