"""A top-up's rows: who opens it, what the trail tells of its life, and what a person is left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from billing.judgment import SettleOutcome, SettleResult
from billing.money import Money
from billing.reversals import Reversals
from billing.topups import Mode, PaymentStatus, TopUp, TopUpStatus
from conversations.protocol.events import CreateTopUp, NotOpenedReason, TopUpOpened, TopUpRefused
from conversations.protocol.facts import Terms
from service.common.context import Context, context_of
from service.common.ids import Sources
from service.common.services import Merchant, Services
from service.lanes.keys import LaneKind
from service.money import topups
from service.ports.records import Task, TaskKind
from service.ports.store import Account, Tx
from tests.support.bots.bot_place import START, Dice
from tests.support.bots.settle_place import (
    GATEWAY,
    MERCHANT,
    PAYER,
    TOTAL,
    SettlePlace,
    paid,
    settle_place,
)
from tests.support.dialogs.terms import CARD, TEAM_A, terms

WANTED = CreateTopUp(TEAM_A.id, Money(5_000, "USD"), Money(75, "USD"), CARD.key, "0" * 16)
BY_GATEWAY = f"gateway:{GATEWAY}"


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        own = Account(TEAM_A.id, TEAM_A.title, "USD", Mode.SANDBOX)
        made.do(lambda tx: tx.accounts.add(own, START))
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    """One database for all; each test has a top-up of its own."""
    rows.clock.at = START
    return rows


@pytest.fixture
def services(place: SettlePlace) -> Services:
    """Its ids are another's in each test."""
    number = next(place.numbers)
    return replace(place.services, sources=Sources(place.clock, Dice(f"opening {number}")))


# --- opening ---------------------------------------------------------------------------------


def opens(place: SettlePlace, wanted: CreateTopUp, terms: Terms, services: Services) -> Any:
    return place.do(lambda tx: topups.open_top_up(context_of(tx, services), wanted, terms, PAYER))


def test_a_top_up_is_opened_and_ends_by_itself(place: SettlePlace, services: Services) -> None:
    """It waits for its payment until its link ends, and is watched for a while after that."""
    said = opens(place, WANTED, terms(), services)

    assert isinstance(said, TopUpOpened)
    made = said.facts.top_up
    assert place.do(lambda tx: tx.top_ups.get(made.id)) == made
    assert (made.status, made.revision, made.requester) == (TopUpStatus.AWAITING_PAYMENT, 1, PAYER)
    assert made.expires_at == START + CARD.link_life
    assert made.watched_until == made.expires_at + CARD.watched_after_expiry
    assert (made.amount, made.fee) == (WANTED.amount, WANTED.fee)
    (ends,) = [
        each
        for each in place.do(
            lambda tx: tx.lanes.claim(
                LaneKind.EXPIRE, made.expires_at, owner="w", until=made.expires_at, limit=99
            )
        )
        if each.key == made.id
    ]
    assert ends.tries == 0


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (replace(WANTED, account="not-theirs"), NotOpenedReason.NOT_ALLOWED),
        (replace(WANTED, method="cash"), NotOpenedReason.METHOD_GONE),
    ],
)
def test_who_may_not_use_an_account_opens_nothing_there(
    place: SettlePlace, services: Services, wanted: CreateTopUp, why: NotOpenedReason
) -> None:
    """Nor by a method that is offered no more: the answer says which it was."""
    before = place.do(lambda tx: tx.top_ups.of_requester(PAYER, 99))

    assert opens(place, wanted, terms(), services) == TopUpRefused(why)
    assert place.do(lambda tx: tx.top_ups.of_requester(PAYER, 99)) == before


@pytest.mark.parametrize(
    "merchants", [(), (Merchant("other", "m", "sandbox"),), (Merchant(GATEWAY, MERCHANT, "live"),)]
)
def test_nothing_is_opened_where_no_merchant_takes_that_money(
    place: SettlePlace, services: Services, merchants: tuple[Merchant, ...]
) -> None:
    """A gateway that is gone, or takes real money for an account of none, is offered no more."""
    services = replace(services, merchants=merchants)

    assert opens(place, WANTED, terms(), services) == TopUpRefused(NotOpenedReason.METHOD_GONE)


# --- the trail -------------------------------------------------------------------------------


def trail(place: SettlePlace, subject: str) -> list[tuple[str, str, Any]]:
    """Who did what to a subject, with the details."""
    page = place.do(lambda tx: tx.audit.page(1, 9_999))
    found = [each.entry for each in page if each.entry]
    return [(e.actor, e.act, json.loads(e.detail)) for e in found if e.subject == subject]


def refuses(context: Context, top_up: TopUp) -> None:
    topups.refuse_top_up(context, top_up, "no such currency")


def hands_over(context: Context, top_up: TopUp) -> None:
    topups.escalate(context, top_up)


def expires(context: Context, top_up: TopUp) -> None:
    topups.expire_top_up(context, top_up)


def cancels(context: Context, top_up: TopUp) -> None:
    topups.cancel_top_up(context, top_up.id, PAYER)


def says(status: PaymentStatus) -> Callable[[Context, TopUp], None]:
    def work(context: Context, top_up: TopUp) -> None:
        topups.settle(context, replace(paid(top_up), status=status))

    return work


@pytest.mark.parametrize(
    ("work", "actor", "act", "status"),
    [
        (cancels, PAYER, "top_up_cancelled", TopUpStatus.CANCELLED),
        (expires, "clock", "top_up_expired", TopUpStatus.EXPIRED),
        (hands_over, "clock", "top_up_handed_over", TopUpStatus.AWAITING_PAYMENT),
        (refuses, BY_GATEWAY, "top_up_refused", TopUpStatus.FAILED),
        (says(PaymentStatus.FAILED), BY_GATEWAY, "top_up_failed", TopUpStatus.FAILED),
        (says(PaymentStatus.PAID), BY_GATEWAY, "top_up_credited", TopUpStatus.CREDITED),
    ],
)
def test_each_step_of_a_top_up_is_written_down_once(
    place: SettlePlace,
    work: Callable[[Context, TopUp], None],
    actor: str,
    act: str,
    status: TopUpStatus,
) -> None:
    """Who did it, and how the top-up stood then; the same again is no new step."""
    made = place.new()
    for _ in range(1 if act == "top_up_handed_over" else 2):
        place.do(lambda tx: work(context_of(tx, place.services), tx.top_ups.get(made.id) or made))

    facts = {"account": made.account, "amount_minor": 5_000, "currency": "USD"}
    assert trail(place, made.id) == [(actor, act, {**facts, "status": status})]


def test_who_opened_a_top_up_is_written_down(place: SettlePlace, services: Services) -> None:
    """With its account and its amount."""
    said = opens(place, WANTED, terms(), services)

    ((actor, act, detail),) = trail(place, said.facts.top_up.id)
    assert (actor, act, detail["amount_minor"]) == (PAYER, "top_up_opened", 5_000)


@pytest.mark.parametrize(
    ("minor", "act", "why"),
    [(5_075, "payment_applied", None), (5_074, "payment_held", "wrong_amount")],
)
def test_what_became_of_money_is_written_down_once(
    place: SettlePlace, minor: int, act: str, why: str | None
) -> None:
    """Applied or held, by its gateway, with the sum and the reason."""
    made = place.new()
    told = paid(made, amount=Money(minor, "USD"))
    for _ in range(2):
        place.settle(told)

    key = f"{GATEWAY}/{MERCHANT}/{told.payment_ref}"
    facts = {"top_up": made.id, "amount_minor": minor, "currency": "USD", "held_because": why}
    assert trail(place, key) == [(BY_GATEWAY, act, facts)]


# --- the end of the watch --------------------------------------------------------------------


@pytest.mark.parametrize("status", PaymentStatus)
def test_only_what_no_gateway_ended_is_handed_over(
    place: SettlePlace, status: PaymentStatus
) -> None:
    """Failed, over, cancelled, or paid and held: that was said; the rest is a person's to ask."""
    made = place.new()
    place.settle(replace(paid(made, amount=Money(1, "USD")), status=status))

    def work(tx: Tx) -> list[Task]:
        topups.escalate(context_of(tx, place.services), made)
        return [each for each in tx.tasks.open() if each.subject == made.id]

    told = [each.kind for each in place.do(work)]
    undecided = status in (PaymentStatus.OPEN, PaymentStatus.PROCESSING)
    assert told == [TaskKind.WATCH_ENDED] * undecided


def test_what_is_not_there_ends_nothing(place: SettlePlace) -> None:
    """The lane of a top-up that is gone does nothing, and does not fail for ever."""
    gone = replace(place.new(Mode.LIVE), id="TU-NONE0000")
    place.expire(gone)

    assert trail(place, gone.id) == []


def test_a_payment_of_somebody_else_is_not_taken_in(place: SettlePlace) -> None:
    """It says so, and writes nothing down, though the top-up is ours."""
    made = place.new()
    theirs = replace(paid(made), installation="in_ffffffffffffffff")

    assert place.settle(theirs) == SettleResult(None, SettleOutcome.NOTHING)
    assert place.payment(theirs.payment_ref) is None


@pytest.mark.parametrize(
    ("status", "minor", "outcome"),
    [
        (PaymentStatus.PAID, TOTAL.minor, SettleOutcome.CREDITED),
        (PaymentStatus.PAID, TOTAL.minor + 1, SettleOutcome.HELD),
        (PaymentStatus.OPEN, TOTAL.minor, SettleOutcome.NOTHING),
        (PaymentStatus.FAILED, TOTAL.minor + 1, SettleOutcome.NOTHING),
    ],
)
def test_settling_says_what_it_decided_once(
    place: SettlePlace, status: PaymentStatus, minor: int, outcome: SettleOutcome
) -> None:
    """The payment comes as it is kept; news that is known by then decides nothing."""
    made = place.new()
    news = replace(paid(made), status=status, amount=Money(minor, "USD"))
    first, again = place.settle(news), place.settle(news)

    assert (first.outcome, again.outcome) == (outcome, SettleOutcome.NOTHING)
    assert first.payment == again.payment == place.payment(news.payment_ref)


def test_settling_gives_a_payment_with_what_went_back_of_it(place: SettlePlace) -> None:
    """Also where the first news of it is that all of it is gone: it was credited before."""
    made = place.new()
    gone = replace(paid(made), reversals=Reversals(refunded_minor=TOTAL.minor))
    settled = place.settle(gone)

    assert settled == SettleResult(place.payment(gone.payment_ref), SettleOutcome.CREDITED)
    assert settled.payment is not None
    assert settled.payment.reversals == gone.reversals
