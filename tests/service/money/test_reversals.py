"""Refunds and disputes: what went back is booked once, exactly, in whatever order it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.ledger import FEES
from billing.money import Money
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import Disposition, PaymentSnapshot, TopUp, TopUpStatus, UnreadEntry
from service.money import held
from service.ports.records import TaskKind
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import TOTAL, SettlePlace, paid, settle_place

MINOR = st.integers(min_value=0, max_value=TOTAL.minor)
BACK = st.builds(Reversals, MINOR, MINOR, MINOR, MINOR, MINOR)
FEE_MINOR = 75


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    rows.clock.at = START
    return rows


def after(top_up: TopUp, back: Reversals) -> PaymentSnapshot:
    """The gateway says that this went back of a top-up's payment."""
    return replace(paid(top_up), reversals=back)


# --- the counts ------------------------------------------------------------------------------


@given(BACK, BACK, BACK)
def test_news_is_merged_in_any_order(one: Reversals, two: Reversals, three: Reversals) -> None:
    """Merging is idempotent, and neither order nor grouping matters."""
    assert one.merge(one) == one == one.merge(NOTHING_BACK)
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))


@given(BACK, MINOR)
def test_no_more_is_gone_than_was_paid(back: Reversals, paid_minor: int) -> None:
    """Whatever the counts add up to, between nothing and all of the payment is gone."""
    assert 0 <= back.gone_minor(paid_minor) <= paid_minor


# --- the books -------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(news=st.lists(BACK, min_size=1, max_size=5))
def test_18_the_end_depends_on_what_is_known_and_not_on_when(
    rows: SettlePlace, news: list[Reversals]
) -> None:
    """Two top-ups hear the same news in opposite orders, one of them twice: equal balances."""
    one, other = rows.new(), rows.new()
    for back in news:
        rows.settle(after(one, back))
    for back in [*reversed(news), *news]:
        rows.settle(after(other, back))
    books, others = rows.books(one), rows.books(other)
    (payment,) = books.payments

    assert (books.status, books.balance_minor) == (others.status, others.balance_minor)
    assert books.balance_minor == books.posted_minor
    gone = payment.reversals.gone_minor(TOTAL.minor)
    assert payment.gone_minor == gone
    assert books.balance_minor == 5_000 - gone * 5_000 // TOTAL.minor


def test_16_paid_and_taken_back_at_once(place: SettlePlace) -> None:
    """A first snapshot that is paid and refunded is a credit and a reversal, net nothing."""
    top_up = place.new()
    fees = place.books(top_up).fees_minor

    place.settle(after(top_up, Reversals(refunded_minor=TOTAL.minor)))

    books = place.books(top_up)
    assert (books.status, books.balance_minor) == (TopUpStatus.REFUNDED, 0)
    assert books.fees_minor == fees
    kinds = place.do(lambda tx: [booked.kind for booked in tx.inspection.postings(4)])
    assert sorted(kinds) == ["credit", "credit", "reversal", "reversal"]


def test_18_three_partial_refunds_take_back_exactly_all(place: SettlePlace) -> None:
    """Thirds that do not divide: after the last one nothing is left, of the fee neither."""
    top_up = place.new()
    place.settle(paid(top_up))
    fees = place.books(top_up).fees_minor
    statuses = []
    for refunded in (1_691, 3_383, TOTAL.minor):
        place.settle(after(top_up, Reversals(refunded_minor=refunded)))
        statuses.append(place.books(top_up).status)

    assert statuses == [
        TopUpStatus.PARTLY_REFUNDED,
        TopUpStatus.PARTLY_REFUNDED,
        TopUpStatus.REFUNDED,
    ]
    assert place.books(top_up).balance_minor == 0
    assert place.books(top_up).fees_minor == fees - FEE_MINOR


def test_18_more_than_was_paid_is_never_taken(place: SettlePlace) -> None:
    """A gateway that counts too much takes back the payment and no more."""
    top_up = place.new()
    place.settle(paid(top_up))

    place.settle(after(top_up, Reversals(refunded_minor=10 * TOTAL.minor)))

    assert place.books(top_up).balance_minor == 0


def test_18_what_was_spent_is_owed(place: SettlePlace) -> None:
    """A refund of money that is spent leaves a negative balance, in the ledger and stored."""
    top_up = place.new()
    place.settle(paid(top_up))
    place.spend(top_up, 4_000)

    place.settle(after(top_up, Reversals(refunded_minor=TOTAL.minor)))

    books = place.books(top_up)
    assert books.balance_minor == books.posted_minor == -4_000


DISPUTES = {
    "won": (Reversals(0, 0, 5_075, 5_075, 0), TopUpStatus.CREDITED, 5_000),
    "lost": (Reversals(0, 0, 5_075, 0, 5_075), TopUpStatus.DISPUTED, 0),
    "lost after a refund": (Reversals(1_015, 0, 4_060, 0, 4_060), TopUpStatus.DISPUTED, 0),
    "refund failed": (Reversals(5_075, 5_075), TopUpStatus.CREDITED, 5_000),
}


@pytest.mark.parametrize("name", DISPUTES)
def test_19_a_dispute_ends_as_the_bank_decides(place: SettlePlace, name: str) -> None:
    """Withheld when it is opened; given back when won; gone for good when lost; told each time."""
    end, status, balance_minor = DISPUTES[name]
    opened = replace(end, dispute_won_minor=0, dispute_lost_minor=0, refund_failed_minor=0)
    top_up = place.new()
    place.settle(paid(top_up))
    place.settle(after(top_up, opened))
    during = place.books(top_up)
    place.settle(after(top_up, end))
    books = place.books(top_up)

    assert during.status in (TopUpStatus.DISPUTED, TopUpStatus.REFUNDED)
    assert during.balance_minor < 5_000
    assert (books.status, books.balance_minor) == (status, balance_minor)
    assert "Pay" not in " ".join(each.label for line in books.card.choices for each in line)


def test_19_every_order_of_a_dispute_ends_the_same(place: SettlePlace) -> None:
    """Opened, refunded in part, won: in each of the 24 orders with the payment's own news."""
    steps = (
        NOTHING_BACK,
        Reversals(0, 0, 5_075),
        Reversals(1_000, 0, 5_075),
        Reversals(1_000, 0, 5_075, 5_075),
    )
    for order in permutations(steps):
        top_up = place.new()
        for back in order:
            place.settle(after(top_up, back))
        books = place.books(top_up)
        left = 5_000 - 1_000 * 5_000 // TOTAL.minor
        assert (books.status, books.balance_minor) == (TopUpStatus.PARTLY_REFUNDED, left), order


def test_a_held_payment_that_is_sent_back_is_held_no_more(place: SettlePlace) -> None:
    """Nothing was credited, so nothing is booked; the card says that the money went back."""
    top_up = place.new()
    wrong = paid(top_up, amount=Money(9_900, "USD"))
    place.settle(wrong)
    place.settle(replace(wrong, reversals=Reversals(refunded_minor=9_900)))

    books = place.books(top_up)
    assert [each.disposition for each in books.payments] == [Disposition.REFUNDED]
    assert (books.status, books.posted_minor) == (TopUpStatus.AWAITING_PAYMENT, 0)
    assert any("was held and then sent back" in line for line in books.card.body)
    assert place.do(lambda tx: tx.payments.held()) == []


def test_people_are_called_back_to_a_card_that_lost_money(place: SettlePlace) -> None:
    """Each time that money moves there is one new message, however often it is told."""
    top_up = place.new()
    place.settle(paid(top_up))
    before = place.cards()

    for _ in range(3):
        place.settle(after(top_up, Reversals(disputed_minor=5_075)))
    place.settle(after(top_up, Reversals(0, 0, 5_075, 5_075)))

    titles = [card.wanted.title for card in place.cards()[len(before) :]]
    assert [title.split()[0] for title in titles] == ["⚖️", "✅"]


def test_the_house_gives_its_fee_back(place: SettlePlace) -> None:
    """Half of the payment back is half of the fee back; the house account is summed."""
    top_up = place.new()
    place.settle(paid(top_up))
    before = place.do(lambda tx: tx.ledger.balance_minor(FEES, "USD"))

    place.settle(after(top_up, Reversals(refunded_minor=2_030)))

    assert place.do(lambda tx: tx.ledger.balance_minor(FEES, "USD")) == before - 30


def test_180_the_audit_trail_names_what_went_back(place: SettlePlace) -> None:
    """Each piece of news of a reversal is one act of the gateway, with all counts."""
    top_up = place.new()
    place.settle(paid(top_up))
    for minor in (1_000, 1_000, 2_500):
        place.settle(after(top_up, Reversals(refunded_minor=minor)))

    recorded = place.do(lambda tx: tx.audit.page(1, 10_000))
    acts = [each.entry for each in recorded if each.entry is not None]
    ours = [each for each in acts if each.subject.endswith(paid(top_up).payment_ref)]
    back = [json.loads(each.detail) for each in ours if each.act == "payment_reversed"]
    assert [each["refunded_minor"] for each in back] == [1_000, 2_500]
    assert {each["top_up"] for each in back} == {top_up.id}
    assert {each.actor for each in ours} == {"gateway:sandbox"}


def test_118_what_cannot_be_counted_is_a_task_once(place: SettlePlace) -> None:
    """The rest is booked; whoever closed the line is not shown it again at the next look."""
    top_up = place.new()
    odd = UnreadEntry("re_odd", "it is in EUR, and the payment in USD")
    news = replace(after(top_up, Reversals(1_000)), unread=(odd,))
    place.settle(paid(top_up))

    for _ in range(2):
        place.settle(news)
        (task,) = [each for each in place.do(lambda tx: tx.tasks.open()) if each.subject == odd.id]
        assert odd.why in task.detail
        assert task.kind is TaskKind.ENTRY_UNREAD
    place.do(lambda tx: tx.tasks.close(task.kind, odd.id, "seen to", START))
    place.settle(news)

    assert odd.id not in [each.subject for each in place.do(lambda tx: tx.tasks.open())]
    assert place.books(top_up).status is TopUpStatus.PARTLY_REFUNDED


def test_176_a_refunds_note_names_its_own_transaction(place: SettlePlace) -> None:
    """The credit's transaction stands on its card; a note has the one that it tells of."""
    top_up = place.new()
    place.settle(paid(top_up))
    credited = place.books(top_up).card.fallback
    place.settle(after(top_up, Reversals(1_000)))
    place.settle(after(top_up, Reversals(TOTAL.minor)))

    notes = [each.wanted for each in place.cards() if each.subject == top_up.id]
    booked = {
        row.value
        for note in notes
        if "refunded" in note.title
        for row in note.rows
        if row.label == "Transaction"
    }
    assert len(booked) == 2
    assert not any(each in credited for each in booked)


def test_154_what_was_paid_is_called_so(place: SettlePlace) -> None:
    """On a credited card nothing is left to pay, and its payment has the id that people search."""
    top_up = place.new()
    place.settle(replace(paid(top_up), search_ref="pi_search"))
    card = place.books(top_up).card.fallback

    assert "Paid: $50.75" in card
    assert "Total to pay" not in card
    assert "pi_search" in card
    assert place.do(lambda tx: held.find_payment(tx, "pi_search")).top_up == top_up.id
