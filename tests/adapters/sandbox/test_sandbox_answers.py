"""Of a sandbox's answer with something odd in it all else is read, and nothing is guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.contracts.gateway import MARK
from adapters.gateways.sandbox.gateway import SandboxGateway
from billing.money import Money
from billing.ports import GatewayError, ListedCheckout
from billing.records import Refund
from billing.topups import PaymentStatus
from tests.support.bots.sandbox_place import SandboxPlace


@pytest.fixture
def world() -> SandboxPlace:
    return SandboxPlace()


def answering(world: SandboxPlace, answer: Any) -> SandboxGateway:
    return world.replying(json.dumps(answer))


@pytest.mark.parametrize("change", [{"refunded_minor": -1}, {"currency": "doge"}, {"id": 7},
    {"amount_minor": 10**15}, {"status": None}], ids=repr)  # fmt: skip
async def test_an_odd_payment_hides_no_other(world: SandboxPlace, change: dict[str, Any]) -> None:
    """The one that can be read is told by the error; of the odd one nothing is claimed."""
    page = await world.open()

    def altered(answer: dict[str, Any]) -> dict[str, Any]:
        (payment,) = answer["payments"]
        odd = payment | {"id": "pay_odd"} | change
        return answer | {"payments": [odd, payment | {"status": "failed"}]}

    with pytest.raises(GatewayError) as caught:
        await world.altering(altered).fetch(page.checkout_ref)

    assert caught.value.unread
    assert [each.status for each in caught.value.told] == [PaymentStatus.FAILED]


async def test_an_odd_payment_keeps_no_other_from_being_sent_back(world: SandboxPlace) -> None:
    """The order is carried out once its own payment can be read, and only then."""
    page = await world.open()
    await world.pay(page)
    paid = await world.payment(page)
    amount = Money(1_000, "USD")
    order = Refund(
        "order-1", "sandbox", paid.merchant_account, paid.payment_ref,
        amount, "by mail", "operator", world.now,
    )  # fmt: skip
    (after,) = await world.with_odd_entries().refund(order, frozenset({MARK}))
    blind = world.altering(lambda answer: answer | {"payments": [5]})

    assert after.reversals.refunded_minor == 1_000
    with pytest.raises(GatewayError) as caught:
        await blind.refund(order, frozenset({MARK}))
    assert caught.value.unread


@pytest.mark.parametrize("entry", [{}, 5, {"id": None}, {"id": "a b"}], ids=repr)
async def test_a_list_that_goes_on_unread_is_no_shorter_list(
    world: SandboxPlace, entry: object
) -> None:
    """Where no entry of a page has an id, nobody knows how to ask for the next page."""
    endless = answering(world, {"checkouts": [entry], "has_more": True})
    ended = answering(world, {"checkouts": [entry, {"id": "cs_1"}], "has_more": False})

    with pytest.raises(GatewayError) as caught:
        await endless.opened_since(world.now)
    assert caught.value.unread
    assert await ended.opened_since(world.now) == (ListedCheckout("cs_1", None),)
