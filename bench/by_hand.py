"""The anchor of settling: settle.sql by hand, one transaction each, and nothing else.

The same tables, indexes, triggers and durability, and no conversation and no rules. What a bot
takes beyond it is what its safety and its clarity cost.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.rounds import Rival
from bench.rows import ACCOUNTS, card_of, open_top_ups, statements, values_now
from bench.stage import POSTGRES, Database
from billing.topups import TopUpStatus

CLIENTS = 8
_THREADS = 2
_LOCK = "FOR UPDATE"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def settling(database: Database, number: int, *, told: bool) -> Rival:
    """Whoever settles so many a round there; `told` says that a callback is stored as well."""
    transaction = [*(statements("told.sql") if told else ()), *statements("settle.sql")]
    rounds = count()

    async def run() -> tuple[float, ...]:
        first = next(rounds) * number
        await asyncio.to_thread(open_top_ups, database.address, first, number)
        if database.engine == POSTGRES:
            return (await _pgbench(database, transaction, first, number),)
        return (await asyncio.to_thread(_one_by_one, database, transaction, first, number),)

    return Rival("pgbench" if database.engine == POSTGRES else "raw sqlite3", run)


def _values() -> dict[str, object]:
    return values_now() | {"view": card_of(TopUpStatus.CREDITED)}


def _one_by_one(database: Database, transaction: list[str], first: int, number: int) -> float:
    bare = [each.replace(_LOCK, "") for each in transaction]
    with closing(sqlite3.connect(database.file or "", isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        values = _values()
        began = perf_counter()
        for n in range(first, first + number):
            values |= {"n": n, "a": n % ACCOUNTS}
            connection.execute("BEGIN IMMEDIATE")
            for statement in bare:
                connection.execute(statement, values).fetchall()
            connection.execute("COMMIT")
        return (perf_counter() - began) / number


async def _pgbench(database: Database, transaction: list[str], first: int, number: int) -> float:
    server = database.server
    if server is None:
        raise RuntimeError("a PostgreSQL has a server")
    each = number // CLIENTS
    script = await asyncio.to_thread(_script, server.folder, transaction, first, each)
    defined = [f"-D{name}={value}" for name, value in _values().items()]
    process = await asyncio.create_subprocess_exec(
        *server.programs.command("pgbench", "-n", "-M", "prepared", "-f", str(script)),
        *("-c", str(CLIENTS), "-j", str(_THREADS), "-t", str(each), "-Di=-1", *defined),
        database.address,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complaint = await process.communicate()
    found = _TPS.search(told.decode())
    if process.returncode or found is None:
        raise RuntimeError(complaint.decode())
    return 1 / float(found[1])


def _script(folder: Path, transaction: list[str], first: int, each: int) -> Path:
    counting = (
        r"\set i :i + 1",
        rf"\set n {first} + :client_id * {each} + :i",
        rf"\set a :n % {ACCOUNTS}",
    )
    script = folder / "settle.pgbench"
    whole = ("BEGIN;", *(f"{one};" for one in transaction), "COMMIT;")
    script.write_text("\n".join([*counting, *whole]), "utf-8")
    return script
