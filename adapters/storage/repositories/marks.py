"""Rows of the marks that this installation knows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables_payments import marks
from billing.marks import InstallationMarks, MarkStatus

_ALL = select(marks)
# Two bots may start at the same moment: the first of them says which mark it is.
_ADD = insert(marks).on_conflict_do_nothing()
_CHANGE = (
    update(marks)
    .where(marks.c.mark == bindparam("this_mark"))
    .values(standing=bindparam("new_standing"), place=bindparam("new_place"))
)


class MarkRows:
    """The marks that this installation knows: one of them is its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> InstallationMarks:
        """All of them."""
        rows = self._connection.execute(_ALL).all()
        own = next((row for row in rows if row.standing == MarkStatus.OWN), None)
        return InstallationMarks(
            own=own.mark if own else None,
            adopted=frozenset(row.mark for row in rows if row.standing == MarkStatus.ADOPTED),
            former=frozenset(row.mark for row in rows if row.standing == MarkStatus.FORMER),
            place=own.place if own else None,
            since=own.noted_at if own else None,
        )

    def put(self, mark: str, standing: MarkStatus, at: datetime, place: str | None = None) -> None:
        """Write one down, or change what it is. A second one of its own changes nothing."""
        changed = {"this_mark": mark, "new_standing": standing, "new_place": place}
        if self._connection.execute(_CHANGE, changed).rowcount == 0:
            row = {"mark": mark, "standing": standing, "place": place, "noted_at": at}
            self._connection.execute(_ADD, row)
