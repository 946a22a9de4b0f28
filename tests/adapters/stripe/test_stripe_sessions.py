"""What became of a payment by its session and its intent, as Stripe tells it."""

from __future__ import annotations

from typing import Any

import pytest

from billing.topups import PaymentStatus
from tests.support.bots.paying import send_transfer
from tests.support.bots.stripe_place import StripePlace


@pytest.mark.parametrize(
    ("intent", "status"),
    [
        ("requires_action", PaymentStatus.OPEN),
        ("requires_confirmation", PaymentStatus.OPEN),
        ("processing", PaymentStatus.PROCESSING),
        ("requires_payment_method", PaymentStatus.FAILED),
        ("canceled", PaymentStatus.FAILED),
        ("requires_capture", None),
        ("teleported", None),
    ],
)
async def test_only_what_the_payer_has_done_is_on_its_way(
    intent: str, status: PaymentStatus | None
) -> None:
    """A complete session may wait for its payer still: a voucher that nobody has paid yet."""
    world = StripePlace()
    page = await world.open()
    await send_transfer(world.client, page.url)

    def altered(session: dict[str, Any]) -> dict[str, Any]:
        return session | {"payment_intent": session["payment_intent"] | {"status": intent}}

    (told,) = await world.altering(altered).fetch(page.checkout_ref)

    assert told.is_unread is (status is None)
    assert told.status is (status or PaymentStatus.OPEN)
