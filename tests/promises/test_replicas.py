"""Two bot processes on one PostgreSQL serve chats and callbacks at once, and are one bot."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from adapters.storage.store import open_store
from tests.support.bots.bot_place import let_in
from tests.support.bots.replicas_env import Town, replica_town
from tests.support.databases.postgres_server import Server
from tests.support.histories.invariants import broken, unfinished
from tests.support.histories.seen import Seen, Taken

pytestmark = pytest.mark.xdist_group("postgres")

PEOPLE = tuple(f"person-{number}" for number in range(8))
ACTS_EACH = 3
AMOUNT_MINOR = 5_000
_SECONDS_MAX = 120


async def test_02_40_two_bots_on_one_database_are_one_bot(postgres: Server) -> None:
    """Every message and callback comes to both: each person is answered, credited, told once."""
    database = postgres.fresh()
    store = open_store(postgres.url(database))
    await store.transact(lambda tx: let_in(tx, people=PEOPLE))
    async with (
        asyncio.timeout(_SECONDS_MAX),
        replica_town(postgres.url(database)) as town,
    ):
        await asyncio.gather(*(town.tops_up(person) for person in PEOPLE))
        while unfinished(seen(postgres, database, town)):
            await asyncio.sleep(0.05)
    found = seen(postgres, database, town)
    balance = [each["balance_minor"] for each in found.tables["accounts"]]
    await store.close()

    assert broken(found) + unfinished(found) == []
    assert balance == [AMOUNT_MINOR * len(PEOPLE)]
    assert set(town.statuses) <= {200, 204}
    assert {len(town.answers)} == {len(PEOPLE) * ACTS_EACH}
    # In place by one bot at most; by none where the other one still held the conversation.
    given = [sum(answer is not None for answer in both) for both in town.answers]
    assert set(given) <= {0, 1}
    assert 1 in given


def seen(server: Server, database: str, town: Town) -> Seen:
    """The rows, the gateway's own books, and what people see."""
    tables = rows(server, database)
    books = [each["body"] for each in tables["documents"] if each["kind"] == "checkout"]
    return Seen(
        tables=tables,
        before={},
        taken={f"sandbox/sandbox_merchant/{each['payment']}": _taken(each) for each in books},
        posts=town.posts,
        titles={name: shown["title"] for name, shown in town.messages.items()},
    )


def _taken(book: dict[str, Any]) -> Taken:
    money = book["amount_minor"], book["currency"]
    return Taken(*money, "sandbox", book["reference"], book["status"] == "paid")


def rows(server: Server, database: str) -> dict[str, list[dict[str, Any]]]:
    """Every table whole."""
    with psycopg.connect(server.url(database), row_factory=dict_row) as connection:
        names = connection.execute(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return {
            each["name"]: connection.execute(
                psycopg.sql.SQL("SELECT * FROM {}").format(psycopg.sql.Identifier(each["name"]))
            ).fetchall()
            for each in names
        }
