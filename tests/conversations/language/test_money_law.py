"""Cards, pages and short answers hold to what rows say of the money, whatever they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.claims import Observer, assess_money
from billing.money import Money
from billing.records import Attempt
from billing.reversals import Reversals
from billing.topups import Payment, PaymentStatus, TopUpStatus
from conversations.messages.cards import top_up_card
from conversations.messages.claims import cancel_sentence, check_sentence
from conversations.messages.pages import UnpayableReason, returned_page, unpayable_page
from conversations.protocol.facts import TopUpFacts
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import NOW, facts

TIMES = st.sampled_from([NOW + timedelta(minutes=each) for each in (-60, -5, 0, 60)])
ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        id=st.uuids().map(str),
        top_up=st.just("TU-1"),
        revision=st.just(1),
        gateway=st.just("g"),
        created_at=TIMES,
        checkout_ref=st.sampled_from([None, "cs_1"]),
        closed_at=st.none() | TIMES,
        unread=st.sampled_from([None, None, "odd"]),
        asked_at=st.none() | TIMES,
        answered_at=st.none() | TIMES,
    ),
    max_size=2,
)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        gateway=st.just("g"),
        merchant_account=st.just("m"),
        payment_ref=st.uuids().map(str),
        top_up=st.just("TU-1"),
        status=st.sampled_from(PaymentStatus),
        amount=st.just(Money(100, "USD")),
        reversals=st.sampled_from(
            [
                Reversals(),
                Reversals(refunded_minor=100),
                Reversals(refunded_minor=40),
                Reversals(disputed_minor=100),
                Reversals(disputed_minor=100, dispute_lost_minor=100),
            ]
        ),
    ),
    max_size=2,
)
OBSERVERS = st.builds(
    Observer, can_ask=st.booleans(), now=st.just(NOW), recovering_since=st.none() | TIMES
)
_ENDED = (TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED)


@settings(max_examples=400, deadline=None)
@given(ATTEMPTS, PAYMENTS, OBSERVERS, st.sampled_from([TopUpStatus.AWAITING_PAYMENT, *_ENDED]))
def test_115_whatever_is_said_of_the_money_the_rows_say(
    attempts: list[Attempt], payments: list[Payment], observer: Observer, status: TopUpStatus
) -> None:
    """Nothing taken, arrived, gone back, on its way, asking: each only where it is so."""
    statuses = {each.status for each in payments}
    paid = [each for each in payments if each.status is PaymentStatus.PAID]
    if paid or PaymentStatus.PROCESSING in statuses:
        # Of what is settled the status says; here it is what a page that was left open shows.
        status = TopUpStatus.PROCESSING if not paid else TopUpStatus.CANCELLED
    known = assess_money(attempts, payments, observer)
    shown = replace(facts(status), known=known)
    said = " | ".join(_said(shown))
    opened = [each for each in attempts if each.checkout_ref]
    stays = [each for each in paid if not _gone(each)]
    over = {PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}

    if "No money was taken" in said:
        assert all(each.closed_at and not each.unread for each in opened)
        assert statuses <= over
        since = observer.recovering_since
        assert since is None or any(each.created_at <= since for each in opened)
    if "A payment has arrived" in said or "Already paid" in said or "Thank you" in said:
        assert stays
    if "A payment arrived" in said:
        assert paid
        assert not stays
        undecided = any(each.reversals.undecided_minor for each in paid)
        assert ("was sent back" in said) is not undecided
    if "on its way" in said:
        assert PaymentStatus.PROCESSING in statuses
        assert not any(each.unread for each in opened)
    if "asking the payment service" in said:
        assert observer.can_ask
    if paid or any(each.unread for each in opened):
        assert "seen no payment" not in said
        assert "had no payment" not in said
    assert "Nov 23, 2026, 1:00" not in said, "a time that is not there yet"


def _gone(payment: Payment) -> bool:
    back = payment.reversals
    return back.refunded_minor + back.disputed_minor == payment.amount.minor


def _said(shown: TopUpFacts) -> Iterator[str]:
    """All that a person may read of it."""
    localizer, known = Localizer(), shown.known
    yield from top_up_card(shown, localizer, "billing@example.com").body
    returned = returned_page(shown, localizer, None)
    yield from (returned.words["title"], returned.words["body"])
    for reason in (UnpayableReason.PAID, UnpayableReason.OVER, UnpayableReason.GATEWAY_DOWN):
        paid = any(row.label == "Paid" for row in returned.rows)
        if reason is not UnpayableReason.PAID or paid:
            page = unpayable_page(reason, known, localizer)
            yield from (page.words["title"], page.words["body"])
    yield cancel_sentence(known, localizer)
    if shown.top_up.status is not TopUpStatus.AWAITING_PAYMENT:
        yield check_sentence(known, localizer)
