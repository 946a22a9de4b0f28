"""What a gateway may answer that is no answer: it is judged, and never a traceback."""

from __future__ import annotations

import httpx
import pytest

from adapters.contracts.gateway import checkout_request
from billing.money import Money
from billing.ports import GatewayError
from tests.support.bots.stripe_place import StripePlace

_BODIES = ["", "null", "[]", "5", '"x"', "<html>", "[" * 50_000,
           '{"error": null}', '{"error": "x"}', '{"error": {"code": 5}}']  # fmt: skip


@pytest.mark.parametrize("body", _BODIES, ids=lambda body: body[:20])
async def test_117_whatever_is_answered_is_no_traceback(body: str) -> None:
    """What is no object of Stripe's is judged by its status alone, at every question."""
    world = StripePlace()
    page = await world.open()
    # An object is an answer where it comes with a success.
    for status in (301, 400, 404, 429, 500) if body.startswith("{") else (200, 301, 404, 500):
        answered = httpx.MockTransport(lambda _, status=status: httpx.Response(status, text=body))
        gateway = world.gateway_over(httpx.AsyncClient(transport=answered))
        for asked in (
            gateway.fetch(page.checkout_ref),
            gateway.fetch("pi_1"),
            gateway.opened_since(world.now),
            gateway.open_checkout(checkout_request(world.now, Money(500, "USD"))),
        ):
            with pytest.raises(GatewayError):
                await asked
