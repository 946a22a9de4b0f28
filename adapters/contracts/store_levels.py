"""What every store must count for the operator's gauges; it knows no engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.contracts.cards import record_failed, record_shown, want_card
from adapters.contracts.store import NOW, OpensStore, StoreUnderTest, card, delivery
from adapters.contracts.store_money import begin, payment, top_up
from adapters.storage.store import UnitOfWork
from billing.topups import Disposition, HeldReason, TopUpStatus
from conversations.protocol.places import read_chat
from conversations.protocol.ports import MessageRef, Verdict
from conversations.protocol.records import LaneLevel, Levels
from service.ports.records import Task, TaskKind

_AGES = {"TU-2": 0.5, "TU-3": 5, "TU-4": 50, "TU-5": 500}


class LevelsContract(OpensStore):
    """How full everything is, counted."""

    async def test_an_empty_store_has_nothing(self, store: StoreUnderTest) -> None:
        """Every kind of lane is named all the same, so that its line does not vanish."""
        found = await store.transact(lambda tx: tx.inspection.levels(NOW, ("turns",)))

        assert found == Levels({}, {}, {}, 0, 0, {}, [LaneLevel("turns", 0, timedelta(0))])

    async def test_what_waits_is_counted(self, store: StoreUnderTest) -> None:
        """Cards to be shown, by platform; not those shown or given up, and no unread delivery."""

        def work(tx: UnitOfWork) -> None:
            for name in ("shown", "given up", "waiting"):
                want_card(tx, card(name))
            want_card(tx, replace(card("other"), chat=read_chat("telegram", "1", "7")))
            record_shown(tx, "shown", 1, MessageRef("D1", "1"))
            record_failed(tx, "given up", Verdict.GONE, "blocked")
            for name in ("done", "aside", "new"):
                tx.deliveries.add(delivery(name), NOW)
            tx.deliveries.finish(1, NOW)
            tx.deliveries.quarantine(2, "unreadable", NOW)

        await store.transact(work)
        found = await store.transact(lambda tx: tx.inspection.levels(NOW, ()))

        assert found.cards_waiting == {"slack": 1, "telegram": 1}
        assert found.cards_refused == {("slack", "gone"): 1}
        assert found.quarantined == 1

    async def test_stuck_money_is_counted_by_age(self, store: StoreUnderTest) -> None:
        """Money on its way, or taken: since an hour, a day, three days, or longer."""

        def work(tx: UnitOfWork) -> None:
            begin(tx)
            for name, hours in _AGES.items():
                began = NOW - timedelta(hours=hours)
                tx.top_ups.add(top_up(name, status=TopUpStatus.PROCESSING, created_at=began))
            tx.top_ups.add(top_up("TU-6", status=TopUpStatus.PAID))
            tx.top_ups.add(top_up("TU-7", status=TopUpStatus.CREDITED))
            tx.payments.put(payment(), NOW)
            held = Disposition.HELD, HeldReason.UNKNOWN_TOP_UP
            odd = replace(payment("pi_2", None), disposition=held[0], held_because=held[1])
            tx.payments.put(odd, NOW)
            for name in ("TU-2", "TU-3"):
                tx.tasks.add(Task(TaskKind.WATCH_ENDED, name, "", NOW))
            tx.tasks.close(TaskKind.WATCH_ENDED, "TU-3", "settled", NOW)

        await store.transact(work)
        found = await store.transact(lambda tx: tx.inspection.levels(NOW, ()))

        processing = {("processing", age): 1 for age in ("1h", "1d", "3d", "older")}
        assert found.stuck == {**processing, ("paid", "1h"): 1}
        assert found.held == 1
        assert found.tasks == {"watch_ended": 1}

    async def test_due_work_is_counted_by_kind(self, store: StoreUnderTest) -> None:
        """Not what is due later or held by a claim; the oldest tells how far behind we are."""

        def work(tx: UnitOfWork) -> None:
            for name, minutes in (("a", -5), ("b", -1), ("c", 1)):
                tx.lanes.schedule("turns", name, NOW + timedelta(minutes=minutes))
            tx.lanes.schedule("show", "d", NOW)
            tx.lanes.schedule("other", "e", NOW)
            tx.lanes.claim("show", NOW, owner="me", until=NOW + timedelta(minutes=1), limit=1)

        await store.transact(work)
        kinds = ("turns", "show")
        found = await store.transact(lambda tx: tx.inspection.levels(NOW, kinds))

        assert found.lanes == [
            LaneLevel("turns", 2, timedelta(minutes=5)),
            LaneLevel("show", 0, timedelta(0)),
        ]
