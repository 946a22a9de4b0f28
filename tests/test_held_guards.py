"""What keeps held money from being paid twice, and undecided payments from being forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from billing.records import Task, TaskKind
from billing.topups import PaymentStatus
from bot import held, topups
from bot.accounts import Refused
from bot.ports import Tx
from tests.bot_place import START
from tests.settle_place import SettlePlace, paid, settle_place

WHY = held.Decision("asked for by mail")


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        made.clock.at = START
        yield made


def test_178_what_is_on_its_way_back_is_not_credited(place: SettlePlace) -> None:
    """While a refund of held money is ordered, crediting the same money would pay it twice."""
    top_up = place.new()
    place.settle(paid(top_up))
    place.settle(paid(top_up, "pay_2"))
    ref = paid(top_up, "pay_2").payment_ref
    before = place.books(top_up).balance_minor
    place.do(lambda tx: held.send_back(tx, ref, "", "", WHY, place.desk))

    with pytest.raises(Refused, match="on its way back"):
        place.credit(top_up, ref)
    assert place.books(top_up).balance_minor == before


@pytest.mark.parametrize("order", [1, -1])
def test_181_one_payment_without_an_end_is_enough_to_ask_a_person(
    place: SettlePlace, order: int
) -> None:
    """A first try that failed says nothing about a second one that nobody decided."""
    top_up = place.new()
    news = [("pay_1", PaymentStatus.FAILED), ("pay_2", PaymentStatus.PROCESSING)]
    for ref, status in news[::order]:
        place.settle(replace(paid(top_up, ref), status=status))

    def work(tx: Tx) -> list[Task]:
        topups.hand_over(tx, tx.top_ups.get(top_up.id) or top_up, place.desk)
        return list(tx.tasks.open())

    (task,) = place.do(work)
    assert (task.kind, task.subject) == (TaskKind.WATCH_ENDED, top_up.id)
    assert "processing" in task.detail
