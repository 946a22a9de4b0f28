"""What goes back of a payment at the played Stripe goes back as at the real one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from stripe.params import (
    DisputeCloseParams,
    DisputeListParams,
    RefundCreateParams,
    RefundListParams,
)

from billing.ports import HostedPage
from playground.stripe import forms, reversals
from playground.stripe.forms import Refused
from tests.support.bots.paying import pick_card
from tests.support.bots.stripe_place import StripePlace
from tests.support.house.source import ROOT

SPECIFICATION = Path(
    os.environ.get("STRIPE_SPECIFICATION")
    or ROOT.parent / "shared" / "specs" / "stripe-spec3-2023-09-12.json"
)
REFUND_FAILS, REFUND_TAKES_TIME = "4000000000005126", "4000000000007726"
DISPUTED, ASKED_ABOUT = "4000000000000259", "4000000000001976"


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()


async def paid(world: StripePlace, card: str = "4242424242424242") -> HostedPage:
    page = await world.open()
    await pick_card(world.client, page.url, card)
    await world.wait(0)
    world.ear.heard.clear()
    return page


async def refund(world: StripePlace, page: HostedPage, **asked: str) -> Any:
    form = {"payment_intent": world.intent(page), **asked}
    return (await world.asks("POST", "/v1/refunds", data=form)).json()


async def told(world: StripePlace, seconds: float = 0) -> list[str]:
    """The events of what happened since, by name."""
    world.ear.heard.clear()
    await world.wait(seconds)
    return world.ear.events


async def test_a_refund_is_told_and_listed(world: StripePlace) -> None:
    """Two refunds: the charge counts them, both lists have them, the newest first."""
    page = await paid(world)
    first = await refund(world, page, amount="1000", reason="requested_by_customer")
    events = await told(world)
    second = await refund(world, page)

    asked = {"payment_intent": world.intent(page), "limit": "1"}
    newest = (await world.asks("GET", "/v1/refunds", params=asked)).json()
    rest = asked | {"starting_after": second["id"]}
    older = (await world.asks("GET", "/v1/refunds", params=rest)).json()

    assert events == ["refund.created", "charge.refunded"]
    assert (first["status"], second["amount"]) == ("succeeded", 4_075)
    assert [newest["has_more"], older["has_more"]] == [True, False]
    assert [*newest["data"], *older["data"]] == [second, first]
    assert world.charge(page)["refunded"] is True


async def test_a_key_refunds_once(world: StripePlace) -> None:
    """The same key gives the same refund; with another amount it is refused."""
    page = await paid(world)
    form = {"payment_intent": world.intent(page), "amount": "1000"}
    given = {"headers": {"idempotency-key": "refund-1"}}

    first, again = [await world.asks("POST", "/v1/refunds", data=form, **given) for _ in "ab"]
    other = await world.asks("POST", "/v1/refunds", data=form | {"amount": "1"}, **given)

    assert (first.json(), again.headers["idempotent-replayed"]) == (again.json(), "true")
    assert other.json()["error"]["type"] == "idempotency_error"
    assert world.charge(page)["amount_refunded"] == 1_000


async def test_a_refund_fails_later(world: StripePlace) -> None:
    """Stripe calls it succeeded, and takes that back: the charge has the money again."""
    page = await paid(world, REFUND_FAILS)
    found = await refund(world, page)
    before = world.charge(page)["refunded"]
    await told(world)
    events = await told(world, 20)

    after = (await world.asks("GET", f"/v1/refunds/{found['id']}")).json()

    assert (found["status"], before) == ("succeeded", True)
    assert events == ["refund.updated", "refund.failed"]
    assert (after["status"], after["failure_reason"]) == ("failed", "expired_or_canceled_card")
    assert world.charge(page)["amount_refunded"] == 0


async def test_a_refund_takes_its_time(world: StripePlace) -> None:
    """A pending refund succeeds later, and says so."""
    page = await paid(world, REFUND_TAKES_TIME)
    found = await refund(world, page)
    await told(world)

    assert found["status"] == "pending"
    assert await told(world, 20) == ["refund.updated"]
    assert world.stripe.refunds[found["id"]]["status"] == "succeeded"


@pytest.mark.parametrize(("won", "status", "balance"), [(True, "won", 0), (False, "lost", -5_075)])
async def test_a_dispute_withdraws_the_money(
    world: StripePlace, won: bool, status: str, balance: int
) -> None:
    """The money is gone from the first moment on, and comes back only when it is won."""
    page = await world.open()
    await pick_card(world.client, page.url, DISPUTED)
    opened = (await told(world))[-2:]
    (found,) = world.stripe.disputes.values()
    refused = await refund(world, page)
    reversals.close(world.stripe, found, won=won)

    asked = {"payment_intent": world.intent(page)}
    (listed,) = (await world.asks("GET", "/v1/disputes", params=asked)).json()["data"]

    assert opened == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert (await told(world))[-1] == "charge.dispute.closed"
    assert (listed["status"], refused["error"]["code"]) == (status, "charge_disputed")
    assert sum(each["amount"] for each in listed["balance_transactions"]) == balance
    with pytest.raises(Refused):
        reversals.close(world.stripe, found, won=won)


async def test_an_inquiry_takes_nothing(world: StripePlace) -> None:
    """A bank that only asks withdraws nothing, until it turns the question into a dispute."""
    page = await world.open()
    await pick_card(world.client, page.url, ASKED_ABOUT)
    opened = (await told(world))[-1]
    (found,) = world.stripe.disputes.values()
    before = (found["status"], list(found["balance_transactions"]), world.charge(page)["disputed"])
    reversals.escalate(world.stripe, found)

    events = await told(world)
    closed = await world.asks("POST", f"/v1/disputes/{found['id']}/close")

    assert (opened, before) == ("charge.dispute.created", ("warning_needs_response", [], True))
    assert events == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    assert (closed.json()["status"], len(found["balance_transactions"])) == ("lost", 1)


async def test_an_inquiry_may_just_end(world: StripePlace) -> None:
    """An inquiry that is closed took nothing, and what was refunded in full is past disputing."""
    page = await paid(world)
    charge = world.charge(page)
    found = reversals.dispute(world.stripe, charge, inquiry=True)
    reversals.close(world.stripe, found, won=True)
    await refund(world, page)

    assert (found["status"], found["balance_transactions"]) == ("warning_closed", [])
    with pytest.raises(Refused):
        reversals.dispute(world.stripe, charge)


async def test_objects_open_where_asked(world: StripePlace) -> None:
    """A charge shows its refunds, and a refund its charge, only to whoever expands them."""
    page = await paid(world)
    made = await refund(world, page, amount="1000")
    paths = ("payment_intent.latest_charge.refunds", "payment_intent.latest_charge")
    address = f"/v1/checkout/sessions/{page.checkout_ref}"

    plain = (await world.asks("GET", f"/v1/charges/{made['charge']}")).json()
    whole = (await world.asks("GET", address, params={"expand[]": paths})).json()
    listed = await world.asks("GET", "/v1/refunds", params={"expand[]": "data.charge"})
    wrong = await world.asks("GET", address, params={"expand[]": "payment_intent.customer"})

    assert "refunds" not in plain
    assert "then" not in plain
    assert whole["payment_intent"]["latest_charge"]["refunds"]["data"] == [made]
    assert listed.json()["data"][0]["charge"] == plain
    assert wrong.json()["error"]["param"] == "expand"


@pytest.mark.parametrize(
    ("shape", "params"),
    [
        (forms.REFUND_CREATE, RefundCreateParams),
        (forms.REVERSAL_LIST, RefundListParams),
        (forms.REVERSAL_LIST, DisputeListParams),
        (forms.RETRIEVE, DisputeCloseParams),
    ],
    ids=["refund", "refunds", "disputes", "close"],
)
def test_only_stripes_own_parameters_are_taken(shape: dict[str, Any], params: type) -> None:
    """What the played Stripe takes is what Stripe's library has a name for."""
    assert set(shape) <= set(params.__annotations__)


@pytest.fixture
def schemas() -> Any:
    """Stripe's published specification of its objects."""
    if not SPECIFICATION.exists():
        pytest.skip("Stripe's specification is not here")
    return json.loads(SPECIFICATION.read_text(encoding="utf-8"))["components"]["schemas"]


async def test_objects_fit_the_specification(world: StripePlace, schemas: Any) -> None:
    """Every object shows all that Stripe's specification requires, and nothing else."""
    page = await paid(world, REFUND_FAILS)
    made = await refund(world, page, amount="1000")
    await world.wait(20)
    reversals.dispute(world.stripe, world.charge(page))
    (dispute,) = (await world.asks("GET", "/v1/disputes")).json()["data"]

    for path in (
        f"/v1/checkout/sessions/{page.checkout_ref}",
        f"/v1/payment_intents/{world.intent(page)}",
        f"/v1/charges/{made['charge']}",
        f"/v1/refunds/{made['id']}",
        f"/v1/disputes/{dispute['id']}",
    ):
        shown = (await world.asks("GET", path)).json()
        assert unfit(shown, schemas[shown["object"]]) == [], path
    for each in dispute["balance_transactions"]:
        assert unfit(each, schemas["balance_transaction"]) == []
    assert unfit({"object": "refunds"}, schemas["refund"]) != []


def unfit(shown: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Which fields are missing, unknown, or hold a word that is none of those listed."""
    known = schema["properties"]
    missing = [name for name in schema["required"] if name not in shown]
    return missing + [
        name
        for name, value in shown.items()
        if name not in known or (value and value not in known[name].get("enum", [value]))
    ]
