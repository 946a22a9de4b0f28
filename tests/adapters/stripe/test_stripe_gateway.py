"""Stripe's translator keeps the contract of gateways, and believes what Stripe's API says only."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from adapters.contracts.gateway import MARK, GatewayContract, checkout_request
from adapters.contracts.gateway_failures import FailureContract
from adapters.contracts.gateway_list import CheckoutListContract
from adapters.contracts.gateway_refunds import RefundContract
from adapters.gateways.stripe.gateway import CHECKOUT_ORIGIN, StripeGateway
from adapters.gateways.stripe.settings import mode_of
from billing.money import Money
from billing.ports import GatewayError, ListedCheckout, PaymentGateway
from billing.records import Refund
from billing.topups import Mode, PaymentStatus
from tests.support.bots.paying import (
    ASKS_3D_SECURE,
    DECLINED,
    INSUFFICIENT_FUNDS,
    answer_3d_secure,
    pay_by_card,
    send_transfer,
)
from tests.support.bots.stripe_place import API_KEY, START, STRIPE_URL, WEBHOOK_SECRET, StripePlace


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()


class TestStripeKeepsTheContract(
    GatewayContract, FailureContract, RefundContract, CheckoutListContract
):
    """Everything that every gateway must hold."""


def test_a_test_key_is_a_sandbox(world: StripePlace) -> None:
    """A test key takes no real money; any other may."""
    gateway: PaymentGateway = world.gateway

    assert (gateway.name, gateway.mode) == ("stripe", Mode.SANDBOX)
    assert gateway.hosts == {CHECKOUT_ORIGIN, STRIPE_URL}
    assert [mode_of(key) for key in ("rk_test_1", "sk_live_1", "rk_live_1", "sk_1")] == [
        Mode.SANDBOX, Mode.LIVE, Mode.LIVE, Mode.LIVE
    ]  # fmt: skip


def test_a_played_stripe_is_called_so(world: StripePlace) -> None:
    """People read (simulated) wherever the API is not Stripe's own, and never otherwise."""
    real = StripeGateway(world.client, api_key=API_KEY, webhook_secrets=(), now=lambda: world.now)

    assert [method.key for method in real.methods] == ["stripe"]
    assert [method.key for method in world.gateway.methods] == ["stripe_simulated"]


def test_stripe_itself_leads_to_its_own_page_only(world: StripePlace) -> None:
    """With Stripe's own address there is no other host."""
    gateway = StripeGateway(
        world.client, api_key=API_KEY, webhook_secrets=(WEBHOOK_SECRET,), now=lambda: START
    )

    assert gateway.hosts == {CHECKOUT_ORIGIN}


@pytest.mark.parametrize(
    ("number", "decline"),
    [(DECLINED, "card_declined"), (INSUFFICIENT_FUNDS, "insufficient_funds")],
)
async def test_a_decline_is_told_while_the_page_stays_open(
    world: StripePlace, number: str, decline: str
) -> None:
    """After a declined card the payment is open still; a good card pays, and clears it."""
    page = await world.open()

    await pay_by_card(world.client, page.url, number)
    declined = await world.payment(page)
    await world.pay(page)
    paid = await world.payment(page)

    assert (declined.status, declined.decline) == (PaymentStatus.OPEN, decline)
    assert (paid.status, paid.decline) == (PaymentStatus.PAID, None)


async def test_a_failed_check_is_told(world: StripePlace) -> None:
    """A 3-D Secure check that fails is no decline of the card."""
    page = await world.open()

    await pay_by_card(world.client, page.url, ASKS_3D_SECURE)
    await answer_3d_secure(world.client, page.url, approve=False)

    assert (await world.payment(page)).decline == "authentication_failed"


@pytest.mark.parametrize(
    ("bounces", "ends"), [(False, PaymentStatus.PAID), (True, PaymentStatus.FAILED)]
)
async def test_complete_is_not_paid(
    world: StripePlace, bounces: bool, ends: PaymentStatus
) -> None:
    """A bank debit completes its session at once and is paid, or not, later."""
    page = await world.open()
    await send_transfer(world.client, page.url, bounces=bounces)

    before = await world.payment(page)
    await world.wait(20)
    after = await world.payment(page)

    assert world.ear.events[0] == "checkout.session.completed"
    assert before.status is PaymentStatus.PROCESSING
    assert after.status is ends


async def test_a_page_expires(world: StripePlace) -> None:
    """When its time is over an unpaid page is expired."""
    page = await world.open()
    await world.wait(3_600)

    assert (await world.payment(page)).status is PaymentStatus.EXPIRED
    assert world.ear.events == ["checkout.session.expired"]


async def test_a_refund_leads_back_to_its_session(world: StripePlace) -> None:
    """A hint at a payment intent finds the session that took the payment."""
    page = await world.open()
    await world.pay(page)
    refund = {"payment_intent": world.intent(page), "amount": "100"}
    await world.asks("POST", "/v1/refunds", data=refund)

    (found,) = await world.gateway.fetch(world.intent(page))

    assert found == await world.payment(page)
    assert await world.gateway.fetch("pi_ofSomebodyElse") == ()


async def test_sessions_of_others_are_not_ours(world: StripePlace) -> None:
    """A shop on the same Stripe account has sessions too: they are no payments to hold."""
    page = await world.open()
    await world.pay(page)
    world.stripe.sessions[page.checkout_ref]["metadata"] = {"order": "7"}

    assert await world.gateway.fetch(page.checkout_ref) == ()


async def test_what_was_received_counts(world: StripePlace) -> None:
    """The amount of a paid payment is what Stripe received, not what the page asked for."""
    page = await world.open()
    await world.pay(page)
    world.stripe.intents[world.intent(page)]["amount_received"] = 5_000

    assert (await world.payment(page)).amount == Money(5_000, "USD")


@pytest.mark.parametrize(
    "changes",
    [{"status": "teleported"}, {"payment_status": "promised"},
     {"payment_status": "no_payment_required"}],
    ids=repr,
)  # fmt: skip
async def test_117_an_unknown_status_says_nothing(
    world: StripePlace, changes: dict[str, str]
) -> None:
    """A word we do not know is neither paid nor over, and the answer names the session."""
    page = await world.open()
    (told,) = await world.altering(lambda answer: answer | changes).fetch(page.checkout_ref)

    assert told.is_unread
    assert [entry.id for entry in told.unread] == [page.checkout_ref]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "cs_other"},
        {"amount_total": "50"},
        {"amount_total": -1},
        {"amount_total": 10**19},
        {"livemode": 1},
    ],
    ids=repr,
)
async def test_an_answer_in_no_known_form_is_asked_again(
    world: StripePlace, changes: dict[str, Any]
) -> None:
    """What cannot be read says nothing about the payment, so it is asked for again."""
    page = await world.open()

    with pytest.raises(GatewayError) as caught:
        await world.altering(lambda answer: answer | changes).fetch(page.checkout_ref)

    assert caught.value.retry


async def test_live_mode_is_told(world: StripePlace) -> None:
    """A session in live mode is a live payment, whatever the key looks like."""
    page = await world.open()
    (found,) = await world.altering(lambda one: one | {"livemode": True}).fetch(page.checkout_ref)

    assert found.mode is Mode.LIVE


@pytest.mark.parametrize("ref", ["", "..", "cs_", "cs_a/b", "cs_a?b", "pi_a\n", "tok_1", "cs_ä"])
async def test_a_strange_reference_is_never_asked_for(world: StripePlace, ref: str) -> None:
    """What cannot be an id of a payment does not become part of an address."""
    with pytest.raises(GatewayError) as caught:
        await world.gateway.fetch(ref)

    assert not caught.value.retry
    assert world.asked == []


async def test_an_unknown_session_is_not_asked_again(world: StripePlace) -> None:
    """Stripe knows no such session, and will not know it later."""
    with pytest.raises(GatewayError, match="404 resource_missing") as caught:
        await world.gateway.fetch("cs_test_unknown")

    assert not caught.value.retry


async def test_stripe_is_told_nothing_about_this_machine(world: StripePlace) -> None:
    """The library sends no telemetry, and tries nothing twice by itself."""
    page = await world.open()
    await world.payment(page)

    sent = [{**request.headers} for request in world.asked]
    assert len(sent) == 2
    assert not any("x-stripe-client-telemetry" in headers for headers in sent)
    assert not any("platform" in headers["x-stripe-client-user-agent"] for headers in sent)


async def test_an_attempt_survives_a_late_start(world: StripePlace) -> None:
    """With little time left the page lives as long as Stripe wants it to, at any later try."""
    request = checkout_request(world.now, Money(1_000, "EUR"))
    world.now += timedelta(minutes=25)
    early = await world.gateway.open_checkout(request)
    world.now += timedelta(minutes=20)
    again = await world.gateway.open_checkout(request)

    late = checkout_request(START, Money(1_000, "EUR"), attempt="another")
    page = await world.gateway.open_checkout(late)

    assert again == early
    assert early.expires_at == request.expires_at
    assert timedelta(minutes=30) <= page.expires_at - world.now <= timedelta(hours=2)


async def test_a_refund_is_made_once_even_when_its_key_is_forgotten(world: StripePlace) -> None:
    """Stripe forgets keys after a day; a bot that was set back further asks once more."""
    page = await world.open()
    await world.pay(page)
    paid = await world.payment(page)
    order = Refund(
        "order-1", "stripe", paid.merchant_account, paid.payment_ref,
        Money(1_000, "USD"), "by mail", "operator", world.now,
    )  # fmt: skip
    await world.gateway.refund(order, frozenset({MARK}))
    world.stripe.keys.clear()
    (after,) = await world.gateway.refund(order, frozenset({MARK}))

    assert after.reversals.refunded_minor == 1_000


async def test_sessions_of_others_are_not_listed(world: StripePlace) -> None:
    """What somebody else opened on the same Stripe account is left aside, page after page."""
    ours = await world.open()
    for number in range(3):
        foreign = await world.open(attempt=f"foreign-{number}")
        world.stripe.sessions[foreign.checkout_ref]["metadata"] = {}

    assert await world.gateway.opened_since(START) == (ListedCheckout(ours.checkout_ref, MARK),)


async def test_65_a_list_that_repeats_itself_has_an_end(world: StripePlace) -> None:
    """A page that comes again, and says that there is more, ends the list."""
    page = await world.open()
    again = world.altering(lambda answer: answer | {"has_more": True})

    assert await again.opened_since(START) == (ListedCheckout(page.checkout_ref, MARK),)


@pytest.mark.parametrize("entry", [{}, 5, {"id": None}, {"id": "a b"}], ids=repr)
async def test_a_list_that_goes_on_unread_is_no_shorter_list(
    world: StripePlace, entry: object
) -> None:
    """Where no entry of a page has an id, nobody knows how to ask for the next page."""
    said = {"object": "list", "data": [entry], "has_more": True}

    with pytest.raises(GatewayError) as caught:
        await world.replying(json.dumps(said)).opened_since(START)
    assert caught.value.unread
