"""Rows of payments, and of what went back of them. What they may become is decided in billing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select

from adapters.storage.schema.statements import insert, locked_row
from adapters.storage.schema.tables import payments, reversals
from adapters.storage.schema.tables_payments import COUNTS, PAYMENT
from billing.money import Money
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import Disposition, HeldReason, Payment, PaymentStatus

_NEWS = (
    "top_up",
    "status",
    "amount_minor",
    "currency",
    "disposition",
    "held_because",
    "search_ref",
    "updated_at",
)

# Statements are built once: building them is most of what a short transaction would cost.
_PAYMENT = select(payments).where(
    *(payments.c[part] == bindparam(f"this_{part}") for part in PAYMENT)
)
_ADD = insert(payments)
_PUT = _ADD.on_conflict_do_update(
    index_elements=PAYMENT, set_={column: _ADD.excluded[column] for column in _NEWS}
)
_REVERSALS = select(reversals).where(
    *(reversals.c[part] == bindparam(f"this_{part}") for part in PAYMENT)
)
_ADD_REVERSALS = insert(reversals)
_PUT_REVERSALS = _ADD_REVERSALS.on_conflict_do_update(
    index_elements=PAYMENT, set_={name: _ADD_REVERSALS.excluded[name] for name in COUNTS}
)
_SAME_PAYMENT = [payments.c[part] == reversals.c[part] for part in PAYMENT]


def whole_payments() -> Select[Any]:
    """Payments with what went back of them, to be read by `payment_of`."""
    counts = [reversals.c[name] for name in COUNTS]
    return select(payments, *counts).join_from(
        payments, reversals, onclause=and_(*_SAME_PAYMENT), isouter=True
    )


_WHOLE = whole_payments()
_OF_TOP_UPS = _WHOLE.where(payments.c.top_up.in_(bindparam("these", expanding=True))).order_by(
    payments.c.first_seen_at, *payments.primary_key.columns
)
_HELD = _WHOLE.where(payments.c.disposition == Disposition.HELD).order_by(
    payments.c.first_seen_at, *payments.primary_key.columns
)


class PaymentRows:
    """What gateways say they took, and what went back of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None:
        """The payment with that unique key."""
        key = _key(gateway, merchant_account, payment_ref)
        row = self._connection.execute(_PAYMENT, key).first()
        return self._whole(row, key) if row else None

    def lock(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None:
        """The same, to be changed: who else would change it, or add it, waits."""
        key = _key(gateway, merchant_account, payment_ref)
        row = locked_row(self._connection, _PAYMENT, key, "payment")
        return self._whole(row, key) if row else None

    def put(self, payment: Payment, at: datetime) -> None:
        """Insert or update by its unique key. A second applied one of a top-up raises."""
        key = {
            "gateway": payment.gateway,
            "merchant_account": payment.merchant_account,
            "payment_ref": payment.payment_ref,
        }
        row = {
            **key,
            "top_up": payment.top_up,
            "status": payment.status,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "disposition": payment.disposition,
            "held_because": payment.held_because,
            "search_ref": payment.search_ref,
            "first_seen_at": at,
            "updated_at": at,
        }
        self._connection.execute(_PUT, row)
        if payment.reversals != NOTHING_BACK:
            booked = {
                "reversed_minor": payment.reversed_minor,
                "reinstated_minor": payment.reinstated_minor,
            }
            self._connection.execute(_PUT_REVERSALS, key | asdict(payment.reversals) | booked)

    def of_top_up(self, *top_ups: str) -> Sequence[Payment]:
        """Those of one top-up, or of several, in the order first seen."""
        found = self._connection.execute(_OF_TOP_UPS, {"these": top_ups})
        return [payment_of(row) for row in found]

    def named(self, name: str) -> Sequence[Payment]:
        """Those of that reference, or the one of that key: `gateway/merchant_account/ref`."""
        parts = name.split("/", 2)
        if len(parts) == len(PAYMENT):
            whole = zip(PAYMENT, parts, strict=True)
            query = _WHOLE.where(*(payments.c[part] == value for part, value in whole))
        else:
            refs = payments.c.payment_ref, payments.c.search_ref
            query = _WHOLE.where(or_(*(each == name for each in refs)))
        return [payment_of(row) for row in self._connection.execute(query)]

    def held(self) -> Sequence[Payment]:
        """Every payment that waits for a person's decision, the oldest first."""
        return [payment_of(row) for row in self._connection.execute(_HELD)]

    def _whole(self, row: Row[Any], key: dict[str, str]) -> Payment:
        """Read apart, since a lock cannot reach over to a row that may not be there."""
        back = self._connection.execute(_REVERSALS, key).first()
        return payment_of(row, back)


def payment_of(row: Row[Any], back: Row[Any] | None = None) -> Payment:
    """The payment that a row holds; what went back stands in `back`, or in the row itself."""
    counts = dict.fromkeys(COUNTS, 0) | {
        name: minor
        for name, minor in (back or row)._mapping.items()
        if name in COUNTS and minor is not None
    }
    booked = {name: counts.pop(name) for name in ("reversed_minor", "reinstated_minor")}
    return Payment(
        gateway=row.gateway,
        merchant_account=row.merchant_account,
        payment_ref=row.payment_ref,
        top_up=row.top_up,
        status=PaymentStatus(row.status),
        amount=Money(row.amount_minor, row.currency),
        disposition=None if row.disposition is None else Disposition(row.disposition),
        held_because=None if row.held_because is None else HeldReason(row.held_because),
        reversals=Reversals(**counts),
        search_ref=row.search_ref,
        **booked,
    )


def _key(gateway: str, merchant_account: str, payment_ref: str) -> dict[str, str]:
    return {
        "this_gateway": gateway,
        "this_merchant_account": merchant_account,
        "this_payment_ref": payment_ref,
    }
