"""Money that is sent back: whom the bot asks, how often, and what it notes of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from billing.money import Money
from billing.ports import GatewayError
from billing.reversals import Reversals
from billing.topups import Disposition, Mode, TopUpStatus
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.money.refunds import NO_GATEWAY_WAIT, RefundRequest, order_refund
from service.ports.records import Task, TaskKind
from service.ports.store import Tx
from tests.support.bots.bot_place import START
from tests.support.bots.refunding import (
    Asked,
    SendsNothing,
    acts,
    asks,
    credited,
    key_of,
    left,
    stored,
    tasks_of,
    works,
)
from tests.support.bots.settle_place import GATEWAY, MARK, TOTAL, SettlePlace, paid, settle_place


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    """One database for all; each test has a top-up of its own, and orders by its own keys."""
    rows.clock.at = START
    return rows


def test_what_the_gateway_says_of_a_refund_is_booked_at_once(place: SettlePlace) -> None:
    """Before any callback: the balance, the status and the order say that the money went back."""
    made = credited(place)
    asks(place, made, None)
    gateway = Asked((replace(paid(made), reversals=Reversals(refunded_minor=TOTAL.minor)),))

    again = works(place, made, gateway)

    books = place.books(made)
    assert again is None
    assert (books.status, books.balance_minor) == (TopUpStatus.REFUNDED, 0)
    assert books.posted_minor == 0
    assert [each.amount for each in gateway.orders] == [TOTAL]
    assert (stored(place, made).done_at, stored(place, made).error) == (START, None)
    assert tasks_of(place, made) == []


def test_an_order_that_is_over_asks_nobody(place: SettlePlace) -> None:
    """Whoever works on it a second time sends no money a second time; nor for no order at all."""
    made, never = credited(place), place.new()
    asks(place, made, 2_000)
    gateway = Asked((paid(made),))

    first, *rest = [works(place, each, gateway) for each in (made, made, never)]

    assert (first, rest) == (None, [None, None])
    assert len(gateway.orders) == 1


def test_a_bot_that_dies_before_it_notes_the_answer_sends_no_money_twice(
    place: SettlePlace,
) -> None:
    """The next one asks by the same order, which the gateway carries out once, and books it."""
    made = credited(place)
    ordered = asks(place, made, 2_000)
    gateway = Asked((replace(paid(made), reversals=Reversals(refunded_minor=2_000)),))

    with pytest.raises(Killed):
        works(place, made, gateway, reach_fail_point=_dies)
    before = stored(place, made).done_at, place.books(made).balance_minor
    works(place, made, gateway)

    assert before == (None, 5_000)
    assert gateway.orders == [ordered, ordered]
    assert stored(place, made).done_at == START
    assert place.books(made).status is TopUpStatus.PARTLY_REFUNDED


class Killed(BaseException):
    """The process ends at this point."""


def _dies(point: FailPoint) -> None:
    if point is FailPoint.REFUND_MADE:
        raise Killed


@pytest.mark.parametrize("mode", Mode)
def test_a_closed_bot_sends_no_real_money_back(place: SettlePlace, mode: Mode) -> None:
    """It waits, and the order stays as it is; money that is not real is sent all the same."""
    made = credited(place)
    asks(place, made, 2_000)
    gateway = Asked((paid(made),), mode=mode)

    again = works(place, made, gateway, live=False)

    is_live = mode is Mode.LIVE
    assert again == (START + NO_GATEWAY_WAIT if is_live else None)
    assert len(gateway.orders) == (0 if is_live else 1)
    assert (stored(place, made).done_at is None) is is_live


def test_an_order_waits_for_a_gateway_that_is_not_there(place: SettlePlace) -> None:
    """It is looked at again in five minutes, and is not lost."""
    made = credited(place)
    asks(place, made, 2_000)

    assert works(place, made, None) == START + timedelta(minutes=5)
    assert stored(place, made).done_at is None


@pytest.mark.parametrize("unread", [False, True])
def test_an_outage_leaves_the_order_as_it_is(place: SettlePlace, unread: bool) -> None:
    """The lane asks again; only an answer that nobody can read is a task, told once."""
    made = credited(place)
    asks(place, made, 2_000)
    down = Asked(fails=GatewayError("no answer", retry=True, unread=unread))

    with pytest.raises(GatewayError):
        works(place, made, down)

    assert stored(place, made).done_at is None
    assert [each.kind for each in tasks_of(place, made)] == [TaskKind.ANSWER_UNREAD] * unread


def test_an_unread_answer_that_an_operator_closed_stays_closed(place: SettlePlace) -> None:
    """They know of it; each further try does not open it again, and a good answer closes it."""
    made = credited(place)
    asks(place, made, 2_000)
    odd = Asked(fails=GatewayError("gibberish", retry=True, unread=True))
    with pytest.raises(GatewayError):
        works(place, made, odd)
    (task,) = tasks_of(place, made)
    first = place.do(partial(_close, task=task))
    with pytest.raises(GatewayError):
        works(place, made, odd)

    assert (first, tasks_of(place, made)) == (True, [])


def _close(tx: Tx, task: Task) -> bool:
    return tx.tasks.close(task.kind, task.subject, "looked up by hand", START)


def test_an_answer_that_can_be_read_closes_the_task(place: SettlePlace) -> None:
    """Nobody has to look up by hand any more whether the money went back."""
    made = credited(place)
    asks(place, made, 2_000)
    odd = Asked(fails=GatewayError("gibberish", retry=True, unread=True))
    with pytest.raises(GatewayError):
        works(place, made, odd)
    before = tasks_of(place, made)
    works(place, made, Asked((paid(made),)))

    assert "$20.00 of" in before[0].detail
    assert tasks_of(place, made) == []


@pytest.mark.parametrize("unread", [False, True])
def test_a_refusal_ends_the_order_and_is_a_task(place: SettlePlace, unread: bool) -> None:
    """Nothing went back: the sum can be ordered again, and the trail and a task say why."""
    made = credited(place)
    asks(place, made, 2_000)
    says_no = Asked(fails=GatewayError("too old", retry=False, unread=unread))

    assert works(place, made, says_no) is None

    over = stored(place, made)
    kinds = {each.kind for each in tasks_of(place, made)}
    assert (over.done_at, over.error) == (START, "too old")
    assert kinds == {TaskKind.REFUND_REFUSED} | ({TaskKind.ANSWER_UNREAD} if unread else set())
    assert (f"gateway:{GATEWAY}", "refund_refused", over.id) in acts(place)
    assert left(place, made) == TOTAL.minor
    assert place.books(made).balance_minor == 5_000


def test_a_gateway_that_sends_nothing_back_ends_the_order(place: SettlePlace) -> None:
    """Asking it again would not help: the operator is told, and sends the money by hand."""
    made = credited(place)
    asks(place, made, 2_000)

    assert works(place, made, SendsNothing()) is None
    assert stored(place, made).error == "sandbox sends no money back by itself"
    assert [each.kind for each in tasks_of(place, made)] == [TaskKind.REFUND_REFUSED]


@pytest.mark.parametrize("reference", ["its own", None, "TU-00000000"])
def test_money_of_unknown_checkouts_is_sent_back_by_its_mark_alone(
    place: SettlePlace, reference: str | None
) -> None:
    """A checkout without a mark may be refunded where its top-up is known here, else not."""
    made = place.new()
    known = reference == "its own"
    wrong = replace(
        paid(made, amount=Money(4_000, "USD")), reference=made.id if known else reference
    )
    place.settle(wrong)
    payment = place.payment(wrong.payment_ref)
    assert payment is not None
    assert payment.disposition is Disposition.HELD
    ask = RefundRequest(key_of(made), None, "why", "operator")
    place.do(lambda tx: order_refund(context_of(tx, place.services), payment, ask))
    gateway = Asked((wrong,))

    works(place, made, gateway)

    assert gateway.owners == [frozenset({MARK, None} if known else {MARK})]
