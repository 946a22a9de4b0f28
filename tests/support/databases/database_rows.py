"""Reads the rows of a database by its address, on either engine, past the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from tests.support.bots.bot_place import Rows, dump

SQLITE = "sqlite:///"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def database_in(directory: Path) -> str:
    """The address of the file that a bot keeps there."""
    return f"{SQLITE}{directory / 'bot.db'}"


def read(address: str, *tables: str) -> dict[str, Rows]:
    """The rows of these tables, or of all; JSON is text, as SQLite has it."""
    if address.startswith(SQLITE):
        return dump(Path(address.removeprefix(SQLITE)), *tables)
    with psycopg.connect(address, row_factory=dict_row) as connection:
        names = tables or tuple(row["tablename"] for row in connection.execute(_TABLES))
        return {name: [_as_text(row) for row in _rows(connection, name)] for name in names}


def _rows(connection: psycopg.Connection[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    return connection.execute(SQL("SELECT * FROM {}").format(Identifier(table))).fetchall()


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }
