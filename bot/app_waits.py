"""How long each kind of pending work waits at most, so that a clock that jumped delays none.

What is due at a time that rows tell, such as the end of a pay link, is in no hurry but after a
jump: then gateways are asked once more.
"""

from __future__ import annotations

from datetime import timedelta

from bot import topups
from bot.checkout import RECONCILE_AFTER
from bot.homes import HOME
from bot.inbox import AWAY_PAUSE, TURNS
from bot.lanes import LEASE, Waits
from bot.recovering import LOOKED_AGAIN, RECOVER
from bot.refunds import REFUND
from bot.retention import EVERY, RETAIN
from bot.trail import SEAL, SEAL_EVERY

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
