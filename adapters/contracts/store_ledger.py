"""What every store must do with the ledger, and what its tables refuse; it knows no engine."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.contracts.store_money import begin, payment, top_up
from adapters.storage.store import UnitOfWork
from billing.ledger import (
    FEES,
    USAGE,
    Posting,
    Transaction,
    TransactionKind,
    charge_transaction,
    credit_transaction,
    customer_account,
)
from billing.money import Money
from service.ports.records import Entry, Seal

_CLEARING = "gateway:sandbox:test"
_ENDS = [customer_account("ops"), customer_account("lab"), FEES, USAGE, _CLEARING]

_postings = st.builds(
    lambda ends, minor: Posting(ends[0], ends[1], Money(minor, "USD")),
    st.permutations(_ENDS),
    st.integers(min_value=1, max_value=10**12),
)
_history = st.lists(
    st.tuples(st.integers(0, 5), st.lists(_postings, min_size=1, max_size=4)), max_size=8
)


_HASH = "0123456789abcdef" * 4
_STORED = 1_772_366_400_123_456  # NOW


def _write(tx: UnitOfWork, act: str) -> None:
    tx.audit.write(NOW, "operator", act, "ops", {"b": "é"})


def _named(tx: UnitOfWork, name: str) -> Transaction | None:
    return tx.ledger.get(name)


async def _post(store: StoreUnderTest, booking: Transaction) -> str | None:
    return await store.transact(lambda tx: tx.ledger.post(booking))


class LedgerContract(OpensStore):
    """Bookings, balances, and what defends them."""

    @abstractmethod
    async def run_past(self, statement: str) -> None:
        """Run a statement on the newest store's database, past the store."""

    async def test_151_160_the_newest_movements_of_an_account(self, store: StoreUnderTest) -> None:
        """What came and what went, of that account and currency alone, the newest first."""
        await store.transact(begin)
        await _post(store, credit_transaction(top_up(), payment(), NOW))
        await _post(store, charge_transaction("ops", Money(300, "USD"), "a", NOW))
        await _post(store, charge_transaction("ops", Money(200, "USD"), "b", NOW))
        all_of_it = await store.transact(lambda tx: tx.ledger.newest("ops", "USD", 10))
        newest = await store.transact(lambda tx: tx.ledger.newest("ops", "USD", 2))
        others = await store.transact(lambda tx: tx.ledger.newest("lab", "USD", 10))
        euros = await store.transact(lambda tx: tx.ledger.newest("ops", "EUR", 10))

        told = [(one.kind, one.change_minor, one.account, one.at) for one in all_of_it]
        came = top_up().amount.minor
        moved = [
            (TransactionKind.CHARGE, -200),
            (TransactionKind.CHARGE, -300),
            (TransactionKind.CREDIT, came),
        ]
        assert told == [(kind, minor, "ops", NOW) for kind, minor in moved]
        assert [one.transaction for one in all_of_it] == ["TX-000003", "TX-000002", "TX-000001"]
        assert (newest, others, euros) == (all_of_it[:2], [], [])

    async def test_a_credit_is_booked_once(self, store: StoreUnderTest) -> None:
        """The second booking of a reference gives None and moves nothing."""
        booking = credit_transaction(top_up(), payment(), NOW)
        await store.transact(begin)
        first = await _post(store, booking)
        again = await _post(store, booking)
        ops = await store.transact(lambda tx: tx.accounts.get("ops"))

        assert first is not None
        assert again is None
        assert ops is not None
        assert ops.balance == Money(5000, "USD")
        asked = booking.reference, "other"
        assert await store.transact(lambda tx: tx.ledger.find(*asked)) == {asked[0]: first}
        assert await store.transact(lambda tx: tx.ledger.find()) == {}
        assert await store.transact(lambda tx: tx.ledger.moved_minor(booking.reference)) == 5150
        assert await store.transact(lambda tx: tx.ledger.moved_minor("other")) is None
        assert await store.transact(lambda tx: tx.ledger.balance_minor(FEES, "USD")) == 150
        assert await store.transact(lambda tx: tx.ledger.balance_minor(_CLEARING, "USD")) == -5150
        assert await store.transact(lambda tx: tx.ledger.balance_minor(FEES, "EUR")) == 0
        assert await store.transact(lambda tx: tx.ledger.get(first)) == booking
        for name in ("TX-999999", first.lower(), f"TX-{'9' * 30}", ""):
            assert await store.transact(partial(_named, name=name)) is None, name

    async def test_123_how_far_an_account_may_go_is_kept(self, store: StoreUnderTest) -> None:
        """Nothing is agreed at first; what is agreed is read under the lock, too."""
        await store.transact(begin)

        def work(tx: UnitOfWork) -> list[int | None]:
            found = [tx.accounts.get("ops")]
            tx.accounts.set_overdraft("ops", 5_000)
            found += [tx.accounts.lock("ops"), *tx.accounts.named(["ops"])]
            tx.accounts.set_overdraft("ops", None)
            return [one.overdraft_minor for one in (*found, tx.accounts.get("ops")) if one]

        assert await store.transact(work) == [None, 5_000, 5_000, None]
        assert await store.transact(lambda tx: tx.accounts.lock("nobody")) is None

    @pytest.mark.parametrize(("account", "currency"), [("nobody", "USD"), ("ops", "EUR")])
    async def test_what_cannot_be_booked_leaves_no_trace(
        self, store: StoreUnderTest, account: str, currency: str
    ) -> None:
        """An unknown account or currency raises, and nothing of it stays for who goes on."""
        booking = charge_transaction(account, Money(100, currency), "k1", NOW)

        def work(tx: UnitOfWork) -> None:
            with pytest.raises(LookupError):
                tx.ledger.post(booking)

        await store.transact(begin)
        await store.transact(work)

        assert await store.transact(lambda tx: tx.ledger.find(booking.reference)) == {}
        assert await store.transact(lambda tx: tx.ledger.balance_minor(USAGE, currency)) == 0

    @settings(max_examples=15, suppress_health_check=[HealthCheck.differing_executors])
    @given(history=_history)
    async def test_balances_are_the_sum_of_postings(
        self, history: list[tuple[int, list[Posting]]]
    ) -> None:
        """After any bookings, stored balances and summed postings agree, and all sum to zero."""
        expected: Counter[str] = Counter()
        booked: set[int] = set()
        store = await self.open_store()
        await store.transact(begin)
        for reference, postings in history:
            booking = Transaction(f"ref-{reference}", TransactionKind.CHARGE, tuple(postings), NOW)
            new = await _post(store, booking)
            assert (new is not None) == (reference not in booked)
            booked.add(reference)
            for each in postings if new else ():
                expected[each.source] -= each.amount.minor
                expected[each.destination] += each.amount.minor

        sums = await store.transact(
            lambda tx: {end: tx.ledger.balance_minor(end, "USD") for end in _ENDS}
        )
        stored = await store.transact(lambda tx: tx.accounts.all())
        await store.close()
        assert sums == {end: expected[end] for end in _ENDS}
        assert {customer_account(each.id): each.balance_minor for each in stored} == {
            end: sums[end] for end in _ENDS[:2]
        }
        assert sum(sums.values()) == 0

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE transactions SET reference = 'again'",
            "UPDATE postings SET amount_minor = 1",
            "UPDATE audit SET actor = 'nobody'",
            "DELETE FROM transactions",
            "DELETE FROM postings",
            "DELETE FROM audit",
            "UPDATE audit_seals SET audit_id = 2",
            "DELETE FROM audit_seals",
        ],
    )
    async def test_the_ledger_and_the_audit_trail_only_grow(
        self, store: StoreUnderTest, statement: str
    ) -> None:
        """The database refuses to change or delete their rows, whoever asks."""
        booking = credit_transaction(top_up(), payment(), NOW)
        await store.transact(begin)
        await _post(store, booking)
        await store.transact(lambda tx: tx.audit.write(NOW, "cli", "reconcile", "TU-1", {"a": 1}))
        await store.transact(lambda tx: tx.audit.seal([Seal(1, _HASH)]))

        with pytest.raises(Exception, match="never changed"):
            await self.run_past(statement)

    async def test_the_trail_is_read_as_it_is_stored(self, store: StoreUnderTest) -> None:
        """Acts come by number, raw and with their seals; the newest seal is the head."""
        acts = ["added", "linked", "added"]
        assert await store.transact(lambda tx: tx.audit.last_at()) is None
        for act in acts:
            await store.transact(partial(_write, act=act))
        before = await store.transact(lambda tx: (tx.audit.head(), tx.audit.page(0, 9)))
        last_at = await store.transact(lambda tx: tx.audit.last_at())
        await store.transact(lambda tx: tx.audit.seal([Seal(1, _HASH), Seal(2, _HASH[::-1])]))
        after = await store.transact(lambda tx: tx.audit.page(2, 2))
        numbering = await store.transact(lambda tx: tx.audit.numbering())

        head, page = before
        assert head is None
        assert last_at == NOW
        assert [each.entry.act for each in page if each.entry] == acts
        assert [(each.number, each.hash) for each in after] == [(2, _HASH[::-1]), (3, None)]
        assert after[0].entry == Entry(2, _STORED, "operator", "linked", "ops", '{"b": "\\u00e9"}')
        assert await store.transact(lambda tx: tx.audit.head()) == Seal(2, _HASH[::-1])
        assert numbering.newest == 3
        assert numbering.oldest_running <= numbering.next_transaction

    @pytest.mark.parametrize("seal", [Seal(1, "f" * 64), Seal(2, "f")])
    async def test_a_seal_that_cannot_be_is_refused(
        self, store: StoreUnderTest, seal: Seal
    ) -> None:
        """A second one of an act, and one that is no hash."""
        await store.transact(partial(_write, act="added"))
        await store.transact(partial(_write, act="linked"))
        await store.transact(lambda tx: tx.audit.seal([Seal(1, _HASH)]))

        with pytest.raises(IntegrityError):
            await store.transact(lambda tx: tx.audit.seal([seal]))

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE accounts SET currency = 'USDT'",
            "UPDATE accounts SET mode = 'test'",
            "UPDATE top_ups SET amount_minor = 0",
            "UPDATE top_ups SET fee_minor = -1",
            "UPDATE top_ups SET status = 'done'",
            "UPDATE top_ups SET account = 'nobody'",
            "UPDATE payments SET status = 'refused'",
            "UPDATE payments SET disposition = 'lost'",
            "UPDATE payments SET disposition = 'held'",
            "UPDATE payments SET top_up = NULL",
            "UPDATE payments SET top_up = 'TU-404'",
            "DELETE FROM accounts",
            "DELETE FROM top_ups",
            "INSERT INTO postings (transaction_id, source, destination, amount_minor, currency)"
            " VALUES (1, 'a', 'b', 0, 'USD')",
            "INSERT INTO postings (transaction_id, source, destination, amount_minor, currency)"
            " VALUES (1, 'a', 'a', 1, 'USD')",
            "INSERT INTO postings (transaction_id, source, destination, amount_minor, currency)"
            " VALUES (404, 'a', 'b', 1, 'USD')",
        ],
    )
    async def test_the_database_defends_the_money(
        self, store: StoreUnderTest, statement: str
    ) -> None:
        """What no program should write is refused by the tables themselves."""
        await store.transact(begin)
        await store.transact(lambda tx: tx.payments.put(payment(), NOW))
        await _post(store, credit_transaction(top_up(), payment(), NOW))

        with pytest.raises(Exception, match=r"(?i)constraint"):
            await self.run_past(statement)
