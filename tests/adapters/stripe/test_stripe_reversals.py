"""What goes back at Stripe, read as counts that only grow: refunds, disputes, inquiries."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import httpx
import pytest

from adapters.contracts.gateway import MARK
from billing.money import Money
from billing.ports import GatewayError, HostedPage
from billing.records import Refund
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import PaymentStatus
from playground.stripe import reversals as played
from tests.support.bots.paying import pick_card
from tests.support.bots.stripe_place import StripePlace

GOOD, REFUND_FAILS = "4242424242424242", "4000000000005126"
TOTAL = 5_075


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()


async def paid(world: StripePlace, card: str = GOOD) -> HostedPage:
    page = await world.open()
    await pick_card(world.client, page.url, card)
    return page


async def gone(world: StripePlace, page: HostedPage) -> Reversals:
    """What the gateway tells; the payment itself stays paid."""
    payment = await world.payment(page)
    assert payment.status is PaymentStatus.PAID
    assert payment.amount.minor == TOTAL
    return payment.reversals


async def test_nothing_is_gone_at_first(world: StripePlace) -> None:
    """A good payment has nothing to reverse."""
    assert await gone(world, await paid(world)) == NOTHING_BACK


async def test_18_refunds_are_counted(world: StripePlace) -> None:
    """Each refund adds to the count, whoever made it and in how many parts."""
    page = await paid(world)
    counts = []
    for amount in (1_000, 1_500, TOTAL - 2_500):
        played.refund(world.stripe, world.charge(page), amount)
        counts.append((await gone(world, page)).refunded_minor)

    assert counts == [1_000, 2_500, TOTAL]


async def test_18_a_refund_that_fails_is_counted_twice(world: StripePlace) -> None:
    """Stripe's own sum shrinks then; ours has one count for what went and one for what failed."""
    page = await paid(world, REFUND_FAILS)
    played.refund(world.stripe, world.charge(page), 1_000)
    before = await gone(world, page)
    await world.wait(60)
    after = await gone(world, page)

    assert world.charge(page)["amount_refunded"] == 0
    assert (before, after) == (Reversals(1_000), Reversals(1_000, 1_000))


@pytest.mark.parametrize("won", [True, False])
async def test_19_a_dispute_withholds_until_it_is_decided(world: StripePlace, won: bool) -> None:
    """Opened it withholds all; then it is won or lost, and the first count stays."""
    page = await paid(world)
    dispute = played.dispute(world.stripe, world.charge(page))
    opened = await gone(world, page)
    played.close(world.stripe, dispute, won=won)
    closed = await gone(world, page)

    assert opened == Reversals(disputed_minor=TOTAL)
    assert astuple(closed)[2:] == ((TOTAL, TOTAL, 0) if won else (TOTAL, 0, TOTAL))
    assert opened.merge(closed) == closed


async def test_19_an_inquiry_takes_nothing(world: StripePlace) -> None:
    """A bank that only asks withholds nothing, until it makes a dispute of it."""
    page = await paid(world)
    inquiry = played.dispute(world.stripe, world.charge(page), inquiry=True)
    asked = await gone(world, page)
    played.escalate(world.stripe, inquiry)

    assert asked == NOTHING_BACK
    assert await gone(world, page) == Reversals(disputed_minor=TOTAL)


async def test_19_a_dispute_after_a_refund(world: StripePlace) -> None:
    """What was refunded is not disputed too: both counts stand, and together they fit."""
    page = await paid(world)
    played.refund(world.stripe, world.charge(page), 1_000)
    played.close(world.stripe, played.dispute(world.stripe, world.charge(page)), won=False)
    back = await gone(world, page)

    assert back.refunded_minor == 1_000
    assert back.gone_minor(TOTAL) == TOTAL


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"currency": "eur"}, "it is in EUR, and the payment in USD"),
        ({"amount": "10"}, "no known form"),
        ({"amount": -10}, "no known form"),
        ({"amount": 10**19}, "no known form"),
        ({"currency": "USD"}, "no known form"),
    ],
)
async def test_118_one_odd_entry_hides_no_other(
    world: StripePlace, change: dict[str, object], why: str
) -> None:
    """A refund in another currency, or in no form: the others count, and this one is named."""
    page = await paid(world)
    played.refund(world.stripe, world.charge(page), 1_000)
    odd = played.refund(world.stripe, world.charge(page), 500)
    odd.update(change)
    dispute = played.dispute(world.stripe, world.charge(page))

    told = await world.payment(page)

    assert told.reversals == Reversals(1_000, disputed_minor=dispute["amount"])
    ((entry),) = told.unread
    assert entry.id == odd["id"]
    assert why in entry.why


@pytest.mark.parametrize("odd", [None, 5, "re_1", [], {}, {"id": None}, {"id": []}], ids=repr)
async def test_118_what_is_no_entry_hides_no_other(world: StripePlace, odd: object) -> None:
    """Something in a list that is no refund at all is named, and the rest counts."""
    page = await paid(world)
    played.refund(world.stripe, world.charge(page), 1_000)

    def altered(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"data": [odd, *answer["data"]]} if "data" in answer else answer

    (told,) = await world.altering(altered).fetch(page.checkout_ref)

    assert told.reversals == Reversals(1_000)
    assert [entry.id for entry in told.unread] == [
        f"a refund of {world.intent(page)} without an id"
    ]


@pytest.mark.parametrize("odd", [{}, {"data": None}, {"data": {}}, {"has_more": None}], ids=repr)
async def test_118_what_is_no_list_is_told(world: StripePlace, odd: dict[str, Any]) -> None:
    """It is no empty list: the answer cannot be read, and the operator hears of it."""
    page = await paid(world)

    def altered(answer: dict[str, Any]) -> dict[str, Any]:
        kept = answer if odd else {}
        return kept | odd if "data" in answer else answer

    with pytest.raises(GatewayError) as raised:
        await world.altering(altered).fetch(page.checkout_ref)

    assert raised.value.unread


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize("part", ["/v1/refunds", "/v1/disputes"])
async def test_what_was_paid_is_told_though_what_went_back_is_not(
    world: StripePlace, part: str, status: int
) -> None:
    """A list that fails takes nothing away from what the session says; it is asked for again."""
    page = await paid(world)
    played.refund(world.stripe, world.charge(page), 1_000)
    played.dispute(world.stripe, world.charge(page))
    no = {"error": {"type": "invalid_request_error", "code": "no"}} if status != 200 else []

    with pytest.raises(GatewayError) as raised:
        await world.answering(part, httpx.Response(status, json=no)).fetch(page.checkout_ref)

    error = raised.value
    (told,) = error.told
    assert (told.status, told.amount.minor) == (PaymentStatus.PAID, TOTAL)
    assert told.reversals == Reversals(1_000)
    assert world.intent(page) in str(error)
    assert (error.denied, error.unread) == (status in (401, 403), status == 200)
    assert error.retry is (status != 400)


async def test_118_more_refunds_than_fit_on_a_page_all_count(world: StripePlace) -> None:
    """Stripe lists a hundred at a time: the next page is asked for."""
    page = await paid(world)
    for _ in range(101):
        played.refund(world.stripe, world.charge(page), 1)

    assert await gone(world, page) == Reversals(101)


async def test_154_the_dashboards_id_is_shown(world: StripePlace) -> None:
    """People search Stripe's dashboard by the payment intent, not by the session."""
    page = await paid(world)
    told = await world.payment(page)

    assert told.payment_ref == page.checkout_ref
    assert told.search_ref == world.intent(page)


def _order(world: StripePlace, page: HostedPage) -> Refund:
    place = ("stripe", "stripe_test", page.checkout_ref)
    return Refund("order-1", *place, Money(1_000, "USD"), "asked for", "operator", world.now)


@pytest.mark.parametrize(
    ("metadata", "is_sent"), [(None, True), ({}, True), ({"order": 5}, True), ("x", False)]
)
async def test_118_an_odd_refund_stops_no_other(
    world: StripePlace, metadata: object, is_sent: bool
) -> None:
    """A refund of before whose sum is odd; where it may be this very order, nothing is sent."""
    page = await paid(world)
    odd = played.refund(world.stripe, world.charge(page), 500)
    odd.update({"amount": None, "metadata": metadata})

    if is_sent:
        (told,) = await world.gateway.refund(_order(world, page), frozenset({MARK}))
        assert told.reversals == Reversals(1_000)
    else:
        with pytest.raises(GatewayError) as raised:
            await world.gateway.refund(_order(world, page), frozenset({MARK}))
        assert raised.value.unread
    assert len(world.stripe.refunds) == 1 + is_sent


async def test_117_a_refund_whose_outcome_cannot_be_read_says_so(world: StripePlace) -> None:
    """The money is on its way back: it is asked again, and the operator is told meanwhile."""
    page = await paid(world)
    order = _order(world, page)
    asked: list[str] = []

    def altered(answer: dict[str, Any]) -> dict[str, Any]:
        asked.append(answer["object"])
        odd = answer["object"] == "checkout.session" and asked.count("checkout.session") > 1
        return answer | {"amount_total": "a lot"} if odd else answer

    with pytest.raises(GatewayError) as raised:
        await world.altering(altered).refund(order, frozenset({MARK}))

    assert raised.value.retry
    assert raised.value.unread
    assert len(world.stripe.refunds) == 1
