"""Rows of the ledger. A stored balance changes only together with the postings that move it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from adapters.storage.schema.statements import expect_one, insert
from adapters.storage.schema.tables import accounts, postings, transactions
from billing.ledger import (
    Movement,
    Posting,
    Transaction,
    TransactionKind,
    customer_account,
    customer_of,
)
from billing.money import Money

# No more digits than a row number can have.
_NAME = re.compile(r"TX-([0-9]{6,18})", re.ASCII)
# Statements are built once: building them is most of what a short transaction would cost.
_ADD_TRANSACTION = (
    insert(transactions)
    .on_conflict_do_nothing(index_elements=["reference"])
    .returning(transactions.c.id)
)
_ADD_POSTING = insert(postings)
_TRANSACTIONS = select(transactions.c.id, transactions.c.reference).where(
    transactions.c.reference.in_(bindparam("these", expanding=True))
)
_NEWEST = (
    select(postings, transactions.c.kind, transactions.c.at)
    .join(transactions)
    .order_by(postings.c.id.desc())
)
_MOVED = (
    select(func.sum(postings.c.amount_minor))
    .join(transactions)
    .where(transactions.c.reference == bindparam("this"))
)
_BOOKED = (
    select(transactions, postings)
    .join_from(transactions, postings)
    .where(transactions.c.id == bindparam("this"))
    .order_by(postings.c.id)
)
_MOVE_BALANCE = (
    update(accounts)
    .where(accounts.c.id == bindparam("this"), accounts.c.currency == bindparam("of"))
    .values(balance_minor=accounts.c.balance_minor + bindparam("change"))
)


class LedgerRows:
    """Append-only double entry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def post(self, transaction: Transaction) -> str | None:
        """Book it, update stored balances, give its id; None when the reference is booked.

        Raises LookupError when a customer's account does not exist in that currency, and
        ValueError when there is nothing to post; either way nothing is booked.
        """
        if not transaction.postings:
            raise ValueError("a transaction has postings")
        with self._connection.begin_nested():
            number = self._claim_reference(transaction)
            if number is None:
                return None
            rows = [_posting_row(number, posting) for posting in transaction.postings]
            self._connection.execute(_ADD_POSTING, rows)
            self._move_balances(transaction.postings)
        return transaction_id(number)

    def find(self, *references: str) -> Mapping[str, str]:
        """The ids of the transactions with these references; those that are booked."""
        if not references:
            return {}
        found = self._connection.execute(_TRANSACTIONS, {"these": references})
        return {row.reference: transaction_id(row.id) for row in found}

    def get(self, name: str) -> Transaction | None:
        """The transaction that people know by that name, such as `TX-000042`."""
        number = _number_of(name)
        rows = self._connection.execute(_BOOKED, {"this": number}).all() if number else []
        if not rows:
            return None
        postings_of = tuple(
            Posting(row.source, row.destination, Money(row.amount_minor, row.currency))
            for row in rows
        )
        return Transaction(
            rows[0].reference, TransactionKind(rows[0].kind), postings_of, rows[0].at
        )

    def moved_minor(self, reference: str) -> int | None:
        """What the postings of that transaction move, added up; None when it is not booked."""
        moved = self._connection.execute(_MOVED, {"this": reference}).scalar()
        return None if moved is None else int(moved)

    def newest(self, account: str, currency: str, limit: int) -> Sequence[Movement]:
        """What last moved in a customer's account, the newest first."""
        end = customer_account(account)
        found = [
            row
            for side in (postings.c.source, postings.c.destination)
            for row in self._connection.execute(
                _NEWEST.where(side == end, postings.c.currency == currency).limit(limit)
            )
        ]
        found.sort(key=lambda row: row.id, reverse=True)
        return [_movement(row, account, came=row.destination == end) for row in found[:limit]]

    def balance_minor(self, ledger_account: str, currency: str) -> int:
        """The sum of the postings: in minus out."""
        came = self._sum(postings.c.destination == ledger_account, currency)
        went = self._sum(postings.c.source == ledger_account, currency)
        return came - went

    def _sum(self, end: ColumnElement[bool], currency: str) -> int:
        query = select(func.coalesce(func.sum(postings.c.amount_minor), 0))
        query = query.where(end, postings.c.currency == currency)
        return int(self._connection.execute(query).scalar_one())

    def _claim_reference(self, transaction: Transaction) -> int | None:
        row = {
            "reference": transaction.reference,
            "kind": transaction.kind,
            "at": transaction.at,
        }
        number: int | None = self._connection.execute(_ADD_TRANSACTION, row).scalar()
        return number

    def _move_balances(self, moved: Iterable[Posting]) -> None:
        # In the order of ids, so that two transactions never wait for each other.
        for (account, currency), change in sorted(_changes(moved).items()):
            move = {"this": account, "of": currency, "change": change}
            expect_one(
                self._connection.execute(_MOVE_BALANCE, move), f"account {account} in {currency}"
            )


def _changes(moved: Iterable[Posting]) -> Counter[tuple[str, str]]:
    """What each customer's balance rises or falls by, in minor units, by account and currency."""
    changes: Counter[tuple[str, str]] = Counter()
    for posting in moved:
        for end, sign in ((posting.source, -1), (posting.destination, 1)):
            account = customer_of(end)
            if account is not None:
                changes[account, posting.amount.currency] += sign * posting.amount.minor
    return changes


def _posting_row(transaction: int, posting: Posting) -> dict[str, Any]:
    return {
        "transaction_id": transaction,
        "source": posting.source,
        "destination": posting.destination,
        "amount_minor": posting.amount.minor,
        "currency": posting.amount.currency,
    }


def _movement(row: Row[Any], account: str, *, came: bool) -> Movement:
    return Movement(
        transaction=transaction_id(row.transaction_id),
        kind=TransactionKind(row.kind),
        account=account,
        change_minor=row.amount_minor if came else -row.amount_minor,
        currency=row.currency,
        at=row.at,
    )


def transaction_id(number: int) -> str:
    """How people name a transaction: `TX-000042`."""
    return f"TX-{number:06d}"


def _number_of(name: str) -> int | None:
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
