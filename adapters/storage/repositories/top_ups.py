"""Rows of top-ups and the attempts to pay them. What they become is decided in billing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, select, tuple_, update

from adapters.storage.schema.statements import expect_one, insert
from adapters.storage.schema.tables import attempts, top_ups
from billing.money import Money
from billing.records import Attempt
from billing.topups import (
    CREDITED_STATUSES,
    Mode,
    TopUp,
    TopUpStatus,
)

# Statements are built once: building them is most of what a short transaction would cost.
_TOP_UP = select(top_ups).where(top_ups.c.id == bindparam("this"))
_LOCKED_TOP_UP = _TOP_UP.with_for_update()
_ADD_TOP_UP = insert(top_ups)
_SAVE_TOP_UP = update(top_ups).where(top_ups.c.id == bindparam("this"))
_ADD_ATTEMPT = insert(attempts)
_ATTEMPTS = (
    select(attempts)
    .where(attempts.c.top_up.in_(bindparam("these", expanding=True)))
    .order_by(attempts.c.top_up, attempts.c.revision)
)
_ATTEMPT_AT = select(attempts).where(
    attempts.c.gateway == bindparam("this_gateway"),
    attempts.c.checkout_ref == bindparam("this_checkout"),
)
_SAID = ("refused", "closed_at", "unread", "asked_at", "answered_at")
_NOTE_ATTEMPT = update(attempts).where(attempts.c.id == bindparam("this"))
_OPENED = exists().where(attempts.c.top_up == top_ups.c.id, attempts.c.checkout_ref.is_not(None))
# Said twice, since the index has only the first in it.
_IS_WATCHED = (top_ups.c.status != TopUpStatus.CREDITED) & top_ups.c.status.not_in(
    CREDITED_STATUSES
)


class TopUpRows:
    """Top-ups and the attempts to pay them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, top_up: TopUp) -> None:
        """Raises ValueError when amount and fee are of two currencies."""
        self._connection.execute(_ADD_TOP_UP, _top_up_row(top_up))

    def get(self, top_up: str) -> TopUp | None:
        """The top-up with that id."""
        row = self._connection.execute(_TOP_UP, {"this": top_up}).first()
        return _top_up(row) if row else None

    def lock(self, top_up: str) -> TopUp | None:
        """The same, to be changed: who else would change it waits."""
        row = self._connection.execute(_LOCKED_TOP_UP, {"this": top_up}).first()
        return _top_up(row) if row else None

    def save(self, top_up: TopUp) -> None:
        """Write what became of it. Raises LookupError when it was never added."""
        row = _top_up_row(top_up) | {"this": top_up.id}
        expect_one(self._connection.execute(_SAVE_TOP_UP, row), f"top-up {top_up.id}")

    def of_requester(self, requester: str, limit: int) -> Sequence[TopUp]:
        """The newest first."""
        return self._newest(top_ups.c.requester == requester, limit)

    def of_account(self, account: str, limit: int) -> Sequence[TopUp]:
        """The newest first."""
        return self._newest(top_ups.c.account == account, limit)

    def watched(self, now: datetime, limit: int, after: TopUp | None = None) -> Sequence[TopUp]:
        """Opened at a gateway, not credited, and still inside the time they are watched.

        The first to end first; `after` is the last of the page before.
        """
        order = top_ups.c.watched_until, top_ups.c.id
        query = (
            select(top_ups)
            .where(_IS_WATCHED, top_ups.c.watched_until > now, _OPENED)
            .order_by(*order)
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(*order) > (after.watched_until, after.id))
        return [_top_up(row) for row in self._connection.execute(query)]

    def opened_since(self, at: datetime, limit: int, after: str) -> Sequence[TopUp]:
        """Made at that time or later and opened at a gateway, by id, from the one `after` on."""
        query = (
            select(top_ups)
            .where(top_ups.c.id > after, top_ups.c.created_at >= at, _OPENED)
            .order_by(top_ups.c.id)
            .limit(limit)
        )
        return [_top_up(row) for row in self._connection.execute(query)]

    def known_checkouts(self, gateway: str, refs: Sequence[str]) -> frozenset[str]:
        """Those of the gateway's checkouts that an attempt opened."""
        ref = attempts.c.checkout_ref
        query = select(ref).where(attempts.c.gateway == gateway, ref.in_(refs))
        return frozenset(each for each in self._connection.execute(query).scalars() if each)

    def unpaid(self, now: datetime) -> Sequence[TopUp]:
        """Those whose pay link is open, the first to end first."""
        open_links = select(top_ups).where(
            top_ups.c.status == TopUpStatus.AWAITING_PAYMENT, top_ups.c.expires_at > now
        )
        ends = top_ups.c.expires_at, top_ups.c.id
        return [_top_up(row) for row in self._connection.execute(open_links.order_by(*ends))]

    def add_attempt(self, attempt: Attempt) -> None:
        """One for each revision of a top-up."""
        row = {
            "id": attempt.id,
            "top_up": attempt.top_up,
            "revision": attempt.revision,
            "gateway": attempt.gateway,
            "created_at": attempt.created_at,
            "checkout_ref": attempt.checkout_ref,
            "url": attempt.url,
        }
        self._connection.execute(_ADD_ATTEMPT, row)

    def attempt(self, top_up: str, revision: int) -> Attempt | None:
        """The attempt at that revision."""
        query = select(attempts).where(
            attempts.c.top_up == top_up, attempts.c.revision == revision
        )
        row = self._connection.execute(query).first()
        return _attempt(row) if row else None

    def attempts(self, *top_ups: str) -> Sequence[Attempt]:
        """Those of one top-up, or of several, by revision."""
        found = self._connection.execute(_ATTEMPTS, {"these": top_ups})
        return [_attempt(row) for row in found]

    def attempt_at(self, gateway: str, checkout_ref: str) -> Attempt | None:
        """The attempt that opened this checkout."""
        these = {"this_gateway": gateway, "this_checkout": checkout_ref}
        row = self._connection.execute(_ATTEMPT_AT, these).first()
        return _attempt(row) if row else None

    def save_answer(self, attempt: Attempt) -> None:
        """Write down what its gateway said of it. Raises LookupError."""
        said = {name: getattr(attempt, name) for name in _SAID}
        noted = self._connection.execute(_NOTE_ATTEMPT, {"this": attempt.id, **said})
        expect_one(noted, f"attempt {attempt.id}")

    def record_opened(self, attempt: str, checkout_ref: str, url: str) -> None:
        """The gateway opened this checkout for it. Raises LookupError."""
        statement = (
            update(attempts)
            .where(attempts.c.id == attempt)
            .values(checkout_ref=checkout_ref, url=url)
        )
        expect_one(self._connection.execute(statement), f"attempt {attempt}")

    def _newest(self, condition: ColumnElement[bool], limit: int) -> Sequence[TopUp]:
        query = (
            select(top_ups)
            .where(condition)
            .order_by(top_ups.c.created_at.desc(), top_ups.c.id.desc())
            .limit(limit)
        )
        return [_top_up(row) for row in self._connection.execute(query)]


def _top_up_row(top_up: TopUp) -> dict[str, Any]:
    total = top_up.total  # raises unless amount and fee share the one currency column
    return {
        "id": top_up.id,
        "account": top_up.account,
        "amount_minor": top_up.amount.minor,
        "fee_minor": top_up.fee.minor,
        "currency": total.currency,
        "method": top_up.method,
        "gateway": top_up.gateway,
        "merchant_account": top_up.merchant_account,
        "mode": top_up.mode,
        "status": top_up.status,
        "revision": top_up.revision,
        "requester": top_up.requester,
        "card": top_up.card,
        "created_at": top_up.created_at,
        "expires_at": top_up.expires_at,
        "watched_until": top_up.watched_until,
        "decline": top_up.decline,
    }


def _top_up(row: Row[Any]) -> TopUp:
    return TopUp(
        id=row.id,
        account=row.account,
        amount=Money(row.amount_minor, row.currency),
        fee=Money(row.fee_minor, row.currency),
        method=row.method,
        gateway=row.gateway,
        merchant_account=row.merchant_account,
        mode=Mode(row.mode),
        status=TopUpStatus(row.status),
        revision=row.revision,
        requester=row.requester,
        card=row.card,
        created_at=row.created_at,
        expires_at=row.expires_at,
        watched_until=row.watched_until,
        decline=row.decline,
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        top_up=row.top_up,
        revision=row.revision,
        gateway=row.gateway,
        created_at=row.created_at,
        checkout_ref=row.checkout_ref,
        url=row.url,
        **{name: row._mapping[name] for name in _SAID},
    )
