"""Which rows end, and when: a rule for each table that may lose some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Table,
    Update,
    bindparam,
    delete,
    exists,
    literal,
    select,
    tuple_,
    update,
)

from adapters.storage.schema.columns import UtcTime
from adapters.storage.schema.tables import (
    accounts,
    attempts,
    documents,
    lanes,
    links,
    postings,
    tasks,
    top_ups,
)
from adapters.storage.schema.tables_chat import (
    buckets,
    cards,
    conversations,
    deliveries,
    people,
    slack_installations,
)
from billing.ledger import customer_account
from billing.retention import RetentionKind
from billing.topups import Mode
from service.lanes.keys import SHOW_PREFIX, LaneKind
from service.ports.records import LinkKind

_BEFORE = bindparam("before", type_=UtcTime)
_MOST: BindParameter[int] = bindparam("most")
# What else is in a document is for whoever wrote it to end.
_SANDBOX_BOOKS = ("attempt", "checkout")
_FROM_GATEWAYS = "gateway:"
# Where money may still move, what leads to it is kept, however old.
_MONEY_MOVES = ("awaiting_approval", "awaiting_payment", "processing", "paid")


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Rows of a table that are dropped: those over that were there `since` before a time."""

    table: Table
    kept: RetentionKind
    since: Column[datetime]
    over: ColumnElement[bool]

    def statement(self) -> Delete:
        """Drop some, the oldest first; what somebody changes at this moment is left for later."""
        keys = tuple(self.table.primary_key)
        found = (
            select(*keys)
            .where(self.since <= _BEFORE, self.over)
            .order_by(self.since)
            .limit(_MOST)
            .with_for_update(skip_locked=True, of=self.table)
        )
        whole = keys[0] if len(keys) == 1 else tuple_(*keys)
        return delete(self.table).where(whole.in_(found))


_unread = deliveries.c.done_at.is_(None) & deliveries.c.quarantined_at.is_(None)
_settled = exists().where(top_ups.c.id == attempts.c.top_up, top_ups.c.status.not_in(_MONEY_MOVES))
_alerting = exists().where(accounts.c.alert_card == cards.c.id)

RULES = (
    RetentionRule(
        deliveries,
        RetentionKind.DELIVERIES,
        deliveries.c.received_at,
        deliveries.c.done_at.is_not(None),
    ),
    RetentionRule(
        deliveries,
        RetentionKind.QUARANTINED,
        deliveries.c.quarantined_at,
        deliveries.c.quarantined_at.is_not(None),
    ),
    # What was said to a chat that is configured away; a gateway's hint waits for as long as it is.
    RetentionRule(
        deliveries,
        RetentionKind.QUARANTINED,
        deliveries.c.received_at,
        _unread & ~deliveries.c.source.startswith(_FROM_GATEWAYS),
    ),
    RetentionRule(
        conversations,
        RetentionKind.CONVERSATIONS,
        conversations.c.touched_at,
        conversations.c.touched_at.is_not(None),
    ),
    RetentionRule(cards, RetentionKind.CONVERSATIONS, cards.c.noted_at, cards.c.subject.is_(None)),
    RetentionRule(
        cards, RetentionKind.CHECKOUTS, cards.c.noted_at, cards.c.subject.is_not(None) & ~_alerting
    ),
    RetentionRule(attempts, RetentionKind.CHECKOUTS, attempts.c.created_at, _settled),
    RetentionRule(tasks, RetentionKind.TASKS, tasks.c.closed_at, tasks.c.closed_at.is_not(None)),
    RetentionRule(
        documents,
        RetentionKind.SANDBOX,
        documents.c.noted_at,
        documents.c.kind.in_(_SANDBOX_BOOKS),
    ),
)
# Tables with an end of their own, and what ends them.
ENDS = {
    buckets.name: "an hour after the last message under that limit",
    lanes.name: "with the work that is pending there; those of a chat that is configured away "
    "with its conversations",
    accounts.name: "where somebody signed up and did nothing; all others stay",
    links.name: "with their account, or by `topup-bot accounts unlink`",
    people.name: "with an account that they signed up for and never used, or by "
    "`topup-bot people erase`",
    slack_installations.name: "when the workspace uninstalls the bot",
}
# Money, what was done about it, and what numbers are given out.
STAYS = {
    "top_ups": "what was asked for and what became of it",
    "payments": "money",
    "reversals": "money",
    "refunds": "money",
    "transactions": "the ledger",
    "postings": "the ledger",
    "audit": "the audit trail",
    "audit_seals": "the audit trail",
    "signing_keys": "a button that somebody sees holds for as long as it stands there",
    "marks": "whose a checkout is, for as long as anybody may ask",
    "counters": "a number is never given out twice",
}

# These count from when they are first seen here as they are.
_NOTED = (cards, documents)


def _note(table: Table) -> Update:
    keys = tuple(table.primary_key)
    whole = keys[0] if len(keys) == 1 else tuple_(*keys)
    found = (
        select(*keys)
        .where(table.c.noted_at.is_(None))
        .limit(_MOST)
        .with_for_update(skip_locked=True)
    )
    return update(table).where(whole.in_(found)).values(noted_at=bindparam("now", type_=UtcTime))


# Statements are built once: building them is most of what a short transaction would cost.
_DROPS = {
    kept: [(r.table.name, r.statement()) for r in RULES if r.kept is kept]
    for kept in RetentionKind
}
_NOTES = [_note(table) for table in _NOTED]
# Who shows cards, and who polls, makes these anew where there is need of them.
_REMADE = lanes.c.kind.startswith(SHOW_PREFIX) | (lanes.c.kind == LaneKind.POLL)
_AWAY = (
    select(lanes.c.kind, lanes.c.key)
    .where(
        _REMADE,
        lanes.c.kind.not_in(bindparam("running", expanding=True)),
        lanes.c.claimable_at <= _BEFORE,
    )
    .limit(_MOST)
)
_DROP_LANES = delete(lanes).where(tuple_(lanes.c.kind, lanes.c.key).in_(_AWAY))
_PAGE = (
    select(accounts.c.id)
    .where(accounts.c.id > bindparam("after"))
    .order_by(accounts.c.id)
    .limit(_MOST)
)
_own = (links.c.kind == LinkKind.PERSON) & (
    # Since people have names of no meaning; before, accounts were called after their person.
    exists().where(
        people.c.name == accounts.c.id,
        people.c.platform == links.c.platform,
        people.c.external_id == links.c.external_id,
    )
    | (accounts.c.id == links.c.platform + "-" + links.c.external_id)
)
_named = exists().where(people.c.name == accounts.c.id)
_BOOKED = literal(customer_account("")) + accounts.c.id
_IDLE = (
    select(accounts.c.id)
    .outerjoin(links, links.c.account == accounts.c.id)
    .where(
        accounts.c.id.in_(bindparam("these", expanding=True)),
        accounts.c.created_at <= _BEFORE,
        accounts.c.balance_minor == 0,
        accounts.c.mode == Mode.SANDBOX,
        # Whose link an operator took had it all the same, by the name that the account bears.
        _own | (links.c.account.is_(None) & _named),
        ~exists().where(links.c.account == accounts.c.id, ~_own).correlate(accounts),
        ~exists().where(top_ups.c.account == accounts.c.id),
        ~exists().where(postings.c.source == _BOOKED),
        ~exists().where(postings.c.destination == _BOOKED),
        ~exists().where(
            conversations.c.person == links.c.external_id,
            conversations.c.platform == links.c.platform,
            conversations.c.touched_at > _BEFORE,
        ),
        ~exists().where(
            people.c.name == accounts.c.id,
            conversations.c.person == people.c.external_id,
            conversations.c.platform == people.c.platform,
            conversations.c.touched_at > _BEFORE,
        ),
    )
    .with_for_update(skip_locked=True, of=accounts)
)
_DROP_LINKS = delete(links).where(links.c.account.in_(bindparam("these", expanding=True)))
_DROP_ACCOUNTS = delete(accounts).where(accounts.c.id.in_(bindparam("these", expanding=True)))

_FORGET = delete(people).where(
    people.c.name.in_(bindparam("these", expanding=True)),
    ~exists().where(top_ups.c.requester == people.c.name),
)


class ExpiredRowQueries:
    """What was kept long enough, of every table that may lose rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note_new_rows(self, now: datetime, most: int) -> int:
        """Rows that are new, or changed, count from now on; how many of one table at most."""
        given = {"now": now, "most": most}
        return max(self._connection.execute(note, given).rowcount for note in _NOTES)

    def drop(self, kept: RetentionKind, before: datetime, most: int) -> Sequence[tuple[str, int]]:
        """Drop rows of a kind that are older; each table's name, and how many of it."""
        given = {"before": before, "most": most}
        return [
            (table, self._connection.execute(statement, given).rowcount)
            for table, statement in _DROPS[kept]
        ]

    def drop_lanes(self, running: Collection[str], before: datetime, most: int) -> int:
        """Drop lanes of chats that nobody serves; who serves them again makes them anew."""
        given = {"running": sorted(running), "before": before, "most": most}
        return self._connection.execute(_DROP_LANES, given).rowcount

    def drop_idle_accounts(
        self, after: str, before: datetime, most: int
    ) -> tuple[int, str | None]:
        """Of a page of accounts, drop those that somebody signed up for and never used.

        How many, and where the next page begins; None after the last.
        """
        page = self._connection.execute(_PAGE, {"after": after, "most": most}).scalars().all()
        if not page:
            return 0, None
        found = self._connection.execute(_IDLE, {"these": page, "before": before})
        idle = {"these": sorted(set(found.scalars()))}
        self._connection.execute(_DROP_LINKS, idle)
        self._connection.execute(_DROP_ACCOUNTS, idle)
        self._connection.execute(_FORGET, idle)
        return len(idle["these"]), page[-1] if len(page) == most else None
