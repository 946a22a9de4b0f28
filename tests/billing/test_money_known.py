"""What is known of somebody's money, from every checkout that was opened and every payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from billing.claims import (
    MoneyClaim,
    MoneyKnowledge,
    Observer,
    assess_money,
    claim_about_money,
    is_over_unpaid,
)
from billing.money import Money
from billing.records import Attempt
from billing.reversals import Reversals
from billing.topups import Mode, Payment, PaymentSnapshot, PaymentStatus
from tests.support.dialogs.terms import NOW

EARLIER = NOW - timedelta(minutes=5)
OPEN = Attempt("a-1", "TU-1", 0, "sandbox", EARLIER, checkout_ref="cs_1")
CLOSED = replace(OPEN, id="a-2", checkout_ref="cs_2", closed_at=NOW)
UNREAD = replace(CLOSED, id="a-3", unread="what it said")
NEVER_OPENED = replace(OPEN, id="a-4", checkout_ref=None)
REFUSED = replace(NEVER_OPENED, id="a-5", refused="no such currency")
PAID = Payment("sandbox", "m", "pay_1", "TU-1", PaymentStatus.PAID, Money(5_000, "USD"))
SENT_BACK = replace(PAID, payment_ref="pay_2", reversals=Reversals(refunded_minor=5_000))
PARTLY_BACK = replace(PAID, payment_ref="pay_3", reversals=Reversals(refunded_minor=4_999))
OF_ONE_CENT = replace(SENT_BACK, amount=Money(1, "USD"), reversals=Reversals(refunded_minor=1))
FAILED = replace(PAID, payment_ref="pay_4", status=PaymentStatus.FAILED)
PENDING = replace(PAID, payment_ref="pay_5", status=PaymentStatus.PROCESSING)
UNPAID = {PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}


def disputed(minor: int, **more: int) -> Payment:
    """A payment of 5,000 of which a dispute withheld so much, and what came of that."""
    return replace(PAID, payment_ref="pay_6", reversals=Reversals(disputed_minor=minor, **more))


@pytest.mark.parametrize(
    ("opened", "payments", "said"),
    [
        ([], [], MoneyClaim.NOTHING_TAKEN),
        ([OPEN], [], MoneyClaim.NOT_KNOWN),
        ([CLOSED], [], MoneyClaim.NOTHING_TAKEN),
        ([CLOSED, OPEN], [], MoneyClaim.NOT_KNOWN),
        ([UNREAD], [], MoneyClaim.NOT_KNOWN),
        ([CLOSED], [FAILED], MoneyClaim.NOTHING_TAKEN),
        ([CLOSED], [FAILED, PENDING], MoneyClaim.ON_ITS_WAY),
        ([CLOSED], [PENDING, PAID], MoneyClaim.TAKEN),
        ([CLOSED], [disputed(5_000)], MoneyClaim.WITHHELD),
        ([CLOSED], [disputed(2_000, refunded_minor=3_000)], MoneyClaim.WITHHELD),
        ([CLOSED], [disputed(5_000), SENT_BACK], MoneyClaim.WITHHELD),
        ([CLOSED], [disputed(5_000, dispute_lost_minor=5_000)], MoneyClaim.GONE_BACK),
        ([CLOSED], [disputed(5_000, dispute_won_minor=5_000)], MoneyClaim.TAKEN),
        ([CLOSED], [disputed(2_000)], MoneyClaim.TAKEN),
        ([CLOSED], [FAILED, PAID], MoneyClaim.TAKEN),
        ([CLOSED], [SENT_BACK], MoneyClaim.GONE_BACK),
        ([CLOSED], [OF_ONE_CENT], MoneyClaim.GONE_BACK),
        ([CLOSED], [SENT_BACK, PENDING], MoneyClaim.GONE_BACK),
        ([CLOSED], [PARTLY_BACK], MoneyClaim.TAKEN),
        ([CLOSED], [SENT_BACK, PAID], MoneyClaim.TAKEN),
        # A gateway that names no amount yet has sent none back either.
        ([CLOSED], [replace(PAID, amount=Money(0, "USD"))], MoneyClaim.TAKEN),
    ],
)
def test_115_what_is_claimed_is_what_all_of_them_say(
    opened: list[Attempt], payments: list[Payment], said: MoneyClaim
) -> None:
    """One open checkout, or one payment that stays, and nothing better is said."""
    assert claim_about_money(opened, payments) is said


def test_115_only_a_checkout_that_was_opened_counts() -> None:
    """A refusal is told where no other attempt led anywhere, an unread answer in any case."""
    nothing = MoneyClaim.NOTHING_TAKEN

    assert assess_money([], []) == MoneyKnowledge(nothing)
    assert assess_money([NEVER_OPENED], []) == MoneyKnowledge(nothing)
    assert assess_money([NEVER_OPENED, REFUSED], []) == MoneyKnowledge(nothing, refused=True)
    assert assess_money([REFUSED, CLOSED], []) == MoneyKnowledge(nothing)
    assert assess_money([CLOSED, UNREAD], []) == MoneyKnowledge(MoneyClaim.NOT_KNOWN, unread=True)


def test_115_the_newest_question_is_the_one_that_is_told() -> None:
    """With as of when it was answered, in whatever order the attempts are read."""
    before = replace(CLOSED, asked_at=EARLIER, answered_at=NOW)
    newest = replace(OPEN, asked_at=NOW)

    for attempts in ([before, newest], [newest, before], [newest, before, CLOSED]):
        assert assess_money(attempts, []) == MoneyKnowledge(MoneyClaim.NOT_KNOWN, NOW, None)


@pytest.mark.parametrize(
    ("asked", "answered", "asking"),
    [
        (None, None, False),
        (None, NOW, False),
        (NOW, None, True),
        (NOW, EARLIER, True),
        (NOW, NOW, False),
        (EARLIER, NOW, False),
    ],
)
def test_a_question_is_open_until_it_is_answered(
    asked: datetime | None, answered: datetime | None, asking: bool
) -> None:
    """An answer as of the very moment is one; one of before it is not."""
    assert replace(OPEN, asked_at=asked, answered_at=answered).is_asked is asking
    assert MoneyKnowledge(MoneyClaim.NOT_KNOWN, asked, answered).is_asking is asking


def test_a_checkout_is_over_where_all_of_its_payments_are() -> None:
    """A gateway that says nothing of it has not said that it is over."""
    snapshots = {
        status: PaymentSnapshot(
            "sandbox", "m", "pay_1", "TU-1", status, Money(5_000, "USD"), Mode.SANDBOX
        )
        for status in PaymentStatus
    }

    assert is_over_unpaid([]) is False
    assert is_over_unpaid([snapshots[status] for status in UNPAID])
    assert {status for status in PaymentStatus if is_over_unpaid([snapshots[status]])} == UNPAID
    assert not is_over_unpaid([snapshots[PaymentStatus.FAILED], snapshots[PaymentStatus.OPEN]])


@pytest.mark.parametrize("since", [None, EARLIER, NOW])
@pytest.mark.parametrize("opened_at", [None, EARLIER, NOW])
def test_115_after_a_restore_nothing_is_claimed_of_pages_that_may_be_lost(
    since: datetime | None, opened_at: datetime | None
) -> None:
    """Only a page of before, which the backup has, tells that there was no other."""
    attempts = [] if opened_at is None else [replace(CLOSED, created_at=opened_at)]
    misses = since is not None and (opened_at is None or opened_at > since)
    said = assess_money(attempts, [], Observer(recovering_since=since)).money

    assert said is (MoneyClaim.NOT_KNOWN if misses else MoneyClaim.NOTHING_TAKEN)
    # What is known of a payment is known all the same.
    paid = assess_money(attempts, [PAID], Observer(recovering_since=since)).money
    assert paid is MoneyClaim.TAKEN
