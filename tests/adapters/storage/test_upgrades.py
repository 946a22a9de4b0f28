"""Migrations of a database that is in use and full of rows, on both engines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.engines.revision import MIGRATIONS
from adapters.storage.maintenance import upgrade as upgrading
from adapters.storage.maintenance.upgrade import upgrade
from tests.support.databases.databases import opened
from tests.support.databases.filled import bring_to, contents, fill, revision, triggers
from tests.support.databases.postgres_server import Server

pytestmark = pytest.mark.xdist_group("postgres")

FIRST = "0001"
GUARDED = ("transactions", "postings", "audit")
_ROOT = Path(__file__).parents[3]
_STEPS = [
    step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions("base", "heads")
][::-1]
_ENOUGH = 3

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/topup.db"
        return
    server: Server = request.getfixturevalue("postgres")
    database = server.empty()
    yield server.url(database)
    server.run(f"DROP DATABASE {database} WITH (FORCE)")


def begun(address: str) -> Rows:
    """The tables of the first version, a row in each; those rows."""
    with opened(address) as connection:
        bring_to(connection, FIRST)
        fill(connection)
        return contents(connection)


def kept(before: Rows, after: Rows) -> bool:
    """Whether every row is there still, with what it held; columns may have come to it.

    Who asked for a top-up goes by another name since 0014, which leads to them.
    """
    names = {
        row["name"]: f"{row['platform']}:{row['tenant']}:{row['external_id']}"
        for row in after.get("people", [])
    }

    def same(row: dict[str, Any], other: dict[str, Any]) -> bool:
        return all(
            value in (other.get(name), names.get(str(other.get(name))))
            for name, value in row.items()
        )

    return all(
        any(same(row, other) for other in after[table])
        for table, rows in before.items()
        for row in rows
    )


def test_56_each_step_keeps_every_row_and_every_trigger(address: str) -> None:
    """From the first version to the last, one by one: nothing filled in is lost, nor unguarded."""
    before = begun(address)
    with opened(address) as connection:
        guards = triggers(connection)
    for step in _STEPS[1:]:
        with opened(address) as connection:
            bring_to(connection, step)
            after = contents(connection)
            assert kept(before, after), step
            assert guards <= triggers(connection), step
            fill(connection)
            before, guards = contents(connection), triggers(connection)
        for table in GUARDED:
            with pytest.raises(DBAPIError, match="never changed"), opened(address) as connection:
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 (one of ours)

    with opened(address) as connection:
        assert all(contents(connection).values())


def test_56_an_upgrade_that_is_killed_is_done_by_the_next(address: str) -> None:
    """SIGKILL after the first statement, the fourth and so on: each leaves all as it was."""
    before = begun(address)
    lives = killed(address, every=3)
    with opened(address) as connection:
        after = contents(connection)

    assert [life["end"] for life in lives[:-1]] == [-9] * (len(lives) - 1)
    assert {life["revision"] for life in lives[:-1]} == {FIRST}
    assert (lives[-1]["end"], lives[-1]["revision"]) == (0, _STEPS[-1])
    assert len(lives) > _ENOUGH
    assert kept(before, after)


def test_56_a_first_upgrade_that_is_killed_leaves_nothing(address: str) -> None:
    """Of an empty database, killed after every tenth statement: no table, until all are there."""
    lives = killed(address, every=10)

    assert {life["revision"] for life in lives[:-1]} == {None}
    assert (lives[-1]["end"], lives[-1]["revision"]) == (0, _STEPS[-1])
    assert len(lives) > _ENOUGH


def killed(address: str, every: int) -> list[dict[str, Any]]:
    """Upgrades in processes of their own that die later and later; what came of each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.kills.upgrade_killed", address, str(every)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    "held",
    ["LOCK TABLE alembic_version IN SHARE MODE", "SELECT pg_advisory_xact_lock(74053001)"],
    ids=["a bot", "another upgrade"],
)
def test_56_an_upgrade_does_not_keep_bots_waiting(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """What it cannot lock soon it lets go, with all that waits behind it, and says so at last."""
    monkeypatch.setattr(upgrading, "LOCK_MILLISECONDS", 20)
    monkeypatch.setattr(upgrading, "PAUSE_SECONDS", 0.01)
    address = postgres.url(postgres.empty())
    begun(address)
    with opened(address) as other:
        other.execute(text(held))
        with pytest.raises(UnusableDatabase, match="Nothing was changed"):
            upgrade(address)
        untouched = revision(other)
    upgrade(address)
    with opened(address) as connection:
        changed = revision(connection)

    assert (untouched, changed) == (FIRST, _STEPS[-1])
