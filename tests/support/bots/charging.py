"""Draws an account down again and again, as one of two processes on a file.

`python -m tests.support.bots.charging ADDRESS`
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from adapters.contracts.store import NOW
from adapters.storage.store import open_store
from billing.ledger import Transaction, charge_transaction
from billing.money import Money
from service.ports.store import Store, Tx

TIMES = 100


async def charge_often(store: Store, name: str) -> None:
    """One cent at a time, each under a key of its own."""
    for number in range(TIMES):
        booking = charge_transaction("ops", Money(1, "USD"), f"{name}-{number}", NOW)
        await store.transact(partial(_book, booking=booking))


def _book(tx: Tx, booking: Transaction) -> None:
    tx.ledger.post(booking)


async def main(address: str) -> None:
    """Open, charge, close."""
    store = open_store(address)
    await charge_often(store, "command")
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
