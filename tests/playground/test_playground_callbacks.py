"""Callbacks on their way to the bot: carried as they are, or badly where a switch says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from playground.kit.callbacks import Forwarder, Line
from playground.kit.journal import Journal
from tests.support.bots.stripe_place import START, Ear

BOT = "http://127.0.0.1:8080/webhooks/sandbox"
SIGNED = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,c2lnbmVk"}


class Way:
    """A bot that listens, the line to it, and the gateway's end of the line."""

    def __init__(self) -> None:
        self.bot = Ear()
        self.journal = Journal("secret", lambda: START)
        to_bot = httpx.AsyncClient(transport=httpx.MockTransport(self.bot))
        self.line = Line(to_bot, BOT, journal=self.journal)
        self.forwarder = Forwarder(self.line, lambda: START)
        app = Starlette(routes=[self.forwarder.route("/callbacks/sandbox")])
        self.gateway = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        )

    async def send(self, kind: str) -> int:
        """The gateway calls back: the status that it is answered."""
        body = json.dumps({"type": kind})
        answer = await self.gateway.post("/callbacks/sandbox", content=body, headers=SIGNED)
        return answer.status_code


@pytest.fixture
async def way() -> AsyncIterator[Way]:
    found = Way()
    async with found.gateway, found.line.http:
        yield found


async def test_a_callback_is_carried_as_it_is(way: Way) -> None:
    """Same bytes, same signature, the bot's own answer, and a line in the journal."""
    way.bot.answers = [503, 204]

    assert [await way.send("payment.paid"), await way.send("payment.paid")] == [503, 204]
    (first, _) = way.bot.heard
    assert (str(first.url), first.headers["webhook-signature"]) == (BOT, "v1,c2lnbmVk")
    noted = [(entry.method, entry.status) for entry in way.journal.entries()]
    assert noted == [("payment.paid", 503), ("payment.paid", 204)]


async def test_a_dead_bot_is_told_to_the_sender(way: Way) -> None:
    """Nothing is swallowed: the sender hears that nobody was there, and will send again."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    await way.line.http.aclose()
    way.line.http = httpx.AsyncClient(transport=httpx.MockTransport(refuse))

    assert await way.send("payment.paid") == 502
    assert way.journal.entries()[-1].status == 0


async def test_a_dropped_callback_never_comes(way: Way) -> None:
    """The sender believes that it was taken, and the bot hears nothing."""
    way.line.toggles.on.add("drop")

    assert await way.send("payment.paid") == 204
    assert way.bot.heard == []
    assert way.line.toggles.happened == {"drop": 1}


async def test_a_forged_copy_comes_first(way: Way) -> None:
    """The same bytes under a signature that fits nothing; a bot that takes it is found out."""
    way.line.toggles.on.add("forge")
    way.bot.answers = [401, 204]

    refused = await way.send("payment.paid")
    forged, genuine = (request.headers["webhook-signature"] for request in way.bot.heard)
    taken_before = way.line.forged_taken
    await way.send("payment.paid")

    assert (refused, forged, genuine) == (204, "v1,00000000", "v1,c2lnbmVk")
    assert (taken_before, way.line.forged_taken) == (0, 1)


async def test_copies_come_one_after_the_other(way: Way) -> None:
    """Three times the same; the sender hears of the last."""
    way.line.toggles.on.add("duplicate")
    way.bot.answers = [500, 500, 204]

    assert await way.send("payment.paid") == 204
    assert way.bot.events == ["payment.paid"] * 3


async def test_a_late_callback_comes(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes its time, and what the sandbox said to be paid is remembered from the start."""
    monkeypatch.setattr("playground.kit.callbacks.DELAY_SECONDS", 0.05)
    way.line.toggles.on.add("delay")
    body = json.dumps({"type": "payment.paid", "data": {"checkout": "co_1", "payment": "pay_1"}})

    sending = asyncio.create_task(way.gateway.post("/callbacks/sandbox", content=body))
    while not way.forwarder.paid:
        await asyncio.sleep(0)
    early = list(way.bot.heard)

    assert ((await sending).status_code, early, len(way.bot.heard)) == (204, [], 1)
    assert way.forwarder.paid == {"pay_1": START}


async def test_the_newest_goes_first(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes within a moment waits for what comes after it; each has its own answer."""
    monkeypatch.setattr("playground.kit.callbacks._GATHER_SECONDS", 0.05)
    way.line.toggles.on.add("reorder")
    way.bot.answers = [201, 202, 204]

    answers = await asyncio.gather(*(way.send(kind) for kind in ("first", "second", "third")))

    assert way.bot.events == ["third", "second", "first"]
    assert answers == [204, 202, 201]
