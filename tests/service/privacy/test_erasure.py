"""What an operator reads when somebody cannot be erased yet: which money, and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.contracts.store import NOW, StoreUnderTest
from adapters.contracts.store_money import OPS, payment, top_up
from adapters.storage.store import open_store
from adapters.storage.unit_of_work import UnitOfWork
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.money import Money
from billing.records import Refund
from billing.topups import Disposition, HeldReason, TopUpStatus
from bot.wiring.traits import TRAITS
from conversations.protocol.people import Person
from service.money.accounts import OperatorError
from service.ports.records import Link, LinkKind
from service.privacy.erasure import erase_person

KIM = Person("slack", "T1", "U1")
NAME = "person-U1"
CHARGED = Money(700, "USD")


@pytest.fixture
async def store() -> AsyncIterator[StoreUnderTest]:
    """Kim alone may use an account; nothing of hers is under way."""
    opened = open_store("sqlite://")

    def begin(tx: UnitOfWork) -> None:
        tx.accounts.add(OPS, NOW)
        tx.accounts.link(Link(OPS.id, "slack", "T1", LinkKind.PERSON, KIM.id), NOW)
        tx.people.add(KIM, NAME, NOW)

    await opened.transact(begin)
    yield opened
    await opened.close()


def asks_for(tx: UnitOfWork, number: int = 1, status: TopUpStatus = TopUpStatus.CREDITED) -> None:
    tx.top_ups.add(top_up(f"TU-{number}", requester=NAME, status=status, card=f"card-{number}"))


def cancels(tx: UnitOfWork) -> None:
    asks_for(tx, status=TopUpStatus.CANCELLED)


def pays_twice(tx: UnitOfWork) -> None:
    asks_for(tx)
    second = replace(
        payment(), disposition=Disposition.HELD, held_because=HeldReason.SECOND_PAYMENT
    )
    tx.payments.put(second, NOW)


def is_refunded(tx: UnitOfWork) -> None:
    asks_for(tx)
    tx.payments.put(payment(), NOW)
    tx.refunds.add(Refund("re_1", "sandbox", "test", "pi_1", CHARGED, "", "operator", NOW))


def has_a_balance(tx: UnitOfWork) -> None:
    posting = Posting("x", customer_account(OPS.id), CHARGED)
    tx.ledger.post(Transaction("there", TransactionKind.CREDIT, (posting,), NOW))


async def refusal(store: StoreUnderTest) -> str:
    with pytest.raises(OperatorError) as refused:
        await store.transact(lambda tx: erase_person(tx, KIM.spelled, "they asked", NOW, TRAITS))
    return str(refused.value)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (
            lambda tx: asks_for(tx, status=TopUpStatus.AWAITING_PAYMENT),
            "top-ups of theirs are open, or paid and not credited yet: TU-1.",
        ),
        (cancels, "top-ups of theirs may still be paid: TU-1."),
        (pays_twice, "payments of theirs are held (topup-bot held list): pi_1."),
        (is_refunded, "refunds of theirs are under way: re_1."),
        (
            has_a_balance,
            "accounts that only they may use hold a balance; refund it, or link somebody else: "
            "ops.",
        ),
    ],
)
async def test_111_an_operator_reads_which_money_is_under_way(
    store: StoreUnderTest, happened: Callable[[UnitOfWork], None], told: str
) -> None:
    """In a sentence with its id and, where there is one, the way to end it."""
    await store.transact(happened)
    assert await refusal(store) == f"Nothing was erased: {told}"


async def test_111_all_that_is_under_way_is_told_at_once(store: StoreUnderTest) -> None:
    """Nobody learns of the next only when the first is dealt with."""
    for happened in (cancels, has_a_balance):
        await store.transact(happened)
    told = await refusal(store)
    assert told.startswith("Nothing was erased: top-ups of theirs may still be paid: TU-1; acc")
    assert told.endswith("hold a balance; refund it, or link somebody else: ops.")


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, " and 1 more"), (8, " and 3 more")])
async def test_111_five_ids_are_named_and_the_others_counted(
    store: StoreUnderTest, number: int, more: str
) -> None:
    """Exactly five are all there are, and nothing is counted."""

    def work(tx: UnitOfWork) -> None:
        for each in range(number):
            asks_for(tx, each, TopUpStatus.AWAITING_PAYMENT)

    await store.transact(work)
    told = await refusal(store)
    assert told.count("TU-") == 5
    assert told.partition("TU-4")[2] == f"{more}."


async def test_111_a_cancelled_top_up_keeps_somebody_for_its_last_moment(
    store: StoreUnderTest,
) -> None:
    """Until its checkout can no longer be paid; from then on nothing is under way."""
    await store.transact(cancels)
    last = top_up().watched_until
    with pytest.raises(OperatorError):
        await store.transact(
            lambda tx: erase_person(tx, KIM.spelled, "", last - timedelta(microseconds=1), TRAITS)
        )
    assert await store.transact(lambda tx: erase_person(tx, KIM.spelled, "", last, TRAITS))
