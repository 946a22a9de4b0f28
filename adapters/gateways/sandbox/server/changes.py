"""Everything that can happen to a checkout in the sandbox, as pure changes.

Every change begins with `as_of`: what time alone has done counts first, so a page opened before
the expiry and sent after it takes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from adapters.gateways.sandbox.server.bank_cards import AUTHENTICATION_FAILED, TestBankCard, Twist
from adapters.gateways.sandbox.server.books import (
    Callback,
    Checkout,
    CheckoutStatus,
    Method,
    PlannedTwist,
    Refund,
    ReturnedAmounts,
    TransferOutcome,
)

# After these the bot finds the payment by asking; about half a day in all.
RETRY_SECONDS = (1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 14_400)
_EVENTS = {
    Twist.REFUNDED: "payment.refunded",
    Twist.REFUND_FAILS: "payment.refund_failed",
    Twist.DISPUTED: "payment.disputed",
    Twist.DISPUTE_WON: "payment.dispute_closed",
    Twist.DISPUTE_LOST: "payment.dispute_closed",
}


def as_of(checkout: Checkout, now: datetime) -> Checkout:
    """What time alone has made of it: expired, settled, and what a test card brings about."""
    checkout = _timed(checkout, now)
    while checkout.later and checkout.later[0].at <= now:
        due, *rest = checkout.later
        checkout = _turned(replace(checkout, later=tuple(rest)), due, now)
    return checkout


def _timed(checkout: Checkout, now: datetime) -> Checkout:
    if checkout.status is CheckoutStatus.OPEN and now >= checkout.expires_at:
        return close_checkout(checkout, now)
    settles_at = checkout.settles_at
    if (
        checkout.status is CheckoutStatus.PROCESSING
        and settles_at is not None
        and now >= settles_at
    ):
        if checkout.transfer is TransferOutcome.BOUNCES:
            return _tell(replace(checkout, status=CheckoutStatus.FAILED), "payment.failed", now)
        return _tell(replace(checkout, status=CheckoutStatus.PAID), "payment.paid", now)
    return checkout


def pay_by_card(
    checkout: Checkout, card: TestBankCard, apart: timedelta, now: datetime
) -> Checkout:
    """A test card was sent. Only an open card checkout changes, so a second one pays nothing.

    `apart` lies between one thing that the card brings about by itself and the next.
    """
    if checkout.status is not CheckoutStatus.OPEN or checkout.method is not Method.CARD:
        return checkout
    if _is_paid_late(checkout):
        return checkout
    if card.asks_3d_secure:
        return replace(checkout, in_3d_secure=True, last_decline=None)
    if card.declined is not None:
        return _declined(checkout, card.declined, now)
    if Twist.PAID_LATE in card.twists:
        at = checkout.expires_at + apart
        return replace(checkout, later=(PlannedTwist(Twist.PAID_LATE, 0, at),))
    given = replace(
        checkout,
        taken_minor=None if card.takes == 1 else max(1, int(checkout.amount_minor * card.takes)),
        refunds_fail=card.refunds_fail,
    )
    paid = _paid_by_card(given, now, told=not card.callback_lost)
    return replace(paid, later=_twists(paid, card, apart, now))


def answer_3d_secure(checkout: Checkout, *, approved: bool, now: datetime) -> Checkout:
    """The payer approved or failed the 3-D Secure check, if one is asked."""
    if checkout.status is not CheckoutStatus.OPEN or not checkout.in_3d_secure:
        return checkout
    if not approved:
        return _declined(checkout, AUTHENTICATION_FAILED, now)
    return _paid_by_card(checkout, now, told=True)


def send_transfer(
    checkout: Checkout, transfer: TransferOutcome, settles_after: timedelta, now: datetime
) -> Checkout:
    """The payer says that the transfer is on its way. It settles by itself."""
    if checkout.status is not CheckoutStatus.OPEN or checkout.method is not Method.BANK_TRANSFER:
        return checkout
    sent = replace(
        checkout,
        status=CheckoutStatus.PROCESSING,
        transfer=transfer,
        settles_at=now + settles_after,
    )
    return _tell(sent, "payment.processing", now)


def close_checkout(checkout: Checkout, now: datetime) -> Checkout:
    """The merchant wants no payment any more, or its time is over. Only an open one expires.

    What will be paid late is not called over: a gateway that did so would break its word.
    """
    if checkout.status is not CheckoutStatus.OPEN or _is_paid_late(checkout):
        return checkout
    return _expired(checkout, now)


def _is_paid_late(checkout: Checkout) -> bool:
    return any(each.twist is Twist.PAID_LATE for each in checkout.later)


def record_callback_attempt(
    checkout: Checkout, callback: str, *, taken: bool, now: datetime
) -> Checkout:
    """One attempt to deliver a callback is over; another follows, unless it was taken."""
    return replace(
        checkout,
        callbacks=tuple(
            _tried(each, taken, now) if each.id == callback else each
            for each in checkout.callbacks
        ),
    )


def refund_payment(checkout: Checkout, order: Refund, apart: timedelta, now: datetime) -> Checkout:
    """The merchant sends money back; the same order does so once. Raises ValueError."""
    known = next((each for each in checkout.refunds if each.key == order.key), None)
    if known is not None:
        if known != order:
            raise ValueError("the key ordered another refund")
        return checkout
    back = checkout.payments[order.payment]
    gone = back.refunded_minor - back.refund_failed_minor + back.disputed_minor
    if checkout.status is not CheckoutStatus.PAID or order.minor > checkout.payment_minor - gone:
        raise ValueError("there is not that much to send back")
    sent = replace(back, refunded_minor=back.refunded_minor + order.minor)
    checkout = _with_back(checkout, order.payment, sent)
    checkout = replace(checkout, refunds=(*checkout.refunds, order))
    if checkout.refunds_fail:
        fails = PlannedTwist(Twist.REFUND_FAILS, order.minor, now + apart)
        checkout = replace(checkout, later=(*checkout.later, fails))
    return _tell(checkout, "payment.refunded", now)


def next_due(checkout: Checkout) -> datetime | None:
    """When the checkout next needs somebody to act without being asked; None for never."""
    moments = [each.due_at for each in checkout.callbacks if each.due_at is not None]
    if checkout.status is CheckoutStatus.OPEN and not _is_paid_late(checkout):
        moments.append(checkout.expires_at)
    if checkout.status is CheckoutStatus.PROCESSING and checkout.settles_at is not None:
        moments.append(checkout.settles_at)
    moments += [each.at for each in checkout.later[:1]]
    return min(moments, default=None)


def _twists(
    checkout: Checkout, card: TestBankCard, apart: timedelta, now: datetime
) -> tuple[PlannedTwist, ...]:
    """What the card brings about, one after the other; the parts of refunds add up exactly."""
    parts = sum(twist is Twist.REFUNDED for twist in card.twists)
    found, sent = [], 0
    for number, twist in enumerate(card.twists, start=1):
        minor = checkout.payment_minor
        if twist is Twist.REFUNDED:
            minor = (checkout.payment_minor - sent) // parts
            sent, parts = sent + minor, parts - 1
        found.append(PlannedTwist(twist, minor, now + apart * number))
    return tuple(found)


def _turned(checkout: Checkout, due: PlannedTwist, now: datetime) -> Checkout:
    """What was to come by itself has come."""
    back, minor = checkout.back, due.minor
    match due.twist:
        case Twist.PAID_LATE:
            paid = replace(checkout, status=CheckoutStatus.PAID)
            return _tell(paid, "payment.paid", now)
        case Twist.PAID_AGAIN:
            return _tell(replace(checkout, second=ReturnedAmounts()), "payment.paid", now)
        case Twist.REFUNDED:
            back = replace(back, refunded_minor=back.refunded_minor + minor)
        case Twist.REFUND_FAILS:
            back = replace(back, refund_failed_minor=back.refund_failed_minor + minor)
        case Twist.DISPUTED:
            back = replace(back, disputed_minor=back.disputed_minor + minor)
        case Twist.DISPUTE_WON:
            back = replace(back, dispute_won_minor=back.dispute_won_minor + minor)
        case Twist.DISPUTE_LOST:
            back = replace(back, dispute_lost_minor=back.dispute_lost_minor + minor)
        case _:
            assert_never(due.twist)
    return _tell(replace(checkout, back=back), _EVENTS[due.twist], now)


def _with_back(checkout: Checkout, payment: str, back: ReturnedAmounts) -> Checkout:
    own = payment == checkout.payment
    return replace(checkout, back=back) if own else replace(checkout, second=back)


def _expired(checkout: Checkout, now: datetime) -> Checkout:
    ended = replace(checkout, status=CheckoutStatus.EXPIRED, in_3d_secure=False)
    return _tell(ended, "checkout.expired", now)


def _declined(checkout: Checkout, decline: str, now: datetime) -> Checkout:
    refused = replace(checkout, in_3d_secure=False, last_decline=decline)
    return _tell(refused, "payment.declined", now)


def _paid_by_card(checkout: Checkout, now: datetime, *, told: bool) -> Checkout:
    paid = replace(checkout, status=CheckoutStatus.PAID, in_3d_secure=False, last_decline=None)
    return _tell(paid, "payment.paid", now) if told else paid


def _tell(checkout: Checkout, event: str, now: datetime) -> Checkout:
    # Counted, not random: a change that runs twice makes the same callback, not a second one.
    message = f"msg_{checkout.id}_{len(checkout.callbacks) + 1}"
    callback = Callback(id=message, type=event, due_at=now)
    return replace(checkout, callbacks=(*checkout.callbacks, callback))


def _tried(callback: Callback, taken: bool, now: datetime) -> Callback:
    attempts = callback.attempts + 1
    if taken or attempts > len(RETRY_SECONDS):
        return replace(callback, due_at=None, attempts=attempts)
    wait = timedelta(seconds=RETRY_SECONDS[attempts - 1])
    return replace(callback, due_at=now + wait, attempts=attempts)
