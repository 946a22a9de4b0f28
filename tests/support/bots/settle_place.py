"""Rows and what it takes to settle payments over, without chats, gateways or HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeVar

from adapters.storage.store import open_store
from billing.judgment import SettleResult
from billing.ledger import FEES, charge_transaction, customer_account
from billing.marks import MarkStatus
from billing.money import Money
from billing.topups import (
    Mode,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
    TopUpStatus,
)
from bot.wiring.traits import TRAITS
from conversations.protocol.events import CancelAnswered, PressRefused
from conversations.protocol.places import read_chat
from conversations.protocol.views import View
from service.cards import cards
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Merchant, Services
from service.money import held, topups
from service.ports.store import Account, Card, Store, Tx
from tests.support.bots.bot_place import Clock, Dice
from tests.support.dialogs.terms import top_up as a_top_up

PAYER = "telegram:9:7"
GATEWAY, MERCHANT = "sandbox", "sandbox_merchant"
CLEARING = f"gateway:{GATEWAY}:{MERCHANT}"
CHAT = read_chat("telegram", "9", "7")
MARK = "in_0123456789abcdef"
TOTAL = Money(5_075, "USD")
SUPPORT = "billing@example.com"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Books:
    """What is written down about one top-up now."""

    status: TopUpStatus
    balance_minor: int
    posted_minor: int
    fees_minor: int
    cleared_minor: int
    payments: tuple[Payment, ...]
    card: View


@dataclass(slots=True)
class SettlePlace:
    """A database in memory; every top-up made here has an account and a card of its own."""

    store: Store
    runner: asyncio.Runner
    clock: Clock = field(default_factory=Clock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def services(self) -> Services:
        """Services with this place's clock."""
        return Services(
            sources=Sources(self.clock, Dice()),
            secret=b"for tests",
            support=SUPPORT,
            zone="UTC",
            methods=(),
            merchants=(Merchant(GATEWAY, MERCHANT, Mode.SANDBOX),),
            traits=TRAITS,
        )

    def do(self, work: Callable[[Tx], Result]) -> Result:
        """One transaction."""
        return self.runner.run(self.store.transact(work))

    def new(self, mode: Mode = Mode.SANDBOX) -> TopUp:
        """A top-up of $50.00 plus $0.75 that waits for its payment."""
        number = next(self.numbers)
        account = f"account-{number}"
        made = replace(
            a_top_up(),
            id=f"TU-{number:08}",
            account=account,
            card=f"{number:016x}",
            mode=mode,
            created_at=self.clock(),
        )

        def work(tx: Tx) -> None:
            tx.accounts.add(Account(account, "Team Alpha", "USD", mode), self.clock())
            tx.top_ups.add(made)
            blank = Card(made.card, CHAT, "7", "en", "UTC", View("", ""), 1)
            cards.want_card(context_of(tx, self.services), blank)

        self.do(work)
        return made

    def settle(self, snapshot: PaymentSnapshot) -> SettleResult:
        """Take in one snapshot."""
        return self.do(lambda tx: topups.settle(context_of(tx, self.services), snapshot))

    def cancel(self, top_up: TopUp, actor: str = PAYER) -> CancelAnswered | PressRefused:
        """Somebody presses Cancel."""
        return self.do(
            lambda tx: topups.cancel_top_up(context_of(tx, self.services), top_up.id, actor)
        )

    def expire(self, top_up: TopUp) -> None:
        """The pay link's time is over."""
        self.do(lambda tx: topups.expire_top_up(context_of(tx, self.services), top_up))

    def spend(self, top_up: TopUp, minor: int) -> None:
        """Another program draws from the account."""
        drawn = charge_transaction(top_up.account, Money(minor, "USD"), top_up.id, self.clock())
        self.do(lambda tx: tx.ledger.post(drawn))

    def credit(self, top_up: TopUp, payment: str) -> TopUp:
        """An operator credits what is held to the top-up's account."""
        why = held.Decision("a person decided")
        return self.do(
            lambda tx: held.credit_held(
                context_of(tx, self.services), payment, top_up.account, why
            )
        )

    def cards(self) -> list[Card]:
        """Every card there is, in the order first wanted."""
        return list(self.do(lambda tx: tx.cards.due_in(CHAT, 9_999)))

    def payment(self, ref: str, merchant: str = MERCHANT) -> Payment | None:
        """What is known of a payment."""
        return self.do(lambda tx: tx.payments.get(GATEWAY, merchant, ref))

    def books(self, made: TopUp) -> Books:
        """How a top-up stands."""

        def read(tx: Tx) -> Books:
            top_up, account = tx.top_ups.get(made.id), tx.accounts.get(made.account)
            card = tx.cards.get(made.card)
            if top_up is None or account is None or card is None:
                raise LookupError(made.id)
            return Books(
                status=top_up.status,
                balance_minor=account.balance_minor,
                posted_minor=tx.ledger.balance_minor(customer_account(made.account), "USD"),
                fees_minor=tx.ledger.balance_minor(FEES, "USD"),
                cleared_minor=-tx.ledger.balance_minor(CLEARING, "USD"),
                payments=tuple(tx.payments.of_top_up(made.id)),
                card=card.wanted,
            )

        return self.do(read)


def paid(top_up: TopUp, ref: str = "pay_1", amount: Money = TOTAL) -> PaymentSnapshot:
    """The gateway says that a top-up was paid, as it should be."""
    return PaymentSnapshot(
        gateway=GATEWAY,
        merchant_account=MERCHANT,
        payment_ref=f"{top_up.id}-{ref}",
        reference=top_up.id,
        status=PaymentStatus.PAID,
        amount=amount,
        mode=top_up.mode,
        installation=MARK,
    )


@contextmanager
def settle_place(database_url: str = "sqlite://") -> Iterator[SettlePlace]:
    """A place that is closed again."""
    with asyncio.Runner() as runner:
        store = open_store(database_url)
        try:
            place = SettlePlace(store, runner)
            place.do(lambda tx: tx.marks.put(MARK, MarkStatus.OWN, place.clock()))
            yield place
        finally:
            runner.run(store.close())
