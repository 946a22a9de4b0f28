"""Use cases of a top-up's rows: open, settle, cancel, expire. It calls nobody outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from billing.ledger import credit
from billing.topups import (
    CREDITED_STATUSES,
    Act,
    Disposition,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    Status,
    TopUp,
    advance,
    after,
    held_reason,
    judge,
)
from conversations.drafts.checks import methods_for
from conversations.protocol.events import (
    CancelAnswered,
    CheckStarted,
    CreateTopUp,
    NotOpened,
    PressRefused,
    Refusal,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.facts import Terms
from service.cards.cards import want_note, want_reversal_note, want_top_up
from service.cards.homes import refresh
from service.cards.progress import want_progress
from service.common.desk import Desk, Point
from service.lanes.keys import LaneKind, write_checkout_key
from service.money import alerts, reversals
from service.money.marks import is_ours
from service.people.terms import top_up_facts
from service.ports.store import Attempt, Task, TaskKind, Tx

# People press and reload more often than a gateway has news.
ASK_EVERY = timedelta(seconds=10)
# A gateway's last words about a payment.
_FINAL = frozenset(
    {
        *(PaymentStatus.PAID, PaymentStatus.FAILED),
        *(PaymentStatus.EXPIRED, PaymentStatus.CANCELLED),
    }
)


def open_top_up(
    tx: Tx, wanted: CreateTopUp, terms: Terms, actor: str, desk: Desk
) -> TopUpOpened | TopUpRefused:
    """Write down a top-up that was reviewed and confirmed; no money is involved yet."""
    account = next((one for one in terms.accounts if one.id == wanted.account), None)
    if account is None:
        return TopUpRefused(NotOpened.NOT_ALLOWED)
    offered = methods_for(account, terms)
    method = next((one for one in offered if one.key == wanted.method), None)
    merchant = desk.merchant(method.gateway) if method else None
    if method is None or merchant is None or merchant.mode != account.mode:
        return TopUpRefused(NotOpened.METHOD_GONE)
    expires_at = terms.now + method.link_life
    top_up = TopUp(
        id=desk.sources.top_up(),
        account=account.id,
        amount=wanted.amount,
        fee=wanted.fee,
        method=method.key,
        gateway=method.gateway,
        merchant_account=merchant.merchant_account,
        mode=account.mode,
        status=Status.AWAITING_PAYMENT,
        revision=1,
        requester=actor,
        card=wanted.card,
        created_at=terms.now,
        expires_at=expires_at,
        watched_until=expires_at + method.watched_after_expiry,
    )
    tx.top_ups.add(top_up)
    tx.lanes.schedule(LaneKind.EXPIRE, top_up.id, expires_at)
    _audit(tx, desk, actor, "top_up_opened", top_up)
    return TopUpOpened(top_up_facts(tx, top_up, desk))


def cancel(tx: Tx, top_up_id: str, actor: str, desk: Desk) -> CancelAnswered | PressRefused:
    """Cancel a top-up of this person that is not paid yet; the answer tells which it was."""
    top_up = tx.top_ups.lock(top_up_id)
    if top_up is None or top_up.requester != actor:
        return PressRefused(Refusal.NOT_YOURS)
    status = after(top_up.status, Act.CANCEL)
    if status is top_up.status:
        return CancelAnswered(top_up_facts(tx, top_up, desk), cancelled=False)
    top_up = replace(top_up, status=status)
    tx.top_ups.save(top_up)
    ask_gateway(tx, top_up, desk)
    _audit(tx, desk, actor, "top_up_cancelled", top_up)
    want_progress(tx, top_up, desk)
    return CancelAnswered(top_up_facts(tx, top_up, desk), cancelled=True)


def check(tx: Tx, top_up_id: str, actor: str, desk: Desk) -> CheckStarted | PressRefused:
    """The person says they have paid: ask the gateway now."""
    top_up = tx.top_ups.lock(top_up_id)
    if top_up is None or top_up.requester != actor:
        return PressRefused(Refusal.NOT_YOURS)
    ask_gateway(tx, top_up, desk, ASK_EVERY)
    return CheckStarted(top_up_facts(tx, top_up, desk))


def expire(tx: Tx, top_up_id: str, desk: Desk) -> None:
    """The pay link's time is over. Money that still arrives is credited all the same."""
    top_up = tx.top_ups.lock(top_up_id)
    if top_up is None or after(top_up.status, Act.EXPIRE) is top_up.status:
        return
    top_up = replace(top_up, status=after(top_up.status, Act.EXPIRE))
    tx.top_ups.save(top_up)
    ask_gateway(tx, top_up, desk)
    _audit(tx, desk, "clock", "top_up_expired", top_up)
    tell(tx, top_up, desk)


def refuse(tx: Tx, top_up: TopUp, why: str, desk: Desk) -> None:
    """The gateway will never open a page for it: its person and the operator are told."""
    status = after(top_up.status, Act.GIVE_UP)
    if status is top_up.status:
        return
    refused = replace(top_up, status=status)
    tx.top_ups.save(refused)
    tx.tasks.add(Task(TaskKind.CHECKOUT_REFUSED, top_up.id, why, desk.sources.now()))
    _audit(tx, desk, f"gateway:{top_up.gateway}", "top_up_refused", refused)
    tell(tx, refused, desk)


def ask_gateway(tx: Tx, top_up: TopUp, desk: Desk, every: timedelta = timedelta(0)) -> None:
    """Have every checkout of a top-up looked at as soon as possible, since somebody asks.

    Who asks again before `every` is over is asked for at its end, once.
    """
    now = desk.sources.now()
    for attempt in tx.top_ups.attempts(top_up.id):
        if attempt.checkout_ref is None:
            continue
        asked_at, at = _next_ask(attempt, now, every)
        if asked_at != attempt.asked_at:
            tx.top_ups.note(replace(attempt, asked_at=asked_at))
        tx.lanes.schedule(
            LaneKind.PAYMENTS, write_checkout_key(attempt.gateway, attempt.checkout_ref), at
        )


def _next_ask(attempt: Attempt, now: datetime, every: timedelta) -> tuple[datetime, datetime]:
    """As of when the answer is wanted, and when to look for it."""
    asked_at = attempt.asked_at
    # A time further ahead than that was written by a clock that ran ahead.
    if asked_at is None or not now - every < asked_at <= now + every:
        return now, now
    if asked_at > now:
        return asked_at, asked_at
    # A look that is still to come, or under way, may be too early for what was paid just now.
    return (asked_at if attempt.is_asked else asked_at + every), asked_at + every


def hand_over(tx: Tx, top_up: TopUp, desk: Desk) -> None:
    """The watch is over. What no gateway called paid or over is for the operator to look into."""
    payments = tx.payments.of_top_up(top_up.id)
    if top_up.status in CREDITED_STATUSES or (
        payments and all(one.status in _FINAL for one in payments)
    ):
        return
    now = desk.sources.now()
    known = ", ".join(f"{one.payment_ref} is {one.status}" for one in payments)
    tx.tasks.add(Task(TaskKind.WATCH_ENDED, top_up.id, known, now))
    _audit(tx, desk, "clock", "top_up_handed_over", top_up)


def settle(tx: Tx, snapshot: PaymentSnapshot, desk: Desk) -> bool:
    """Take in what a gateway says of a payment, now. Any order, any number of times.

    Only the ledger's and the payments' unique keys make a credit happen once; all else here
    may be repeated. False for a payment of somebody else, of which nothing is taken in.
    """
    known = tx.payments.lock(snapshot.gateway, snapshot.merchant_account, snapshot.payment_ref)
    if not is_ours(tx, snapshot, known):
        return False
    _tell_unread(tx, snapshot, desk)
    if known is None or known.disposition is None:
        known = _take_in(tx, known, snapshot, desk)
    if known.disposition is not None:
        _take_back(tx, known, snapshot, desk)
    return True


def _tell_unread(tx: Tx, snapshot: PaymentSnapshot, desk: Desk) -> None:
    """What of a payment nobody can read is for the operator to look up, told once."""
    if snapshot.says_nothing and tx.top_ups.get(snapshot.reference or "") is not None:
        # The line about its checkout says that, and closes by itself.
        return
    for entry in snapshot.unread:
        detail = f"{snapshot.search_ref or snapshot.payment_ref}: {entry.why}"
        task = Task(TaskKind.ENTRY_UNREAD, entry.id, detail, desk.sources.now())
        tx.tasks.add(task, again=False)


def _take_in(tx: Tx, known: Payment | None, snapshot: PaymentSnapshot, desk: Desk) -> Payment:
    """A payment that nothing was decided about yet."""
    top_up = tx.top_ups.lock(snapshot.reference) if snapshot.reference else None
    payment = judge(top_up, snapshot, _applied(tx, top_up))
    if known is not None and payment.status is PaymentStatus.OPEN:
        # Nothing was said before this; a gateway's replica that lags says it late.
        payment = replace(payment, status=known.status)
    tx.payments.put(payment, desk.sources.now())
    desk.reached(Point.PAYMENT_STORED)
    if payment.disposition is Disposition.HELD:
        _audit_payment(tx, desk, "payment_held", payment)
    if top_up is None:
        return payment
    # News of a payment that does not fit moves nothing, paid or not.
    if held_reason(top_up, snapshot, _applied(tx, top_up)) is None:
        top_up = _follow(tx, top_up, snapshot, payment, desk)
    tell(tx, top_up, desk)
    return payment


def _take_back(tx: Tx, known: Payment, snapshot: PaymentSnapshot, desk: Desk) -> None:
    """What went back of a payment that was applied or held."""
    followed = reversals.follow(tx, known, snapshot, desk)
    if followed is None:
        return
    if followed.booked is not None:
        want_reversal_note(tx, followed.top_up, followed.booked, desk)
    tell(tx, followed.top_up, desk)


def _follow(
    tx: Tx, top_up: TopUp, snapshot: PaymentSnapshot, payment: Payment, desk: Desk
) -> TopUp:
    status = advance(top_up.status, snapshot.status)
    if payment.disposition is Disposition.APPLIED:
        _credit(tx, top_up, payment, desk)
        status = after(status, Act.CREDIT)
    moved = replace(top_up, status=status, decline=snapshot.decline)
    tx.top_ups.save(moved)
    if status is not top_up.status:
        _audit(tx, desk, f"gateway:{snapshot.gateway}", f"top_up_{status}", moved)
    if status in (Status.CREDITED, Status.FAILED):
        want_note(tx, moved, desk)
    return moved


def tell(tx: Tx, top_up: TopUp, desk: Desk) -> None:
    """Everything that shows this top-up: its card, the channel's line, its person's page."""
    want_top_up(tx, top_up, desk)
    want_progress(tx, top_up, desk)
    person = tx.people.whose(top_up.requester)
    if person is not None:
        refresh(tx, person.key, desk)


def _credit(tx: Tx, top_up: TopUp, payment: Payment, desk: Desk) -> None:
    now = desk.sources.now()
    tx.ledger.post(credit(top_up, payment, now))
    _audit_payment(tx, desk, "payment_applied", payment)
    alerts.after_posting(tx, top_up.account, desk)


def _applied(tx: Tx, top_up: TopUp | None) -> Payment | None:
    payments = tx.payments.of_top_up(top_up.id) if top_up else ()
    return next((one for one in payments if one.disposition is Disposition.APPLIED), None)


def _audit(tx: Tx, desk: Desk, actor: str, act: str, top_up: TopUp) -> None:
    detail = {
        "account": top_up.account,
        "amount_minor": top_up.amount.minor,
        "currency": top_up.amount.currency,
        "status": str(top_up.status),
    }
    tx.audit.write(desk.sources.now(), actor, act, top_up.id, detail)


def _audit_payment(tx: Tx, desk: Desk, act: str, payment: Payment) -> None:
    detail = {
        "top_up": payment.top_up,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "held_because": str(payment.held_because) if payment.held_because else None,
    }
    tx.audit.write(desk.sources.now(), f"gateway:{payment.gateway}", act, payment.key, detail)
