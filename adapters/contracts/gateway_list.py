"""What every gateway that lists its checkouts must hold: a test class that its tests inherit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.contracts.gateway import MARK, GatewayWorld, checkout_request
from billing.money import Money
from billing.ports import GatewayError, ListedCheckout, ListingGateway

_EUROS = Money(1_000, "EUR")
# More than any gateway gives on one page.
_MANY = 101


def _listing(gateway: object) -> ListingGateway:
    if not isinstance(gateway, ListingGateway):
        raise TypeError("this gateway lists no checkouts")
    return gateway


class CheckoutListContract:
    """Inherit beside `GatewayContract`, with the same fixture `world`."""

    async def test_65_every_checkout_is_listed_once(self, world: GatewayWorld) -> None:
        """Whatever became of it, however many there are, and over however many pages."""
        opened = [
            await world.gateway.open_checkout(checkout_request(world.now, _EUROS, f"{number}"))
            for number in range(_MANY)
        ]
        await world.pay(opened[0])
        await world.gateway.close_checkout(opened[1].checkout_ref)

        listed = await _listing(world.gateway).opened_since(world.now - timedelta(hours=1))

        assert len(listed) == len(opened)
        assert set(listed) == {ListedCheckout(page.checkout_ref, MARK) for page in opened}

    async def test_65_the_edge_of_the_time_counts(self, world: GatewayWorld) -> None:
        """What was opened at that very second is listed, and what was opened before is not."""
        page = await world.gateway.open_checkout(checkout_request(world.now, _EUROS))
        listing, second = _listing(world.gateway), timedelta(seconds=1)

        listed = ListedCheckout(page.checkout_ref, MARK)
        assert await listing.opened_since(world.now) == (listed,)
        assert await listing.opened_since(world.now + second) == ()

    async def test_an_odd_entry_hides_no_checkout(self, world: GatewayWorld) -> None:
        """On each page, however many follow; the others are listed all the same."""
        opened = [
            await world.gateway.open_checkout(checkout_request(world.now, _EUROS, f"{number}"))
            for number in range(_MANY)
        ]
        listing = _listing(world.with_odd_entries())
        listed = await listing.opened_since(world.now - timedelta(hours=1))

        assert {each.checkout_ref for each in listed} == {each.checkout_ref for each in opened}

    async def test_a_gateway_that_opened_nothing_lists_nothing(self, world: GatewayWorld) -> None:
        """An empty list is an answer, too."""
        assert await _listing(world.gateway).opened_since(world.now) == ()

    @pytest.mark.parametrize(("status", "again"), [(None, True), (500, True), (401, True)])
    async def test_a_list_that_fails_says_whether_asking_again_helps(
        self, world: GatewayWorld, status: int | None, again: bool
    ) -> None:
        """A list that breaks off is an error, never a shorter list."""
        with pytest.raises(GatewayError) as caught:
            await _listing(world.failing(status)).opened_since(world.now)

        assert caught.value.retry is again
