"""Every kind of pending work that a runner does: by whom, how much at once, how long it waits.

The wait is the longest: a clock that jumped delays no work for more. What is due at a time that
rows tell, such as the end of a pay link, is in no hurry but after a jump: then gateways are asked
once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from service.audit.trail import SEAL_EVERY, TrailSealer
from service.cards.delivery import Deliverer
from service.cards.homes import HomeRefresher
from service.chat.turn_worker import AWAY_PAUSE, TurnWorker
from service.lanes.keys import LaneKind, stored_kinds
from service.lanes.lanes import LEASE, WaitLimits, Work
from service.money.checkout import RECONCILE_AFTER, Checkouts
from service.money.recovery import LOOKED_AGAIN, RecoveryWorker
from service.money.refunds import RefundWorker
from service.privacy.retention import EVERY, RetentionWorker


@dataclass(frozen=True, slots=True)
class Workers:
    """The use cases that work off lanes."""

    turns: TurnWorker
    deliverer: Deliverer
    checkouts: Checkouts
    homes: HomeRefresher
    refunder: RefundWorker
    sealer: TrailSealer
    retainer: RetentionWorker
    recoverer: RecoveryWorker


@dataclass(frozen=True, slots=True)
class Rule:
    """How work of one kind is done."""

    work: Callable[[Workers], Work]
    at_once: int
    waits: WaitLimits


RULES: Mapping[LaneKind, Rule] = MappingProxyType(
    {
        LaneKind.TURNS: Rule(lambda by: by.turns.work, 4, WaitLimits(AWAY_PAUSE, LEASE)),
        # A platform may want to be left alone for hours; who is tried sooner is told so again.
        LaneKind.SHOW: Rule(
            lambda by: by.deliverer.work, 8, WaitLimits(timedelta(hours=12), LEASE)
        ),
        # Many at once are spread over time.
        LaneKind.PAYMENTS: Rule(
            lambda by: by.checkouts.settle, 4, WaitLimits(timedelta(hours=6), LEASE)
        ),
        LaneKind.RECONCILE: Rule(
            lambda by: by.checkouts.reconcile, 2, WaitLimits(None, max(RECONCILE_AFTER))
        ),
        LaneKind.EXPIRE: Rule(lambda by: by.checkouts.expire_pay_link, 1, WaitLimits()),
        LaneKind.HAND_OVER: Rule(lambda by: by.checkouts.escalate, 1, WaitLimits()),
        LaneKind.HOME: Rule(lambda by: by.homes.work, 2, WaitLimits(timedelta(hours=1), LEASE)),
        LaneKind.REFUND: Rule(
            lambda by: by.refunder.work, 1, WaitLimits(timedelta(hours=1), LEASE)
        ),
        LaneKind.SEAL: Rule(lambda by: by.sealer.work, 1, WaitLimits(SEAL_EVERY, SEAL_EVERY)),
        LaneKind.RETAIN: Rule(lambda by: by.retainer.work, 1, WaitLimits(EVERY, EVERY)),
        LaneKind.RECOVER: Rule(
            lambda by: by.recoverer.work, 1, WaitLimits(max(LOOKED_AGAIN), max(LOOKED_AGAIN))
        ),
    }
)


def rules_of(platforms: tuple[str, ...]) -> dict[str, Rule]:
    """The rules, by the kind as it is stored; cards are shown on each of these platforms."""
    return {
        stored: rule for kind, rule in RULES.items() for stored in stored_kinds(kind, platforms)
    }
