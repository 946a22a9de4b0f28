"""Which rows of each table are about one person, and which tables are about nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, literal, select

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
    transactions,
)
from adapters.storage.schema.tables_chat import buckets, cards, conversations, deliveries, people
from adapters.storage.schema.tables_payments import PAYMENT
from billing.ledger import customer_account
from conversations.protocol.people import PersonTraces
from conversations.protocol.places import Chat, HomeTab, Place, WholeChat, write_place
from service.lanes.keys import write_chat_key, write_person_key
from service.lanes.pacing import write_own_prefix
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
    }
)


def personal_rows(traces: PersonTraces) -> Mapping[Table, ColumnElement[bool]]:
    """Which rows of each table are about them."""
    person = traces.person
    asked = _asked(traces)
    own_buckets = write_own_prefix(person.platform, person.tenant)
    lane = write_person_key(person.platform, person.tenant, person.id)
    alone = [Chat(person.platform, person.tenant, place) for place in places_alone(person.id)]
    return {
        people: people.c.name.in_(traces.names),
        links: _their_links(traces),
        accounts: accounts.c.id.in_(traces.names) | accounts.c.id.in_(_old_account(traces)),
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
        **_money_about(traces),
        audit: _acts_about(traces),
    }


def _money_about(traces: PersonTraces) -> Mapping[Table, ColumnElement[bool]]:
    asked, orders = _asked(traces), _orders(traces)
    paid = exists().where(payments.c.top_up.in_(asked))
    own = accounts.c.id.in_(traces.names) | accounts.c.id.in_(_old_account(traces))
    customers = select(literal(customer_account("")) + accounts.c.id).where(own)
    # A payment's transactions are its credit and what was reversed of it, on whosever account.
    reference = transactions.c.reference
    booked = select(transactions.c.id).where(
        exists().where(payments.c.top_up.in_(asked), reference.startswith(_key() + ":"))
    )
    return {
        top_ups: top_ups.c.requester.in_(traces.names),
        attempts: attempts.c.top_up.in_(asked),
        payments: payments.c.top_up.in_(asked),
        refunds: refunds.c.id.in_(orders),
        reversals: paid.where(*(payments.c[part] == reversals.c[part] for part in PAYMENT)),
        tasks: tasks.c.subject.in_(asked) | tasks.c.subject.in_(orders) | _of_payment(asked),
        transactions: transactions.c.id.in_(booked),
        postings: postings.c.source.in_(customers)
        | postings.c.destination.in_(customers)
        | postings.c.transaction_id.in_(booked),
    }


def _acts_about(traces: PersonTraces) -> ColumnElement[bool]:
    """What the trail says that they did, or that was done about them or their money."""
    asked, subject = _asked(traces), audit.c.subject
    keys = select(_key()).where(payments.c.top_up.in_(asked))
    return (
        audit.c.actor.in_((*traces.names, traces.person.key.actor_name))
        | subject.in_(asked)
        | subject.in_(keys)
        | subject.in_(_orders(traces))
        | subject.in_(traces.names)
        | subject.in_(_old_account(traces))
    )


def _asked(traces: PersonTraces) -> Select[Any]:
    """Their top-ups."""
    return select(top_ups.c.id).where(top_ups.c.requester.in_(traces.names))


def _orders(traces: PersonTraces) -> Select[Any]:
    """The refunds that were ordered of their payments."""
    paid = exists().where(payments.c.top_up.in_(_asked(traces)))
    same = (payments.c[part] == refunds.c[part] for part in PAYMENT)
    return select(refunds.c.id).where(paid.where(*same))


def _their_links(traces: PersonTraces) -> ColumnElement[bool]:
    person = traces.person
    return (
        (links.c.platform == person.platform)
        & (links.c.kind == LinkKind.PERSON)
        & links.c.tenant.in_(("", person.tenant))
        & (links.c.external_id == person.id)
    )


def _old_account(traces: PersonTraces) -> Select[Any]:
    """The account that is called after them: an operator may call one so, too, without a link."""
    mine = links.c.account == traces.legacy_account_id
    return select(links.c.account).where(_their_links(traces), mine)


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
    return here & in_chat_alone(table, person.id)


def in_chat_alone(table: Table, person: str) -> ColumnElement[bool]:
    channel = exists().where(
        links.c.platform == table.c.platform,
        links.c.kind == LinkKind.CHANNEL,
        links.c.external_id == table.c.chat,
    )
    alone = table.c.chat.in_([write_place(place) for place in places_alone(person)])
    return (table.c.person == "") & alone & ~channel


def places_alone(person: str) -> tuple[Place, ...]:
    """Where somebody is alone with the bot, as far as that is called after them."""
    return WholeChat(person), HomeTab(person)


def _key() -> ColumnElement[str]:
    """A payment's key, as the trail and the ledger write it."""
    gateway, merchant, ref = (payments.c[part] for part in PAYMENT)
    whole: ColumnElement[str] = gateway + "/" + merchant + "/" + ref
    return whole


def _of_payment(asked: Select[Any]) -> ColumnElement[bool]:
    """Tasks about a payment, a checkout of it, or an entry in what its gateway said."""
    told = tasks.c.detail.startswith
    return exists().where(
        payments.c.top_up.in_(asked),
        (tasks.c.subject == payments.c.payment_ref)
        | told(payments.c.payment_ref + ":")
        | told(payments.c.search_ref + ":"),
    ) | exists().where(attempts.c.top_up.in_(asked), tasks.c.subject == attempts.c.checkout_ref)
