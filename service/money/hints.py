"""Ends the payment hints of a checkout once its gateway was asked, page after page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from service.ports.store import Store, StoredDelivery, Tx

# So many in one transaction: nobody waits long for it.
HINTS_AT_ONCE = 100
End = Callable[[Tx, StoredDelivery], None]


async def end_hints(store: Store, lane: str, end: End) -> int:
    """End whatever waits in a checkout's lane; how many that were.

    What comes meanwhile may be among them: the lane is due again then, and asks again.
    """
    ended = 0
    while page := await store.transact(partial(_end_page, lane=lane, end=end)):
        ended += page
        if page < HINTS_AT_ONCE:
            break
    return ended


def _end_page(tx: Tx, lane: str, end: End) -> int:
    # A page of all: `end_hints` goes on until one is not full.
    page = tx.deliveries.pending(lane, limit=HINTS_AT_ONCE)
    for delivery in page:
        end(tx, delivery)
    return len(page)
