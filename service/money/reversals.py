"""Use case: book what went back of a payment, by refund or dispute."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from billing.ledger import Transaction, reversal_transaction
from billing.topups import Disposition, Payment, PaymentSnapshot, TopUp, after_reversal
from service.common.context import Context
from service.money import alerts
from service.ports.store import Tx


@dataclass(frozen=True, slots=True)
class ReversalResult:
    """A payment with news; `booked` is what the ledger got where money of its top-up moved."""

    payment: Payment
    top_up: TopUp | None
    booked: Transaction | None


def book_reversals(
    context: Context, known: Payment, snapshot: PaymentSnapshot
) -> ReversalResult | None:
    """Take in what a gateway says went back; None where that is no news.

    `known` is locked. Any order, any number of times: counts only grow, and the ledger books
    each difference under a reference of its own.
    """
    payment = replace(known, reversals=known.reversals.merge(snapshot.reversals))
    if payment == known:
        return None
    top_up = context.tx.top_ups.lock(payment.top_up) if payment.top_up else None
    booked = None
    if payment.disposition is Disposition.APPLIED and top_up is not None:
        payment, booked = _book(context, top_up, payment)
        top_up = _moved(context.tx, top_up, payment)
    elif payment.held_because is not None:
        payment = _held_or_refunded(payment)
    context.tx.payments.put(payment, context.now)
    _audit(context, payment)
    return ReversalResult(payment, top_up, booked)


def _book(context: Context, top_up: TopUp, payment: Payment) -> tuple[Payment, Transaction | None]:
    booked = reversal_transaction(top_up, payment, context.now)
    if booked is None:
        return payment, None
    transaction, payment = booked
    context.tx.ledger.post(transaction)
    alerts.update_alert(context, top_up.account)
    return payment, transaction


def _moved(tx: Tx, top_up: TopUp, payment: Payment) -> TopUp:
    moved = replace(top_up, status=after_reversal(top_up.status, payment))
    if moved != top_up:
        tx.top_ups.save(moved)
    return moved


def _held_or_refunded(payment: Payment) -> Payment:
    """Money that nobody was credited waits for a decision until all of it is back."""
    whole = payment.reversals.gone_minor(payment.amount.minor) == payment.amount.minor
    return replace(payment, disposition=Disposition.REFUNDED if whole else Disposition.HELD)


def _audit(context: Context, payment: Payment) -> None:
    detail = {"top_up": payment.top_up, "disposition": payment.disposition}
    counts = asdict(payment.reversals)
    actor = f"gateway:{payment.gateway}"
    context.audit(actor, "payment_reversed", payment.key, detail | counts)
