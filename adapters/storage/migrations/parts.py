"""What migrations are built from. Released ones rely on it: it may grow, never change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def word(name: str, *, null: bool = False) -> sa.Column[str]:
    """Text."""
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    """An integer of 64 bits."""
    return sa.Column(name, sa.BigInteger(), nullable=null)


def count(name: str) -> sa.Column[int]:
    """An integer of 64 bits that begins at 0."""
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))


def time(name: str, *, null: bool = False) -> sa.Column[int]:
    """Microseconds since 1970 UTC."""
    return sa.Column(name, sa.BigInteger(), nullable=null)


def json(name: str) -> sa.Column[object]:
    """A JSON document."""
    return sa.Column(name, sa.JSON(), nullable=False)


def row_number(name: str) -> sa.Column[int]:
    """A number that the database gives."""
    # SQLite counts rows by itself only in a column whose type is exactly INTEGER.
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, autoincrement=True)


def table(name: str, key: list[str], *parts: sa.Column[Any] | sa.Constraint) -> None:
    """A table with its primary key."""
    # SQLite, too, must never give a number to a second row; elsewhere that is how it is.
    counted = {"sqlite_autoincrement": True} if _counted(parts) else {}
    op.create_table(
        name, *parts, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")), **counted
    )


def _counted(parts: tuple[sa.Column[Any] | sa.Constraint, ...]) -> bool:
    return any(isinstance(part, sa.Column) and part.autoincrement is True for part in parts)


def words(*names: str) -> list[sa.Column[str]]:
    """Several columns of text, none of which may be missing."""
    return [word(name) for name in names]


def check(name: str, condition: str) -> sa.CheckConstraint:
    """A condition that every row meets; the name is used as it stands."""
    return sa.CheckConstraint(condition, name=op.f(name))


def partial_index(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    """An index of only the rows that meet a condition."""
    rows = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


def reference(name: str) -> sa.Column[int]:
    """The number of a row in another table."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False)


def forbid_changes(table: str) -> None:
    """Triggers that refuse UPDATE and DELETE, and where there is such a thing TRUNCATE."""
    if op.get_context().dialect.name == "postgresql":
        _forbid_changes_in_postgres(table)
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def _forbid_changes_in_postgres(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for change in ("UPDATE", "DELETE", "TRUNCATE"):
        rows = "STATEMENT" if change == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
            f"FOR EACH {rows} EXECUTE FUNCTION refuse_change()"
        )
