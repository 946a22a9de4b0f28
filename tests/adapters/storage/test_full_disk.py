"""A database without room: what does not fit is refused, whole, and taken once there is room."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from adapters.storage.unit_of_work import UnitOfWork
from conversations.protocol.ports import Delivery
from service.lanes import lanes
from service.ports.store import Store, StoreUnavailable, Tx
from tests.support.bots.bot_place import ANA, BotPlace, bot_place
from tests.support.chats.pocket_chat import delivery
from tests.support.databases.postgres_server import Server
from tests.support.soak.postgres_chaos import UNDERSTOOD, outcome, telling
from tests.support.soak.webhook_load import prepare, shuffled

REFUSALS = 20
PAYMENTS = 20
_NO_LIMIT = 1_073_741_823


async def test_53_a_full_sqlite_file_refuses_whole_deliveries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty messages and a callback find no room: none is acknowledged, none is there by half.

    Whoever sends them again, once there is room, is served; so is what waited inside.
    """
    monkeypatch.setattr(lanes, "BACK_OFF_SECONDS_MAX", 0.01)
    async with bot_place(tmp_path) as place:
        card = await place.asks_for()
        checkout = (await place.checkout(card)).rsplit("/", 1)[1]
        before = place.money()
        await limit_pages(place, _pages(place))
        fitted, refused = await _send_until_full(place)
        answer = await place.calls_back(checkout)
        kept = {each["sender_id"] for each in place.rows("deliveries")}
        during = place.money()
        ready = (await place.web.get("/readyz")).status_code

        await limit_pages(place, _NO_LIMIT)
        place.clock.advance(minutes=5)
        again = [await place.app.inbox.accept(each) for each in refused]
        await place.quiet()

        assert len(refused) == REFUSALS
        assert answer.status_code == 503
        assert fitted <= kept
        assert not kept & {each.sender_id for each in refused}
        assert during == before
        assert ready == 200
        assert None not in again
        assert all(row["done_at"] for row in place.rows("deliveries"))
        assert (await place.calls_back(checkout)).status_code == 204


async def limit_pages(place: BotPlace, most: int) -> None:
    """The file may not grow beyond so many pages."""
    pragma = f"PRAGMA max_page_count = {most}"

    def work(tx: Tx) -> None:
        assert isinstance(tx, UnitOfWork)
        tx.accounts._connection.exec_driver_sql(pragma)

    await place.app.store.transact(work)


def _pages(place: BotPlace) -> int:
    with closing(sqlite3.connect(place.database)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


async def _send_until_full(place: BotPlace) -> tuple[set[str], list[Delivery]]:
    """What still fitted, by name, and what was refused. Some room is left inside of pages."""
    fitted: set[str] = set()
    refused: list[Delivery] = []
    while len(refused) < REFUSALS:
        sent = delivery(f"full-{len(fitted)}-{len(refused)}", ANA, text="hello")
        try:
            await place.app.inbox.accept(sent)
        except StoreUnavailable:
            refused.append(sent)
        else:
            fitted.add(sent.sender_id)
    return fitted, refused


@contextmanager
def small_disk(server: Server) -> Iterator[Path]:
    """A disk of 16 MB in memory, for the server's rows. Skips where nobody may mount one."""
    folder = server.folder / "disk"
    folder.mkdir()
    mounted = _mount("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder))
    if not mounted:
        folder.rmdir()
        pytest.skip("only root may mount a small disk here")
    try:
        inside = folder / "rows"
        inside.mkdir()
        if server.programs.user is not None:
            shutil.chown(inside, server.programs.user)
        yield inside
    finally:
        _mount("umount", "--lazy", str(folder))


def _mount(*command: str) -> bool:
    with suppress(OSError):
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (our own)
        return done.returncode == 0
    return False


async def test_53_a_full_disk_of_postgres_refuses_whole_callbacks(postgres: Server) -> None:
    """Told of payments while its disk is full it answers 503; with room again all are credited."""
    with small_disk(postgres) as disk:
        postgres.run(f"CREATE TABLESPACE small LOCATION '{disk}'")
        postgres.run("CREATE DATABASE tight TEMPLATE template_topup TABLESPACE small")
        address = postgres.url("tight")
        try:
            async with telling(address) as (store, told):
                await store.transact(lambda tx: prepare(tx, range(PAYMENTS)))
                await _fill(store)
                at_work = asyncio.create_task(
                    told.tell_all(shuffled(range(PAYMENTS), 20, "full"), 6)
                )
                while told.answers[503] < REFUSALS:
                    await asyncio.sleep(0.001)
                grown = _mount("mount", "-o", "remount,size=64m", str(disk.parent))
                await at_work
                found = await outcome(address, told, told.answers[503])
        finally:
            postgres.run("DROP DATABASE IF EXISTS tight WITH (FORCE)")
            postgres.run("DROP TABLESPACE small")

    assert grown
    assert found.whole
    assert set(found.answers) == UNDERSTOOD


async def _fill(store: Store) -> None:
    """Until nothing of any size fits any more."""
    for size in (400_000, 4_000, 40):
        with suppress(StoreUnavailable):
            for number in range(10_000):
                await store.transact(partial(_put, size=size, number=number))


def _put(tx: Tx, size: int, number: int) -> None:
    # What looks like chance cannot be packed smaller; it is no secret.
    noise = random.Random(number).randbytes(size // 2).hex()  # noqa: S311
    tx.documents.put(f"filler-{size}", f"{number}", {"x": noise})
