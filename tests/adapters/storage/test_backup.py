"""`topup-bot backup` and `restore` with files: whole copies, and nothing is written over."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from adapters.storage.engines.sqlite import connect, disconnect
from adapters.storage.maintenance import restore as replacing
from adapters.storage.maintenance.backup import back_up
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from adapters.storage.maintenance.upgrade import _configuration
from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]


class Killed(BaseException):
    """The process ends here."""


_TITLES = "SELECT id FROM accounts ORDER BY id"
_FILES = ("bot.db", "kept.db")
# Once is enough for all of the tests.
_MADE: dict[str, bytes] = {}
_WHY = ("--reason", "the disk died")


@pytest.fixture
def changed(operator: Operator) -> Operator:
    """An operator who made a backup with one account in it, and then added another."""
    if not _MADE:
        operator.types("accounts", "add", "old")
        operator.types("backup", "kept.db", "--reason", "every night")
        operator.types("accounts", "add", "new")
        _MADE.update({name: (operator.folder / name).read_bytes() for name in _FILES})
    for name in _FILES:
        (operator.folder / name).write_bytes(_MADE[name])
    return operator


def _rows(file: Path, query: str = _TITLES) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def _kept(operator: Operator) -> Path:
    (found,) = operator.folder.glob("bot.db.replaced-*Z")
    return found


# --- backup ----------------------------------------------------------------------------------


def test_a_backup_is_one_file_for_its_owner(changed: Operator) -> None:
    """Whole, with the reason in its trail, and nobody else may read it."""
    file = changed.folder / "copy.db"
    changed.types("backup", "copy.db", "--reason", "by hand")
    found = _rows(file, "SELECT act, detail FROM audit ORDER BY id DESC")

    assert _rows(file) == [("new",), ("old",)]
    assert found[0][0] == "backup_begun"
    assert "by hand" in str(found[0][1])
    assert os.stat(file).st_mode & 0o077 == 0
    assert not list(changed.folder.glob("copy.db?*"))


def test_a_backup_is_of_one_moment(tmp_path: Path) -> None:
    """While somebody writes two rows at a time, a copy has both of them or none, each time."""
    file, ended = tmp_path / "bot.db", threading.Event()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        for table in ("one", "two"):
            connection.execute(f"CREATE TABLE {table} (n INTEGER)")

    def write() -> None:
        with closing(sqlite3.connect(file)) as writer:
            while not ended.is_set():
                with writer:
                    writer.execute("INSERT INTO one VALUES (1)")
                    writer.execute("INSERT INTO two VALUES (1)")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            back_up(f"sqlite:///{file}", tmp_path / f"copy-{number}", begin=lambda: None)
    finally:
        ended.set()
        writing.join()

    counted = "SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two)"
    copies = [_rows(tmp_path / f"copy-{number}", counted)[0] for number in range(5)]
    assert all(one == two for one, two in copies)


@pytest.mark.parametrize(
    ("target", "url", "says"),
    [
        ("there.db", "sqlite:///bot.db", "is there already"),
        ("no/such/folder.db", "sqlite:///bot.db", "No such file"),
        ("new.db", "sqlite://", "names no file"),
        ("new.db", "sqlite:///none.db", "there is no database yet"),
        ("new.db", "postgresql://bot:hush@127.0.0.1:9/bot", "pg_dump or pg_basebackup"),
    ],
)
def test_a_backup_that_cannot_be_is_refused(
    operator: Operator, target: str, url: str, says: str
) -> None:
    """In a sentence; nothing is written over, and no half of a file is left."""
    (operator.folder / "there.db").write_text("mine")
    operator.patch.setenv("DATABASE_URL", url)
    told = operator.types("backup", target)

    assert told.code == 2
    assert says in told.err
    assert "hush" not in told.err
    assert (operator.folder / "there.db").read_text() == "mine"
    assert not [name for name in ("new.db", "none.db") if (operator.folder / name).exists()]
    assert operator.runs_sql("SELECT act FROM audit") == []


def test_a_damaged_database_gives_no_backup(operator: Operator) -> None:
    """It is copied, found to be damaged, and thrown away again."""
    _damage(operator.database)
    told = operator.types("backup", "copy.db")

    assert told.code != 0
    assert not list(operator.folder.glob("copy.db*"))


def _damage(file: Path) -> None:
    with file.open("r+b") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(size // 2)
        opened.write(b"\xff" * (size // 2))


# --- restore ---------------------------------------------------------------------------------


def test_a_restore_keeps_what_it_replaces(changed: Operator) -> None:
    """Under the name that it prints; the reason, and from when on rows are missing, is told."""
    told = changed.types("restore", "kept.db", *_WHY)
    ((act, detail),) = changed.runs_sql("SELECT act, detail FROM audit ORDER BY id DESC LIMIT 1")

    assert (told.code, told.err) == (0, "")
    assert changed.runs_sql(_TITLES) == [("old",)]
    assert _rows(_kept(changed)) == [("new",), ("old",)]
    assert _kept(changed).name in told.out
    assert act == "database_restored"
    assert all(word in detail for word in ("the disk died", "kept.db", _kept(changed).name))
    assert not (changed.folder / "bot.db.restoring").exists()
    assert changed.types("audit", "verify").code == 0


def test_55_no_number_is_given_out_twice(changed: Operator) -> None:
    """What was counted after the backup, here or elsewhere, is left out by a wide margin."""
    changed.types("charge", "new", "5", "--overdraw")
    changed.types("restore", "kept.db", *_WHY)
    changed.types("charge", "old", "5", "--overdraw")
    changed.types("restore", "kept.db", *_WHY)
    changed.types("charge", "old", "5", "--overdraw")

    assert changed.runs_sql("SELECT id FROM transactions") == [(2_000_000,)]
    assert changed.types("audit", "verify").code == 0


def test_a_restore_is_refused_while_a_bot_runs(changed: Operator) -> None:
    """The bot would go on with the file that was replaced."""
    with single_bot_lock("sqlite:///bot.db"):
        told = changed.types("restore", "kept.db", *_WHY)

    assert told.code == 2
    assert "Another bot serves from" in told.err
    assert changed.runs_sql(_TITLES) == [("new",), ("old",)]


def _make(operator: Operator, what: str) -> None:
    file = operator.folder / "kept.db"
    match what:
        case "no database":
            file.write_bytes(b"hello" * 1000)
        case "of something else":
            file.unlink()
            with closing(sqlite3.connect(file)) as connection, connection:
                connection.execute("CREATE TABLE notes (text TEXT)")
        case "newer":
            with closing(sqlite3.connect(file)) as connection, connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
        case "damaged":
            _damage(file)
        case "gone":
            file.unlink()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("no database", "no database of this bot"),
        ("of something else", "no database of this bot"),
        ("newer", "newer version (9999)"),
        ("damaged", "damaged"),
        ("gone", "no such file"),
    ],
)
def test_what_is_no_whole_backup_is_refused(changed: Operator, what: str, says: str) -> None:
    """In a sentence; the database stays as it is, and nothing lies about."""
    _make(changed, what)
    told = changed.types("restore", "kept.db", *_WHY)

    assert told.code == 2
    assert says in told.err
    assert changed.runs_sql(_TITLES) == [("new",), ("old",)]
    assert not list(changed.folder.glob("bot.db.re*"))


def test_a_restore_wants_a_reason(changed: Operator) -> None:
    """Without one nothing happens."""
    assert changed.types("restore", "kept.db").code == 2
    assert changed.types("restore", "kept.db", "--reason", " ").code == 2
    assert changed.runs_sql(_TITLES) == [("new",), ("old",)]


def test_postgresql_is_not_restored_by_this(changed: Operator) -> None:
    """Its own tools do that, and are named."""
    changed.patch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/bot")
    told = changed.types("restore", "kept.db", *_WHY)

    assert told.code == 2
    assert "pg_dump or pg_basebackup" in told.err


def test_an_older_backup_gets_this_versions_tables(changed: Operator) -> None:
    """It need not have been made by the same version."""
    (changed.folder / "old.db").touch()
    connection = connect(f"sqlite:///{changed.folder}/old.db")
    with connection.begin():
        command.upgrade(_configuration(connection), "0001")
    disconnect(connection)
    told = changed.types("restore", "old.db", *_WHY)

    assert told.code == 0
    assert changed.runs_sql("SELECT count(*) FROM audit_seals") == [(0,)]


def test_a_damaged_database_can_be_replaced(changed: Operator) -> None:
    """That is what backups are for; what is left of it is kept, with its log beside it."""
    changed.database.write_bytes(b"\xff" * 4096)
    Path(f"{changed.database}-wal").write_bytes(b"\xff" * 4096)
    told = changed.types("restore", "kept.db", *_WHY)

    assert told.code == 0
    assert changed.runs_sql(_TITLES) == [("old",)]
    assert _kept(changed).read_bytes() == b"\xff" * 4096
    assert Path(f"{_kept(changed)}-wal").exists()


def test_a_database_that_is_gone_can_be_restored(changed: Operator) -> None:
    """On a new machine there is nothing to keep."""
    changed.database.unlink()
    told = changed.types("restore", "kept.db", *_WHY)

    assert told.code == 0
    assert changed.runs_sql(_TITLES) == [("old",)]
    assert not list(changed.folder.glob("bot.db.replaced*"))


def test_a_restore_that_is_cut_off_leaves_the_old_database(
    changed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the last step all goes on beside it; the next try begins anew."""

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(replacing, "_keep", die)
    with pytest.raises(Killed):
        changed.types("restore", "kept.db", *_WHY)
    between = changed.runs_sql(_TITLES)
    (changed.folder / "bot.db.restoring").write_bytes(b"half of one")
    monkeypatch.undo()
    changed.patch.chdir(changed.folder)
    changed.patch.setenv("DATABASE_URL", "sqlite:///bot.db")
    told = changed.types("restore", "kept.db", *_WHY)

    assert between == [("new",), ("old",)]
    assert told.code == 0
    assert changed.runs_sql(_TITLES) == [("old",)]
