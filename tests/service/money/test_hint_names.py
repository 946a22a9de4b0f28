"""Hints that name a checkout by another id: a line about it is written at once, and closes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from billing.ports import GatewayError
from billing.topups import PaymentSnapshot, PaymentStatus, TopUp, TopUpStatus, UnreadEntry
from service.lanes.keys import LaneKind, write_checkout_key
from service.ports.records import TaskKind
from service.ports.store import Claim
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import Told, attempt_of, checkouts, opened
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place

HINTED = "pi_1"
ODD = GatewayError("gibberish", retry=True, unread=True)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def of(top_up: TopUp, status: PaymentStatus, *, is_odd: bool = False) -> PaymentSnapshot:
    """What a gateway tells of a top-up's checkout, whatever it was asked by."""
    unread = (UnreadEntry("cs", "a status that is not known"),) if is_odd else ()
    known = f"cs_{top_up.id}"
    return replace(paid(top_up), status=status, unread=unread, checkout_ref=known)


def hinted_at(place: SettlePlace, gateway: Told, tries: int = 0) -> None:
    """The lane of a hint that has an id of its own."""
    claim = Claim(LaneKind.PAYMENTS, write_checkout_key(GATEWAY, HINTED), 1, tries, START)
    place.runner.run(checkouts(place, gateway).settle(claim))


def unread(place: SettlePlace) -> list[str]:
    found = place.do(lambda tx: tx.tasks.open())
    return [each.subject for each in found if each.kind is TaskKind.ANSWER_UNREAD]


def test_a_status_that_nobody_knows_is_told_whatever_hinted_at_it(place: SettlePlace) -> None:
    """The line is the checkout's own, and ends with the next answer that can be read."""
    made = opened(place)
    hinted_at(place, Told([(of(made, PaymentStatus.OPEN, is_odd=True),)]))
    told = unread(place), attempt_of(place, made).unread is not None
    hinted_at(place, Told([(of(made, PaymentStatus.OPEN),)]))

    assert told == ([made.id], True)
    assert unread(place) == []
    assert attempt_of(place, made).unread is None


def test_a_hint_that_cannot_be_read_is_a_line_until_it_can(place: SettlePlace) -> None:
    """Also while nobody knows which checkout it is about."""
    made = opened(place)
    with pytest.raises(GatewayError):
        hinted_at(place, Told([ODD]))
    before = unread(place)
    hinted_at(place, Told([(of(made, PaymentStatus.PAID),)]), tries=1)

    assert (before, unread(place)) == ([HINTED], [])


@pytest.mark.parametrize("is_known", [True, False])
def test_a_partly_read_answer_is_told_once_and_closes(place: SettlePlace, is_known: bool) -> None:
    """Of a checkout of ours in its own line, of another in one that bears the hint's id."""
    made = opened(place) if is_known else place.new()
    told = (of(made, PaymentStatus.PAID),)
    partly = GatewayError("gibberish", retry=True, unread=True, told=told)
    with pytest.raises(GatewayError):
        hinted_at(place, Told([partly]))
    before = unread(place)
    hinted_at(place, Told([told]), tries=1)

    assert before == [made.id if is_known else HINTED]
    assert unread(place) == []


def test_a_page_that_is_over_is_closed_by_its_own_id(place: SettlePlace) -> None:
    """A gateway closes checkouts, not what a hint calls them."""
    made = opened(place)
    place.do(lambda tx: tx.top_ups.save(replace(made, status=TopUpStatus.CANCELLED)))
    gateway = Told([(of(made, PaymentStatus.OPEN),)])
    hinted_at(place, gateway)

    assert gateway.closed == [f"cs_{made.id}"]
