"""What a gateway that sends money back must hold: a test class that its tests inherit besides."""

from __future__ import annotations

import pytest

from adapters.contracts.gateway import EXACT_TOTALS, GatewayWorld, checkout_request
from billing.money import Money
from billing.ports import GatewayError, Refunds
from billing.records import Refund
from billing.topups import PaymentSnapshot, PaymentStatus


class RefundContract:
    """Inherit beside `GatewayContract`, with the same `world`."""

    @pytest.mark.parametrize("total", EXACT_TOTALS, ids=str)
    async def test_an_order_sends_money_back_once(self, world: GatewayWorld, total: Money) -> None:
        """Half, by one order asked twice, then the rest; exact, and never more than there is."""
        gateway = world.gateway
        assert isinstance(gateway, Refunds)
        page = await gateway.open_checkout(checkout_request(world.now, total))
        await world.pay(page)
        (paid,) = await gateway.fetch(page.checkout_ref)
        # In tens, since some gateways take no smaller change.
        half = total.minor // 20 * 10 or total.minor
        counts = []
        for order, minor in (("one", half), ("one", half), ("two", total.minor - half)):
            if minor:
                (after,) = await gateway.refund(_refund(world, paid, order, minor))
                counts.append(after.reversals.refunded_minor)

        assert counts[:2] == [half, half]
        assert counts[-1] == total.minor
        assert after.status is PaymentStatus.PAID
        with pytest.raises(GatewayError) as caught:
            await gateway.refund(_refund(world, paid, "three", 10))
        assert not caught.value.retry


def _refund(world: GatewayWorld, paid: PaymentSnapshot, order: str, minor: int) -> Refund:
    return Refund(
        id=order,
        gateway=paid.gateway,
        merchant_account=paid.merchant_account,
        payment_ref=paid.payment_ref,
        amount=Money(minor, paid.amount.currency),
        reason="asked for by mail",
        asked_by="operator",
        asked_at=world.now,
    )
