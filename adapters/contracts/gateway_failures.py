"""What every gateway must say of what failed: a test class that its tests inherit besides."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from adapters.contracts.gateway import GatewayWorld, checkout_request
from billing.money import Money
from billing.ports import GatewayError, ListingGateway, PaymentGateway
from billing.topups import PaymentStatus

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

    @pytest.mark.parametrize("body", ["null", "[]", "[{}]", "5", "true", '"paid"'])
    async def test_any_json_in_no_known_form_is_unread(
        self, world: GatewayWorld, body: str
    ) -> None:
        """A success that nobody can read is no outage: the operator hears of it."""
        for error in await _errors(world, world.replying(body)):
            assert (error.retry, error.unread) == (True, True)

    @pytest.mark.parametrize("body", ["{}", '{"error": null}', '{"id": "x", "error": null}',
        '{"id": "x", "error": {}}', '{"error": {"type": "api_error"}}',
        '{"object": "list", "data": "x"}'])  # fmt: skip
    async def test_an_object_in_no_known_form_is_unread_or_not_ours(
        self, world: GatewayWorld, body: str
    ) -> None:
        """It says nothing of a payment; what bears no mark may be another product's checkout."""
        gateway = world.replying(body)
        request = checkout_request(world.now, Money(1_000, "EUR"))
        opened = await _outcome(gateway.open_checkout(request))
        looked = await _outcome(gateway.fetch("cs_genuine1"))

        assert _is_unread(opened)
        assert looked == () or _is_unread(looked)

    async def test_an_odd_entry_hides_no_payment(self, world: GatewayWorld) -> None:
        """What was paid is told, be it in an error, and that something is unread is told too."""
        page = await world.gateway.open_checkout(checkout_request(world.now, Money(1_000, "EUR")))
        await world.pay(page)
        outcome = await _outcome(world.with_odd_entries().fetch(page.checkout_ref))
        told = outcome.told if isinstance(outcome, GatewayError) else outcome

        assert isinstance(told, tuple)
        assert [each.status for each in told] == [PaymentStatus.PAID]
        assert _is_unread(outcome) or told[0].unread

    @pytest.mark.parametrize("body", ["", " ", "<html>Welcome</html>", "nul", "{", "\ufffd"])
    async def test_a_success_that_is_no_json_is_an_outage(
        self, world: GatewayWorld, body: str
    ) -> None:
        """A proxy's page, perhaps: it says nothing about the gateway."""
        for error in await _errors(world, world.replying(body)):
            assert error.is_outage


async def _outcome(asking: Awaitable[object]) -> object:
    """What asking gives, or the error that it ends in."""
    try:
        return await asking
    except GatewayError as error:
        return error


def _is_unread(outcome: object) -> bool:
    return isinstance(outcome, GatewayError) and outcome.retry and outcome.unread


async def _errors(world: GatewayWorld, gateway: PaymentGateway) -> list[GatewayError]:
    """What opening a checkout, looking at one, and listing them end in."""
    asked: list[Awaitable[object]] = [
        gateway.open_checkout(checkout_request(world.now, Money(1_000, "EUR"))),
        gateway.fetch("cs_genuine1"),
    ]
    if isinstance(gateway, ListingGateway):
        asked.append(gateway.opened_since(world.now))
    outcomes = [await _outcome(each) for each in asked]
    errors = [each for each in outcomes if isinstance(each, GatewayError)]
    assert len(errors) == len(asked)
    return errors
