"""Settles the same payments many times over, as one of several processes. It asserts nothing.

`python -m tests.duplicates ADDRESS SEED PAYMENTS DELIVERIES`
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from dataclasses import replace

from adapters.storage.store import open_store
from billing.topups import Mode, TopUp
from bot import cards, topups
from bot.desk import Desk
from bot.ids import Sources
from bot.ports import Account, Card, Store, Tx
from conversations.views import View
from tests.bot_place import START, Clock, Dice
from tests.settle_place import CHAT, paid
from tests.terms import top_up as a_top_up

# Few, so that credits of different top-ups meet in one balance.
ACCOUNTS = 5
_AT_ONCE = 6


def top_up(number: int) -> TopUp:
    """The top-up of that number."""
    return replace(
        a_top_up(),
        id=f"TU-{number:08}",
        account=f"account-{number % ACCOUNTS}",
        card=f"{number:016x}",
    )


def prepare(tx: Tx, payments: int) -> None:
    """Accounts, and a top-up with a card for each payment."""
    for number in range(ACCOUNTS):
        tx.accounts.add(Account(f"account-{number}", "Team", "USD", Mode.SANDBOX), START)
    for number in range(payments):
        made = top_up(number)
        tx.top_ups.add(made)
        card = Card(made.card, CHAT, "7", "en", "UTC", View("", ""), 1)
        cards.want(tx, card, _desk("prepare"))


async def settle_all(store: Store, seed: str, payments: int, deliveries: int) -> None:
    """Every payment so many times, shuffled, several at once."""
    desk = _desk(seed)
    told = [number for number in range(payments) for _ in range(deliveries)]
    # A seed must give the same order again; nothing here is secret.
    random.Random(seed).shuffle(told)  # noqa: S311

    def settling(number: int) -> Callable[[Tx], None]:
        return lambda tx: topups.settle(tx, paid(top_up(number)), desk)

    async def work_off() -> None:
        while told:
            await store.transact(settling(told.pop()))

    await asyncio.gather(*(work_off() for _ in range(_AT_ONCE)))


def _desk(seed: str) -> Desk:
    sources = Sources(Clock(), Dice(seed))
    return Desk(sources, secret=b"for tests", support="", zone="UTC", methods=(), merchants=())


async def main(address: str, seed: str, payments: int, deliveries: int) -> None:
    """Open, settle, close."""
    store = open_store(address)
    await settle_all(store, seed, payments, deliveries)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
