"""Rows of people: what they are called in ledger and audit, and who that is on their platform."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables_chat import people
from conversations.protocol.people import Person

_WHO = ("platform", "tenant", "external_id")
_ADD = insert(people)
# Who was added by somebody else at the same moment keeps that name.
_ADD_OR_FIND = _ADD.on_conflict_do_update(
    index_elements=_WHO, set_={"platform": _ADD.excluded.platform}
).returning(people.c.name)
_NAME = select(people.c.name).where(
    *(people.c[part] == bindparam(f"this_{part}") for part in _WHO)
)
_PERSON = select(people).where(people.c.name == bindparam("this"))


class PeopleRows:
    """Names of people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def name_of(self, person: Person) -> str | None:
        """What they are called; None for who was never named."""
        where = {
            "this_platform": person.platform,
            "this_tenant": person.tenant,
            "this_external_id": person.id,
        }
        name: str | None = self._connection.execute(_NAME, where).scalar()
        return name

    def add(self, person: Person, name: str, at: datetime) -> str:
        """Name somebody; the name that they had, if they have one already."""
        row = {
            "name": name,
            "platform": person.platform,
            "tenant": person.tenant,
            "external_id": person.id,
            "created_at": at,
        }
        given: str = self._connection.execute(_ADD_OR_FIND, row).scalar_one()
        return given

    def person_named(self, name: str) -> Person | None:
        """Who is called so; None for who is no person, or was erased."""
        row = self._connection.execute(_PERSON, {"this": name}).first()
        return Person(row.platform, row.tenant, row.external_id) if row else None

    def find_all(self, platform: str, external_id: str) -> dict[str, Person]:
        """Everybody of that id on a platform, in any tenant, by name."""
        query = select(people).where(
            people.c.platform == platform, people.c.external_id == external_id
        )
        return {
            row.name: Person(row.platform, row.tenant, row.external_id)
            for row in self._connection.execute(query.order_by(people.c.name))
        }

    def forget(self, name: str) -> None:
        """Nothing leads from that name to anybody any more."""
        self._connection.execute(delete(people).where(people.c.name == name))
