"""What a gateway that sends money back must hold: a test class that its tests inherit besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.contracts.gateway import EXACT_TOTALS, MARK, GatewayWorld, checkout_request
from billing.money import Money
from billing.ports import GatewayError, RefundingGateway
from billing.records import Refund
from billing.topups import PaymentSnapshot, PaymentStatus

OURS: frozenset[str | None] = frozenset({MARK})


class RefundContract:
    """Inherit beside `GatewayContract`, with the same `world`."""

    @pytest.mark.parametrize("total", EXACT_TOTALS, ids=str)
    async def test_an_order_sends_money_back_once(self, world: GatewayWorld, total: Money) -> None:
        """Half, by one order asked twice, then the rest; exact, and never more than there is."""
        gateway = world.gateway
        assert isinstance(gateway, RefundingGateway)
        page = await gateway.open_checkout(checkout_request(world.now, total))
        await world.pay(page)
        (paid,) = await gateway.fetch(page.checkout_ref)
        # In tens, since some gateways take no smaller change.
        half = total.minor // 20 * 10 or total.minor
        counts = []
        for order, minor in (("one", half), ("one", half), ("two", total.minor - half)):
            if minor:
                (after,) = await gateway.refund(_refund(world, paid, order, minor), OURS)
                counts.append(after.reversals.refunded_minor)

        assert counts[:2] == [half, half]
        assert counts[-1] == total.minor
        assert after.status is PaymentStatus.PAID
        with pytest.raises(GatewayError) as caught:
            await gateway.refund(_refund(world, paid, "three", 10), OURS)
        assert not caught.value.retry

    async def test_121_nothing_of_another_installation_is_sent_back(
        self, world: GatewayWorld
    ) -> None:
        """A checkout under another mark, or under none that counts, keeps all of its money."""
        gateway = world.gateway
        assert isinstance(gateway, RefundingGateway)
        for number, mark in enumerate(("in_fedcba9876543210", "")):
            request = checkout_request(world.now, EXACT_TOTALS[2], f"attempt-{number}")
            page = await gateway.open_checkout(replace(request, installation=mark))
            await world.pay(page)
            (paid,) = await gateway.fetch(page.checkout_ref)
            with pytest.raises(GatewayError) as caught:
                await gateway.refund(_refund(world, paid, f"order-{number}", 10), OURS)

            (after,) = await gateway.fetch(page.checkout_ref)
            assert not caught.value.retry
            assert after.installation == (mark or None)
            assert after.reversals.refunded_minor == 0


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
