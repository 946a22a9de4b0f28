"""Use cases of a top-up's rows: open, settle, cancel, expire."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from billing.claims import OVER_UNPAID, next_ask, without_future
from billing.judgment import SettleOutcome, SettleResult, judge_payment
from billing.ledger import credit_transaction
from billing.topups import (
    CREDITED_STATUSES,
    Disposition,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
    TopUpAct,
    TopUpStatus,
    advance,
    after_act,
)
from conversations.drafts.checks import methods_for
from conversations.protocol.events import (
    CancelAnswered,
    CheckStarted,
    CreateTopUp,
    NotOpenedReason,
    PressRefusal,
    PressRefused,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.facts import Terms
from service.cards.cards import want_note, want_reversal_note, want_top_up
from service.cards.homes import schedule_home_refresh
from service.cards.progress import want_progress
from service.common.context import Context
from service.common.fail_points import FailPoint
from service.lanes.keys import LaneKind, write_checkout_key
from service.money import alerts, reversals
from service.money.marks import is_ours
from service.people.terms import top_up_facts
from service.ports.store import Task, TaskKind, Tx

# People press and reload more often than a gateway has news.
ASK_EVERY = timedelta(seconds=10)
# A gateway's last words about a payment.
_FINAL = OVER_UNPAID | {PaymentStatus.PAID}


def open_top_up(
    context: Context, wanted: CreateTopUp, terms: Terms, actor: str
) -> TopUpOpened | TopUpRefused:
    """Write down a top-up that was reviewed and confirmed; no money is involved yet."""
    account = next((one for one in terms.accounts if one.id == wanted.account), None)
    if account is None:
        return TopUpRefused(NotOpenedReason.NOT_ALLOWED)
    offered = methods_for(account, terms)
    method = next((one for one in offered if one.key == wanted.method), None)
    merchant = context.services.merchant(method.gateway) if method else None
    if method is None or merchant is None or merchant.mode != account.mode:
        return TopUpRefused(NotOpenedReason.METHOD_GONE)
    expires_at = terms.now + method.link_life
    top_up = TopUp(
        id=context.services.sources.new_top_up_id(),
        account=account.id,
        amount=wanted.amount,
        fee=wanted.fee,
        method=method.key,
        gateway=method.gateway,
        merchant_account=merchant.merchant_account,
        mode=account.mode,
        status=TopUpStatus.AWAITING_PAYMENT,
        revision=1,
        requester=actor,
        card=wanted.card,
        created_at=terms.now,
        expires_at=expires_at,
        watched_until=expires_at + method.watched_after_expiry,
    )
    context.tx.top_ups.add(top_up)
    context.tx.lanes.schedule(LaneKind.EXPIRE, top_up.id, expires_at)
    _audit(context, actor, "top_up_opened", top_up)
    return TopUpOpened(top_up_facts(context, top_up))


def cancel_top_up(
    context: Context, top_up_id: str, actor: str, balances: frozenset[str] = frozenset()
) -> CancelAnswered | PressRefused:
    """Cancel a top-up of this person that is not paid yet; the answer tells which it was."""
    top_up = context.tx.top_ups.lock(top_up_id)
    if top_up is None or top_up.requester != actor:
        return PressRefused(PressRefusal.NOT_YOURS)
    status = after_act(top_up.status, TopUpAct.CANCEL)
    if status is top_up.status:
        return CancelAnswered(top_up_facts(context, top_up, balances), cancelled=False)
    top_up = replace(top_up, status=status)
    context.tx.top_ups.save(top_up)
    ask_gateway(context, top_up)
    _audit(context, actor, "top_up_cancelled", top_up)
    want_progress(context, top_up)
    return CancelAnswered(top_up_facts(context, top_up), cancelled=True)


def check_top_up(
    context: Context, top_up_id: str, actor: str, balances: frozenset[str] = frozenset()
) -> CheckStarted | PressRefused:
    """The person says they have paid: ask the gateway now."""
    top_up = context.tx.top_ups.lock(top_up_id)
    if top_up is None or top_up.requester != actor:
        return PressRefused(PressRefusal.NOT_YOURS)
    ask_gateway(context, top_up, ASK_EVERY)
    return CheckStarted(top_up_facts(context, top_up, balances))


def expire_top_up(context: Context, top_up: TopUp) -> None:
    """The pay link's time is over. Money that still arrives is credited all the same."""
    locked = context.tx.top_ups.lock(top_up.id)
    if locked is None or after_act(locked.status, TopUpAct.EXPIRE) is locked.status:
        return
    expired = replace(locked, status=after_act(locked.status, TopUpAct.EXPIRE))
    context.tx.top_ups.save(expired)
    ask_gateway(context, expired)
    _audit(context, "clock", "top_up_expired", expired)
    refresh_views(context, expired)


def refuse_top_up(context: Context, top_up: TopUp, why: str) -> None:
    """The gateway will never open a page for it: its person and the operator are told."""
    status = after_act(top_up.status, TopUpAct.GIVE_UP)
    if status is top_up.status:
        return
    refused = replace(top_up, status=status)
    context.tx.top_ups.save(refused)
    context.tx.tasks.add(Task(TaskKind.CHECKOUT_REFUSED, top_up.id, why, context.now))
    _audit(context, f"gateway:{top_up.gateway}", "top_up_refused", refused)
    refresh_views(context, refused)


def ask_gateway(context: Context, top_up: TopUp, every: timedelta = timedelta(0)) -> None:
    """Have every checkout of a top-up looked at as soon as possible, since somebody asks.

    Who asks again before `every` is over is asked for at its end, once.
    """
    for attempt in context.tx.top_ups.attempts(top_up.id):
        if attempt.checkout_ref is None:
            continue
        asked_at, at = next_ask(attempt, context.now, every)
        asked = replace(without_future(attempt, context.now), asked_at=asked_at)
        if asked != attempt:
            context.tx.top_ups.save_answer(asked)
        context.tx.lanes.schedule(
            LaneKind.PAYMENTS, write_checkout_key(attempt.gateway, attempt.checkout_ref), at
        )


def escalate(context: Context, top_up: TopUp) -> None:
    """The watch is over. What no gateway called paid or over is for the operator to look into."""
    payments = context.tx.payments.of_top_up(top_up.id)
    if top_up.status in CREDITED_STATUSES or (
        payments and all(one.status in _FINAL for one in payments)
    ):
        return
    known = ", ".join(f"{one.payment_ref} is {one.status}" for one in payments)
    context.tx.tasks.add(Task(TaskKind.WATCH_ENDED, top_up.id, known, context.now))
    _audit(context, "clock", "top_up_handed_over", top_up)


def settle(context: Context, snapshot: PaymentSnapshot) -> SettleResult:
    """Take in what a gateway says of a payment, now. Any order, any number of times.

    Only the ledger's and the payments' unique keys make a credit happen once; all else here
    may be repeated. Of a payment of somebody else nothing is taken in.
    """
    known = context.tx.payments.lock(
        snapshot.gateway, snapshot.merchant_account, snapshot.payment_ref
    )
    if not is_ours(context.tx, snapshot, known):
        return SettleResult(None, SettleOutcome.NOTHING)
    _tell_unread(context, snapshot)
    if known is not None and known.disposition is not None:
        return SettleResult(_take_back(context, known, snapshot), SettleOutcome.NOTHING)
    payment = _take_in(context, known, snapshot)
    if payment.disposition is None:
        return SettleResult(payment, SettleOutcome.NOTHING)
    credited = payment.disposition is Disposition.APPLIED
    outcome = SettleOutcome.CREDITED if credited else SettleOutcome.HELD
    return SettleResult(_take_back(context, payment, snapshot), outcome)


def _tell_unread(context: Context, snapshot: PaymentSnapshot) -> None:
    """What of a payment nobody can read is for the operator to look up, told once."""
    if snapshot.is_unread and context.tx.top_ups.get(snapshot.reference or "") is not None:
        # The line about its checkout says that, and closes by itself.
        return
    for entry in snapshot.unread:
        detail = f"{snapshot.search_ref or snapshot.payment_ref}: {entry.why}"
        task = Task(TaskKind.ENTRY_UNREAD, entry.id, detail, context.now)
        context.tx.tasks.add(task, again=False)


def _take_in(context: Context, known: Payment | None, snapshot: PaymentSnapshot) -> Payment:
    """A payment that nothing was decided about yet."""
    tx = context.tx
    top_up = tx.top_ups.lock(snapshot.reference) if snapshot.reference else None
    judgment = judge_payment(top_up, snapshot, _applied(tx, top_up))
    payment = judgment.payment
    if known is not None and payment.status is PaymentStatus.OPEN:
        # Nothing was said before this; a gateway's replica that lags says it late.
        payment = replace(payment, status=known.status)
    tx.payments.put(payment, context.now)
    context.services.reach_fail_point(FailPoint.PAYMENT_STORED)
    if payment.disposition is Disposition.HELD:
        _audit_payment(context, "payment_held", payment)
    if top_up is None:
        return payment
    # News of a payment that does not fit moves nothing, paid or not.
    if judgment.misfit is None:
        top_up = _follow(context, top_up, snapshot, payment)
    refresh_views(context, top_up)
    return payment


def _take_back(context: Context, known: Payment, snapshot: PaymentSnapshot) -> Payment:
    """What went back of a payment that was applied or held; the payment after that."""
    followed = reversals.book_reversals(context, known, snapshot)
    if followed is None:
        return known
    if followed.top_up is not None:
        if followed.booked is not None:
            want_reversal_note(context, followed.top_up, followed.booked)
        refresh_views(context, followed.top_up)
    return followed.payment


def _follow(context: Context, top_up: TopUp, snapshot: PaymentSnapshot, payment: Payment) -> TopUp:
    status = advance(top_up.status, snapshot.status)
    if payment.disposition is Disposition.APPLIED:
        _credit(context, top_up, payment)
        status = after_act(status, TopUpAct.CREDIT)
    moved = replace(top_up, status=status, decline=snapshot.decline)
    context.tx.top_ups.save(moved)
    if status is not top_up.status:
        _audit(context, f"gateway:{snapshot.gateway}", f"top_up_{status}", moved)
    if status in (TopUpStatus.CREDITED, TopUpStatus.FAILED):
        want_note(context, moved)
    return moved


def refresh_views(context: Context, top_up: TopUp) -> None:
    """Everything that shows this top-up: its card, the channel's line, its person's page."""
    want_top_up(context, top_up)
    want_progress(context, top_up)
    person = context.tx.people.person_named(top_up.requester)
    if person is not None:
        schedule_home_refresh(context, person.key)


def _credit(context: Context, top_up: TopUp, payment: Payment) -> None:
    context.tx.ledger.post(credit_transaction(top_up, payment, context.now))
    _audit_payment(context, "payment_applied", payment)
    alerts.update_alert(context, top_up.account)


def _applied(tx: Tx, top_up: TopUp | None) -> Payment | None:
    payments = tx.payments.of_top_up(top_up.id) if top_up else ()
    return next((one for one in payments if one.disposition is Disposition.APPLIED), None)


def _audit(context: Context, actor: str, act: str, top_up: TopUp) -> None:
    detail = {
        "account": top_up.account,
        "amount_minor": top_up.amount.minor,
        "currency": top_up.amount.currency,
        "status": str(top_up.status),
    }
    context.audit(actor, act, top_up.id, detail)


def _audit_payment(context: Context, act: str, payment: Payment) -> None:
    detail = {
        "top_up": payment.top_up,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "held_because": str(payment.held_because) if payment.held_because else None,
    }
    context.audit(f"gateway:{payment.gateway}", act, payment.key, detail)
