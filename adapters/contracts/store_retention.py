"""What every store must do with rows that were kept long enough; it knows no engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from adapters.contracts.cards import want_card
from adapters.contracts.store import (
    KEY,
    NOW,
    OpensStore,
    StoreUnderTest,
    card,
    delivery,
)
from adapters.contracts.store_money import OPS, top_up
from adapters.storage.store import UnitOfWork
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.money import Money
from billing.records import Account, Attempt
from billing.retention import RetentionKind
from billing.topups import Mode, TopUpStatus
from conversations.protocol.events import Idle
from conversations.protocol.people import Person, PersonTraces, UndecidedMoney
from conversations.protocol.records import SavedState
from service.ports.records import Link, LinkKind

_OLD = NOW - timedelta(days=1)
_ALL = 100
_ONE = Money(1, "USD")
_USES = ("top-up", "booked", "linked to others", "another's", "talks", "fresh", "live")


class RetentionContract(OpensStore):
    """What ends, and what must not."""

    async def test_111_old_deliveries_go(self, store: StoreUnderTest) -> None:
        """Done, set aside, or said to a chat that is away; a gateway's hint waits for ever."""

        def work(tx: UnitOfWork) -> list[int]:
            names = ("done", "aside", "away")
            ids = [tx.deliveries.add(delivery(name), _OLD) or 0 for name in names]
            tx.deliveries.add(delivery("fresh"), NOW)
            hint = replace(delivery("hint"), source="gateway:stripe")
            tx.deliveries.add(hint, _OLD)
            tx.deliveries.finish(ids[0], NOW)
            tx.deliveries.quarantine(ids[1], "unreadable", _OLD)
            before = NOW - timedelta(hours=1)
            return [
                *(rows for _, rows in tx.leftovers.drop(RetentionKind.DELIVERIES, before, _ALL)),
                *(rows for _, rows in tx.leftovers.drop(RetentionKind.QUARANTINED, before, _ALL)),
            ]

        assert await store.transact(work) == [1, 1, 1]
        again = await store.transact(lambda tx: tx.deliveries.add(delivery("done"), NOW))
        assert again is not None
        left = await store.transact(lambda tx: tx.deliveries.pending("slack:T1:U1", 9))
        assert [each.sender_id for each in left] == ["fresh", "hint", "done"]

    async def test_111_a_batch_is_bounded_and_the_oldest_go_first(
        self, store: StoreUnderTest
    ) -> None:
        """No more than asked for at a time, so that nobody waits long."""

        def work(tx: UnitOfWork) -> tuple[int, int]:
            for day in (3, 1, 2):
                key = replace(KEY, person=str(day))
                touched = NOW - timedelta(days=day)
                tx.conversations.save(key, SavedState(Idle(), touched, "en", "UTC"))
            (_, first), *_ = tx.leftovers.drop(RetentionKind.CONVERSATIONS, _OLD, 2)
            return first, len(tx.inspection.conversations(9))

        assert await store.transact(work) == (2, 1)
        kept = await store.transact(lambda tx: tx.inspection.conversations(9))
        assert [key.person for key, _ in kept] == ["1"]

    async def test_111_a_card_counts_from_its_last_change(self, store: StoreUnderTest) -> None:
        """A card that tells something newer than it did is as young as what it tells."""

        def work(tx: UnitOfWork) -> list[bool]:
            for name in ("old", "changed"):
                want_card(tx, replace(card(name), subject=None))
            tx.leftovers.note_new_rows(_OLD, _ALL)
            want_card(tx, replace(card("changed", title="Newer"), subject=None))
            tx.leftovers.note_new_rows(NOW, _ALL)
            tx.leftovers.drop(RetentionKind.CONVERSATIONS, _OLD, _ALL)
            return [tx.cards.get(name) is not None for name in ("old", "changed")]

        assert await store.transact(work) == [False, True]

    async def test_111_what_money_hangs_on_stays(self, store: StoreUnderTest) -> None:
        """A checkout that may yet be paid, and an alert that is shown, are never too old."""

        def work(tx: UnitOfWork) -> tuple[bool, bool, bool]:
            tx.accounts.add(OPS, NOW)
            for name, status in (
                ("TU-1", TopUpStatus.AWAITING_PAYMENT),
                ("TU-2", TopUpStatus.EXPIRED),
            ):
                tx.top_ups.add(top_up(name, status=status))
                tx.top_ups.add_attempt(Attempt(name, name, 1, "sandbox", _OLD))
            want_card(tx, replace(card("alert"), subject="ops"))
            tx.accounts.set_alert_card("ops", "alert")
            tx.leftovers.note_new_rows(_OLD, _ALL)
            tx.leftovers.drop(RetentionKind.CHECKOUTS, NOW, _ALL)
            found = [bool(tx.top_ups.attempts(name)) for name in ("TU-1", "TU-2")]
            return found[0], found[1], tx.cards.get("alert") is not None

        assert await store.transact(work) == (True, False, True)

    async def test_111_the_sandboxs_books_end_and_no_other(self, store: StoreUnderTest) -> None:
        """What else somebody keeps as a document is for them to end."""

        def work(tx: UnitOfWork) -> list[bool]:
            kinds = ("checkout", "attempt", "mark")
            for kind in kinds:
                tx.documents.put(kind, "1", {})
            tx.leftovers.note_new_rows(_OLD, _ALL)
            tx.leftovers.drop(RetentionKind.SANDBOX, NOW, _ALL)
            return [tx.documents.get(kind, "1") is not None for kind in kinds]

        assert await store.transact(work) == [False, False, True]

    async def test_111_lanes_of_a_chat_that_is_away_end(self, store: StoreUnderTest) -> None:
        """Not those of work that runs here, and none that leads to money."""

        def work(tx: UnitOfWork) -> int:
            for kind in ("show:slack", "show:telegram", "expire", "payments"):
                tx.lanes.schedule(kind, "k", _OLD)
            return tx.leftovers.drop_lanes(["show:telegram"], NOW, _ALL)

        assert await store.transact(work) == 1
        assert await store.transact(lambda tx: tx.lanes.next_due_at("show:slack")) is None

    async def test_111_what_leads_to_a_person_is_erased(self, store: StoreUnderTest) -> None:
        """Their rows are found in every table, told, and dropped or emptied; others' are not."""
        kim, lee = Person("slack", "T1", "U1"), Person("slack", "T1", "U2")

        def work(tx: UnitOfWork) -> list[object]:
            tx.accounts.add(OPS, NOW)
            for person in (kim, lee):
                name = tx.people.add(person, f"person-{person.id}", NOW)
                tx.top_ups.add(top_up(f"TU-{person.id}", requester=name))
                tx.conversations.save(person.key, SavedState(Idle(), NOW, "en", "UTC"))
                want_card(tx, replace(card(f"of-{person.id}"), person=person.id))
                tx.deliveries.add(delivery(f"d-{person.id}", person.key.actor_name), NOW)
                tx.accounts.link(Link("ops", "slack", "T1", LinkKind.PERSON, person.id), NOW)
                tx.lanes.schedule("home", person.key.actor_name, NOW)
            traces = PersonTraces(kim, ("person-U1",))
            told = {table: len(rows) for table, rows in tx.personal.rows(traces).items() if rows}
            undecided = tx.personal.undecided(traces, NOW)
            tx.personal.erase(traces, NOW)
            left = [
                {table: len(rows) for table, rows in tx.personal.rows(one).items() if rows}
                for one in (traces, PersonTraces(lee, ("person-U2",)))
            ]
            return [told, undecided, *left, tx.deliveries.add(delivery("d-U1"), NOW)]

        whole = {
            "people": 1,
            "links": 1,
            "conversations": 1,
            "cards": 1,
            "deliveries": 1,
            "lanes": 1,
            "top_ups": 1,
        }
        found = await store.transact(work)
        assert found == [whole, [(UndecidedMoney.OPEN, "TU-U1")], {"top_ups": 1}, whole, None]

    async def test_114_only_an_account_that_nobody_ever_used_ends(
        self, store: StoreUnderTest
    ) -> None:
        """With its link, page by page; what was used, or may be by somebody else, stays."""

        def work(tx: UnitOfWork) -> tuple[int, int]:
            tx.accounts.add(OPS, _OLD)
            for person in ("1", "2", "3"):
                _sign_up(tx, person, _OLD)
            for number, use in enumerate(_USES, 10):
                _sign_up_and(tx, str(number), use)
            after: str | None = ""
            dropped, pages = 0, 0
            while after is not None:
                before = NOW - timedelta(hours=1)
                found, after = tx.leftovers.drop_idle_accounts(after, before, 2)
                dropped, pages = dropped + found, pages + 1
            return dropped, pages

        assert await store.transact(work) == (3, 6)
        left = {one.id for one in await store.transact(lambda tx: tx.accounts.all())}
        assert left == {"ops", *(f"telegram-{at}" for at, _ in enumerate(_USES, 10))}
        links = await store.transact(lambda tx: tx.accounts.links())
        assert {link.account for link in links} == left - {"ops"}


def _sign_up(tx: UnitOfWork, person: str, at: datetime, mode: Mode = Mode.SANDBOX) -> str:
    account = f"telegram-{person}"
    tx.accounts.add(Account(account, "Ana", "USD", mode), at)
    tx.accounts.link(Link(account, "telegram", "", LinkKind.PERSON, person), at)
    return account


def _sign_up_and(tx: UnitOfWork, person: str, use: str) -> None:
    mode = Mode.LIVE if use == "live" else Mode.SANDBOX
    account = _sign_up(tx, person, NOW if use == "fresh" else _OLD, mode)
    match use:
        case "top-up":
            tx.top_ups.add(top_up(account=account))
        case "booked":
            tx.ledger.post(
                Transaction(
                    "there",
                    TransactionKind.CREDIT,
                    (Posting("x", customer_account(account), _ONE),),
                    NOW,
                )
            )
            tx.ledger.post(
                Transaction(
                    "back",
                    TransactionKind.CHARGE,
                    (Posting(customer_account(account), "x", _ONE),),
                    NOW,
                )
            )
        case "linked to others":
            tx.accounts.link(Link(account, "telegram", "", LinkKind.PERSON, "8"), NOW)
        case "another's":
            tx.accounts.unlink(Link(account, "telegram", "", LinkKind.PERSON, person))
            tx.accounts.link(Link(account, "telegram", "", LinkKind.PERSON, "8"), NOW)
        case "talks":
            key = replace(KEY, platform="telegram", chat=person, person=person)
            tx.conversations.save(key, SavedState(Idle(), NOW, "en", "UTC"))
