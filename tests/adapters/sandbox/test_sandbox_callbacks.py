"""The sandbox's callbacks and timers: tried again, bounded, and safe from a kill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from adapters.gateways.sandbox.server.changes import RETRY_SECONDS
from adapters.gateways.traits import Document
from billing.topups import PaymentStatus
from tests.support.bots.paying import DECLINED, PAID, pay_by_card, send_transfer
from tests.support.bots.sandbox_place import MemoryBooks, SandboxPlace


@pytest.fixture
def place() -> SandboxPlace:
    return SandboxPlace()


async def test_a_callback_is_retried_under_one_id(place: SandboxPlace) -> None:
    """Until it is taken, a callback comes again later: same id and body, fresh signature."""
    page = await place.open()
    place.ear.answers = [500, 302]
    await pay_by_card(place.client, page.url, PAID)

    for seconds in (0, 0.5, 0.5, 4, 1, 100_000):
        await place.wait(seconds)

    heard = place.ear.heard
    times = [int(request.headers["webhook-timestamp"]) for request in heard]
    assert [at - times[0] for at in times] == [0, 1, 6]
    assert len({request.headers["webhook-id"] for request in heard}) == 1
    assert len({request.content for request in heard}) == 1
    for request in heard:
        at = place.now.fromtimestamp(int(request.headers["webhook-timestamp"]), place.now.tzinfo)
        assert place.gateway.read_webhook(request.headers, request.content, at)


async def test_retries_end(place: SandboxPlace) -> None:
    """A merchant that never answers is left alone after a bounded number of attempts."""
    page = await place.open()
    place.ear.answers = [500] * 100
    await pay_by_card(place.client, page.url, PAID)

    for _ in range(30):
        await place.wait(max(RETRY_SECONDS))

    assert len(place.ear.heard) == 1 + len(RETRY_SECONDS)


async def test_what_was_left_undone_is_done_after_a_restart() -> None:
    """A kill loses neither a transfer under way, nor a callback, nor an expiry."""
    books = MemoryBooks()
    killed = SandboxPlace(books)
    paid, transfer, unpaid = [
        await killed.open(method, attempt=attempt)
        for method, attempt in (("card", "a"), ("bank_transfer", "b"), ("card", "c"))
    ]
    await pay_by_card(killed.client, paid.url, PAID)
    await send_transfer(killed.client, transfer.url)

    reborn = SandboxPlace(books, killed.now + timedelta(days=1))
    async with reborn.app.background():
        await heard(reborn, 4)

    events = ["checkout.expired", "payment.paid", "payment.paid", "payment.processing"]
    assert sorted(reborn.ear.events) == events
    assert (await reborn.payment(transfer)).status is PaymentStatus.PAID
    assert (await reborn.payment(unpaid)).status is PaymentStatus.EXPIRED


async def test_callbacks_go_out_while_it_runs(place: SandboxPlace) -> None:
    """In the background a callback follows at once, and a stop leaves no task behind."""
    before = asyncio.all_tasks()
    async with place.app.background():
        page = await place.open()
        await pay_by_card(place.client, page.url, PAID)
        await heard(place, 1)

    assert place.ear.events == ["payment.paid"]
    assert asyncio.all_tasks() == before


async def test_a_fault_of_the_books_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """When the books fail for a moment, the background logs it and does its work afterwards."""
    place = SandboxPlace(BooksThatFailOnce())
    async with place.app.background():
        page = await place.open()
        await pay_by_card(place.client, page.url, PAID)
        await heard(place, 1)

    assert "trying again" in caplog.text
    assert place.ear.events == ["payment.paid"]


async def test_a_callback_is_sent_though_its_change_was_told_first() -> None:
    """A database tells of two changes in another order than it made them: neither is forgotten."""
    books = BooksThatTellLate()
    place = SandboxPlace(books)
    page = await place.open()
    await pay_by_card(place.client, page.url, DECLINED)
    books.late = '"attempts": 1'
    delivering = asyncio.create_task(place.wait(0))
    await books.written.wait()

    paying = asyncio.create_task(pay_by_card(place.client, page.url, PAID))
    for _ in range(1_000):  # Long enough for a payment, which waits for nothing else here.
        await asyncio.sleep(0)
    books.told.set()
    await asyncio.gather(delivering, paying)
    await place.wait(0)

    assert place.ear.events == ["payment.declined", "payment.paid"]


async def test_what_changes_while_the_books_are_read_is_done() -> None:
    """A payment that comes while a process still reads what was left to do is called back."""
    books = BooksThatTellLate()
    place = SandboxPlace(books)
    page = await place.open()
    books.read_late = True
    async with place.app.background():
        await books.written.wait()
        await pay_by_card(place.client, page.url, PAID)
        books.told.set()
        await heard(place, 1)

    assert place.ear.events == ["payment.paid"]


class BooksThatTellLate(MemoryBooks):
    """Says only once `told` is set that it wrote what contains `late`, or what it read of all."""

    def __init__(self) -> None:
        super().__init__()
        self.late, self.read_late = "", False
        self.written, self.told = asyncio.Event(), asyncio.Event()

    async def change(
        self, kind: str, key: str, edit: Callable[[Document | None], Document]
    ) -> Document:
        edited = await super().change(kind, key, edit)
        if self.late and self.late in self.texts[kind, key]:
            self.late = ""
            await self._tell_late()
        return edited

    async def all(self, kind: str) -> Sequence[Document]:
        found = await super().all(kind)
        if self.read_late:
            self.read_late = False
            await self._tell_late()
        return found

    async def _tell_late(self) -> None:
        self.written.set()
        await self.told.wait()


class BooksThatFailOnce(MemoryBooks):
    """Its first reading of everything fails."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = False

    async def all(self, kind: str) -> Any:
        if not self.failed:
            self.failed = True
            raise OSError("the disk is away")
        return await super().all(kind)


async def heard(place: SandboxPlace, number: int) -> None:
    """Wait until that many callbacks arrived."""
    async with asyncio.timeout(60):
        while len(place.ear.heard) < number:
            await asyncio.sleep(0.01)
