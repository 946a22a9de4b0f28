"""The cashier: who is led to a gateway's page, and who is told why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from billing.ports import GatewayError
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, TopUp, TopUpStatus
from conversations.messages.pages import UnpayableReason
from service.common.fail_points import FailPoint
from service.common.signed_tokens import PayLink
from service.lanes.keys import LaneKind
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import (
    HOST,
    Told,
    attempt_of,
    checkouts,
    claim_of,
    due,
    link_of,
    opened,
    status_of,
)
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place
from tests.support.dialogs.terms import top_up

DOWN = GatewayError("no answer", retry=True)
REFUSES = GatewayError("not for us", retry=False)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def says(top_up: TopUp, status: PaymentStatus) -> PaymentSnapshot:
    return replace(paid(top_up), status=status)


def opens(
    place: SettlePlace, made: TopUp, gateway: Told, *, live: bool = True
) -> str | UnpayableReason:
    return place.runner.run(checkouts(place, gateway, live=live).open_page(link_of(made)))


def test_a_page_is_opened_once_and_looked_at_half_a_minute_later(place: SettlePlace) -> None:
    """Whoever comes again gets the same address, and the gateway is not asked again."""
    made, gateway = place.new(), Told()

    assert [opens(place, made, gateway) for _ in range(2)] == [f"{HOST}/cs_1"] * 2
    (request,) = gateway.asked
    attempt = attempt_of(place, made)
    assert (request.attempt, request.reference) == (attempt.id, made.id)
    assert (request.total, request.method) == (made.total, made.method)
    assert attempt.checkout_ref == f"cs_{made.id}"
    assert due(place, LaneKind.RECONCILE, made.id) == START + timedelta(seconds=30)


def test_a_try_whose_answer_was_lost_goes_on_with_its_key(place: SettlePlace) -> None:
    """The gateway knows it by that, and opens no second page."""
    made, gateway = place.new(), Told(opens=DOWN)
    first = opens(place, made, gateway)
    gateway.opens = f"{HOST}/cs_1"

    assert (first, opens(place, made, gateway)) == (UnpayableReason.GATEWAY_DOWN, f"{HOST}/cs_1")
    assert len({each.attempt for each in gateway.asked}) == 1


def test_a_try_whose_order_changed_since_goes_on_with_another_key(place: SettlePlace) -> None:
    """Where the first answer was lost and the account was renamed: one new page, no refusal."""
    made, gateway = place.new(), Told(opens=DOWN)
    opens(place, made, gateway)
    first = gateway.asked[0].attempt
    gateway.made_before.add(first)
    opens(place, made, gateway)
    gateway.opens = f"{HOST}/cs_1"

    assert opens(place, made, gateway) == f"{HOST}/cs_1"
    keys = [each.attempt for each in gateway.asked]
    assert keys == [first, first, keys[2], first, keys[2]]
    assert keys[2].startswith(first)
    assert attempt_of(place, made).id == first


@pytest.mark.parametrize("page", ["https://elsewhere.example/cs_1", "http://pay.example/cs_1"])
def test_nobody_is_led_to_a_foreign_address(place: SettlePlace, page: str) -> None:
    """The top-up fails, and no page of it is noted."""
    made = place.new()

    assert opens(place, made, Told(opens=page)) is UnpayableReason.REFUSED
    assert attempt_of(place, made).url is None
    assert status_of(place, made) == TopUpStatus.FAILED


def test_a_page_that_is_refused_is_refused_for_good(place: SettlePlace) -> None:
    """Its person reads that, now and when they come again."""
    made, gateway = place.new(), Told(opens=REFUSES)

    assert [opens(place, made, gateway) for _ in range(2)] == [UnpayableReason.REFUSED] * 2
    assert len(gateway.asked) == 1


def test_what_failed_for_another_reason_is_only_over(place: SettlePlace) -> None:
    """A card that was declined is no refusal of the gateway's."""
    made = opened(place)
    place.settle(says(made, PaymentStatus.FAILED))

    assert opens(place, made, Told()) is UnpayableReason.OVER


def test_no_gateway_and_no_such_link_lead_nowhere(place: SettlePlace) -> None:
    """Each with its own sentence; an old link's is that of an unknown one."""
    made = place.new()
    nobody, other = checkouts(place), Told(name="other")
    links = (PayLink(made.id, 2), PayLink("TU-NONE0000", 1))

    assert opens(place, made, other) is UnpayableReason.NO_GATEWAY
    assert [place.runner.run(nobody.open_page(each)) for each in links] == [
        UnpayableReason.UNKNOWN
    ] * 2
    assert other.asked == []


@pytest.mark.parametrize("status", TopUpStatus)
def test_only_what_waits_for_money_can_be_paid(place: SettlePlace, status: TopUpStatus) -> None:
    """Who has paid reads that, also while the money is under way or after it went back."""
    made, gateway = place.new(), Told()
    place.do(lambda tx: tx.top_ups.save(replace(made, status=status)))
    over = {TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED}
    told = opens(place, made, gateway)

    if status is TopUpStatus.AWAITING_PAYMENT:
        assert told == f"{HOST}/cs_1"
    else:
        assert told is (UnpayableReason.OVER if status in over else UnpayableReason.PAID)
        assert gateway.asked == []


def test_what_is_not_known_is_closed_as_such(place: SettlePlace) -> None:
    """The page of a link that leads to no top-up can say so."""
    assert checkouts(place).closed_reason(None) is UnpayableReason.UNKNOWN


def test_a_link_ends_when_it_says(place: SettlePlace) -> None:
    """A moment before it leads on; at its end it does not."""
    made, gateway = place.new(), Told()
    place.clock.at = made.expires_at - timedelta(microseconds=1)
    before = opens(place, made, gateway)
    place.clock.at = made.expires_at

    assert (before, opens(place, made, gateway)) == (f"{HOST}/cs_1", UnpayableReason.OVER)


@pytest.mark.parametrize("mode", Mode)
def test_a_closed_bot_leads_nobody_to_real_money(place: SettlePlace, mode: Mode) -> None:
    """Where the money is not real, it does as ever."""
    made = place.new(mode)
    told = opens(place, made, Told(mode=mode), live=False)

    assert told == (UnpayableReason.LIVE_MONEY if mode is Mode.LIVE else f"{HOST}/cs_1")


def test_who_cancels_meanwhile_is_not_led_to_the_page(place: SettlePlace) -> None:
    """It was opened, so its gateway is asked to close it; the card says what is known."""
    made = place.new()
    gone = replace(made, status=TopUpStatus.CANCELLED)
    gateway = Told(
        meanwhile=lambda: place.store.transact(lambda tx: tx.top_ups.save(gone)),
    )

    assert opens(place, made, gateway) is UnpayableReason.OVER
    assert "Cancelled" in place.books(made).card.title
    assert attempt_of(place, made).asked_at == START
    assert due(place, LaneKind.PAYMENTS, claim_of(made).key) == START


def test_people_compare_the_address_of_the_gateways_page(place: SettlePlace) -> None:
    """The first of its hosts by name, whatever their order; its name where none is known."""
    made = place.new()
    many = frozenset(f"https://pay{number:02}.example" for number in range(99))

    assert checkouts(place, Told(hosts=many)).page_host(made) == "pay00.example"
    assert checkouts(place, Told(hosts=frozenset())).page_host(made) == GATEWAY
    assert checkouts(place).page_host(made) == GATEWAY


def test_a_bot_can_be_stopped_at_each_point_of_a_payment(place: SettlePlace) -> None:
    """The tests that kill it rely on that; each comes after what its name says."""
    seen: list[FailPoint] = []
    made, gateway = place.new(), Told([(paid(top_up()),)])
    made_cashier = checkouts(place, gateway, reach_fail_point=seen.append)
    place.runner.run(made_cashier.open_page(link_of(made)))
    gateway.says = [(paid(made),)]
    place.runner.run(made_cashier.settle(claim_of(made)))

    assert seen == [
        FailPoint.ATTEMPT_STORED,
        FailPoint.CHECKOUT_OPENED,
        FailPoint.PAYMENT_STORED,
        FailPoint.SETTLED,
    ]
