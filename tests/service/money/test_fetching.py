"""What becomes of what a gateway says of a checkout, and when it is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from billing.ports import GatewayError
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, TopUp, TopUpStatus
from service.lanes.keys import LaneKind
from service.money.checkout import next_reconcile_at
from service.ports.store import Claim
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import (
    Told,
    attempt_of,
    checkouts,
    claim_of,
    due,
    opened,
    status_of,
)
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place
from tests.support.dialogs.terms import NOW, top_up

DOWN = GatewayError("no answer", retry=True)
REFUSES = GatewayError("not for us", retry=False)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def says(top_up: TopUp, status: PaymentStatus) -> PaymentSnapshot:
    return replace(paid(top_up), status=status)


def fetches(
    place: SettlePlace, made: TopUp, gateway: Told | None, *, live: bool = True
) -> datetime | None:
    known = () if gateway is None else (gateway,)
    return place.runner.run(checkouts(place, *known, live=live).settle(claim_of(made)))


def test_what_a_gateway_says_is_credited_and_the_attempt_answered(place: SettlePlace) -> None:
    """The lane is not due again by itself."""
    made = opened(place)

    assert fetches(place, made, Told([(paid(made),)])) is None
    assert place.books(made).balance_minor == 5_000


def test_a_checkout_is_asked_about_by_its_whole_name(place: SettlePlace) -> None:
    """Whatever a gateway writes in it."""
    gateway = Told([()])
    claim = Claim(LaneKind.PAYMENTS, f"{GATEWAY}|cs|1", 1, 0, START)
    place.runner.run(checkouts(place, gateway).settle(claim))

    assert gateway.fetched == ["cs|1"]


@pytest.mark.parametrize("mode", Mode)
def test_a_closed_bot_does_not_ask_about_real_money(place: SettlePlace, mode: Mode) -> None:
    """It looks again in five minutes, as it does for a gateway that is not there."""
    made = opened(place, mode)
    gateway = Told([(paid(made),)], mode=mode)
    again = fetches(place, made, gateway, live=False)
    later = START + 5 * MINUTE

    assert again == (later if mode is Mode.LIVE else None)
    assert len(gateway.fetched) == (0 if mode is Mode.LIVE else 1)
    assert fetches(place, made, None) == later


@pytest.mark.parametrize("unread", [False, True])
def test_an_outage_is_told_only_where_an_answer_cannot_be_read(
    place: SettlePlace, unread: bool
) -> None:
    """Both are tried again by the lane."""
    made = opened(place)
    error = GatewayError("gibberish", retry=True, unread=unread)

    with pytest.raises(GatewayError):
        fetches(place, made, Told([error]))
    tasks = place.do(lambda tx: tx.tasks.open())
    assert [each.subject for each in tasks] == [made.id] * unread


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("unread", [False, True])
def test_what_no_further_try_helps_ends_the_lane(
    place: SettlePlace, known: bool, unread: bool
) -> None:
    """A checkout that the gateway does not know is a task only where we opened it, or not read."""
    made = opened(place) if known else place.new()
    error = GatewayError("no such checkout", retry=False, unread=unread)

    assert fetches(place, made, Told([error])) is None
    subject = made.id if known else f"cs_{made.id}"
    tasks = place.do(lambda tx: tx.tasks.open())
    assert [each.subject for each in tasks] == [subject] * (known or unread)


@pytest.mark.parametrize("ended", [TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, None])
def test_only_the_page_of_what_is_over_is_closed(
    place: SettlePlace, ended: TopUpStatus | None
) -> None:
    """And what the gateway says after that is what counts: whoever paid just now wins."""
    made = opened(place)
    if ended is not None:
        place.do(lambda tx: tx.top_ups.save(replace(made, status=ended)))
    gateway = Told([(says(made, PaymentStatus.OPEN),), (paid(made),)])
    fetches(place, made, gateway)

    assert gateway.closed == ([] if ended is None else [f"cs_{made.id}"])
    assert status_of(place, made) == (
        TopUpStatus.CREDITED if ended else TopUpStatus.AWAITING_PAYMENT
    )


@pytest.mark.parametrize("whose", [{"installation": "in_ffffffffffffffff"}, {"reference": None}])
def test_nobody_elses_page_is_closed(place: SettlePlace, whose: dict[str, Any]) -> None:
    """Also where it names a top-up of ours that is over."""
    made = opened(place)
    place.do(lambda tx: tx.top_ups.save(replace(made, status=TopUpStatus.CANCELLED)))
    theirs = replace(says(made, PaymentStatus.OPEN), **whose)
    gateway = Told([(theirs,)])
    fetches(place, made, gateway)

    assert gateway.closed == []


@pytest.mark.parametrize("other", ["open", "theirs"])
def test_a_page_that_somebody_else_waits_for_stays_open(place: SettlePlace, other: str) -> None:
    """Of two payments of one page, each must be ours and over before it is closed."""
    made, beside = opened(place), place.new()
    place.do(lambda tx: tx.top_ups.save(replace(made, status=TopUpStatus.CANCELLED)))
    second = replace(says(made, PaymentStatus.OPEN), payment_ref="pay_2")
    theirs = {"installation": "in_ffffffffffffffff"}
    change: dict[str, Any] = {"reference": beside.id} if other == "open" else theirs
    gateway = Told([(says(made, PaymentStatus.OPEN), replace(second, **change))])
    fetches(place, made, gateway)

    assert gateway.closed == []


@pytest.mark.parametrize("error", [DOWN, REFUSES])
def test_a_page_that_is_not_closed_is_looked_at_all_the_same(
    place: SettlePlace, error: GatewayError
) -> None:
    """Tried again where that may help; else the gateway's word is taken as it is."""
    made = opened(place)
    place.do(lambda tx: tx.top_ups.save(replace(made, status=TopUpStatus.EXPIRED)))
    gateway = Told([(says(made, PaymentStatus.OPEN),), (paid(made),)], closes=error)

    if error.retry:
        with pytest.raises(GatewayError):
            fetches(place, made, gateway)
    else:
        fetches(place, made, gateway)
    assert status_of(place, made) == (TopUpStatus.EXPIRED if error.retry else TopUpStatus.CREDITED)


# --- looking again ---------------------------------------------------------------------------


def test_a_watched_top_up_is_looked_at_until_its_watch_ends(place: SettlePlace) -> None:
    """Its gateway is asked each time; the last time an hour is left for the answer."""
    made = opened(place)
    made_cashier = checkouts(place, Told())
    claim = Claim(LaneKind.RECONCILE, made.id, 1, 0, START)
    first = place.runner.run(made_cashier.reconcile(claim))
    early = due(place, LaneKind.HAND_OVER, made.id)
    place.clock.at = made.watched_until
    last = place.runner.run(made_cashier.reconcile(claim))

    assert (first, early, last) == (START + MINUTE, None, None)
    assert attempt_of(place, made).asked_at == made.watched_until
    assert due(place, LaneKind.HAND_OVER, made.id) == made.watched_until + 60 * MINUTE


def test_a_top_up_that_is_gone_is_not_looked_at(place: SettlePlace) -> None:
    """Its lanes end."""
    made_cashier, claim = (
        checkouts(place, Told()),
        Claim(LaneKind.RECONCILE, "TU-NONE0000", 1, 0, START),
    )

    assert place.runner.run(made_cashier.reconcile(claim)) is None
    assert place.runner.run(made_cashier.escalate(claim)) is None
    assert place.runner.run(made_cashier.expire_pay_link(claim)) is None
    assert due(place, LaneKind.HAND_OVER, "TU-NONE0000") is None


def test_what_is_credited_is_looked_at_when_its_link_ends_and_when_its_watch_does() -> None:
    """A second payment may come without a callback."""
    made = top_up(TopUpStatus.CREDITED)
    moment = timedelta(microseconds=1)

    assert next_reconcile_at(made, NOW, 9) == made.expires_at
    assert next_reconcile_at(made, made.expires_at - moment, 9) == made.expires_at
    assert next_reconcile_at(made, made.expires_at, 9) == made.watched_until
    assert next_reconcile_at(made, made.watched_until - moment, 9) == made.watched_until
    assert next_reconcile_at(made, made.watched_until, 9) is None


def test_the_last_look_of_a_watch_is_at_its_end() -> None:
    """Not after it, though the next one would be."""
    made = top_up()
    end = made.watched_until

    assert next_reconcile_at(made, end - timedelta(seconds=1), 0) == end
    assert next_reconcile_at(made, end - timedelta(microseconds=1), 9) == end
    assert next_reconcile_at(made, end, 0) is None
