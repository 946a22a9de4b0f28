"""What every store must do with transactions and with the rows of a chat; it knows no engine.

A subclass named `Test…` in tests/ opens its own engine; the modules `store_…` go on.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import pytest
from sqlalchemy.exc import StatementError

from adapters.contracts.cards import record_failed, record_shown, want_card
from adapters.storage.store import UnitOfWork
from billing.money import Money
from conversations.protocol.actions import OpenPayPage, Pick, Slot
from conversations.protocol.events import Asking, ConversationKey, Draft, Idle, Reviewing, State
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Delivery, MessageRef, Verdict
from conversations.protocol.records import Card, SavedState
from conversations.protocol.views import Choice, Row, View

Result = TypeVar("Result")

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CHAT = read_chat("slack", "T1", "D1")
KEY = ConversationKey("slack", "T1", "D1", "U1")
_MESSAGE = MessageRef("D1", "1700000000.000100")


class StoreUnderTest(Protocol):
    """What the application sees of a store."""

    async def transact(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run `work` in one transaction."""

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)` after commits that scheduled lanes."""

    async def close(self) -> None:
        """Let go of the engine."""


class OpensStore(ABC):
    """The hook that a subclass gives, and the store that its tests ask for."""

    @abstractmethod
    async def open_store(self) -> StoreUnderTest:
        """A new store without a row; whoever opens it closes it."""

    @pytest.fixture
    async def store(self) -> AsyncIterator[StoreUnderTest]:
        """An empty store for one test."""
        store = await self.open_store()
        yield store
        await store.close()


def card(name: str = "card-1", title: str = "⏳ Waiting for payment") -> Card:
    """A card that shows most of what a view can hold."""
    choices = (
        (Choice("Pay", OpenPayPage("TU-1", 1)),),
        (Choice("50", Pick(Slot.AMOUNT, "5000", "USD"), confirm="Sure?"),),
    )
    rows = (Row("Account", "Ops «é» <b>"), Row("Id", "TU-1", code=True))
    view = View(title, f"{title}.", ("One.",), rows, choices, "A hint")
    return Card(name, CHAT, "U1", "en", "Europe/Paris", view, 1, subject="TU-1")


def delivery(sender_id: str, lane: str = "slack:T1:U1") -> Delivery:
    """A delivery with a handle that must not be kept."""
    return Delivery("slack", sender_id, lane, {"text": "50 USD ✓"}, {"trigger_id": "secret"})


async def _load(store: StoreUnderTest, key: ConversationKey) -> SavedState | None:
    return await store.transact(lambda tx: tx.conversations.load(key))


async def _want(store: StoreUnderTest, wanted: Card) -> Card:
    return await store.transact(lambda tx: want_card(tx, wanted))


class StoreContract(OpensStore):
    """Transactions, deliveries, conversations and cards."""

    async def test_what_was_committed_is_there(self, store: StoreUnderTest) -> None:
        """A later transaction reads what an earlier one wrote."""
        await store.transact(lambda tx: tx.documents.put("payment", "p1", {"state": "paid"}))
        await store.transact(lambda tx: tx.documents.put("payment", "p0", {"state": "open"}))
        await store.transact(lambda tx: tx.documents.put("payment", "p0", {"state": "lost"}))

        assert await store.transact(lambda tx: tx.documents.get("payment", "p1")) == {
            "state": "paid"
        }
        assert await store.transact(lambda tx: tx.documents.get("payment", "p2")) is None
        assert await store.transact(lambda tx: tx.documents.all("payment")) == [
            {"state": "lost"},
            {"state": "paid"},
        ]

    async def test_a_failed_transaction_leaves_nothing(self, store: StoreUnderTest) -> None:
        """The exception of the work comes back as it was raised, and no row stays."""
        trouble = RuntimeError("halfway")

        def work(tx: UnitOfWork) -> None:
            tx.deliveries.add(delivery("e1"), NOW)
            want_card(tx, card())
            raise trouble

        with pytest.raises(RuntimeError) as caught:
            await store.transact(work)

        assert caught.value is trouble
        assert not await store.transact(lambda tx: tx.deliveries.pending("slack:T1:U1", 9))
        assert await store.transact(lambda tx: tx.cards.get("card-1")) is None

    async def test_a_cancelled_wait_leaves_the_transaction_whole(
        self, store: StoreUnderTest
    ) -> None:
        """Who stops waiting in the middle changes nothing: it commits, wakes, and others go on."""
        begun, go_on, woken = threading.Event(), threading.Event(), asyncio.Queue[str]()
        store.on_schedule(woken.put_nowait)

        def work(tx: UnitOfWork) -> None:
            tx.documents.put("payment", "p1", {})
            tx.lanes.schedule("cards", "D1", NOW)
            begun.set()
            go_on.wait()
            tx.documents.put("payment", "p2", {})

        task = asyncio.create_task(store.transact(work))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

        assert await asyncio.wait_for(woken.get(), 9) == "cards"
        assert len(await store.transact(lambda tx: tx.documents.all("payment"))) == 2

    async def test_transactions_do_not_interleave(self, store: StoreUnderTest) -> None:
        """Many readers that write back what they read plus one lose no update."""

        def count(tx: UnitOfWork) -> None:
            seen = tx.documents.lock("count", "it") or {"value": 0}
            tx.documents.put("count", "it", {"value": seen["value"] + 1})

        await asyncio.gather(*(store.transact(count) for _ in range(40)))

        assert await store.transact(lambda tx: tx.documents.get("count", "it")) == {"value": 40}

    async def test_a_time_without_a_zone_is_refused(self, store: StoreUnderTest) -> None:
        """A naive time could mean any moment, so it is not stored."""
        with pytest.raises(StatementError, match="needs a zone"):
            await store.transact(
                lambda tx: tx.deliveries.add(delivery("e1"), NOW.replace(tzinfo=None))
            )

    async def test_a_delivery_is_kept_once(self, store: StoreUnderTest) -> None:
        """The same sender id is refused the second time; its handles are never kept."""
        first = await store.transact(lambda tx: tx.deliveries.add(delivery("e1"), NOW))
        again = await store.transact(lambda tx: tx.deliveries.add(delivery("e1"), NOW))
        [kept] = await store.transact(lambda tx: tx.deliveries.pending("slack:T1:U1", 9))

        assert again is None
        assert kept.id == first
        assert kept.body == {"text": "50 USD ✓"}
        assert kept.received_at == NOW

    async def test_deliveries_wait_in_the_order_received(self, store: StoreUnderTest) -> None:
        """A lane's deliveries wait in order until each is done or quarantined."""

        def receive(tx: UnitOfWork) -> list[int | None]:
            tx.deliveries.add(delivery("other", "slack:T1:U2"), NOW)
            return [tx.deliveries.add(delivery(f"e{n}"), NOW) for n in range(4)]

        def work_off(tx: UnitOfWork) -> list[int]:
            first, second, third, fourth = tx.deliveries.pending("slack:T1:U1", 9)
            assert [first.id, second.id, third.id, fourth.id] == received
            tx.deliveries.finish(first.id, NOW)
            tx.deliveries.quarantine(third.id, "unreadable", NOW)
            return [tx.deliveries.count_failure(second.id, "outage") for _ in range(2)]

        received = await store.transact(receive)
        assert await store.transact(work_off) == [1, 2]
        left = await store.transact(lambda tx: tx.deliveries.pending("slack:T1:U1", 9))
        one = await store.transact(lambda tx: tx.deliveries.pending("slack:T1:U1", 1))

        assert [(each.sender_id, each.tries) for each in left] == [("e1", 2), ("e3", 0)]
        assert one == left[:1]

    @pytest.mark.parametrize(
        "state",
        [
            Idle(),
            Asking(Draft("d1", amount_text="50"), Slot.ACCOUNT),
            Asking(Draft("d1", "ops", Money(5000, "USD"), "USD", "card"), Slot.METHOD, "card-1"),
            Reviewing(Draft("d1", "ops", Money(5000, "USD"), "USD", "card"), "card-1"),
        ],
    )
    async def test_a_conversation_is_taken_up_again(
        self, store: StoreUnderTest, state: State
    ) -> None:
        """Every state comes back as it was saved, for this person and nobody else."""
        before = SavedState(Idle(), NOW - timedelta(days=1), "de", "UTC")
        saved = SavedState(state, NOW, "fr", "Europe/Paris", "card-1 2 0", "card-0")
        await store.transact(lambda tx: tx.conversations.save(KEY, before))
        await store.transact(lambda tx: tx.conversations.save(KEY, saved))

        assert await _load(store, KEY) == saved
        for part in ("person", "chat", "tenant", "platform"):
            assert await _load(store, replace(KEY, **{part: "another"})) is None

    async def test_a_card_is_wanted_again_only_when_it_differs(
        self, store: StoreUnderTest
    ) -> None:
        """The same looks change nothing; another view, language, zone or subject is a revision."""
        first = card()
        changes = [
            replace(first, wanted=replace(first.wanted, title="✅ Credited")),
            replace(first, locale="fr"),
            replace(first, zone="UTC"),
            replace(first, subject=None),
        ]

        assert await _want(store, first) == first
        assert await _want(store, replace(first, tries=7)) == first
        for revision, change in enumerate(changes, start=2):
            wanted = replace(change, wanted_rev=revision)
            assert await _want(store, change) == wanted
            assert await store.transact(lambda tx: tx.cards.get("card-1")) == wanted

    async def test_cards_are_due_in_the_order_first_wanted(self, store: StoreUnderTest) -> None:
        """A card that changed keeps its place; other chats' and shown cards are not due."""

        def work(tx: UnitOfWork) -> None:
            for name in ("b", "a", "c"):
                want_card(tx, card(name))
            want_card(tx, replace(card("elsewhere"), chat=read_chat("slack", "T1", "D2")))
            want_card(tx, card("b", "✅ Credited"))
            record_shown(tx, "a", 1, _MESSAGE)

        await store.transact(work)
        due = await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))

        assert [each.id for each in due] == ["b", "c"]
        assert len(await store.transact(lambda tx: tx.cards.due_in(CHAT, 1))) == 1

    async def test_a_card_shows_what_was_sent_last(self, store: StoreUnderTest) -> None:
        """Late word of an older revision changes nothing; a lost message is posted anew."""
        await _want(store, card())
        await _want(store, card(title="✅ Credited"))
        await store.transact(lambda tx: record_shown(tx, "card-1", 2, _MESSAGE))
        await store.transact(lambda tx: record_shown(tx, "card-1", 1, MessageRef("D1", "old")))
        kept = await store.transact(lambda tx: tx.cards.get("card-1"))
        await store.transact(lambda tx: record_failed(tx, "card-1", Verdict.LOST))
        forgotten = await store.transact(lambda tx: tx.cards.get("card-1"))

        assert kept is not None
        assert (kept.shown_rev, kept.message) == (2, _MESSAGE)
        assert forgotten == replace(kept, message=None)

    async def test_a_card_given_up_waits_for_a_newer_revision(self, store: StoreUnderTest) -> None:
        """It is not due and not said to be shown; a new view is tried from the beginning."""
        await _want(store, card())
        tries = [
            (await store.transact(lambda tx: record_failed(tx, "card-1", Verdict.OUTAGE))).tries
            for _ in "ab"
        ]
        await store.transact(lambda tx: record_failed(tx, "card-1", Verdict.GONE, "chat is gone"))
        given_up = await store.transact(lambda tx: tx.cards.get("card-1"))
        nothing = await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))
        await _want(store, card(title="✅ Credited"))
        [due] = await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))

        assert tries == [1, 2]
        assert given_up is not None
        assert (given_up.shown_rev, given_up.tries) == (0, 3)
        assert (given_up.refused, given_up.error) == (Verdict.GONE, "chat is gone")
        assert not nothing
        assert (due.wanted_rev, due.tries) == (2, 0)

    async def test_a_wrong_id_is_told(self, store: StoreUnderTest) -> None:
        """To change what does not exist raises, so that no caller goes on unaware."""
        changes: list[Callable[[UnitOfWork], object]] = [
            lambda tx: tx.cards.save(card("nobody")),
            lambda tx: tx.deliveries.finish(404, NOW),
            lambda tx: tx.deliveries.count_failure(404, "x"),
            lambda tx: tx.top_ups.record_opened("nobody", "cs_1", "https://pay.example"),
            lambda tx: tx.accounts.set_threshold("nobody", 500),
        ]
        for change in changes:
            with pytest.raises(LookupError):
                await store.transact(change)
