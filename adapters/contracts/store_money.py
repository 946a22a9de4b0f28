"""What every store must do with accounts, top-ups and payments; it knows no engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import UnitOfWork
from billing.money import Money
from billing.records import Account, Attempt
from billing.topups import (
    Disposition,
    HeldReason,
    Mode,
    Payment,
    PaymentStatus,
    TopUp,
    TopUpStatus,
)
from service.ports.records import Link, LinkKind

OPS = Account("ops", "Operations", "USD", Mode.SANDBOX, threshold_minor=2000, country="FR")
LAB = Account("lab", "Laboratory", "USD", Mode.SANDBOX)


def top_up(name: str = "TU-1", **changes: Any) -> TopUp:
    """A top-up of 50.00 USD with a fee of 1.50 for the account `ops`."""
    plain = TopUp(
        id=name,
        account="ops",
        amount=Money(5000, "USD"),
        fee=Money(150, "USD"),
        method="card",
        gateway="sandbox",
        merchant_account="test",
        mode=Mode.SANDBOX,
        status=TopUpStatus.AWAITING_PAYMENT,
        revision=1,
        requester="slack:T1:U1",
        card="card-1",
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        watched_until=NOW + timedelta(hours=73),
    )
    return replace(plain, **changes)


def payment(name: str = "pi_1", top_up: str | None = "TU-1") -> Payment:
    """A payment of 51.50 USD that is applied to its top-up."""
    return Payment(
        gateway="sandbox",
        merchant_account="test",
        payment_ref=name,
        top_up=top_up,
        status=PaymentStatus.PAID,
        amount=Money(5150, "USD"),
        disposition=Disposition.APPLIED,
    )


def begin(tx: UnitOfWork) -> None:
    """Two accounts and an unpaid top-up."""
    tx.accounts.add(OPS, NOW)
    tx.accounts.add(LAB, NOW)
    tx.top_ups.add(top_up())


class MoneyContract(OpensStore):
    """Accounts, top-ups and payments."""

    async def test_an_account_is_kept_as_it_was_added(self, store: StoreUnderTest) -> None:
        """A taken id is refused and changes nothing; alerts are set afterwards."""
        assert await store.transact(lambda tx: tx.accounts.add(OPS, NOW))
        assert not await store.transact(lambda tx: tx.accounts.add(replace(OPS, title="x"), NOW))
        assert await store.transact(lambda tx: tx.accounts.add(LAB, NOW))
        await store.transact(lambda tx: tx.accounts.set_threshold("lab", 700))
        await store.transact(lambda tx: tx.accounts.set_alert_card("lab", "card-9"))

        lab = replace(LAB, threshold_minor=700, alert_card="card-9")
        assert await store.transact(lambda tx: tx.accounts.get("ops")) == OPS
        assert await store.transact(lambda tx: tx.accounts.get("nobody")) is None
        assert await store.transact(lambda tx: tx.accounts.all()) == [lab, OPS]

    async def test_an_accountbegins_empty(self, store: StoreUnderTest) -> None:
        """A balance that nobody posted is refused."""
        with pytest.raises(ValueError, match="begins empty"):
            await store.transact(lambda tx: tx.accounts.add(replace(OPS, balance_minor=1), NOW))

    async def test_a_link_is_made_once(self, store: StoreUnderTest) -> None:
        """Links are found by account or all together; one to no account is refused."""
        team = Link("ops", "slack", "T1", LinkKind.TEAM, "T1")
        person = Link("lab", "telegram", "", LinkKind.PERSON, "42")
        await store.transact(begin)

        assert await store.transact(lambda tx: tx.accounts.link(team, NOW))
        assert await store.transact(lambda tx: tx.accounts.link(person, NOW))
        assert not await store.transact(lambda tx: tx.accounts.link(team, NOW))
        assert await store.transact(lambda tx: tx.accounts.links()) == [person, team]
        assert await store.transact(lambda tx: tx.accounts.links("ops")) == [team]
        with pytest.raises(IntegrityError):
            await store.transact(lambda tx: tx.accounts.link(replace(team, account="x"), NOW))

    async def test_links_are_found_by_whom_they_name(self, store: StoreUnderTest) -> None:
        """On one platform, whatever kind of name it is; channels all together; gone, by none."""
        team = Link("ops", "slack", "T1", LinkKind.TEAM, "T1")
        channel = Link("lab", "slack", "T1", LinkKind.CHANNEL, "C1")
        group = Link("lab", "telegram", "", LinkKind.CHANNEL, "-5")

        def work(tx: UnitOfWork) -> None:
            begin(tx)
            for link in (team, channel, group):
                tx.accounts.link(link, NOW)

        await store.transact(work)
        names = ("T1", "C1", "-5", "nobody")
        assert await store.transact(lambda tx: tx.accounts.links_to("slack", names)) == [
            channel,
            team,
        ]
        assert await store.transact(lambda tx: tx.accounts.links_to("slack", ())) == []
        assert await store.transact(lambda tx: tx.accounts.channels("telegram", "9")) == [group]
        assert await store.transact(lambda tx: tx.accounts.channels("slack", "T1")) == [channel]
        assert await store.transact(lambda tx: tx.accounts.channels("slack", "T2")) == []
        assert [
            each.id for each in await store.transact(lambda tx: tx.accounts.named(names))
        ] == []
        assert await store.transact(lambda tx: tx.accounts.named(("ops", "x"))) == [OPS]

        assert await store.transact(lambda tx: tx.accounts.unlink(team))
        assert not await store.transact(lambda tx: tx.accounts.unlink(team))
        assert await store.transact(lambda tx: tx.accounts.links()) == [channel, group]

    @pytest.mark.parametrize("status", TopUpStatus)
    async def test_a_top_up_is_kept_at_every_status(
        self, store: StoreUnderTest, status: TopUpStatus
    ) -> None:
        """What became of it comes back whole."""
        later = top_up(status=status, revision=2, decline="insufficient_funds")
        await store.transact(begin)
        await store.transact(lambda tx: tx.top_ups.save(later))

        assert await store.transact(lambda tx: tx.top_ups.get("TU-1")) == later
        with pytest.raises(LookupError):
            await store.transact(lambda tx: tx.top_ups.save(top_up("TU-404")))

    async def test_top_ups_are_found_newest_first(self, store: StoreUnderTest) -> None:
        """By requester and by account, each as many as asked."""
        others = [
            top_up("TU-2", created_at=NOW + timedelta(1), requester="slack:T1:U2"),
            top_up("TU-3", created_at=NOW + timedelta(2), account="lab"),
            top_up("TU-4", created_at=NOW + timedelta(3)),
            top_up("TU-5", created_at=NOW + timedelta(4)),
        ]

        def names(found: list[TopUp]) -> list[str]:
            return [each.id for each in found]

        def read(tx: UnitOfWork) -> list[list[str]]:
            begin(tx)
            for each in others:
                tx.top_ups.add(each)
            return [
                names([*tx.top_ups.of_requester("slack:T1:U1", 3)]),
                names([*tx.top_ups.of_account("ops", 9)]),
            ]

        assert await store.transact(read) == [
            ["TU-5", "TU-4", "TU-3"],
            ["TU-5", "TU-4", "TU-2", "TU-1"],
        ]

    async def test_what_is_watched_is_found_page_by_page(self, store: StoreUnderTest) -> None:
        """Opened at a gateway, not credited, its time not over: the first to end comes first."""
        late = NOW + timedelta(hours=73)
        made = {
            "TU-2": top_up("TU-2", watched_until=NOW + timedelta(hours=1)),
            "TU-3": top_up("TU-3", status=TopUpStatus.EXPIRED),
            "TU-4": top_up("TU-4", watched_until=NOW),
            "TU-5": top_up("TU-5", status=TopUpStatus.CREDITED),
            "TU-6": top_up("TU-6", watched_until=late),
        }

        def work(tx: UnitOfWork) -> list[list[str]]:
            begin(tx)
            for name, each in made.items():
                tx.top_ups.add(each)
                ref = None if name == "TU-6" else f"cs_{name}"
                tx.top_ups.add_attempt(Attempt(f"a{name}", name, 1, "sandbox", NOW, ref))
            tx.top_ups.add_attempt(Attempt("aTU-1", "TU-1", 1, "sandbox", NOW, "cs_1"))
            tx.top_ups.add_attempt(Attempt("aTU-1b", "TU-1", 2, "sandbox", NOW, "cs_2"))
            first = tx.top_ups.watched(NOW, 2)
            rest = tx.top_ups.watched(NOW, 2, first[-1])
            return [[each.id for each in page] for page in (first, rest)]

        assert await store.transact(work) == [["TU-2", "TU-1"], ["TU-3"]]

    async def test_what_was_opened_is_found_by_time_and_by_checkout(
        self, store: StoreUnderTest
    ) -> None:
        """Top-ups of a time, page by page, whatever became of them; and checkouts by their id."""
        made = {
            "TU-2": top_up("TU-2", status=TopUpStatus.CREDITED),
            "TU-3": top_up("TU-3", created_at=NOW - timedelta(seconds=1)),
            "TU-4": top_up("TU-4", watched_until=NOW),
        }

        def work(tx: UnitOfWork) -> list[list[str]]:
            begin(tx)
            for name, each in made.items():
                tx.top_ups.add(each)
                opened = Attempt(f"a{name}", name, 1, "sandbox", NOW, f"cs_{name}")
                tx.top_ups.add_attempt(opened)
            first = tx.top_ups.opened_since(NOW, 1, "")
            rest = tx.top_ups.opened_since(NOW, 9, first[-1].id)
            known = tx.top_ups.known_checkouts("sandbox", ["cs_TU-2", "cs_TU-3", "cs_9"])
            other = tx.top_ups.known_checkouts("stripe", ["cs_TU-2"])
            found = [[each.id for each in page] for page in (first, rest)]
            return [*found, sorted(known), sorted(other)]

        assert await store.transact(work) == [["TU-2"], ["TU-4"], ["cs_TU-2", "cs_TU-3"], []]

    async def test_one_attempt_for_each_revision(self, store: StoreUnderTest) -> None:
        """A second attempt at the same revision is refused, so nobody is asked to pay twice."""
        first = Attempt("a1", "TU-1", 1, "sandbox", NOW)
        opened = replace(first, checkout_ref="cs_1", url="https://pay.example/cs_1")
        second = Attempt("a2", "TU-1", 2, "sandbox", NOW)
        await store.transact(begin)
        await store.transact(lambda tx: tx.top_ups.add_attempt(second))
        await store.transact(lambda tx: tx.top_ups.add_attempt(first))
        await store.transact(
            lambda tx: tx.top_ups.record_opened("a1", "cs_1", "https://pay.example/cs_1")
        )

        with pytest.raises(IntegrityError):
            await store.transact(lambda tx: tx.top_ups.add_attempt(replace(first, id="a3")))
        assert await store.transact(lambda tx: tx.top_ups.attempt("TU-1", 1)) == opened
        assert await store.transact(lambda tx: tx.top_ups.attempt("TU-1", 3)) is None
        assert await store.transact(lambda tx: tx.top_ups.attempts("TU-1")) == [opened, second]

    async def test_what_a_gateway_said_of_an_attempt_is_kept(self, store: StoreUnderTest) -> None:
        """It is found by its checkout, and what was noted last counts."""
        first = Attempt("a1", "TU-1", 1, "sandbox", NOW, "cs_1")
        said = replace(first, closed_at=NOW, unread="odd", asked_at=NOW, answered_at=NOW)
        await store.transact(begin)
        await store.transact(lambda tx: tx.top_ups.add_attempt(first))

        await store.transact(lambda tx: tx.top_ups.save_answer(replace(said, refused="no")))
        await store.transact(lambda tx: tx.top_ups.save_answer(said))

        assert await store.transact(lambda tx: tx.top_ups.attempts("TU-1", "TU-2")) == [said]
        assert await store.transact(lambda tx: tx.top_ups.attempt_at("sandbox", "cs_1")) == said
        assert await store.transact(lambda tx: tx.top_ups.attempt_at("other", "cs_1")) is None
        with pytest.raises(LookupError):
            await store.transact(lambda tx: tx.top_ups.save_answer(replace(said, id="a9")))

    async def test_a_payment_has_one_row(self, store: StoreUnderTest) -> None:
        """News of it replaces what was known, and it keeps its place."""
        unpaid = replace(payment(), status=PaymentStatus.PROCESSING, disposition=None)
        held = replace(
            payment("pi_2"),
            disposition=Disposition.HELD,
            held_because=HeldReason.SECOND_PAYMENT,
        )
        await store.transact(begin)
        await store.transact(lambda tx: tx.payments.put(unpaid, NOW))
        await store.transact(lambda tx: tx.payments.put(held, NOW + timedelta(1)))
        await store.transact(lambda tx: tx.payments.put(payment(), NOW + timedelta(2)))

        assert await store.transact(lambda tx: tx.payments.get("sandbox", "test", "pi_2")) == held
        assert await store.transact(lambda tx: tx.payments.get("sandbox", "x", "pi_2")) is None
        assert await store.transact(lambda tx: tx.payments.of_top_up("TU-1")) == [payment(), held]
        both = "TU-1", "TU-2"
        assert await store.transact(lambda tx: tx.payments.of_top_up(*both)) == [payment(), held]
        assert await store.transact(lambda tx: tx.payments.of_top_up("TU-2")) == []

    async def test_a_second_payment_is_never_applied(self, store: StoreUnderTest) -> None:
        """The database itself refuses two applied payments of one top-up."""
        await store.transact(begin)
        await store.transact(lambda tx: tx.payments.put(payment(), NOW))

        with pytest.raises(IntegrityError):
            await store.transact(lambda tx: tx.payments.put(payment("pi_2"), NOW))
