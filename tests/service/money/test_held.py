"""What an operator does by hand: refunds by order, held money credited or sent back, tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from billing.money import Money
from billing.topups import Disposition, HeldReason, Mode, Payment, PaymentStatus, TopUpStatus
from service.cards.cards import stable_card_id
from service.common.context import context_of
from service.lanes.keys import LaneKind
from service.money import held, topups
from service.money.accounts import OperatorError
from service.money.checkout import LAST_WORD_AFTER
from service.ports.records import Task, TaskKind
from service.ports.store import Tx
from tests.support.bots.bot_place import PUBLIC_URL, START
from tests.support.bots.settle_place import TOTAL, SettlePlace, paid, settle_place
from tests.support.histories.chat_platform import Trouble
from tests.support.histories.world import World

WHY = held.Decision("asked for by mail")


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        made.clock.at = START
        yield made


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which Ana's top-up of $50.00 plus $0.75 is credited."""
    made = World()
    made.does("ana", text="/topup 50 USD card")
    made.works()
    made.does("ana", press=made.chat.tokens[0][1])
    made.works()
    made.posts(made.chat.links[0].removeprefix(PUBLIC_URL))
    (checkout,) = made.visited
    made.gateways["wild"].pay(checkout, PaymentStatus.PAID)
    made.told(checkout)
    yield made
    made.close()


# --- refunds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_a_refund_is_carried_out_once(world: World, trouble: Trouble | None) -> None:
    """Ordered twice by one key, with the gateway's answer lost or late: once, and it shows."""
    world.gateways["wild"].trouble = trouble
    for _ in range(2):
        refunds(world, "pay_1", "20.00", "key-1")
    world.works()
    world.clock.advance(minutes=2)
    world.works()

    (record,) = world.records()
    (account,) = [each for each in world.tables()["accounts"] if each["id"] == "team-a"]
    assert record.gone_minor == 2_000
    assert account["balance_minor"] == 5_000 - 2_000 * 5_000 // 5_075
    assert any("Partly refunded" in title for title in world.chat.titles().values())


def test_117_a_refund_that_nobody_can_read_of_is_a_task_until_it_is_read(world: World) -> None:
    """Whether the money went back is looked up by somebody; the gateway is asked again as well."""
    world.gateways["wild"].trouble = Trouble.ODD
    refunds(world, "pay_1", "20.00", "key-1")
    world.works()
    told = [(each["kind"], each["subject"]) for each in world.tables()["tasks"]]
    world.clock.advance(minutes=2)
    world.works()

    assert told == [("answer_unread", "key-1")]
    assert all(each["closed_at"] for each in world.tables()["tasks"])


def test_a_key_means_one_refund(world: World) -> None:
    """The same key for another sum is refused, and so is more than there is left."""
    refunds(world, "pay_1", "20.00", "key-1")

    for amount, key in (("21.00", "key-1"), ("31.00", "key-2"), ("0.5.0", "key-3")):
        work = partial(_back, world=world, name="pay_1", amount=amount, key=key)
        with pytest.raises(OperatorError):
            world.run(world.store.transact(work))


def test_a_refund_that_the_gateway_refuses_is_a_task(world: World) -> None:
    """Nothing goes back, and the operator finds why among what waits for them."""
    (record,) = world.records()
    refunds(world, "pay_1", "", "")
    record.goes_back("refunded_minor", 5_000)  # somebody was quicker in the gateway's own pages
    world.works()

    (task,) = world.run(world.store.transact(lambda tx: tx.tasks.open()))
    assert task.kind is TaskKind.REFUND_REFUSED
    assert "not that much" in task.detail
    (told,) = [each for each in world.tables()["audit"] if each["act"] == "refund_refused"]
    assert (told["subject"], "not that much" in told["detail"]) == (task.subject, True)
    assert LaneKind.REFUND not in {each["kind"] for each in world.tables()["lanes"]}


def refunds(world: World, name: str, amount: str, key: str) -> None:
    world.decides(lambda tx: _back(tx, world, name, amount, key))


def _back(tx: Tx, world: World, name: str, amount: str, key: str) -> None:
    held.send_back(context_of(tx, world.services), name, amount, key, WHY)


# --- held money ------------------------------------------------------------------------------


def test_a_second_payment_is_credited_as_a_top_up_of_its_own(place: SettlePlace) -> None:
    """All that was paid reaches the account; its payer gets a card, and the old one is clean."""
    top_up = place.new()
    place.settle(paid(top_up))
    place.settle(paid(top_up, "pay_2"))
    made = place.credit(top_up, paid(top_up, "pay_2").payment_ref)

    books = place.books(top_up)
    new = place.do(lambda tx: tx.cards.get(stable_card_id(made.id, "card")))
    assert books.balance_minor == 5_000 + TOTAL.minor
    assert books.status is TopUpStatus.CREDITED
    assert not any("held" in line for line in books.card.body)
    assert new is not None
    assert new.wanted.title.startswith("✅ Credited $50.75")
    assert place.do(held.list_held) == []


def test_held_money_is_credited_once(place: SettlePlace) -> None:
    """Whoever decides second is told that it is not held any more."""
    top_up = place.new()
    place.settle(paid(top_up, amount=Money(4_000, "USD")))
    place.credit(top_up, paid(top_up).payment_ref)

    with pytest.raises(OperatorError, match="no such payment is held"):
        place.credit(top_up, paid(top_up).payment_ref)
    assert place.books(top_up).balance_minor == 4_000


@pytest.mark.parametrize(
    "change",
    [{"amount": Money(5_075, "EUR")}, {"mode": Mode.LIVE}, {"merchant_account": "acct_2"}],
)
def test_money_that_is_elsewhere_is_not_credited(
    place: SettlePlace, change: dict[str, object]
) -> None:
    """Another currency, mode or merchant account cannot become a balance here."""
    top_up = place.new()
    place.settle(replace(paid(top_up), **change))  # type: ignore[arg-type]  # one field, by name

    with pytest.raises(OperatorError):
        place.credit(top_up, paid(top_up).payment_ref)
    assert place.books(top_up).posted_minor == 0


def test_money_without_a_top_up_goes_where_the_operator_says(place: SettlePlace) -> None:
    """Nobody is told in a chat, since nobody is known; the audit trail has the reason."""
    top_up = place.new()
    place.settle(replace(paid(top_up), reference="TU-00000000"))
    listed = place.do(held.list_held)
    place.credit(top_up, paid(top_up).payment_ref)

    assert [each["why"] for each in listed] == [HeldReason.UNKNOWN_TOP_UP]
    assert place.books(top_up).balance_minor == TOTAL.minor


def test_names_that_fit_several_payments_are_asked_for_whole(place: SettlePlace) -> None:
    """Two gateways may use one reference; the key names one of them."""
    top_up = place.new()
    place.settle(replace(paid(top_up), reference=None))
    place.settle(replace(paid(top_up), reference=None, merchant_account="acct_2"))
    name = paid(top_up).payment_ref

    with pytest.raises(OperatorError, match="several"):
        place.do(lambda tx: held.find_payment(tx, name))
    found = place.do(lambda tx: held.find_payment(tx, f"sandbox/acct_2/{name}"))
    assert (found.merchant_account, found.disposition) == ("acct_2", Disposition.HELD)


# --- tasks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "handed"), [(PaymentStatus.PROCESSING, True), (PaymentStatus.FAILED, False)]
)
def test_what_no_gateway_decided_is_handed_over(
    place: SettlePlace, status: PaymentStatus, handed: bool
) -> None:
    """When the watch ends, a payment still on its way is a task, and one that is over is none."""
    top_up = place.new()
    place.settle(replace(paid(top_up), status=status))

    def work(tx: Tx) -> list[Task]:
        topups.escalate(context_of(tx, place.services), tx.top_ups.get(top_up.id) or top_up)
        return list(tx.tasks.open())

    assert [task.subject for task in place.do(work)] == [top_up.id] * handed


def test_a_watch_that_ends_hands_over_by_itself(world: World) -> None:
    """Reconcile looks a last time, and a while later gives what is still open to the operator."""
    world.does("ben", text="/topup 50 USD card")
    world.works()
    review = list(world.chat.messages.values())[-1]
    world.does("ben", press=review.buttons[0][0].token)
    world.works()
    world.posts(world.chat.links[-1].removeprefix(PUBLIC_URL))
    checkout = world.visited[-1]
    world.gateways["wild"].pay(checkout, PaymentStatus.PROCESSING)
    world.told(checkout)

    world.clock.at = world.watched()[checkout]
    world.works()
    early = world.tables()["tasks"]
    world.clock.at += LAST_WORD_AFTER + timedelta(minutes=1)
    world.works()

    assert early == []
    assert [each["kind"] for each in world.tables()["tasks"]] == ["watch_ended"]


def test_a_closed_task_waits_no_more(place: SettlePlace) -> None:
    """It is closed once, with its reason, and opened anew only by new trouble."""
    task = Task(TaskKind.WATCH_ENDED, "TU-1", "pay_1 is processing", START)
    place.do(lambda tx: tx.tasks.add(task))
    place.do(lambda tx: held.close_task(context_of(tx, place.services), "TU-1", WHY))

    with pytest.raises(OperatorError):
        place.do(lambda tx: held.close_task(context_of(tx, place.services), "TU-1", WHY))
    place.do(lambda tx: tx.tasks.add(task))
    assert place.do(lambda tx: list(tx.tasks.open())) == [task]


def test_only_what_is_applied_or_held_is_sent_back(place: SettlePlace) -> None:
    """A payment that never came has nothing to send back."""
    top_up = place.new()
    place.settle(replace(paid(top_up), status=PaymentStatus.FAILED))
    known: Payment | None = place.payment(paid(top_up).payment_ref)

    assert known is not None
    with pytest.raises(OperatorError, match="nothing of it"):
        place.do(
            lambda tx: held.send_back(
                context_of(tx, place.services), known.payment_ref, "", "", WHY
            )
        )


def test_what_is_credited_is_not_resolved_as_held(place: SettlePlace) -> None:
    """Its top-up's id means the payment that is held; a good one is never sent back by that."""
    top_up = place.new()
    place.settle(paid(top_up))
    with pytest.raises(OperatorError, match="no such payment is held"):
        place.do(lambda tx: held.refund_held(context_of(tx, place.services), top_up.id, WHY))
    place.settle(paid(top_up, "pay_2"))
    ordered = place.do(lambda tx: held.refund_held(context_of(tx, place.services), top_up.id, WHY))

    assert ordered.payment_ref == paid(top_up, "pay_2").payment_ref


def test_a_watch_without_an_answer_is_handed_over(place: SettlePlace) -> None:
    """A gateway that could never be asked leaves no payment, and yet somebody may have paid."""
    top_up = place.new()

    def work(tx: Tx) -> list[Task]:
        topups.escalate(context_of(tx, place.services), tx.top_ups.get(top_up.id) or top_up)
        return list(tx.tasks.open())

    assert [task.subject for task in place.do(work)] == [top_up.id]


def test_a_lagging_replica_takes_no_word_back(place: SettlePlace) -> None:
    """What failed stays failed where a late answer says that nobody has tried yet."""
    top_up = place.new()
    for status in (PaymentStatus.FAILED, PaymentStatus.OPEN):
        place.settle(replace(paid(top_up), status=status))

    (payment,) = place.books(top_up).payments
    assert payment.status is PaymentStatus.FAILED
