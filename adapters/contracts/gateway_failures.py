"""What every gateway must say of what failed: a test class that its tests inherit besides."""

from __future__ import annotations

import pytest

from adapters.contracts.gateway import GatewayWorld, checkout_request
from billing.money import Money
from billing.ports import GatewayError, PaymentGateway

# Whoever refuses the key, or what it may do: only an operator can mend it, and is told.
DENIED = (401, 403)


class FailureContract:
    """Inherit beside `GatewayContract`, with the same fixture `world`."""

    @pytest.mark.parametrize(
        "status", [None, 302, 400, 401, 403, 404, 407, 409, 410, 413, 422, 429, 451, 500, 502, 503]
    )
    async def test_116_a_proxys_page_is_no_refusal(
        self, world: GatewayWorld, status: int | None
    ) -> None:
        """No answer, or a proxy's page whatever its status, says nothing: it is asked again."""
        for error in await _errors(world, world.failing(status)):
            assert (error.retry, error.unread) == (True, False)
            assert error.denied is (status in DENIED)

    @pytest.mark.parametrize(("status", "again"), [(400, False), (404, False), (401, True),
        (403, True), (408, True), (425, True), (429, True), (500, True), (503, True)])  # fmt: skip
    async def test_it_says_whether_asking_again_helps(
        self, world: GatewayWorld, status: int, again: bool
    ) -> None:
        """Its own refusal of an order is for good; of a key, a fault or a limit passes."""
        for error in await _errors(world, world.refusing(status)):
            assert error.retry is again
            assert error.denied is (status in DENIED)

    @pytest.mark.parametrize("code", ["rate_limit", "lock_timeout", "idempotency_key_in_use"])
    async def test_116_a_busy_gateway_refuses_nothing(
        self, world: GatewayWorld, code: str
    ) -> None:
        """That it has too much to do is no word for good, whatever the status."""
        for status in (400, 409, 429):
            for error in await _errors(world, world.refusing(status, code)):
                assert error.retry


async def _errors(world: GatewayWorld, gateway: PaymentGateway) -> list[GatewayError]:
    """What opening a checkout and looking at one end in."""
    told = []
    for asking in (
        gateway.open_checkout(checkout_request(world.now, Money(1_000, "EUR"))),
        gateway.fetch("cs_genuine1"),
    ):
        with pytest.raises(GatewayError) as caught:
            await asking
        told.append(caught.value)
    return told
