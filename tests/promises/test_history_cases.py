"""Single histories worth naming: what they found, or what chance meets too seldom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from billing.topups import PaymentStatus
from service.common.fail_points import FailPoint
from service.lanes.keys import LaneKind
from tests.support.bots.bot_place import PUBLIC_URL
from tests.support.histories.chat_platform import Trouble
from tests.support.histories.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which Ana has confirmed a top-up and has the pay page of her gateway open."""
    made = World()
    made.does("ana", text="/topup 50 USD card")
    made.works()
    made.does("ana", press=made.chat.tokens[0][1])
    made.works()
    made.posts(made.chat.links[0].removeprefix(PUBLIC_URL))
    yield made
    made.close()


@pytest.mark.parametrize("after", [timedelta(minutes=5), timedelta(hours=70)])
def test_10_a_second_payment_whose_callback_is_lost_is_held(
    world: World, after: timedelta
) -> None:
    """Credited is not the end: the pay link's end and the end of the watch are looked at too."""
    pays(world)
    world.clock.advance(minutes=5)
    world.works()
    world.clock.at += after
    (checkout,) = world.visited
    world.gateways["wild"].pay(checkout, PaymentStatus.PAID)

    world.clock.at = world.watched()[checkout]
    world.works()

    payments = world.tables()["payments"]
    assert [(each["disposition"], each["held_because"]) for each in payments] == [
        ("applied", None),
        ("held", "second_payment"),
    ]


def test_10_a_watch_that_ended_while_nobody_served_is_looked_at_all_the_same(
    world: World,
) -> None:
    """Days without a bot: what was paid a second time before them is found and held after them."""
    pays(world)
    (checkout,) = world.visited
    world.gateways["wild"].pay(checkout, PaymentStatus.PAID)
    world.clock.advance(days=4)
    world.works()

    held = [each["held_because"] for each in world.tables()["payments"]]
    assert held == [None, "second_payment"]


def test_46_who_is_acknowledged_is_stored(world: World) -> None:
    """Dead between storing and acknowledging: the sender knows of nothing that we do not have."""
    world.fuse = FailPoint.DELIVERY_STORED, 1
    world.does("ana", text="/topup balance")

    stored = {each["sender_id"] for each in world.tables()["deliveries"]}
    assert world.accepted <= stored


def test_23_who_pays_what_was_cancelled_is_credited_without_a_callback(world: World) -> None:
    """The page was open when Cancel was pressed; the bot closes it, and finds who was quicker."""
    (checkout,) = world.visited
    world.does("ana", text="/topup cancel")
    world.works(LaneKind.TURNS)
    world.gateways["wild"].pay(checkout, PaymentStatus.PAID)
    world.works()

    assert [each["status"] for each in world.tables()["top_ups"]] == ["credited"]


def test_23_the_page_of_what_was_cancelled_is_closed(world: World) -> None:
    """Nobody pays for nothing: the gateway is told, once it says that nobody has paid yet."""
    (checkout,) = world.visited
    world.gateways["wild"].pay(checkout, PaymentStatus.OPEN)
    world.does("ana", text="/topup cancel")
    world.works()

    assert world.gateways["wild"].closed == [checkout]


@pytest.mark.parametrize("trouble", Trouble)
def test_37_trouble_over_an_edit_ends_in_one_message(world: World, trouble: Trouble) -> None:
    """Down, limited or the reply lost: the card is edited later, where it stands."""
    before = len(world.chat.messages)
    world.chat.trouble = trouble

    pays(world)
    world.clock.advance(minutes=1)
    world.works()

    assert len(world.chat.messages) == before
    assert sum("Credited" in each for each in world.chat.titles().values()) == 1


def pays(world: World) -> None:
    """The page is paid, and the gateway calls back."""
    (checkout,) = world.visited
    world.gateways["wild"].pay(checkout, PaymentStatus.PAID)
    world.posts("/webhooks/wild", checkout)
    world.works()
