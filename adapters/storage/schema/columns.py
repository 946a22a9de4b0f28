"""What tables are made of: types, columns and names of constraints. No table is named here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Dialect, Integer, MetaData, Text, text
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_ZERO = text("0")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite counts rows by itself only in a column whose type is exactly INTEGER.
RowNumber: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment as microseconds since 1970 UTC: exact, ordered, the same on every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises ValueError for a datetime without a zone (SQLAlchemy wraps it)."""
        return None if value is None else _stored(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The moment, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class UtcDateTimeList(TypeDecorator[tuple[datetime, ...]]):
    """Some moments as a JSON list of microseconds since 1970 UTC."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[datetime, ...] | None, dialect: Dialect
    ) -> list[int] | None:
        """Raises ValueError for a datetime without a zone (SQLAlchemy wraps it)."""
        return None if value is None else [_stored(each) for each in value]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[datetime, ...]:
        """The moments, in UTC, as they were ordered."""
        return tuple(_EPOCH + each * _MICROSECOND for each in value or ())


def _stored(value: datetime) -> int:
    if value.tzinfo is None:
        raise ValueError("a stored time needs a zone")
    return (value - _EPOCH) // _MICROSECOND


def word(name: str, *, null: bool = False) -> Column[str]:
    """Text; `null` says that it may be missing."""
    return Column(name, Text, nullable=null)


def key(name: str) -> Column[str]:
    """A part of the primary key."""
    return Column(name, Text, primary_key=True)


def number(name: str) -> Column[int]:
    """An integer of 64 bits: minor units, or a revision."""
    return Column(name, BigInteger, nullable=False)


def count(name: str) -> Column[int]:
    """An integer of 64 bits that begins at 0."""
    return Column(name, BigInteger, nullable=False, server_default=_ZERO)


def row_number(name: str) -> Column[int]:
    """A primary key that the database counts, in the order of insertion."""
    return Column(name, RowNumber, primary_key=True, autoincrement=True)
