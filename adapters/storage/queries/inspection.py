"""Reads all rows at a glance, for an operator."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, case, func, select

from adapters.storage.queries.levels import levels
from adapters.storage.repositories.chat import saved_state
from adapters.storage.repositories.ledger import transaction_id
from adapters.storage.repositories.payments import payment_of, whole_payments
from adapters.storage.schema.tables import lanes, payments, postings, transactions
from adapters.storage.schema.tables_chat import cards, conversations, deliveries
from billing.ledger import Posting
from billing.money import Money
from billing.records import BookedPosting, LedgerAccount
from billing.topups import Payment
from conversations.protocol.events import ConversationKey
from conversations.protocol.places import read_chat
from conversations.protocol.ports import MessageRef
from conversations.protocol.records import CardReport, DeliveryCounts, Levels, SavedState
from service.ports.records import LaneCounts


class InspectionRows:
    """Everything at a glance, for an operator."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def conversations(self, limit: int) -> Sequence[tuple[ConversationKey, SavedState]]:
        """The last touched first."""
        query = select(conversations).order_by(conversations.c.touched_at.desc()).limit(limit)
        return [_conversation(row) for row in self._connection.execute(query)]

    def ledger_accounts(self) -> Sequence[LedgerAccount]:
        """Every ledger account with a posting, summed over all of them."""
        went, came = self._sums(postings.c.source), self._sums(postings.c.destination)
        return [_ledger_account(*end, went[end], came[end]) for end in sorted({*went, *came})]

    def postings(self, limit: int) -> Sequence[BookedPosting]:
        """The newest first."""
        query = (
            select(postings, transactions.c.reference, transactions.c.kind, transactions.c.at)
            .join(transactions, transactions.c.id == postings.c.transaction_id)
            .order_by(postings.c.id.desc())
            .limit(limit)
        )
        return [_booked(row) for row in self._connection.execute(query)]

    def cards(self, limit: int) -> Sequence[CardReport]:
        """The newest first."""
        query = select(cards).order_by(cards.c.position.desc()).limit(limit)
        return [_card(row) for row in self._connection.execute(query)]

    def payments(self, limit: int) -> Sequence[Payment]:
        """The last that there was news of first."""
        query = whole_payments().order_by(payments.c.updated_at.desc()).limit(limit)
        return [payment_of(row) for row in self._connection.execute(query)]

    def deliveries(self) -> DeliveryCounts:
        """All that were ever stored, counted."""
        query = select(
            func.count(),
            func.count(deliveries.c.done_at),
            func.count(deliveries.c.quarantined_at),
        ).select_from(deliveries)
        every, done, quarantined = self._connection.execute(query).one()
        return DeliveryCounts(every - done - quarantined, done, quarantined)

    def lanes(self, now: datetime) -> Sequence[LaneCounts]:
        """By kind. A claim whose lease ran out holds nothing: its lane is due."""
        held = lanes.c.owner.is_not(None) & (lanes.c.claimable_at > now)
        later = lanes.c.owner.is_(None) & (lanes.c.claimable_at > now)
        query = (
            select(
                lanes.c.kind,
                func.count().label("every"),
                func.count(case((held, 1))).label("held"),
                func.count(case((later, 1))).label("later"),
            )
            .group_by(lanes.c.kind)
            .order_by(lanes.c.kind)
        )
        return [
            LaneCounts(row.kind, row.every - row.held - row.later, row.later, row.held)
            for row in self._connection.execute(query)
        ]

    def levels(self, now: datetime, kinds: Sequence[str]) -> Levels:
        """How full everything is, lanes of these kinds only."""
        return levels(self._connection, now, kinds)

    def _sums(self, end: Column[Any]) -> dict[tuple[str, str], tuple[int, int]]:
        """Minor units moved and number of postings, by ledger account and currency."""
        query = select(
            end.label("account"),
            postings.c.currency,
            func.sum(postings.c.amount_minor).label("minor"),
            func.count().label("number"),
        ).group_by(end, postings.c.currency)
        found = defaultdict[tuple[str, str], tuple[int, int]](lambda: (0, 0))
        for row in self._connection.execute(query):
            # An engine may sum in a wider type than it stores.
            found[row.account, row.currency] = (int(row.minor), row.number)
        return found


def _ledger_account(
    account: str, currency: str, went: tuple[int, int], came: tuple[int, int]
) -> LedgerAccount:
    return LedgerAccount(
        id=account,
        debit=Money(went[0], currency),
        credit=Money(came[0], currency),
        postings=went[1] + came[1],
    )


def _conversation(row: Row[Any]) -> tuple[ConversationKey, SavedState]:
    key = ConversationKey(row.platform, row.tenant, row.chat, row.person)
    return key, saved_state(row)


def _booked(row: Row[Any]) -> BookedPosting:
    posting = Posting(row.source, row.destination, Money(row.amount_minor, row.currency))
    return BookedPosting(
        transaction_id(row.transaction_id), row.reference, row.kind, row.at, posting
    )


def _card(row: Row[Any]) -> CardReport:
    message = None if row.message_id is None else MessageRef(row.message_chat, row.message_id)
    return CardReport(
        id=row.id,
        chat=read_chat(row.platform, row.tenant, row.chat),
        person=row.person,
        subject=row.subject,
        title=json.loads(row.wanted_view)["title"],
        wanted_rev=row.wanted_rev,
        shown_rev=row.shown_rev,
        given_up=row.given_up_rev == row.wanted_rev and row.shown_rev < row.wanted_rev,
        message=message,
        tries=row.tries,
        error=row.error,
    )
