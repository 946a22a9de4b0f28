"""An older backup takes the database's place: what was paid since is found, once, or held."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.bots.bot_place import ANA, BEN, BotPlace, Clock, bot_place
from tests.support.bots.operator_place import Operator, Told, operator
from tests.support.bots.paying import PAID, pay_by_card, send_transfer
from tests.support.databases.trails import found_in

__all__ = ["operator"]

PAYMENTS = "SELECT payment_ref, top_up, disposition, held_because FROM payments ORDER BY 1"
BALANCE = "SELECT balance_minor FROM accounts"
NUMBERS = "SELECT max(id) FROM transactions"


async def _passes(place: BotPlace, **parts: float) -> None:
    """Time passes, and what is due by then is done."""
    place.clock.advance(**parts)
    for runner in place.app.runners:
        runner.wake()
    await place.quiet()


async def _types(operator: Operator, *arguments: str) -> Told:
    return await asyncio.to_thread(operator.types, *arguments)


async def _opens(place: BotPlace, person: str, method: str = "card") -> str:
    """Somebody tops up as far as the gateway's page: its address."""
    return await place.checkout(await place.asks_for(person, f"/topup 50 USD {method}"))


async def _pays(place: BotPlace, page: str) -> None:
    await pay_by_card(place.web, page, PAID)
    await place.calls_back(_checkout(page))


def _checkout(page: str) -> str:
    return page.rsplit("/", 1)[1]


def _payment(page: str) -> str:
    return _checkout(page).replace("cs_", "pay_", 1)


def _keep_the_gateways_books(operator: Operator) -> None:
    """The sandbox's own books are in our file; those of a gateway are not set back with it."""
    (kept,) = operator.folder.glob("bot.db.replaced-*")
    with closing(sqlite3.connect(operator.database)) as connection, connection:
        connection.execute("ATTACH DATABASE ? AS kept", (str(kept),))
        connection.execute("DELETE FROM documents")
        connection.execute("INSERT INTO documents SELECT * FROM kept.documents")


async def _until_the_disk_died(place: BotPlace, operator: Operator) -> tuple[str, ...]:
    """Four pages: one paid before the backup, one known to it and paid later, two unknown."""
    first, second = await _opens(place, ANA), await _opens(place, BEN)
    await _pays(place, first)
    await _passes(place, minutes=1)
    assert (await _types(operator, "backup", "kept.db")).code == 0
    await _passes(place, minutes=9)
    await _pays(place, second)
    third, fourth = await _opens(place, BEN), await _opens(place, ANA, "bank_transfer")
    await _pays(place, third)
    return first, second, third, fourth


def _payments(operator: Operator) -> dict[str, Any]:
    return {row[0]: row[1:] for row in operator.runs_sql(PAYMENTS)}


async def test_55_what_was_paid_after_the_backup_is_found_and_never_doubled(
    operator: Operator, tmp_path: Path
) -> None:
    """Known top-ups are credited after all, unknown ones held, paid before or after the restore.

    The last is paid only when the lists were looked through already, and its callback is lost.
    """
    clock = Clock()
    operator.looks_at(clock)
    async with bot_place(tmp_path, clock=clock) as place:
        first, second, third, fourth = await _until_the_disk_died(place, operator)
    before, numbers = operator.runs_sql(BALANCE), operator.runs_sql(NUMBERS)
    restored = await _types(operator, "restore", "kept.db", "--reason", "the disk died")
    turned_back = operator.runs_sql(BALANCE)
    _keep_the_gateways_books(operator)

    clock.advance(minutes=5)
    async with bot_place(tmp_path, seed="after the restore", clock=clock) as place:
        for _ in range(5):
            await _passes(place, seconds=2)
        found = _payments(operator)
        for _ in range(3):
            await _passes(place, hours=1)
        await send_transfer(place.web, fourth)
        await place.calls_back(_checkout(third))
        for _ in range(3):
            await _passes(place, hours=1)
        at_last, trail = _payments(operator), await place.app.store.transact(found_in)

    assert (restored.code, restored.err, trail.fault) == (0, "", None)
    assert (before, turned_back) == ([(15_000,)], [(5_000,)])
    assert operator.runs_sql(BALANCE) == [(10_000,)]
    assert [found[_payment(each)][1] for each in (first, second)] == ["applied", "applied"]
    assert found[_payment(third)] == (None, "held", "unknown_top_up")
    assert found[_payment(fourth)] == (None, None, None)
    assert at_last == {**found, _payment(fourth): (None, "held", "unknown_top_up")}
    assert numbers[0][0] < 1_000_000 <= operator.runs_sql(NUMBERS)[0][0]
