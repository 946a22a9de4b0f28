"""Every file that holds data is its owner's alone, whatever the umask."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.storage.engines.address import UnusableDatabase, parse_address
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from adapters.storage.store import open_store
from bot.commands.server import warn_of_readers
from playground.bot.folder import Folder
from playground.kit.clock import Clock
from playground.slack.world.snapshot import _write
from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Whoever starts the bot lets everybody read and write by default."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Of each file in a folder what its owner, group and others may do."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.name: oct(each.stat().st_mode & 0o777) for each in files}


async def test_113_a_database_and_all_beside_it_is_its_owners_alone(tmp_path: Path) -> None:
    """The database, its log, its index and its lock, while a bot has them open."""
    url = f"sqlite:///{tmp_path}/bot.db"
    with single_bot_lock(url):
        store = open_store(url)
        await store.transact(lambda tx: tx.lanes.next_due_at("turns"))
        found = modes(tmp_path)
        await store.close()
    assert found == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock"), "0o600")


def test_113_what_commands_write_is_its_owners_alone(operator: Operator) -> None:
    """Backups, exports, restored files, and what they replace, although others could read that."""
    operator.database.chmod(0o666)
    for line in (
        ("accounts", "add", "ops"),
        ("backup", "copy.db"),
        ("audit", "export", "--into", "trail.csv"),
        ("restore", "copy.db", "--reason", "a try"),
    ):
        assert operator.types(*line).code == 0
    found = modes(operator.folder)
    assert len(found) == 5
    assert set(found.values()) == {"0o600"}


def test_113_a_demo_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """Its secrets, its lock, its clock and its chats, in a folder that was there."""
    folder = Folder(tmp_path)
    Clock(tmp_path / "clock").advance(60)
    _write(tmp_path / "slack.json", {})
    found = modes(tmp_path)
    folder.close()
    assert {"lock.db", "topup-bot-demo.json", "clock", "slack.json"} <= set(found)
    assert set(found.values()) == {"0o600"}


def test_113_a_start_names_what_others_can_read(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    """The settings and the database, with what closes them; nothing where all is closed."""
    (operator.folder / ".env").write_text("")
    (operator.folder / ".env").chmod(0o640)
    operator.database.chmod(0o604)
    warn_of_readers("sqlite:///bot.db")
    settings, database = (record.getMessage() for record in caplog.records)
    assert settings.count(".env") == 2
    assert database.count("bot.db") == 2
    caplog.clear()
    for each in operator.folder.iterdir():
        each.chmod(0o600)
    warn_of_readers("sqlite:///bot.db")
    warn_of_readers("postgresql://bot@db/topup")
    assert caplog.records == []


@pytest.mark.parametrize("url", ["sqlite:///file:bot.db?uri=true", "sqlite:///file:/srv/bot.db"])
def test_113_an_address_that_hides_its_file_is_refused(url: str) -> None:
    """SQLite would open another file than the one that is locked and closed to others."""
    with pytest.raises(UnusableDatabase, match="DATABASE_URL begins its file with file:, "):
        parse_address(url)


def test_113_a_folder_with_a_blank_is_closed_by_the_line_that_is_shown(tmp_path: Path) -> None:
    """Whatever it is called, the shell reads one path."""
    folder = tmp_path / "my bot; $(x)"
    folder.mkdir()
    (folder / "bot.db").write_text("")
    (folder / "bot.db").chmod(0o644)
    told: list[str] = []
    warn_of_readers(f"sqlite:///{folder / 'bot.db'}", told.append)
    (line,) = told
    assert shlex.split(line.partition("Close it: ")[2]) == ["chmod", "600", str(folder / "bot.db")]
