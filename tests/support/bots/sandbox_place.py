"""A sandbox gateway in memory: its server, its books, a clock to turn and a bot that listens."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from adapters.contracts.gateway import SignedCallback, checkout_request
from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox.gateway import SandboxGateway
from adapters.gateways.sandbox.server.app import sandbox_app
from adapters.gateways.sandbox.server.settings import SandboxSettings
from adapters.gateways.traits import Document
from billing.money import Money
from billing.ports import HostedPage
from billing.topups import PaymentSnapshot
from tests.support.bots.paying import PAID, pay_by_card

PUBLIC_URL = "http://127.0.0.1:8080/sandbox"
CALLBACK_URL = "http://127.0.0.1:8080/webhooks/sandbox"
API_KEY = "sk_sandbox_for_tests_only"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"sandbox callbacks in tests").decode()
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class MemoryBooks:
    """Books in memory. JSON text, as a database would hold it, so that nothing else survives."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}

    async def change(
        self, kind: str, key: str, edit: Callable[[Document | None], Document]
    ) -> Document:
        edited = edit(await self.get(kind, key))
        self.texts[kind, key] = json.dumps(edited)
        return edited

    async def get(self, kind: str, key: str) -> Document | None:
        text = self.texts.get((kind, key))
        found: Document | None = None if text is None else json.loads(text)
        return found

    async def all(self, kind: str) -> Sequence[Document]:
        return [json.loads(text) for (of, _), text in self.texts.items() if of == kind]


@dataclass
class Ear:
    """The bot's end: what callbacks arrived. It answers with `answers`, then 200 for ever."""

    heard: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)

    @property
    def events(self) -> list[str]:
        return [json.loads(request.content)["type"] for request in self.heard]


class SandboxPlace:
    """The server, and a gateway and a browser that reach it. It is a `GatewayWorld`."""

    secrets = (API_KEY, WEBHOOK_SECRET, WEBHOOK_SECRET.removeprefix("whsec_"))

    def __init__(self, books: MemoryBooks | None = None, now: datetime = START) -> None:
        self.now = now
        self.books = books or MemoryBooks()
        self.ear = Ear()
        self.settings = SandboxSettings(
            api_key=API_KEY,
            webhook_secret=WEBHOOK_SECRET,
            public_url=PUBLIC_URL,
            callback_url=CALLBACK_URL,
            now=lambda: self.now,
            new_id=map("test{:08}".format, count(len(self.books.texts))).__next__,
        )
        bot = httpx.AsyncClient(transport=httpx.MockTransport(self.ear))
        self.app = sandbox_app(self.books, self.settings, bot)
        self._asked: list[httpx.Request] = []
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._mounted), event_hooks={"request": [self._note]}
        )
        self.gateway = self.gateway_over(self.client)

    # --- what the contract asks for ---

    def callback(self, checkout_ref: str, at: datetime) -> SignedCallback:
        data = {"checkout": checkout_ref, "payment": "pay_1"}
        return self.signed({"type": "payment.paid", "data": data}, at)

    def unknown_callback(self, at: datetime) -> SignedCallback:
        return self.signed({"type": "payout.created", "data": {"payout": "po_1"}}, at)

    async def pay(self, page: HostedPage) -> None:
        paid = await pay_by_card(self.client, page.url, PAID)
        assert ">Paid<" in paid.text

    def idempotency_keys(self) -> list[str]:
        keys = (request.headers.get("idempotency-key") for request in self._asked)
        return [key for key in keys if key]

    def leading_to(self, url: str) -> SandboxGateway:
        return self.altering(lambda answer: answer | {"url": url})

    def failing(self, status: int | None) -> SandboxGateway:
        def fail(request: httpx.Request) -> httpx.Response:
            if status is None:
                raise httpx.ReadTimeout("too slow", request=request)
            return httpx.Response(status, text=f"a proxy's page that echoes {API_KEY}")

        return self.gateway_over(httpx.AsyncClient(transport=httpx.MockTransport(fail)))

    def with_odd_entries(self) -> SandboxGateway:
        def odd(said: dict[str, Any]) -> dict[str, Any]:
            lists = [name for name in ("payments", "checkouts") if name in said]
            return said | {name: [5, *said[name]] for name in lists}

        return self.altering(odd)

    def replying(self, body: str) -> SandboxGateway:
        answer = httpx.MockTransport(lambda _asked: httpx.Response(200, text=body))
        return self.gateway_over(httpx.AsyncClient(transport=answer))

    def refusing(self, status: int, code: str = "parameter_invalid") -> SandboxGateway:
        said = {"type": "invalid_request_error", "code": code, "message": f"not by {API_KEY}"}
        answer = httpx.MockTransport(lambda _asked: httpx.Response(status, json={"error": said}))
        return self.gateway_over(httpx.AsyncClient(transport=answer))

    # --- hands for the tests ---

    def altering(self, edit: Callable[[dict[str, Any]], Any]) -> SandboxGateway:
        """The gateway, when somebody alters every answer that the server gives."""

        async def astray(request: httpx.Request) -> httpx.Response:
            answer = await self.client.send(request)
            return httpx.Response(answer.status_code, json=edit(answer.json()))

        return self.gateway_over(httpx.AsyncClient(transport=httpx.MockTransport(astray)))

    def gateway_over(self, client: httpx.AsyncClient) -> SandboxGateway:
        return SandboxGateway(
            client, public_url=PUBLIC_URL, api_key=API_KEY, webhook_secrets=(WEBHOOK_SECRET,)
        )

    def signed(self, event: Any, at: datetime) -> SignedCallback:
        return self.signed_bytes(json.dumps(event).encode(), at)

    def signed_bytes(self, body: bytes, at: datetime) -> SignedCallback:
        key = standard_webhooks.signing_key(WEBHOOK_SECRET)
        return SignedCallback(standard_webhooks.sign(key, "msg_1", at, body), body)

    async def open(self, method: str = "card", **changes: Any) -> HostedPage:
        request = checkout_request(self.now, Money(5_075, "USD"))
        return await self.gateway.open_checkout(replace(request, method=method, **changes))

    async def payment(self, page: HostedPage) -> PaymentSnapshot:
        (snapshot,) = await self.gateway.fetch(page.checkout_ref)
        return snapshot

    async def wait(self, seconds: float) -> None:
        """Let time pass, then do what is due."""
        self.now += timedelta(seconds=seconds)
        await self.app.run_due_work()

    async def _mounted(self, scope: Any, receive: Any, send: Any) -> None:
        # As Starlette's Mount does it: the path keeps its prefix, root_path names it.
        await self.app(scope | {"root_path": "/sandbox"}, receive, send)

    async def _note(self, request: httpx.Request) -> None:
        self._asked.append(request)
