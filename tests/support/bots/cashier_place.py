"""A cashier over rows in memory, with a gateway that says what it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from billing.ports import AttemptReused, CheckoutRequest, GatewayError, HostedPage
from billing.topups import Mode, PaymentSnapshot, TopUp
from service.common.fail_points import FailPoint, no_fail_point
from service.common.metrics import Metrics, NullMetrics
from service.common.signed_tokens import PayLink
from service.lanes.keys import LaneKind, write_checkout_key
from service.money.checkout import Checkouts
from service.ports.store import Attempt, Claim
from tests.support.bots.bot_place import PUBLIC_URL, START
from tests.support.bots.settle_place import GATEWAY, MERCHANT, SettlePlace

HOST = "https://pay.example"


@dataclass
class Told:
    """A gateway: each fetch takes the next of `says`, and the last one stays."""

    says: list[tuple[PaymentSnapshot, ...] | GatewayError] = field(default_factory=list)
    opens: str | GatewayError = f"{HOST}/cs_1"
    closes: GatewayError | None = None
    name: str = GATEWAY
    mode: Mode = Mode.SANDBOX
    merchant_account: str = MERCHANT
    hosts: frozenset[str] = frozenset({HOST})
    asked: list[CheckoutRequest] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    made_before: set[str] = field(default_factory=set)
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        self.asked.append(request)
        if self.meanwhile is not None:
            await self.meanwhile()
        if request.attempt in self.made_before:
            raise AttemptReused(self.name)
        if isinstance(self.opens, GatewayError):
            raise self.opens
        return HostedPage(f"cs_{request.reference}", self.opens, request.expires_at)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        self.fetched.append(checkout_ref)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, GatewayError):
            raise said
        return said

    async def close_checkout(self, checkout_ref: str) -> None:
        self.closed.append(checkout_ref)
        if self.closes is not None:
            raise self.closes


def checkouts(
    place: SettlePlace,
    *gateways: Told,
    live: bool = True,
    reach_fail_point: Callable[[FailPoint], None] = no_fail_point,
    measures: Metrics | None = None,
) -> Checkouts:
    """A cashier with these gateways, and no others."""
    counted = measures or NullMetrics()
    services = replace(
        place.services, live_open=live, reach_fail_point=reach_fail_point, metrics=counted
    )
    known = {each.name: each for each in gateways}
    return Checkouts(place.store, known, services, PUBLIC_URL)  # type: ignore[arg-type]  # in part


def opened(place: SettlePlace, mode: Mode = Mode.SANDBOX) -> TopUp:
    """A top-up whose checkout, named after it, is open at its gateway."""
    made = place.new(mode)
    attempt = Attempt(f"a-{made.id}", made.id, 1, GATEWAY, START, f"cs_{made.id}")
    place.do(lambda tx: tx.top_ups.add_attempt(attempt))
    return made


def link_of(top_up: TopUp) -> PayLink:
    return PayLink(top_up.id, top_up.revision)


def claim_of(top_up: TopUp) -> Claim:
    """The claim on the lane in which its checkout is looked at."""
    lane = write_checkout_key(GATEWAY, f"cs_{top_up.id}")
    return Claim(LaneKind.PAYMENTS, lane, 1, 0, START)


def attempt_of(place: SettlePlace, top_up: TopUp) -> Attempt:
    """The one attempt of a top-up, as it stands."""
    (found,) = place.do(lambda tx: tx.top_ups.attempts(top_up.id))
    return found


def status_of(place: SettlePlace, top_up: TopUp) -> str:
    """How a top-up stands."""
    found = place.do(lambda tx: tx.top_ups.get(top_up.id))
    return "" if found is None else str(found.status)


def due(place: SettlePlace, kind: str, key: str) -> datetime | None:
    """When the next lane of a kind is due, where it is that one."""
    at = place.do(lambda tx: tx.lanes.next_due_at(kind))
    if at is None:
        return None
    claims = place.do(lambda tx: tx.lanes.claim(kind, at, owner="w", until=at, limit=99))
    return at if key in [each.key for each in claims] else None
