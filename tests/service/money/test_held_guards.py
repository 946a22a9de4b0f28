"""What keeps held money from being paid twice, and undecided payments from being forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.contracts.cards import record_failed
from billing.money import Money
from billing.topups import Mode, PaymentStatus, TopUpStatus
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Verdict
from conversations.protocol.views import View
from service.cards.cards import stable_card_id, want_card
from service.common.context import context_of
from service.money import held, topups
from service.money.accounts import OPERATOR, OperatorError
from service.ports.records import Task, TaskKind
from service.ports.store import Card, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import PAYER, SettlePlace, paid, settle_place

WHY = held.Decision("asked for by mail")
_OTHER_ROWS = ("accounts", "audit", "cards", "ledger", "refunds", "top_ups")


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
    place.do(lambda tx: held.send_back(context_of(tx, place.services), ref, "", "", WHY))

    with pytest.raises(OperatorError, match="on its way back"):
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
        topups.escalate(context_of(tx, place.services), tx.top_ups.get(top_up.id) or top_up)
        return list(tx.tasks.open())

    (task,) = place.do(work)
    assert (task.kind, task.subject) == (TaskKind.WATCH_ENDED, top_up.id)
    assert "processing" in task.detail


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"merchant_account": "acct_2"}, "not in our account"),
        ({"mode": Mode.LIVE}, "not in our account"),
        ({"amount": Money(5_075, "EUR")}, "does not convert"),
    ],
)
def test_money_that_is_not_in_our_account_is_refused_as_such(
    place: SettlePlace, change: dict[str, Any], why: str
) -> None:
    """The operator reads that it can only be sent back, or that currencies differ."""
    top_up = place.new()
    place.settle(replace(paid(top_up), **change))

    with pytest.raises(OperatorError, match=why):
        place.credit(top_up, paid(top_up).payment_ref)


@pytest.mark.parametrize("account", ["", "nobody"])
def test_money_goes_to_no_account_that_is_not_there(place: SettlePlace, account: str) -> None:
    """Whose top-up nobody knows needs an account that the operator names."""
    told = replace(paid(place.new()), reference=None)
    place.settle(told)

    with pytest.raises(OperatorError, match="Say which account"):
        place.do(
            lambda tx: held.credit_held(
                context_of(tx, place.services), told.payment_ref, account, WHY
            )
        )
    assert place.do(lambda tx: len(tx.payments.held())) == 1


def test_held_money_becomes_a_top_up_without_a_fee(place: SettlePlace) -> None:
    """All of it reaches the account, and the trail says who decided and why."""
    top_up = place.new()
    place.settle(paid(top_up, amount=Money(4_000, "USD")))
    made = place.credit(top_up, paid(top_up).payment_ref)

    assert (made.amount, made.fee) == (Money(4_000, "USD"), Money(0, "USD"))
    assert (made.status, made.revision, made.requester) == (TopUpStatus.CREDITED, 1, PAYER)
    assert place.books(top_up).posted_minor == 4_000
    ((actor, detail),) = _acts(place, "held_credited")
    assert (actor, detail["reason"], detail["was"]) == (
        OPERATOR,
        "a person decided",
        "wrong_amount",
    )
    assert detail["top_up"] == made.id


def test_of_two_operators_who_credit_held_money_at_once_one_is_refused(
    place: SettlePlace,
) -> None:
    """The second one still saw it held; what counts is how it stands once it is locked."""
    top_up = place.new()
    place.settle(paid(top_up, amount=Money(4_000, "USD")))
    ref = paid(top_up).payment_ref
    seen = place.do(lambda tx: list(tx.payments.held()))
    place.credit(top_up, ref)

    def again(tx: Tx) -> None:
        late: Any = SimpleNamespace(
            payments=SimpleNamespace(
                held=lambda: seen, lock=tx.payments.lock, put=tx.payments.put
            ),
            **{each: getattr(tx, each) for each in _OTHER_ROWS},
        )
        held.credit_held(context_of(late, place.services), ref, top_up.account, WHY)

    with pytest.raises(OperatorError, match="it is not held"):
        place.do(again)
    assert place.books(top_up).posted_minor == 4_000


def test_who_closed_a_task_is_written_down(place: SettlePlace) -> None:
    """With the reason."""
    place.do(lambda tx: tx.tasks.add(Task(TaskKind.WATCH_ENDED, "TU-1", "", START)))
    place.do(lambda tx: held.close_task(context_of(tx, place.services), "TU-1", WHY))

    assert _acts(place, "task_closed") == [(OPERATOR, {"reason": WHY.reason})]


def test_a_chat_in_a_thread_is_closed_by_its_whole_name(place: SettlePlace) -> None:
    """Its id has a slash of its own; the chat beside it stays in the list."""
    cards = [_refused(place, chat) for chat in ("D1/5.5", "D1")]
    place.do(
        lambda tx: held.close_task(context_of(tx, place.services), "slack/T1/D1/5.5:gone", WHY)
    )

    left = place.do(lambda tx: [each.chat.id for each in tx.cards.refusals()])
    assert (len(cards), left) == (2, ["D1"])


def _refused(place: SettlePlace, chat: str) -> str:
    """A card that its chat does not take."""
    card = Card(
        stable_card_id(chat), read_chat("slack", "T1", chat), "", "en", "UTC", View("a", "a"), 1
    )

    def work(tx: Tx) -> None:
        want_card(context_of(tx, place.services), card)
        record_failed(tx, card.id, Verdict.GONE, "gone")

    place.do(work)
    return card.id


def _acts(place: SettlePlace, act: str) -> list[tuple[str, Any]]:
    page = place.do(lambda tx: tx.audit.page(1, 99))
    entries = [each.entry for each in page if each.entry]
    return [(each.actor, json.loads(each.detail)) for each in entries if each.act == act]
