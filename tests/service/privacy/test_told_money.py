"""What somebody is told of their money: every row that a payment of theirs led to."""

from __future__ import annotations

from pathlib import Path

from bot.wiring.traits import TRAITS
from service.common.context import context_of
from service.money.held import Decision, send_back
from service.ports.records import Task, TaskKind
from service.privacy.erasure import export_person
from tests.support.bots.bot_place import ANA, BEN, START, bot_place
from tests.support.chats.pocket_chat import PLATFORM, TENANT


async def test_111_an_export_has_every_row_about_a_payment(tmp_path: Path) -> None:
    """The trail of it, its ledger on a shared account, its refund, and what waits about it."""
    async with bot_place(tmp_path) as place:
        await place.pays(await place.asks_for(ANA))
        await place.pays(await place.asks_for(BEN, "/topup 40 USD card"))
        (own, other) = place.rows("payments")
        checkout = place.rows("attempts")[0]["checkout_ref"]
        top_up = own["top_up"]

        def more(tx):  # type: ignore[no-untyped-def]
            order = send_back(
                context_of(tx, place.app.services), top_up, "5", "", Decision("they asked")
            )
            about = (
                (TaskKind.REFUND_REFUSED, order.id, "refused"),
                (TaskKind.ANSWER_UNREAD, checkout, "odd"),
                (TaskKind.ENTRY_UNREAD, "re_9", f"{own['payment_ref']}: odd"),
                (TaskKind.WATCH_ENDED, other["top_up"], "not theirs"),
            )
            for kind, subject, detail in about:
                tx.tasks.add(Task(kind, subject, detail, START))
            return order.id

        order = await place.app.store.transact(more)
        told = await place.app.store.transact(
            lambda tx: export_person(tx, f"{PLATFORM}:{TENANT}/{ANA}", TRAITS)
        )

    key = "/".join(own[part] for part in ("gateway", "merchant_account", "payment_ref"))
    acts = {(row["act"], row["subject"]) for row in told["audit"]}
    assert {("payment_applied", key), ("refund_ordered", key)} <= acts
    assert [row["id"] for row in told["refunds"]] == [order]
    assert {row["subject"] for row in told["tasks"]} == {order, checkout, "re_9"}
    assert [row["reference"].startswith(f"{key}:") for row in told["transactions"]] == [True]
    assert {row["transaction_id"] for row in told["postings"]} == {told["transactions"][0]["id"]}
    assert other["payment_ref"] not in str(told)
