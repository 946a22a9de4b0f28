"""Tells a bot of payments over HTTP, again and again as gateways do, and counts what came of it.

Whoever tells repeats until the bot answers 2xx, and a worker repeats what failed. It asserts
nothing.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
from sqlalchemy import func, select

from adapters.storage.schema.tables import deliveries, top_ups, transactions
from adapters.storage.unit_of_work import UnitOfWork
from billing.marks import MarkStatus
from billing.methods import PaymentMethod
from billing.ports import CheckoutRequest, GatewayError, HostedPage, PaymentHint
from billing.topups import Mode, PaymentSnapshot, TopUp, TopUpStatus
from bot.web.app import WebSite
from conversations.protocol.places import read_chat
from conversations.protocol.views import View
from service.cards import cards
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Services
from service.lanes.keys import LaneKind, write_checkout_key
from service.money.checkout import Checkouts
from service.ports.store import Account, Card, Claim, Store, StoreUnavailable, Tx
from tests.support.bots.bot_place import PUBLIC_URL, START, Clock, Dice
from tests.support.bots.settle_place import GATEWAY, MARK, MERCHANT, paid
from tests.support.dialogs.terms import top_up as a_top_up

# Few, so that credits of different top-ups meet in one balance.
ACCOUNTS = 5
TAKEN = 204
_PAUSE_SECONDS = 0.01


def top_up(number: int) -> TopUp:
    """The top-up of that number."""
    return replace(
        a_top_up(),
        id=f"TU-{number:08}",
        account=f"account-{number % ACCOUNTS}",
        card=f"{number:016x}",
    )


def prepare(tx: Tx, numbers: Iterable[int]) -> None:
    """Accounts, and a top-up with a card for each payment."""
    tx.marks.put(MARK, MarkStatus.OWN, START)
    for number in range(ACCOUNTS):
        tx.accounts.add(Account(f"account-{number}", "Team", "USD", Mode.SANDBOX), START)
    for number in numbers:
        made = top_up(number)
        tx.top_ups.add(made)
        chat = read_chat("telegram", "9", f"{number}")
        cards.want_card(
            context_of(tx, services("prepare")),
            Card(made.card, chat, "7", "en", "UTC", View("", ""), 1),
        )


def services(seed: str) -> Services:
    """The services of one process; its dice are its own."""
    sources = Sources(Clock(), Dice(seed))
    return Services(sources, secret=b"for tests", support="", zone="UTC", methods=(), merchants=())


@dataclass(frozen=True, slots=True)
class ToldGateway:
    """Took every payment that it is asked about; its callbacks name the checkout in clear."""

    name: str = GATEWAY
    merchant_account: str = MERCHANT
    mode: Mode = Mode.SANDBOX
    hosts: frozenset[str] = frozenset()
    methods: tuple[PaymentMethod, ...] = ()

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """Nobody asks: the payments are there already."""
        raise GatewayError("closed", retry=False)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """The body says it; who calls is not what these tests are about."""
        return (PaymentHint(json.loads(body)["checkout"]),)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """Paid, in one payment, as it should be."""
        return (paid(top_up(int(checkout_ref))),)

    async def close_checkout(self, checkout_ref: str) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Teller:
    """One process's web side and worker, and the gateway that calls it."""

    checkouts: Checkouts
    web: httpx.AsyncClient
    answers: Counter[int] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)

    async def tell(self, number: int, event: str) -> None:
        """An event of its own about one payment, until it is taken; then work it off at once.

        As when every lease had run out: several workers fetch one checkout at the same time.
        """
        body = {"checkout": str(number), "event": event}
        while await self._posted(body) != TAKEN:
            await asyncio.sleep(_PAUSE_SECONDS)
        claim = Claim(LaneKind.PAYMENTS, write_checkout_key(GATEWAY, str(number)), 0, 0, START)
        while not await self._worked_off(claim):
            await asyncio.sleep(_PAUSE_SECONDS)

    async def tell_all(self, told: list[tuple[int, str]], callers: int) -> None:
        """All of these, so many at once."""

        async def call() -> None:
            while told:
                await self.tell(*told.pop())

        await asyncio.gather(*(call() for _ in range(callers)))

    async def _posted(self, body: Mapping[str, str]) -> int:
        answer = await self.web.post(f"/webhooks/{GATEWAY}", json=body)
        self.answers[answer.status_code] += 1
        return answer.status_code

    async def _worked_off(self, claim: Claim) -> bool:
        try:
            await self.checkouts.settle(claim)
        except StoreUnavailable as error:
            self.repeats[type(error).__name__] += 1
            return False
        return True


@asynccontextmanager
async def teller(store: Store, seed: str) -> AsyncIterator[Teller]:
    """One process of a bot over this store, with no chats."""
    gateways = {GATEWAY: ToldGateway()}
    at = services(seed)
    checkouts = Checkouts(store, gateways, at, PUBLIC_URL)
    app = WebSite(store, gateways, checkouts, at, PUBLIC_URL).app()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as web:
        yield Teller(checkouts, web)


def shuffled(numbers: Iterable[int], events: int, seed: str) -> list[tuple[int, str]]:
    """So many events of each payment, in an order that is the same for the same seed."""
    told = [(number, f"{seed}-{event}") for number in numbers for event in range(events)]
    # Nothing here is secret.
    random.Random(seed).shuffle(told)  # noqa: S311
    return told


@dataclass(frozen=True, slots=True)
class Tally:
    """What is in the rows: of `payments`, how many are credited, by how many credits."""

    payments: int
    credited: int
    credits: int
    off_minor: int
    pending: int

    @property
    def lost(self) -> int:
        """Paid, told, acknowledged, and not credited."""
        return self.payments - self.credited

    @property
    def extra(self) -> int:
        """Credits beyond one for each payment."""
        return self.credits - self.credited


def once(payments: int) -> Tally:
    """How it should be: each of them credited once, and nothing left to do."""
    return Tally(payments, payments, payments, off_minor=0, pending=0)


def tally(tx: UnitOfWork) -> Tally:
    """Count. `off_minor` is by how much stored balances and ledger differ from what is right."""
    run = tx.accounts._connection.execute
    payments = run(select(func.count()).select_from(top_ups)).scalar_one()
    is_credited = top_ups.c.status == TopUpStatus.CREDITED
    credited = run(select(func.count()).select_from(top_ups).where(is_credited)).scalar_one()
    is_credit = transactions.c.kind == "credit"
    credits = run(select(func.count()).select_from(transactions).where(is_credit)).scalar_one()
    waits = deliveries.c.done_at.is_(None)
    pending = run(select(func.count()).select_from(deliveries).where(waits)).scalar_one()
    balances = sum(account.balance_minor for account in tx.accounts.all())
    ledger = sum(account.balance.minor for account in tx.inspection.ledger_accounts())
    off = abs(balances - payments * top_up(0).amount.minor) + abs(ledger)
    return Tally(payments, credited, credits, off, pending)
