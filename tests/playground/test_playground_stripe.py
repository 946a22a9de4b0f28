"""The played Stripe behaves as the real one where it matters: keys, refusals, deliveries."""

from __future__ import annotations

from typing import Any

import pytest

from playground.stripe import reversals
from playground.stripe.delivery import RETRY_SECONDS
from playground.stripe.world import StripeSettings, StripeWorld
from tests.support.bots.paying import pay_by_card
from tests.support.bots.stripe_place import START, StripePlace

SESSIONS = "/v1/checkout/sessions"
ORDER = {
    "mode": "payment",
    "success_url": "https://bot.example/",
    "cancel_url": "https://bot.example/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "Top-up",
}


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()


async def create(world: StripePlace, key: str = "", **changes: str) -> tuple[int, Any]:
    headers = {"idempotency-key": key} if key else {}
    answer = await world.asks("POST", SESSIONS, data=ORDER | changes, headers=headers)
    return answer.status_code, answer.json()


async def test_a_key_gives_one_session(world: StripePlace) -> None:
    """The same key and parameters give the same answer, other parameters an error of its own."""
    first = await create(world, "key")
    again = await create(world, "key")
    status, other = await create(world, "key", client_reference_id="another")

    assert first == again
    assert (status, other["error"]["type"]) == (400, "idempotency_error")
    assert len(world.stripe.sessions) == 1


async def test_a_refused_key_may_be_used_once_mended(world: StripePlace) -> None:
    """What was refused before anything was done does not bind its key."""
    refused, _ = await create(world, "key", mode="gift")
    mended, _ = await create(world, "key")

    assert (refused, mended) == (400, 200)


@pytest.mark.parametrize(
    "changes",
    [
        {"unheard_of": "1"},
        {"mode": "subscription"},
        {"expires_at": str(int(START.timestamp()) + 1_799)},
        {"expires_at": str(int(START.timestamp()) + 86_401)},
        {"success_url": "nowhere"},
        {"line_items[0][price_data][currency]": "€"},
        {"line_items[0][price_data][unit_amount]": "10.5"},
        {"line_items[0][price_data][unit_amount]": "0"},
        {
            "line_items[0][price_data][currency]": "kwd",
            "line_items[0][price_data][unit_amount]": "12345",
        },
    ],
    ids=str,
)
async def test_a_wrong_order_is_refused(world: StripePlace, changes: dict[str, str]) -> None:
    """Unknown, missing and impossible parameters are refused with an error that says so."""
    status, answer = await create(world, **changes)

    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert world.stripe.sessions == {}


async def test_a_strangers_key_is_refused(world: StripePlace) -> None:
    """Without the merchant's key nothing is told."""
    answer = await world.asks("GET", SESSIONS, headers={"authorization": "Bearer sk_test_other"})

    assert answer.status_code == 401


async def test_only_an_open_session_expires(world: StripePlace) -> None:
    """A merchant may end an open session once; it can be paid no more."""
    page = await world.open()
    address = f"{SESSIONS}/{page.checkout_ref}/expire"

    first = await world.asks("POST", address)
    again = await world.asks("POST", address)
    late = await pay_by_card_if_possible(world, page.url)

    assert (first.json()["status"], again.status_code) == ("expired", 400)
    assert "expired" in late


async def pay_by_card_if_possible(world: StripePlace, url: str) -> str:
    sent = await world.client.post(url, data={"number": "4242"}, follow_redirects=True)
    return sent.text


async def test_refunds_never_exceed_the_payment(world: StripePlace) -> None:
    """Partial refunds add up to the payment at most."""
    page = await world.open()
    await world.pay(page)
    part = {"payment_intent": world.intent(page), "amount": "3000"}

    statuses = [(await world.asks("POST", "/v1/refunds", data=part)).status_code for _ in "ab"]
    rest = await world.asks("POST", "/v1/refunds", data={"payment_intent": world.intent(page)})

    assert statuses == [200, 400]
    assert rest.json()["amount"] == 2_075


async def test_an_event_comes_until_it_is_taken(world: StripePlace) -> None:
    """Whatever is not answered with a success is sent again, later each time, and then no more."""
    world.ear.answers = [500, 302, 404]
    page = await world.open()
    await pay_by_card(world.client, page.url, "4000000000000002")

    for seconds in (0, *RETRY_SECONDS):
        await world.wait(seconds)

    bodies = {request.content for request in world.ear.heard}
    signatures = {request.headers["stripe-signature"] for request in world.ear.heard}
    assert world.ear.events == ["payment_intent.payment_failed"] * 4 + ["checkout.session.expired"]
    assert (len(bodies), len(signatures)) == (2, 5)
    assert world.stripe.outbox == []


async def test_deliveries_go_badly_when_told_to(world: StripePlace) -> None:
    """Three times each, newest first, late, or never: each switch does what it says."""
    toggles = world.delivery.line.toggles
    toggles.on |= {"duplicate", "reorder", "delay"}
    page = await world.open()
    await world.pay(page)

    await world.wait(9)
    early = list(world.ear.events)
    await world.wait(1)
    toggles.on.add("drop")
    reversals.dispute(world.stripe, world.charge(page))
    await world.wait(60)

    completed, succeeded = "checkout.session.completed", "payment_intent.succeeded"
    assert early == []
    assert world.ear.events == [completed] * 3 + [succeeded] * 3
    assert toggles.happened == {"duplicate": 2, "reorder": 2, "delay": 4, "drop": 2}
    assert world.stripe.outbox == []


async def test_it_remembers_across_a_restart(world: StripePlace, tmp_path: Any) -> None:
    """With a path everything is there again after a restart, undelivered events too."""
    kept = tmp_path / "stripe.json"
    settings = StripeSettings(
        **{
            name: getattr(world.stripe.settings, name)
            for name in StripeSettings.__dataclass_fields__
            if name != "path"
        },
        path=kept,
    )
    before = StripeWorld(settings)
    before.tell("payout.created", {"object": "payout"})

    assert StripeWorld(settings).outbox == before.outbox != []
