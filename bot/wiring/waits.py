"""How long each kind of pending work waits at most, so that a clock that jumped delays none.

What is due at a time that rows tell, such as the end of a pay link, is in no hurry but after a
jump: then gateways are asked once more.
"""

from __future__ import annotations

from datetime import timedelta

from service.audit.trail import SEAL, SEAL_EVERY
from service.cards.homes import HOME
from service.chat.inbox import AWAY_PAUSE, TURNS
from service.lanes.lanes import LEASE, Waits
from service.money import topups
from service.money.checkout import RECONCILE_AFTER
from service.money.recovery import LOOKED_AGAIN, RECOVER
from service.money.refunds import REFUND
from service.privacy.retention import EVERY, RETAIN

# A platform may want to be left alone for hours; who is tried sooner is told so again.
SHOWING = Waits(timedelta(hours=12), LEASE)
WAITS = {
    TURNS: Waits(AWAY_PAUSE, LEASE),
    # Many at once are spread over time.
    topups.PAYMENTS: Waits(timedelta(hours=6), LEASE),
    topups.RECONCILE: Waits(None, max(RECONCILE_AFTER)),
    topups.EXPIRE: Waits(),
    topups.HAND_OVER: Waits(),
    REFUND: Waits(timedelta(hours=1), LEASE),
    HOME: Waits(timedelta(hours=1), LEASE),
    SEAL: Waits(SEAL_EVERY, SEAL_EVERY),
    RETAIN: Waits(EVERY, EVERY),
    RECOVER: Waits(max(LOOKED_AGAIN), max(LOOKED_AGAIN)),
}
