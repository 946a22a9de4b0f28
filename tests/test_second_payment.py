"""A second payment after the credit is found without a callback, and held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.topups import PaymentStatus
from tests.history_world import World


@pytest.mark.parametrize("after", [timedelta(minutes=5), timedelta(hours=70)])
def test_10_a_second_payment_whose_callback_is_lost_is_held(after: timedelta) -> None:
    """Credited is not the end: the pay link's end and the end of the watch are looked at too."""
    world = World()
    world.does("ana", text="/topup 50 USD card")
    world.works()
    world.does("ana", press=world.chat.tokens[0][1])
    world.works()
    world.posts(world.chat.links[0].removeprefix("http://bot.test"))
    (checkout,) = world.visited
    gateway = world.gateways["wild"]
    gateway.pay(checkout, PaymentStatus.PAID)
    world.posts("/webhooks/wild", checkout)
    world.works()
    world.clock.advance(minutes=5)
    world.works()
    world.clock.at += after
    gateway.pay(checkout, PaymentStatus.PAID)

    world.clock.at = world.watched()[checkout]
    world.works()

    payments = world.tables()["payments"]
    assert [(each["disposition"], each["held_because"]) for each in payments] == [
        ("applied", None),
        ("held", "second_payment"),
    ]
    world.close()
