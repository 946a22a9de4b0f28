"""What two transactions do to the same rows of PostgreSQL at once, and broken connections."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.contracts.store import KEY, NOW
from adapters.contracts.store_money import OPS, begin
from adapters.storage.store import PostgresStore, open_store
from adapters.storage.unit_of_work import UnitOfWork
from billing.topups import Disposition, TopUpStatus
from conversations.protocol.events import Idle
from conversations.protocol.records import SavedState
from service.common.context import context_of
from service.money import topups
from service.ports.store import Tx
from tests.support.bots.settle_place import SettlePlace, paid, settle_place
from tests.support.databases.postgres_server import Server

pytestmark = pytest.mark.xdist_group("postgres")

AT_ONCE = 8
ROUNDS = 5
Result = TypeVar("Result")


@pytest.fixture
def place(postgres: Server) -> Iterator[SettlePlace]:
    """A database to settle payments over."""
    with settle_place(postgres.url(postgres.fresh())) as opened:
        yield opened


@pytest.fixture
async def two(postgres: Server) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two stores on one database, as two processes have them."""
    address = postgres.url(postgres.fresh())
    stores = open_store(address), open_store(address)
    assert isinstance(stores[0], PostgresStore)
    assert isinstance(stores[1], PostgresStore)
    yield stores[0], stores[1]
    for store in stores:
        await store.close()


def _together(place: SettlePlace, works: list[Callable[[Tx], Result]]) -> None:
    """All of these at once, each in a transaction that begins when all are ready."""
    ready = threading.Barrier(len(works))

    def started(work: Callable[[Tx], Result]) -> Callable[[Tx], Result]:
        first = iter([True])

        def run(tx: Tx) -> Result:
            if next(first, False):
                ready.wait(10)
            return work(tx)

        return run

    async def race() -> None:
        await asyncio.gather(*(place.store.transact(started(work)) for work in works))

    place.runner.run(race())


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_payments_of_one_top_up_credit_once(place: SettlePlace, turn: int) -> None:
    """Settled at the same moment, one is applied and every other one is held."""
    made = place.new()

    def settling(ref: str) -> Callable[[Tx], object]:
        return lambda tx: topups.settle(context_of(tx, place.services), paid(made, ref))

    _together(place, [settling(f"pay_{turn}_{number}") for number in range(AT_ONCE)])
    books = place.books(made)
    found = [each.disposition for each in books.payments]

    assert books.balance_minor == books.posted_minor == made.amount.minor
    assert found.count(Disposition.APPLIED) == 1
    assert found.count(Disposition.HELD) == AT_ONCE - 1


def test_one_payment_told_many_times_at_once_credits_once(place: SettlePlace) -> None:
    """The same news in several transactions is one payment, one credit, one line of the audit."""
    made = place.new()
    _together(
        place, [lambda tx: topups.settle(context_of(tx, place.services), paid(made))] * AT_ONCE
    )
    books = place.books(made)

    assert books.balance_minor == made.amount.minor
    assert len(books.payments) == 1
    assert [booked.kind for booked in place.do(lambda tx: tx.inspection.postings(9))].count(
        "credit"
    ) == 2  # the account and the fee


@pytest.mark.parametrize("first", range(ROUNDS))
def test_pay_races_cancel_and_expiry(place: SettlePlace, first: int) -> None:
    """Whoever comes first, money that arrived is credited and the top-up says so."""
    made = place.new()
    works: list[Callable[[Tx], object]] = [
        lambda tx: topups.cancel_top_up(context_of(tx, place.services), made.id, made.requester),
        lambda tx: topups.settle(context_of(tx, place.services), paid(made)),
        lambda tx: topups.expire_top_up(context_of(tx, place.services), made),
    ]
    _together(place, [works[(first + number) % len(works)] for number in range(len(works))])

    assert place.books(made).status is TopUpStatus.CREDITED
    assert place.books(made).balance_minor == made.amount.minor


async def test_two_turns_of_one_conversation_follow_each_other(
    two: tuple[PostgresStore, PostgresStore],
) -> None:
    """In two processes, from the first message on: none reads what the other then changes."""

    def turn(tx: UnitOfWork) -> None:
        saved = tx.conversations.lock(KEY)
        seen = saved.touched_at if saved else NOW
        later = SavedState(Idle(), seen + timedelta(seconds=1), "en", "UTC")
        tx.conversations.save(KEY, later)

    await asyncio.gather(*(store.transact(turn) for store in two for _ in range(20)))
    saved = await two[0].transact(lambda tx: tx.conversations.load(KEY))

    assert saved is not None
    assert saved.touched_at == NOW + timedelta(seconds=40)


async def test_two_processes_share_the_lanes(two: tuple[PostgresStore, PostgresStore]) -> None:
    """Claiming at once they get every lane between them and none twice, and no fence twice."""
    names = [f"lane-{number}" for number in range(40)]

    def schedule(tx: UnitOfWork) -> None:
        for name in names:
            tx.lanes.schedule("cards", name, NOW)

    def claim(tx: UnitOfWork) -> list[tuple[str, int]]:
        until = NOW + timedelta(seconds=30)
        found = tx.lanes.claim("cards", NOW, owner="bot", until=until, limit=3)
        return [(each.key, each.fence) for each in found]

    await two[0].transact(schedule)
    takes = [store.transact(claim) for store in two for _ in range(10)]
    rounds = [claims for claims in await asyncio.gather(*takes) if claims]
    claimed = [key for claims in rounds for key, _ in claims]

    assert sorted(claimed) == sorted(names)
    assert len({fence for claims in rounds for _, fence in claims}) == len(rounds)


async def test_51_a_deadlock_is_tried_again(two: tuple[PostgresStore, PostgresStore]) -> None:
    """Two that lock each other's rows both come to their end."""
    await two[0].transact(begin)
    met = threading.Barrier(2)

    def crossing(first: str, second: str) -> Callable[[UnitOfWork], None]:
        tried: list[str] = []

        def work(tx: UnitOfWork) -> None:
            tx.accounts.set_threshold(first, 1)
            if not tried:
                tried.append(first)
                met.wait(10)
            tx.accounts.set_threshold(second, 2)

        return work

    await asyncio.gather(
        two[0].transact(crossing("ops", "lab")), two[1].transact(crossing("lab", "ops"))
    )


async def test_50_a_terminated_backend_costs_nothing(
    two: tuple[PostgresStore, PostgresStore], postgres: Server
) -> None:
    """Killed in the middle, a transaction is done once, by another connection."""
    runs: list[int] = []

    def work(tx: UnitOfWork) -> None:
        tx.accounts.add(OPS, NOW)
        runs.append(len(runs))
        if len(runs) == 1:
            connection = tx.accounts._connection
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            postgres.run(f"SELECT pg_terminate_backend({backend})")
        tx.accounts.set_threshold("ops", 5)

    await two[0].transact(work)
    kept = await two[1].transact(lambda tx: tx.accounts.get("ops"))

    assert runs == [0, 1]
    assert kept is not None
    assert kept.threshold_minor == 5


async def test_a_swallowed_failure_is_not_committed_in_silence(
    two: tuple[PostgresStore, PostgresStore],
) -> None:
    """PostgreSQL answers COMMIT after an error by rolling back; the store says so aloud."""

    def work(tx: UnitOfWork) -> None:
        begin(tx)
        with pytest.raises(IntegrityError):
            tx.accounts._connection.exec_driver_sql("UPDATE accounts SET mode = 'none'")

    with pytest.raises(RuntimeError, match="nothing of this is committed"):
        await two[0].transact(work)
    assert await two[0].transact(lambda tx: tx.accounts.all()) == []


async def test_what_cannot_succeed_is_not_tried_again(
    two: tuple[PostgresStore, PostgresStore],
) -> None:
    """A broken rule stays broken: the work runs once."""
    runs: list[int] = []

    def work(tx: UnitOfWork) -> None:
        runs.append(1)
        tx.accounts._connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(DBAPIError):
        await two[0].transact(work)
    assert runs == [1]
