"""Migrations on SQLite: they end at the tables of the code, and at nothing less or more."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from adapters.contracts.store import NOW
from adapters.contracts.store_money import OPS
from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.engines.revision import MIGRATIONS, is_newest, revision_of
from adapters.storage.engines.sqlite import connect, disconnect
from adapters.storage.maintenance.upgrade import upgrade, upgrade_connection
from adapters.storage.schema.tables import metadata
from adapters.storage.store import open_store

# SQLite writes a column that came later behind the last one, on the same line.
_LATER_COLUMN = re.compile(r", (?=\w+ (?:TEXT|BIGINT|INTEGER|JSON)\b)")
_SCHEMA = text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')")


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    connection = connect("sqlite://")
    yield connection
    disconnect(connection)


def _schema(connection: Connection) -> dict[str, list[str]]:
    """The lines of every table and index, in no order."""
    with connection.begin():
        found = connection.execute(_SCHEMA).all()
    return {
        row.name: sorted(
            line.strip(" \t,)") for line in _LATER_COLUMN.sub("\n", row.sql).splitlines()
        )
        for row in found
        if row.sql and row.name not in ("alembic_version", "sqlite_sequence")
    }


def _triggers(connection: Connection) -> set[str]:
    with connection.begin():
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return set(connection.execute(query).scalars())


def test_alembic_finds_nothing_to_change(connection: Connection) -> None:
    """A fresh upgrade gives the columns, types, keys and indexes of the code."""
    upgrade_connection(connection)
    with connection.begin():
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_every_constraint_is_the_same(connection: Connection) -> None:
    """Also the checks, which Alembic does not compare: the statements agree line by line."""
    upgrade_connection(connection)
    made = connect("sqlite://")
    with made.begin():
        metadata.create_all(made)
    expected = _schema(made)
    disconnect(made)

    assert _schema(connection) == expected


def test_triggers_guard_what_is_never_changed(connection: Connection) -> None:
    """After all migrations the ledger and the audit trail have both of their triggers."""
    upgrade_connection(connection)

    assert _triggers(connection) == {
        f"{table}_refuse_{change}"
        for table in ("transactions", "postings", "audit", "audit_seals")
        for change in ("update", "delete")
    }


async def test_upgrading_again_changes_nothing(tmp_path: Path) -> None:
    """The second run leaves tables and rows as they are, and foreign keys are still checked."""
    address = f"sqlite:///{tmp_path}/topup.db"
    upgrade(address)
    store = open_store(address)
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    await store.close()
    before = _dump(tmp_path / "topup.db")
    upgrade(address)

    assert _dump(tmp_path / "topup.db") == before
    assert any("'Operations'" in line for line in before)


def test_migrations_are_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current folder does not matter, except for where a relative address points."""
    monkeypatch.chdir(tmp_path)
    upgrade("sqlite:///topup.db")

    assert any("CREATE TABLE transactions" in line for line in _dump(tmp_path / "topup.db"))


def test_a_migration_that_fails_leaves_nothing(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of an upgrade is one transaction: broken at its last statement, no table is there."""

    def fail(statement: str) -> None:
        raise RuntimeError(statement)

    monkeypatch.setattr(op, "execute", fail)
    with pytest.raises(RuntimeError, match="CREATE TRIGGER"):
        upgrade_connection(connection)
    after_failure = _schema(connection)
    monkeypatch.undo()
    upgrade_connection(connection)

    assert not after_failure
    assert "transactions" in _schema(connection)


def test_tables_of_a_newer_version_are_refused(connection: Connection) -> None:
    """What a later version made, this one does not touch."""
    upgrade_connection(connection)
    with connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(UnusableDatabase, match=r"newer version \(9999\)"):
        upgrade_connection(connection)


def test_orphans_stop_an_upgrade(connection: Connection) -> None:
    """A row whose parent is missing is found before the commit, and named."""
    upgrade_connection(connection)
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute("INSERT INTO links VALUES ('gone', 'slack', 'T1', 'team', 'T1', 0)")

    with pytest.raises(RuntimeError, match="a row of links without its accounts"):
        upgrade_connection(connection)


def test_there_is_one_line_of_migrations() -> None:
    """Each step follows the one before: no branches, and none is left out."""
    script = ScriptDirectory(str(MIGRATIONS))
    steps = [step.revision for step in script.walk_revisions()]

    assert len(script.get_heads()) == 1
    assert len(steps) == len([*(MIGRATIONS / "versions").glob("0*.py")])


async def test_newest_tables_are_opened_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No migration runs, and none is read: most starts can spare that time."""

    def refuse(*_: object) -> None:
        raise RuntimeError("a migration")

    address = f"sqlite:///{tmp_path}/topup.db"
    await open_store(address).close()
    monkeypatch.setattr(command, "upgrade", refuse)
    await open_store(address).close()

    with pytest.raises(RuntimeError, match="a migration"):
        open_store("sqlite://")


def test_the_revision_is_the_one_that_alembic_reads(connection: Connection) -> None:
    """Ours is told from the names of files, and Alembic's from what is in them."""
    before = revision_of(connection)
    connection.rollback()
    upgrade_connection(connection)

    assert before is None
    assert revision_of(connection) == ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert is_newest(connection)


def _dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [*connection.iterdump()]
