"""Work that waits in the golden database: deliveries and lanes, of every kind in every state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice

from conversations.protocol.events import Membership
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Delivery
from service.common.context import Context
from service.lanes.keys import ALL_ROWS, AUDIT_TRAIL, LaneKind, show_kind, write_chat_key
from service.money.held import send_back
from service.ports.store import Tx
from tests.support.chats.pocket_chat import PLATFORM, TENANT
from tests.support.golden.rows import MADE
from tests.support.golden.story import WHY
from tests.support.golden.wire import HINT, SLACK, TELEGRAM, read_slack, read_telegram

_SOON, _LATER = timedelta(seconds=5), timedelta(hours=1)
_GONE = "a bot that is gone"


def pend(context: Context, now: datetime, checkouts: Sequence[str]) -> None:
    """Everything that is to be done; `checkouts` are open pages of the sandbox."""
    tx = context.tx
    turns = _deliveries(tx, now)
    (paid, *_) = [
        each.id for each in tx.top_ups.of_account("team-a", 50) if _credited(tx, each.id)
    ]
    order = send_back(context, paid, "2.00", "golden-order", WHY)
    ids = [each.id for each in tx.top_ups.of_account("team-a", 50)]
    # Whose link is over, or whose watch, has no other; those of the story go on.
    made = [each for each in ids if each.startswith(MADE)]
    chats = [
        read_chat(PLATFORM, TENANT, f"dm-{each}") for each in ("golden", "ana", "gone", "lost")
    ]
    keys: Mapping[str, Sequence[str]] = {
        LaneKind.TURNS: turns,
        show_kind("slack"): [
            write_chat_key(read_chat("slack", "T1", "U1")),
            write_chat_key(read_chat("slack", "T1", "C1")),
        ],
        show_kind("telegram"): [
            write_chat_key(read_chat("telegram", "4242", each)) for each in ("77", "-1001")
        ],
        show_kind(PLATFORM): [*map(write_chat_key, chats)],
        LaneKind.PAYMENTS: [f"sandbox|{each}" for each in (*checkouts, "cs_golden")],
        LaneKind.RECONCILE: made,
        LaneKind.EXPIRE: made,
        LaneKind.HAND_OVER: made[3:],
        LaneKind.REFUND: [order.id, "golden-order-1", "golden-order-2"],
        LaneKind.HOME: ["slack:T1:U1", "slack:T1:U2", "telegram:4242:77"],
        LaneKind.RECOVER: [f"{(now - each * _LATER).isoformat()}|0" for each in (1, 2, 3)],
        LaneKind.SEAL: [AUDIT_TRAIL],
        LaneKind.RETAIN: [ALL_ROWS],
        LaneKind.POLL: ["telegram:4242"],
    }
    for number, (kind, named) in enumerate(keys.items()):
        states = cycle((_due, _later, _held, _wanted_again, _tried))
        for key, state in zip(named, islice(states, number % 5, None), strict=False):
            state(tx, kind, key, now)


def _credited(tx: Tx, top_up: str) -> bool:
    return any(each.payment_ref for each in tx.payments.of_top_up(top_up) if each.reversed_minor)


def _deliveries(tx: Tx, now: datetime) -> list[str]:
    """One of everything that platforms send; one that was tried, one that nobody could read."""
    found = [made for each in SLACK.values() if (made := read_slack(each))]
    told = {standing: _from_another(found[0], standing) for standing in Membership}
    found += [read_telegram(each) for each in TELEGRAM.values()]
    found += [*told.values()]
    found.append(Delivery("gateway:sandbox", "digest:cs_golden", "sandbox|cs_golden", HINT, {}))
    numbers = [tx.deliveries.add(each, now) or 0 for each in found]
    tx.deliveries.count_failure(numbers[0], "it broke")
    tx.deliveries.quarantine(numbers[-1], "not one of ours", now)
    return sorted({each.lane for each in found if not each.source.startswith("gateway")})


def _from_another(delivery: Delivery, standing: Membership) -> Delivery:
    """The same from somebody of whom Slack said this."""
    body = {**delivery.body, "standing": str(standing), "user": f"U{standing}", "locale": "de"}
    lane = f"slack:T1:U{standing}"
    return Delivery(delivery.source, f"{delivery.sender_id}:{standing}", lane, body, {})


# --- states of a lane --------------------------------------------------------------------------


def _due(tx: Tx, kind: str, key: str, now: datetime) -> None:
    tx.lanes.schedule(kind, key, now)


def _later(tx: Tx, kind: str, key: str, now: datetime) -> None:
    tx.lanes.schedule(kind, key, now + _LATER)


def _held(tx: Tx, kind: str, key: str, now: datetime) -> None:
    """Somebody died with it in hand."""
    _due(tx, kind, key, now)
    tx.lanes.claim_one(kind, key, now, owner=_GONE, until=now + _SOON)


def _wanted_again(tx: Tx, kind: str, key: str, now: datetime) -> None:
    """The same, and it was scheduled meanwhile."""
    _held(tx, kind, key, now)
    tx.lanes.schedule(kind, key, now + _SOON)


def _tried(tx: Tx, kind: str, key: str, now: datetime) -> None:
    """It failed three times, and is due again soon."""
    _due(tx, kind, key, now)
    claim = tx.lanes.claim_one(kind, key, now, owner=_GONE, until=now + _SOON)
    if claim is not None:
        tx.lanes.release(claim, next_due=now + _SOON, tries=3)
