"""What of each table is about one person: to be shown to them, and what of it can be erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    exists,
    literal,
    select,
    update,
)

from adapters.storage.schema.tables import (
    accounts,
    attempts,
    audit,
    lanes,
    links,
    payments,
    postings,
    refunds,
    reversals,
    tasks,
    top_ups,
)
from adapters.storage.schema.tables_chat import buckets, cards, conversations, deliveries, people
from adapters.storage.schema.tables_payments import PAYMENT
from billing.ledger import customer_account
from billing.topups import ENDED_UNPAID, OPEN_STATUSES, Disposition, TopUpStatus
from conversations.protocol.events import ConversationKey
from conversations.protocol.people import PersonTraces, UndecidedMoney
from conversations.protocol.places import Chat, HomeTab, Place, WholeChat, write_place
from service.lanes.keys import read_chat_key, read_person_key, write_chat_key, write_person_key
from service.lanes.pacing import read_own_name, write_own_prefix
from service.ports.records import LinkKind

# Of these, rows are about money, workspaces or the bot itself.
ABOUT_NOBODY = frozenset(
    {
        "audit_seals",
        "counters",
        "documents",
        "marks",
        "signing_keys",
        "slack_installations",
        "transactions",
    }
)
_MOVING = (*OPEN_STATUSES, TopUpStatus.PAID)


def about(traces: PersonTraces) -> Mapping[Table, ColumnElement[bool]]:
    """Which rows of each table are about them."""
    person, own = traces.person, (*traces.names, traces.old_account)
    asked = select(top_ups.c.id).where(top_ups.c.requester.in_(traces.names))
    paid = exists().where(payments.c.top_up.in_(asked))
    customers = [customer_account(account) for account in own]
    own_buckets = write_own_prefix(person.platform, person.tenant)
    lane = write_person_key(person.platform, person.tenant, person.id)
    alone = [Chat(person.platform, person.tenant, place) for place in _places(person.id)]
    return {
        people: people.c.name.in_(traces.names),
        links: (links.c.platform == person.platform)
        & (links.c.kind == LinkKind.PERSON)
        & links.c.tenant.in_(("", person.tenant))
        & (links.c.external_id == person.id),
        accounts: accounts.c.id.in_(own),
        conversations: _of(conversations, traces),
        buckets: buckets.c.name.in_(
            select(literal(own_buckets) + conversations.c.chat).where(_of(conversations, traces))
        )
        | buckets.c.name.in_([f"{own_buckets}{chat.id}" for chat in alone]),
        cards: _of(cards, traces)
        | _alone(cards, traces)
        | (cards.c.subject.in_(asked) & (cards.c.person == "")),
        deliveries: deliveries.c.lane == lane,
        lanes: lanes.c.key.in_([lane, *map(write_chat_key, alone)]),
        top_ups: top_ups.c.requester.in_(traces.names),
        attempts: attempts.c.top_up.in_(asked),
        payments: payments.c.top_up.in_(asked),
        refunds: paid.where(*(payments.c[part] == refunds.c[part] for part in PAYMENT)),
        reversals: paid.where(*(payments.c[part] == reversals.c[part] for part in PAYMENT)),
        tasks: tasks.c.subject.in_(asked),
        postings: postings.c.source.in_(customers) | postings.c.destination.in_(customers),
        audit: audit.c.actor.in_((*traces.names, person.key.actor))
        | audit.c.subject.in_(asked)
        | audit.c.subject.in_((*traces.names, traces.old_account)),
    }


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
            (cards, (cards.c.person == person) | _in_chat_alone(cards, person)),
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
            for table, query in ((table, _rows(table, traces)) for table in about(traces))
        }

    def undecided(
        self, traces: PersonTraces, now: datetime
    ) -> Sequence[tuple[UndecidedMoney, str]]:
        """What of their money is still under way, and its id."""
        found = about(traces)
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
        found, run = about(traces), self._connection.execute
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


def _of(table: Table, traces: PersonTraces) -> ColumnElement[bool]:
    person = traces.person
    return (
        (table.c.platform == person.platform)
        & (table.c.tenant == person.tenant)
        & (table.c.person == person.id)
    )


def _alone(table: Table, traces: PersonTraces) -> ColumnElement[bool]:
    """What stands where they are alone with the bot, and names nobody."""
    person = traces.person
    here = (table.c.platform == person.platform) & (table.c.tenant == person.tenant)
    return here & _in_chat_alone(table, person.id)


def _in_chat_alone(table: Table, person: str) -> ColumnElement[bool]:
    channel = exists().where(
        links.c.platform == table.c.platform,
        links.c.kind == LinkKind.CHANNEL,
        links.c.external_id == table.c.chat,
    )
    alone = table.c.chat.in_([write_place(place) for place in _places(person)])
    return (table.c.person == "") & alone & ~channel


def _places(person: str) -> tuple[Place, ...]:
    """Where somebody is alone with the bot, as far as that is called after them."""
    return WholeChat(person), HomeTab(person)


def _tenant_of_lane(name: str, platform: str, person: str) -> Iterator[str]:
    """The tenant in the name of work for somebody; none where it is for somebody else."""
    key = read_person_key(name)
    if key is not None and (key.platform, key.person) == (platform, person):
        yield key.tenant
    with suppress(ValueError):
        chat = read_chat_key(name)
        if chat.platform == platform and chat.place in _places(person):
            yield chat.tenant


def _tenant_of_bucket(name: str, platform: str, person: str) -> Iterator[str]:
    chat = read_own_name(name)
    if chat is not None and chat.platform == platform and chat.place in _places(person):
        yield chat.tenant


def _rows(table: Table, traces: PersonTraces) -> Select[Any]:
    return select(table).where(about(traces)[table]).order_by(*table.primary_key)
