"""Use case: send money back. The order is a row first, then a call; settling books it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from billing.money import Money, format_money
from billing.ports import GatewayError, PaymentGateway, RefundingGateway
from billing.topups import Disposition, Payment, PaymentSnapshot
from service.common.context import Context, context_of
from service.common.fail_points import FailPoint
from service.common.services import Services
from service.lanes.keys import LaneKind
from service.money import topups
from service.money.denials import KeyUse, note_access
from service.ports.store import Claim, Refund, Store, Task, TaskKind, Tx

NO_GATEWAY_WAIT = timedelta(minutes=5)
log = logging.getLogger(__name__)


class RefundRefused(Exception):
    """No such sum can go back; the message says what can."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What an operator wants sent back and why; `amount` None is all that is left.

    The same `order` asks once.
    """

    order: str
    amount: Money | None
    reason: str
    actor: str


def refundable_minor(tx: Tx, payment: Payment) -> int:
    """What of a payment may still be sent back, in minor units: not gone, and not asked for."""
    asked = sum(
        each.amount.minor for each in tx.refunds.of_payment(payment) if each.done_at is None
    )
    return payment.amount.minor - payment.reversals.gone_minor(payment.amount.minor) - asked


def order_refund(context: Context, found: Payment, ask: RefundRequest) -> Refund:
    """Write the order down; the bot carries it out. Raises RefundRefused."""
    tx = context.tx
    payment = tx.payments.lock(found.gateway, found.merchant_account, found.payment_ref)
    known = tx.refunds.get(ask.order)
    if known is not None:
        return _the_same(known, found, ask)
    if payment is None or payment.disposition not in (Disposition.APPLIED, Disposition.HELD):
        raise RefundRefused(f"{found.payment_ref}: nothing of it can be sent back.")
    left = Money(refundable_minor(tx, payment), payment.amount.currency)
    amount = ask.amount or left
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise RefundRefused(f"{payment.payment_ref}: {format_money(left)} of it can be sent back.")
    ordered = Refund(
        id=ask.order,
        gateway=payment.gateway,
        merchant_account=payment.merchant_account,
        payment_ref=payment.payment_ref,
        amount=amount,
        reason=ask.reason,
        asked_by=ask.actor,
        asked_at=context.now,
    )
    if not tx.refunds.add(ordered):
        raise RefundRefused(f"{ask.order}: this key orders another refund at this moment.")
    tx.lanes.schedule(LaneKind.REFUND, ordered.id, context.now)
    detail = {
        "order": ordered.id,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "reason": ask.reason,
    }
    context.audit(ask.actor, "refund_ordered", payment.key, detail)
    return ordered


def _the_same(known: Refund, found: Payment, ask: RefundRequest) -> Refund:
    """One order is one refund: whoever asks for another with the same key is told."""
    same = (known.gateway, known.merchant_account, known.payment_ref) == (
        found.gateway,
        found.merchant_account,
        found.payment_ref,
    )
    if not same or ask.amount not in (None, known.amount):
        raise RefundRefused(f"{ask.order}: this key ordered another refund already.")
    return known


@dataclass(frozen=True, slots=True)
class RefundWorker:
    """Carries refund orders out; what the gateway then says goes through `topups.settle`."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    services: Services

    async def work(self, claim: Claim) -> datetime | None:
        """Ask the gateway for one order, again by the same key until it says yes or no."""
        wanted = await self.store.transact(lambda tx: tx.refunds.get(claim.key))
        if wanted is None or wanted.done_at is not None:
            return None
        gateway = self.gateways.get(wanted.gateway)
        if gateway is None or not self.services.deals_in(gateway.mode):
            log.error("gateway_missing_or_closed gateway=%s", wanted.gateway)
            return self.services.sources.now() + NO_GATEWAY_WAIT
        owners = await self.store.transact(partial(_owners, wanted=wanted))
        try:
            snapshots = await _refund(gateway, wanted, owners)
        except GatewayError as error:
            why = str(error)
            if error.unread:
                await self.store.transact(lambda tx: self._unread(tx, wanted, why))
            if not error.is_outage:
                await self._note_access(wanted, error)
            if error.retry:
                raise
            await self.store.transact(lambda tx: self._record_rejected_refund(tx, wanted, why))
            return None
        self.services.reach_fail_point(FailPoint.REFUND_MADE)
        if claim.tries:
            await self._note_access(wanted, None)
        await self.store.transact(lambda tx: self._done(tx, wanted, snapshots))
        return None

    async def _note_access(self, wanted: Refund, error: GatewayError | None) -> None:
        work = partial(note_access, gateway=wanted.gateway, use=KeyUse.REFUND, error=error)
        await self.store.transact(lambda tx: work(context_of(tx, self.services)))

    def _done(self, tx: Tx, refund: Refund, snapshots: tuple[PaymentSnapshot, ...]) -> None:
        for snapshot in snapshots:
            topups.settle(context_of(tx, self.services), snapshot)
        now = self.services.sources.now()
        tx.refunds.finish(refund.id, now)
        tx.tasks.close(TaskKind.ANSWER_UNREAD, refund.id, "the gateway's answer was read", now)

    def _unread(self, tx: Tx, refund: Refund, error: str) -> None:
        """It is asked again; whether the money went back, somebody has to look up meanwhile."""
        detail = f"{format_money(refund.amount)} of {refund.payment_ref}: {error}"
        task = Task(TaskKind.ANSWER_UNREAD, refund.id, detail, self.services.sources.now())
        tx.tasks.add(task, again=False)

    def _record_rejected_refund(self, tx: Tx, refund: Refund, error: str) -> None:
        """Nothing went back, and somebody who expects it to must hear of it."""
        log.error("refund_refused order=%s error=%s", refund.id, error)
        now = self.services.sources.now()
        tx.refunds.finish(refund.id, now, error)
        sum_ = format_money(refund.amount)
        detail = f"{sum_} of {refund.payment_ref}: {error}"
        tx.tasks.add(Task(TaskKind.REFUND_REFUSED, refund.id, detail, now))
        tx.audit.write(
            now, f"gateway:{refund.gateway}", "refund_refused", refund.id, {"why": error}
        )


def _owners(tx: Tx, wanted: Refund) -> frozenset[str | None]:
    """Whose checkouts a refund may be of: money is held that an older version took for ours."""
    payment = tx.payments.get(wanted.gateway, wanted.merchant_account, wanted.payment_ref)
    is_known = payment is not None and payment.top_up is not None
    return tx.marks.read().own_marks(known=is_known)


async def _refund(
    gateway: PaymentGateway, wanted: Refund, owners: frozenset[str | None]
) -> tuple[PaymentSnapshot, ...]:
    if not isinstance(gateway, RefundingGateway):
        raise GatewayError(f"{gateway.name} sends no money back by itself", retry=False)
    return await gateway.refund(wanted, owners)
