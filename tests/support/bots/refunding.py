"""Orders to send money back, and gateways that are asked for it. It asserts no promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from billing.money import Money
from billing.ports import GatewayError
from billing.records import Refund
from billing.topups import Mode, PaymentSnapshot, TopUp
from service.common.context import context_of
from service.common.fail_points import FailPoint, no_fail_point
from service.lanes.keys import LaneKind
from service.money.refunds import RefundRequest, RefundWorker, order_refund, refundable_minor
from service.ports.records import Task
from service.ports.store import Claim
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import GATEWAY, MERCHANT, SettlePlace, paid

KEY = "key-1"


@dataclass
class Asked:
    """A gateway that is only asked to send money back; it answers with `says`, or fails."""

    says: tuple[PaymentSnapshot, ...] = ()
    fails: GatewayError | None = None
    name: str = GATEWAY
    mode: Mode = Mode.SANDBOX
    orders: list[Refund] = field(default_factory=list)
    owners: list[frozenset[str | None]] = field(default_factory=list)

    async def refund(
        self, order: Refund, owners: frozenset[str | None]
    ) -> tuple[PaymentSnapshot, ...]:
        self.orders.append(order)
        self.owners.append(owners)
        if self.fails is not None:
            raise self.fails
        return self.says


@dataclass
class SendsNothing:
    """A gateway that takes money and cannot send it back."""

    name: str = GATEWAY
    mode: Mode = Mode.SANDBOX


def credited(place: SettlePlace) -> TopUp:
    """A top-up whose payment of $50.75 is credited."""
    made = place.new()
    place.settle(paid(made))
    return made


def key_of(top_up: TopUp, name: str = KEY) -> str:
    return f"{top_up.id}-{name}"


def asks(place: SettlePlace, top_up: TopUp, minor: int | None, name: str = KEY) -> Refund:
    """An operator orders so much of the top-up's payment back; None is all that is left."""
    amount = None if minor is None else Money(minor, "USD")
    ask = RefundRequest(key_of(top_up, name), amount, "asked for by mail", "operator")
    payment = place.books(top_up).payments[0]
    return place.do(lambda tx: order_refund(context_of(tx, place.services), payment, ask))


def works(
    place: SettlePlace,
    top_up: TopUp,
    gateway: Asked | SendsNothing | None,
    *,
    live: bool = True,
    tries: int = 0,
    reach_fail_point: Callable[[FailPoint], None] = no_fail_point,
) -> datetime | None:
    """The bot works on the top-up's order, as its lane has it do."""
    gateways = {} if gateway is None else {gateway.name: gateway}
    services = replace(place.services, live_open=live, reach_fail_point=reach_fail_point)
    refunder = RefundWorker(place.store, gateways, services)  # type: ignore[arg-type]  # in part
    claim = Claim(LaneKind.REFUND, key_of(top_up), 1, tries, START)
    return place.runner.run(refunder.work(claim))


def stored(place: SettlePlace, top_up: TopUp) -> Refund:
    found = place.do(lambda tx: tx.refunds.get(key_of(top_up)))
    assert found is not None
    return found


def tasks_of(place: SettlePlace, top_up: TopUp) -> list[Task]:
    found = place.do(lambda tx: tx.tasks.open())
    return [each for each in found if each.subject == key_of(top_up)]


def acts(place: SettlePlace) -> list[tuple[str, str, str]]:
    """The whole trail: who, what, about what."""
    page = place.do(lambda tx: tx.audit.page(1, 999))
    return [(each.entry.actor, each.entry.act, each.entry.subject) for each in page if each.entry]


def paid_key(top_up: TopUp) -> str:
    return f"{GATEWAY}/{MERCHANT}/{paid(top_up).payment_ref}"


def left(place: SettlePlace, top_up: TopUp) -> int:
    payment = place.books(top_up).payments[0]
    return place.do(lambda tx: refundable_minor(tx, payment))
