"""Migrations on PostgreSQL: the tables of the code with their guards, and only when asked for."""

from __future__ import annotations

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from adapters.contracts.store import NOW
from adapters.contracts.store_money import OPS
from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.engines.postgres import connect_engine
from adapters.storage.maintenance.upgrade import _configuration, upgrade
from adapters.storage.schema.tables import metadata
from adapters.storage.store import open_store
from tests.support.databases.postgres_server import Server

pytestmark = pytest.mark.xdist_group("postgres")

_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
_CONSTRAINTS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%' ORDER BY 1, 2"
)
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


def test_alembic_finds_nothing_to_change(postgres: Server) -> None:
    """A fresh upgrade gives the columns, types, keys and indexes of the code."""
    engine = connect_engine(postgres.url(postgres.fresh()))
    with engine.begin() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, metadata)
    engine.dispose()

    assert found == []


def test_every_constraint_is_the_same(postgres: Server) -> None:
    """Also the checks, which Alembic does not compare: names and words are those of the code."""
    migrated, made = postgres.fresh(), postgres.empty()
    engine = connect_engine(postgres.url(made))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()

    assert postgres.run(_CONSTRAINTS, migrated) == postgres.run(_CONSTRAINTS, made)


def test_triggers_guard_what_is_never_changed(postgres: Server) -> None:
    """After all migrations the ledger and the audit trail have all of their triggers."""
    found = {name for (name,) in postgres.run(_TRIGGERS, postgres.fresh())}

    assert found == {
        f"{table}_refuse_{change}"
        for table in ("transactions", "postings", "audit", "audit_seals")
        for change in ("update", "delete", "truncate")
    }


async def test_upgrading_again_keeps_every_row(postgres: Server) -> None:
    """The second run leaves tables and rows as they are."""
    database = postgres.fresh()
    store = open_store(postgres.url(database))
    await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
    await store.close()
    upgrade(postgres.url(database))

    assert postgres.run("SELECT title FROM accounts", database) == [("Operations",)]


def test_a_migration_that_fails_leaves_nothing(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of an upgrade is one transaction: broken at its triggers, no table is there."""
    database = postgres.empty()

    def fail(statement: str) -> None:
        raise RuntimeError(statement)

    monkeypatch.setattr(op, "execute", fail)
    with pytest.raises(RuntimeError, match="refuse_change"):
        upgrade(postgres.url(database))
    after_failure = postgres.run(_TABLES, database)
    monkeypatch.undo()
    upgrade(postgres.url(database))

    assert after_failure == [(0,)]
    assert postgres.run(_TABLES, database) > [(0,)]


def test_a_start_makes_no_tables(postgres: Server) -> None:
    """An empty database is refused with the command that fills it, and stays empty."""
    database = postgres.empty()

    with pytest.raises(UnusableDatabase, match="topup-bot db upgrade"):
        open_store(postgres.url(database))
    assert postgres.run(_TABLES, database) == [(0,)]


async def test_a_start_changes_no_tables(postgres: Server) -> None:
    """Tables of an older version are refused with the command that brings them up."""
    database = postgres.empty()
    engine = connect_engine(postgres.url(database))
    with engine.begin() as connection:
        command.upgrade(_configuration(connection), "0001")
    engine.dispose()

    with pytest.raises(
        UnusableDatabase, match=r"older version \(0001, not .*topup-bot db upgrade"
    ):
        open_store(postgres.url(database))
    upgrade(postgres.url(database))
    await open_store(postgres.url(database)).close()


def test_tables_of_a_newer_version_are_refused(postgres: Server) -> None:
    """What a later version made, this one does not touch."""
    database = postgres.fresh()
    postgres.run("UPDATE alembic_version SET version_num = '9999'", database)

    with pytest.raises(UnusableDatabase, match=r"newer version \(9999\)"):
        open_store(postgres.url(database))


def test_a_server_that_does_not_answer_is_one_sentence() -> None:
    """Nobody listens there: no traceback, and no password in what is said."""
    with pytest.raises(UnusableDatabase, match="does not answer") as caught:
        open_store("postgresql://someone:secret@127.0.0.1:9/none")

    assert "secret" not in str(caught.value)
