"""Fills a database of either engine, keeps it as text, and brings such a text back.

SQLite's is the SQL that makes it; PostgreSQL's are the rows of every table as JSON, and the
revision of the tables that they fit.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    select,
    text,
)

from adapters.storage.store import open_store
from bot.wiring.app import App
from service.common.context import context_of
from service.ports.store import Tx
from tests.support.bots.bot_place import Clock
from tests.support.databases.databases import opened
from tests.support.databases.filled import bring_to, revision, tables
from tests.support.golden.pending import pend
from tests.support.golden.place import Sent, golden_place
from tests.support.golden.rows import fill
from tests.support.golden.story import story
from tests.support.house.source import ROOT

FOLDER = ROOT / "tests" / "golden"
CLOCK = "clock"


def folder_of(engine: str) -> Path:
    """Where one engine's database is kept, with what was sent meanwhile."""
    return FOLDER / engine


async def make(address: str, folder: Path) -> tuple[Sent, Clock]:
    """Fill a database that has its tables and no row; what was sent, and what time it is."""
    clock = Clock()
    async with golden_place(folder, address, "golden", clock=clock) as place:
        sent = await story(place)
        app: App = place.bot.app
    store = open_store(address)
    checkouts = [page.rsplit("/", 1)[1] for name, page in sent.links.items() if "page" in name]

    def beside(tx: Tx) -> None:
        fill(tx, clock())
        pend(context_of(tx, app.services), clock(), checkouts)

    await store.transact(beside)
    await store.close()
    return sent, clock


def write(engine: str, address: str, folder: Path) -> None:
    """Make a database of that engine, and keep it. `folder` may be written to."""
    sent, clock = asyncio.run(make(address, folder))
    kept = folder_of(engine)
    kept.mkdir(parents=True, exist_ok=True)
    told = asdict(sent) | {CLOCK: clock().isoformat()}
    (kept / "sent.json").write_text(_json(told), encoding="utf-8")
    if engine == "sqlite":
        with closing(sqlite3.connect(folder / "bot.db")) as connection:
            dumped = "\n".join(connection.iterdump())
        (kept / "database.sql").write_text(dumped + "\n", encoding="utf-8")
        return
    with opened(address) as connection:
        rows = {table.name: _as_kept(connection, table) for table in tables(connection)}
        kept_rows = {"revision": revision(connection), "rows": rows}
    (kept / "database.json").write_text(_json(kept_rows), encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, indent=0, ensure_ascii=False, sort_keys=True) + "\n"


def sent_of(engine: str) -> tuple[Sent, Clock]:
    """What was sent while that engine's database was filled, and when that ended."""
    told = json.loads((folder_of(engine) / "sent.json").read_text(encoding="utf-8"))
    clock = Clock()
    clock.at = clock.at.fromisoformat(told.pop(CLOCK))
    return Sent(**told), clock


def bring_back(address: str, folder: Path) -> None:
    """Make the kept database anew at this address, which is empty; `folder` is a SQLite's."""
    if address.startswith("sqlite"):
        dumped = (folder_of("sqlite") / "database.sql").read_text(encoding="utf-8")
        with closing(sqlite3.connect(folder / "bot.db")) as file:
            file.executescript(dumped)
        return
    kept = json.loads((folder_of("postgres") / "database.json").read_text(encoding="utf-8"))
    with opened(address) as connection:
        bring_to(connection, kept["revision"])
        for table in tables(connection):
            if rows := kept["rows"].get(table.name):
                connection.execute(table.insert().values(_as_text(table)), rows)
                _go_on_counting(connection, table)


def _as_kept(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """Its rows; JSON stays the text that it is, since seals were made of that."""
    columns = [cast(each, Text).label(each.name) if is_json(each) else each for each in table.c]
    return [
        dict(row._mapping)
        for row in connection.execute(select(*columns).order_by(*table.primary_key))
    ]


def _as_text(table: Table) -> dict[str, Any]:
    """How the same is put back."""
    return {
        each.name: cast(bindparam(each.name, type_=Text), JSON)
        if is_json(each)
        else bindparam(each.name)
        for each in table.c
    }


def is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Rows that come later have later numbers."""
    counted = [each for each in table.primary_key.columns if isinstance(each.type, Integer)]
    for column in counted if len(table.primary_key.columns) == 1 else ():
        named = {"table": table.name, "column": column.name}
        found = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
        if (sequence := found.scalar()) is not None:
            last = max(row[column.name] for row in _rows(connection, table))
            connection.execute(
                text("SELECT setval(:name, :last)"), {"name": sequence, "last": last}
            )


def _rows(connection: Connection, table: Table) -> list[Any]:
    return [row._mapping for row in connection.execute(select(table))]
