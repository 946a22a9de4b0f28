"""Bugs with money, as others had them: credits, statuses, what is compared, what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.judgment import Judgment, held_reason, judge_payment
from billing.ledger import credit_transaction
from billing.ports import CheckoutRequest, GatewayError, PaymentGateway
from billing.records import Refund
from billing.topups import (
    HeldReason,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
    TopUpStatus,
)
from service.audit import trail
from service.audit.seals import seal_entries
from service.common.context import Context, context_of
from service.common.fail_points import FailPoint
from service.money import checkout, recovery, refunds, reversals, topups
from service.money.checkout import Checkouts
from service.money.hints import end_hints
from service.ports.records import Entry, Seal
from service.ports.store import Claim, Store, Tx

Patches = Mapping[tuple[Any, str], Any]


# --- the audit trail, and backups ------------------------------------------------------------


def pages_apart() -> Patches:
    """Each page of the trail is sealed as if nothing had been before."""

    def buggy(entries: Iterable[Entry], head: Seal | None) -> list[Seal]:
        return seal_entries(entries, None)

    return {(trail, "seal_entries"): buggy}


def left_alone() -> Patches:
    """A backup takes the database's place, and nobody looks for what is missing."""

    async def buggy(store: Store, since: datetime, now: datetime) -> int:
        return 0

    return {(recovery, "ask_since"): buggy}


# --- money that does not fit -----------------------------------------------------------------


def not_compared(ignored: HeldReason) -> Callable[[], Patches]:
    def patches() -> Patches:
        def buggy(
            top_up: TopUp | None, snapshot: PaymentSnapshot, applied: Payment | None
        ) -> Judgment:
            judgment = judge_payment(top_up, snapshot, applied)
            if judgment.misfit is not ignored or top_up is None:
                return judgment
            fitting = replace(snapshot, amount=top_up.total, mode=top_up.mode)
            kept = judge_payment(top_up, fitting, None).payment
            return Judgment(replace(kept, amount=judgment.payment.amount), None)

        return {(topups, "judge_payment"): buggy}

    return patches


# --- credits ---------------------------------------------------------------------------------


def _grant(context: Context, snapshot: PaymentSnapshot, reference: str) -> None:
    """Book a credit under any reference but the payment's own."""
    top_up = context.tx.top_ups.get(snapshot.reference or "")
    if top_up is None or held_reason(top_up, snapshot, None) is not None:
        return
    payment = judge_payment(top_up, snapshot, None).payment
    posted = credit_transaction(top_up, payment, context.now)
    context.tx.ledger.post(replace(posted, reference=f"{posted.reference}:{reference}"))


def _is_paid(tx: Tx, snapshot: PaymentSnapshot) -> bool:
    top_up = tx.top_ups.get(snapshot.reference or "")
    return top_up is not None and top_up.status is TopUpStatus.CREDITED


def checked_outside() -> Patches:
    async def settle(self: Checkouts, snapshot: PaymentSnapshot, lane: str) -> None:
        credited = await self.store.transact(lambda tx: _is_paid(tx, snapshot))
        if snapshot.status is PaymentStatus.PAID and not credited:
            key = self.services.sources.new_attempt_id()
            await self.store.transact(
                lambda tx: _grant(context_of(tx, self.services), snapshot, key)
            )
        await self.store.transact(
            lambda tx: topups.settle(context_of(tx, self.services), snapshot)
        )

    return {(Checkouts, "_settle"): settle, (topups, "_credit"): _no_credit}


def grant_first() -> Patches:
    async def settle(self: Checkouts, snapshot: PaymentSnapshot, lane: str) -> None:
        def grant(tx: Tx) -> None:
            if snapshot.status is PaymentStatus.PAID and not _is_paid(tx, snapshot):
                _grant(
                    context_of(tx, self.services), snapshot, self.services.sources.new_attempt_id()
                )

        await self.store.transact(grant)
        self.services.reach_fail_point(FailPoint.SETTLED)
        await self.store.transact(
            lambda tx: topups.settle(context_of(tx, self.services), snapshot)
        )

    return {(Checkouts, "_settle"): settle, (topups, "_credit"): _no_credit}


def _no_credit(context: Context, top_up: TopUp, payment: Payment) -> None:
    """The grant is elsewhere."""


def by_event() -> Patches:
    right = topups.settle

    def settle(context: Context, snapshot: PaymentSnapshot) -> None:
        right(context, snapshot)
        # Every event is a credit of its own; only the same event would have been dropped.
        if snapshot.status is PaymentStatus.PAID:
            _grant(context, snapshot, context.services.sources.new_attempt_id())

    return {(topups, "settle"): settle, (topups, "_credit"): _no_credit}


def without_fetch() -> Patches:
    async def fetch(self: Checkouts, claim: Claim) -> datetime | None:
        name, ref = claim.key.split("|", 1)
        gateway = self.gateways[name]
        asked = getattr(gateway, "asked", {}).get(ref)
        if asked is not None:
            snapshot = PaymentSnapshot(
                name, gateway.merchant_account, ref, asked.reference,
                PaymentStatus.PAID, asked.total, gateway.mode,
            )  # fmt: skip
            await self._settle(snapshot, claim.key)
        now = self.services.sources.now()
        await end_hints(self.store, claim.key, lambda tx, hint: tx.deliveries.finish(hint.id, now))
        return None

    return {(Checkouts, "settle"): fetch}


def new_key() -> Patches:
    right, tries = CheckoutRequest, iter(range(10**6))

    def request(**parts: Any) -> Any:
        return right(**{**parts, "attempt": f"{next(tries):06}{parts['attempt']}"})

    return {(checkout, "CheckoutRequest"): request}


# --- what goes back --------------------------------------------------------------------


def no_reversal() -> Patches:
    def follow(context: Context, known: Payment, snapshot: PaymentSnapshot) -> None:
        return None

    return {(reversals, "book_reversals"): follow}


def cumulative_as_new() -> Patches:
    """Each snapshot's count is taken for a refund of its own."""
    right = reversals.book_reversals

    def follow(context: Context, known: Payment, snapshot: PaymentSnapshot) -> Any:
        sent = known.reversals.refunded_minor + snapshot.reversals.refunded_minor
        more = replace(snapshot.reversals, refunded_minor=sent)
        return right(context, known, replace(snapshot, reversals=more))

    return {(reversals, "book_reversals"): follow}


def refund_key_new() -> Patches:
    right = refunds._refund

    async def refund(gateway: PaymentGateway, wanted: Refund, owners: Any) -> Any:
        try:
            return await right(gateway, wanted, owners)
        except GatewayError:
            return await right(gateway, replace(wanted, id=f"{wanted.id}-again"), owners)

    return {(refunds, "_refund"): refund}


def cancel_ends_the_watch() -> Patches:
    """What was cancelled is asked about no more, so who paid all the same is not seen."""
    right = checkout.next_reconcile_at

    def next_look(top_up: TopUp, now: datetime, tries: int) -> datetime | None:
        return (
            datetime.max.replace(tzinfo=UTC)
            if top_up.status is TopUpStatus.CANCELLED
            else right(top_up, now, tries)
        )

    return {(checkout, "next_reconcile_at"): next_look, (topups, "ask_gateway"): _ask_nobody}


def _ask_nobody(context: Context, top_up: TopUp, every: timedelta = timedelta(0)) -> None:
    """The gateway is not asked."""


# --- statuses --------------------------------------------------------------------------------


def downgrades() -> Patches:
    right = topups.settle

    def settle(context: Context, snapshot: PaymentSnapshot) -> None:
        right(context, snapshot)
        top_up = context.tx.top_ups.get(snapshot.reference or "")
        if top_up is not None and snapshot.status is PaymentStatus.FAILED:
            context.tx.top_ups.save(replace(top_up, status=TopUpStatus.FAILED))

    return {(topups, "settle"): settle}


def too_late() -> Patches:
    right = topups.settle

    def settle(context: Context, snapshot: PaymentSnapshot) -> None:
        top_up = context.tx.top_ups.get(snapshot.reference or "")
        if top_up is None or top_up.status not in (TopUpStatus.EXPIRED, TopUpStatus.CANCELLED):
            right(context, snapshot)

    return {(topups, "settle"): settle}


def no_second_look() -> Patches:
    def next_look(top_up: TopUp, now: datetime, tries: int) -> datetime | None:
        return None

    return {(checkout, "next_reconcile_at"): next_look}
