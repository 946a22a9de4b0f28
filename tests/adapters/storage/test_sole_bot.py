"""One bot at a time on a SQLite file: others are refused, and operators' commands are not."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.contracts.store import NOW
from adapters.contracts.store_money import OPS
from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from adapters.storage.store import open_store
from adapters.storage.unit_of_work import UnitOfWork
from service.ports.store import Tx
from tests.support.bots.bot_place import bot_place
from tests.support.bots.charging import TIMES, charge_often
from tests.support.house.terminal import Terminal

_HOLD = """
import sys
from adapters.storage.maintenance.single_process_lock import single_bot_lock
with single_bot_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
_ENVIRONMENT = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "TELEGRAM_BOT_TOKEN": "1:token",
    "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9",
}
_ROOT = Path(__file__).parents[3]


def test_54_a_second_bot_on_one_file_is_refused(tmp_path: Path, topup_bot: Terminal) -> None:
    """`run` and `chat` say so in a sentence; `accounts`, `charge` and `inspect` go on working."""
    with single_bot_lock(f"sqlite:///{tmp_path}/topup.db"):
        refused = [_command(tmp_path, command) for command in ("run", "chat")]
        allowed = [
            topup_bot("accounts", "add", "ops"),
            topup_bot("charge", "ops", "5", "--overdraw"),
            topup_bot("inspect"),
        ]

    for done in refused:
        assert done.returncode == 2
        assert "Another bot serves from" in done.stderr
        assert "Traceback" not in done.stderr
    assert [done.code for done in allowed] == [0, 0, 0]


def test_a_bot_that_died_is_in_nobodys_way(tmp_path: Path) -> None:
    """The lock of a process that was killed is gone with it."""
    address = f"sqlite:///{tmp_path}/topup.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, address],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UnusableDatabase, match="Another bot"), single_bot_lock(address):
            pass
        holder.kill()

    with single_bot_lock(address):
        assert (tmp_path / "topup.db.lock").exists()


def test_a_lock_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """As where the folder is somebody else's."""
    (tmp_path / "topup.db.lock").mkdir()
    held = single_bot_lock(f"sqlite:///{tmp_path}/topup.db")
    with pytest.raises(UnusableDatabase, match="beside the database"), held:
        pass


async def test_54_a_file_that_somebody_holds_is_503(tmp_path: Path) -> None:
    """Longer than we wait for it: not ready, not stored, not half; then both recover."""
    event = b'{"type": "payment.paid", "data": {"checkout": "cs_00000000"}}'
    async with bot_place(tmp_path) as place:
        await place.app.store.transact(_wait_briefly)
        with closing(sqlite3.connect(place.database, isolation_level=None)) as stranger:
            stranger.execute("BEGIN IMMEDIATE")
            refused = await place.posts(event)
            ready = await place.web.get("/readyz")
        taken = await place.posts(event)
        ready_again = await place.web.get("/readyz")
        kept = place.rows("deliveries")

    assert (refused.status_code, ready.status_code) == (503, 503)
    assert (taken.status_code, ready_again.status_code, len(kept)) == (204, 200, 1)


def _wait_briefly(tx: Tx) -> None:
    assert isinstance(tx, UnitOfWork)
    tx.accounts._connection.exec_driver_sql("PRAGMA busy_timeout = 20")


async def test_54_two_processes_write_to_one_file(tmp_path: Path) -> None:
    """A bot and an operator's command, a hundred times each at once: nobody's charge is lost."""
    address = f"sqlite:///{tmp_path}/topup.db"
    store = open_store(address)
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.bots.charging", address, cwd=_ROOT
    )
    ended = asyncio.create_task(other.wait())
    await charge_often(store, "bot")
    async with asyncio.timeout(60):
        end = await ended
    account = await store.transact(lambda tx: tx.accounts.get("ops"))
    await store.close()

    assert end == 0
    assert account is not None
    assert account.balance_minor == -2 * TIMES


@pytest.mark.parametrize("address", ["sqlite://", "postgresql://host/database"])
def test_other_databases_take_no_lock(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In memory nobody else is, and on PostgreSQL everybody may be."""
    monkeypatch.chdir(tmp_path)
    with single_bot_lock(address), single_bot_lock(address):
        assert list(tmp_path.iterdir()) == []


def _command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "DATABASE_URL": f"sqlite:///{folder}/topup.db",
            **_ENVIRONMENT,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
