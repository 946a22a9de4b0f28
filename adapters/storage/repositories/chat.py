"""Rows of deliveries and conversations: what people said, and what the next message needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, select, update

from adapters.storage.schema.statements import expect_one, insert, locked_row
from adapters.storage.schema.tables_chat import conversations, deliveries
from conversations.protocol.events import ConversationKey, State
from conversations.protocol.ports import Delivery
from conversations.protocol.records import SavedState, StoredDelivery

_STATE: TypeAdapter[State] = TypeAdapter(State)
# These stand among the fields of the state: a bot of before, on the same database, reads past.
_BESIDE = ("made_by", "pointer")
_KEY = ("platform", "tenant", "chat", "person")
_SAVED = ("state", "touched_at", "locale", "zone")

# Statements are built once: building them is most of what a short transaction would cost.
_CONVERSATION = select(conversations).where(
    *(conversations.c[part] == bindparam(f"this_{part}") for part in _KEY)
)
_ADD_CONVERSATION = insert(conversations)
_SAVE_CONVERSATION = _ADD_CONVERSATION.on_conflict_do_update(
    index_elements=_KEY,
    set_={column: _ADD_CONVERSATION.excluded[column] for column in _SAVED},
)
_ADD_DELIVERY = (
    insert(deliveries)
    .on_conflict_do_nothing(index_elements=["source", "sender_id"])
    .returning(deliveries.c.id)
)
_PENDING = (
    select(deliveries)
    .where(
        deliveries.c.lane == bindparam("this"),
        deliveries.c.done_at.is_(None),
        deliveries.c.quarantined_at.is_(None),
    )
    .order_by(deliveries.c.id)
    .limit(bindparam("most"))
)


class ConversationRows:
    """What the next message needs in order to be understood."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, key: ConversationKey) -> SavedState | None:
        """The state as last saved."""
        row = self._connection.execute(_CONVERSATION, _whose(key)).first()
        return saved_state(row) if row else None

    def lock(self, key: ConversationKey) -> SavedState | None:
        """The same, for a turn: another turn of this conversation waits until this one ends."""
        row = locked_row(self._connection, _CONVERSATION, _whose(key), "conversation")
        return saved_state(row) if row else None

    def save(self, key: ConversationKey, saved: SavedState) -> None:
        """In place of what was saved before."""
        beside = {name: getattr(saved, name) for name in _BESIDE if getattr(saved, name)}
        row = {
            "platform": key.platform,
            "tenant": key.tenant,
            "chat": key.chat,
            "person": key.person,
            "state": json.dumps(_STATE.dump_python(saved.state, mode="json") | beside),
            "touched_at": saved.touched_at,
            "locale": saved.locale,
            "zone": saved.zone,
        }
        self._connection.execute(_SAVE_CONVERSATION, row)


class DeliveryRows:
    """The inbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, delivery: Delivery, at: datetime) -> int | None:
        """Its row id, or None when this sender id was received before."""
        row = {
            "source": delivery.source,
            "sender_id": delivery.sender_id,
            "lane": delivery.lane,
            "body": dict(delivery.body),
            "received_at": at,
        }
        number: int | None = self._connection.execute(_ADD_DELIVERY, row).scalar()
        return number

    def pending(self, lane: str, limit: int) -> Sequence[StoredDelivery]:
        """Neither done nor quarantined, in the order received."""
        found = self._connection.execute(_PENDING, {"this": lane, "most": limit})
        return [_delivery(row) for row in found]

    def finish(self, delivery: int, at: datetime) -> None:
        """Worked off. Raises LookupError."""
        self._set(delivery, done_at=at)

    def count_failure(self, delivery: int, error: str) -> int:
        """Counts one more try and returns how many there were. Raises LookupError."""
        statement = (
            update(deliveries)
            .where(deliveries.c.id == delivery)
            .values(tries=deliveries.c.tries + 1, error=error)
            .returning(deliveries.c.tries)
        )
        tries: int | None = self._connection.execute(statement).scalar()
        if tries is None:
            raise LookupError(f"no delivery {delivery}")
        return tries

    def quarantine(self, delivery: int, error: str, at: datetime) -> None:
        """Set aside for a person to look at; never tried again. Raises LookupError."""
        self._set(delivery, quarantined_at=at, error=error)

    def _set(self, delivery: int, **values: Any) -> None:
        statement = update(deliveries).where(deliveries.c.id == delivery).values(values)
        expect_one(self._connection.execute(statement), f"delivery {delivery}")


def _whose(key: ConversationKey) -> dict[str, str]:
    return {
        "this_platform": key.platform,
        "this_tenant": key.tenant,
        "this_chat": key.chat,
        "this_person": key.person,
    }


def saved_state(row: Row[Any]) -> SavedState:
    """What a row of conversations says."""
    state, kept = _STATE.validate_json(row.state), json.loads(row.state)
    beside = {name: str(kept.get(name, "")) for name in _BESIDE}
    return SavedState(state, row.touched_at, row.locale, row.zone, **beside)


def _delivery(row: Row[Any]) -> StoredDelivery:
    return StoredDelivery(
        id=row.id,
        source=row.source,
        sender_id=row.sender_id,
        lane=row.lane,
        body=row.body,
        received_at=row.received_at,
        tries=row.tries,
    )
