"""A callback is acknowledged once it is stored: a slow gateway keeps nobody waiting."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from adapters.gateways import standard_webhooks
from adapters.storage import worker_wait
from billing.ports import PaymentGateway
from billing.topups import PaymentSnapshot
from tests.support.bots.bot_place import BotPlace, bot_place, callback_key
from tests.support.bots.odd_gateway import OddGateway
from tests.support.bots.paying import PAID, pay_by_card

RESENT = 20


@dataclass
class SlowGateway(OddGateway):
    """The sandbox, whose answers about payments come when the test says so."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        self.asked += 1
        await self.answers.wait()
        return await self.real.fetch(checkout_ref)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


async def tells(place: BotPlace, checkout: str) -> int:
    """A genuine callback about a checkout, and nobody waits for what comes of it."""
    body = json.dumps({"type": "payment.paid", "data": {"checkout": checkout}}).encode()
    headers = standard_webhooks.sign(callback_key(), "msg_1", place.clock(), body)
    return (await place.web.post("/webhooks/sandbox", content=body, headers=headers)).status_code


async def test_14_a_slow_gateway_keeps_no_callback_waiting(place: BotPlace) -> None:
    """Acknowledged while the gateway has not answered yet, as often as it is sent; one credit."""
    page = await place.checkout(await place.asks_for())
    await pay_by_card(place.web, page, PAID)
    checkout = page.rsplit("/", 1)[1]
    gateways = cast("dict[str, PaymentGateway]", place.app.checkouts.gateways)
    slow = SlowGateway(gateways["sandbox"], "")
    gateways["sandbox"] = slow

    answers = [await tells(place, checkout) for _ in range(RESENT)]
    before = place.rows("postings")
    slow.answers.set()
    await place.quiet()

    assert answers == [204] * RESENT
    assert before == []
    assert place.rows("accounts")[0]["balance_minor"] == 5_000
    assert slow.asked < RESENT


async def test_14_what_cannot_be_stored_in_time_is_not_acknowledged(
    place: BotPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is busy for too long: 503, so that the gateway tells again; then it is."""
    page = await place.checkout(await place.asks_for())
    await pay_by_card(place.web, page, PAID)
    checkout = page.rsplit("/", 1)[1]
    begun, over = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        begun.set()
        over.wait()

    holding = asyncio.create_task(place.app.store.transact(hold))
    await asyncio.to_thread(begun.wait)
    monkeypatch.setattr(worker_wait, "BUSY_SECONDS", 0.01)
    try:
        refused = await tells(place, checkout)
    finally:
        monkeypatch.undo()
        over.set()
        await holding
    taken = await tells(place, checkout)
    await place.quiet()

    assert (refused, taken) == (503, 204)
    assert place.rows("accounts")[0]["balance_minor"] == 5_000
