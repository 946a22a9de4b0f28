"""Finds what each table holds about one person, to export or to erase it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    delete,
    exists,
    select,
    update,
)

from adapters.storage.queries.about_person import in_chat_alone, personal_rows, places_alone
from adapters.storage.schema.tables import (
    accounts,
    lanes,
    links,
    payments,
    refunds,
    top_ups,
)
from adapters.storage.schema.tables_chat import buckets, cards, conversations, deliveries, people
from billing.topups import ENDED_UNPAID, OPEN_STATUSES, Disposition, TopUpStatus
from conversations.protocol.events import ConversationKey
from conversations.protocol.people import PersonTraces, UndecidedMoney
from service.lanes.keys import read_chat_key, read_person_key
from service.lanes.pacing import read_own_name
from service.ports.records import LinkKind

_MOVING = (*OPEN_STATUSES, TopUpStatus.PAID)


class PersonalRows:
    """Everything about one person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tenants(self, platform: str, person: str) -> Sequence[str]:
        """Where anything leads to somebody of that id, in whatever table; "" for anywhere."""
        asked = (
            (people, people.c.external_id == person),
            (conversations, conversations.c.person == person),
            (links, (links.c.external_id == person) & (links.c.kind == LinkKind.PERSON)),
            (cards, (cards.c.person == person) | in_chat_alone(cards, person)),
        )
        found: set[str] = set()
        for table, who in asked:
            query = select(table.c.tenant).where(table.c.platform == platform, who)
            found |= set(self._connection.execute(query.distinct()).scalars())
        named = (
            (deliveries.c.lane, _tenant_of_lane),
            (lanes.c.key, _tenant_of_lane),
            (buckets.c.name, _tenant_of_bucket),
        )
        for column, tenant_of in named:
            within = column.startswith(platform, autoescape=True)
            query = select(column).where(within, column.contains(person, autoescape=True))
            for name in self._connection.execute(query.distinct()).scalars():
                found |= set(tenant_of(name, platform, person))
        return sorted(found)

    def talks(self, traces: PersonTraces) -> Sequence[ConversationKey]:
        """Their conversations, so that nobody goes on with one while it is erased."""
        found = self._connection.execute(_rows(conversations, traces))
        return [ConversationKey(row.platform, row.tenant, row.chat, row.person) for row in found]

    def rows(self, traces: PersonTraces) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every row about them, by table, in the order of keys."""
        return {
            table.name: [dict(row._mapping) for row in self._connection.execute(query)]
            for table, query in ((table, _rows(table, traces)) for table in personal_rows(traces))
        }

    def undecided(
        self, traces: PersonTraces, now: datetime
    ) -> Sequence[tuple[UndecidedMoney, str]]:
        """What of their money is still under way, and its id."""
        found = personal_rows(traces)
        late = top_ups.c.status.in_(tuple(ENDED_UNPAID)) & (top_ups.c.watched_until > now)
        own = select(links.c.account).where(found[links])
        others = exists().where(links.c.account == accounts.c.id, ~found[links])
        queries: tuple[tuple[UndecidedMoney, Select[Any]], ...] = (
            (
                UndecidedMoney.OPEN,
                select(top_ups.c.id).where(found[top_ups], top_ups.c.status.in_(_MOVING)),
            ),
            (UndecidedMoney.MAY_BE_PAID, select(top_ups.c.id).where(found[top_ups], late)),
            (
                UndecidedMoney.HELD,
                select(payments.c.payment_ref).where(
                    found[payments], payments.c.disposition == Disposition.HELD
                ),
            ),
            (
                UndecidedMoney.REFUND,
                select(refunds.c.id).where(
                    found[refunds], refunds.c.done_at.is_(None), refunds.c.error.is_(None)
                ),
            ),
            (
                UndecidedMoney.BALANCE,
                select(accounts.c.id).where(
                    accounts.c.id.in_(own), accounts.c.balance_minor != 0, ~others
                ),
            ),
        )
        return [
            (why, id)
            for why, query in queries
            for id in self._connection.execute(query.distinct()).scalars()
        ]

    def erase(self, traces: PersonTraces, now: datetime) -> None:
        """Drop what leads to them; of a delivery its id stays, so that it is known again."""
        found, run = personal_rows(traces), self._connection.execute
        gone = select(cards.c.id).where(found[cards])
        run(update(accounts).where(accounts.c.alert_card.in_(gone)).values(alert_card=None))
        run(update(accounts).where(found[accounts]).values(title=accounts.c.id))
        emptied: dict[str, Any] = {"body": {}, "lane": "", "error": None}
        waiting = deliveries.c.done_at.is_(None) & deliveries.c.quarantined_at.is_(None)
        run(update(deliveries).where(found[deliveries], waiting).values(done_at=now))
        run(update(deliveries).where(found[deliveries]).values(emptied))
        # These are found by the rows of those that follow.
        for table in (buckets, cards, conversations, links, lanes, people):
            run(delete(table).where(found[table]))


def _tenant_of_lane(name: str, platform: str, person: str) -> Iterator[str]:
    """The tenant in the name of work for somebody; none where it is for somebody else."""
    key = read_person_key(name)
    if key is not None and (key.platform, key.person) == (platform, person):
        yield key.tenant
    with suppress(ValueError):
        chat = read_chat_key(name)
        if chat.platform == platform and chat.place in places_alone(person):
            yield chat.tenant


def _tenant_of_bucket(name: str, platform: str, person: str) -> Iterator[str]:
    chat = read_own_name(name)
    if chat is not None and chat.platform == platform and chat.place in places_alone(person):
        yield chat.tenant


def _rows(table: Table, traces: PersonTraces) -> Select[Any]:
    return select(table).where(personal_rows(traces)[table]).order_by(*table.primary_key)
