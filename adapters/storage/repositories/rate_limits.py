"""Rows of buckets: what went out under each limit of a chat platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from adapters.storage.schema.columns import UtcTime
from adapters.storage.schema.statements import expect_one, insert
from adapters.storage.schema.tables_chat import buckets
from conversations.protocol.pacing import Bucket

# No limit looks back as far.
_IDLE_AFTER = timedelta(hours=1)
_FORGOTTEN_AT_ONCE = 100

# Statements are built once: building them is most of what a short transaction would cost.
_ADD = insert(buckets)
# The update changes nothing, and locks a row that was there already.
_LOCK = _ADD.on_conflict_do_update(
    index_elements=["name"], set_={"name": _ADD.excluded.name}
).returning(buckets)
_SAVE = update(buckets).where(buckets.c.name == bindparam("this"))
_IDLE = (
    select(buckets.c.name)
    .where(buckets.c.idle_at <= bindparam("now", type_=UtcTime))
    .order_by(buckets.c.idle_at)
    # The rest is forgotten the next time.
    .limit(_FORGOTTEN_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_FORGET = delete(buckets).where(buckets.c.name.in_(_IDLE))


class BucketRows:
    """How fast messages went out, by the names of limits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, names: Iterable[str], now: datetime) -> dict[str, Bucket]:
        """Each bucket, new ones too: whoever else asks for it waits until this transaction ends.

        All take them in the same order, so that no two wait for each other.
        """
        return {name: self._locked(name, now) for name in sorted(set(names))}

    def save(self, name: str, bucket: Bucket) -> None:
        """Write a locked bucket. Raises LookupError."""
        values: dict[str, Any] = {
            "sent": bucket.sent,
            "closed_until": bucket.closed_until,
            "turn_at": bucket.turn_at,
        }
        if bucket.last_at is not None:
            values["idle_at"] = bucket.last_at + _IDLE_AFTER
        result = self._connection.execute(_SAVE, values | {"this": name})
        expect_one(result, f"bucket {name}")

    def is_another_closed(self, name: str, beginning: str, now: datetime) -> bool:
        """Whether, of the buckets whose names begin so, any but the named one is closed."""
        statement = select(buckets.c.name).where(
            buckets.c.closed_until > now,
            buckets.c.name.startswith(beginning, autoescape=True),
            buckets.c.name != name,
        )
        return self._connection.execute(statement.limit(1)).first() is not None

    def forget_idle(self, now: datetime) -> None:
        """Drop some buckets of which nothing counts any more."""
        self._connection.execute(_FORGET, {"now": now})

    def _locked(self, name: str, now: datetime) -> Bucket:
        fresh = {"name": name, "sent": (), "idle_at": now + _IDLE_AFTER}
        return _bucket(self._connection.execute(_LOCK, fresh).one())


def _bucket(row: Row[Any]) -> Bucket:
    return Bucket(row.sent, row.closed_until, row.turn_at)
