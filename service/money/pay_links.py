"""Use cases of pay links: why one leads nowhere, and what no gateway of the settings opens."""

from __future__ import annotations

from collections.abc import Mapping

from billing.ports import PaymentGateway
from billing.topups import CREDITED_STATUSES, TopUp, TopUpStatus
from conversations.messages.pages import ClosedReason
from conversations.protocol.facts import TopUpFacts
from service.common.context import Context
from service.common.services import Merchant, Services
from service.money import attempts


def why_closed(
    facts: TopUpFacts | None, gateways: Mapping[str, PaymentGateway], services: Services
) -> ClosedReason | None:
    """Why this top-up cannot be paid now; None when it can."""
    if facts is None:
        return ClosedReason.UNKNOWN
    status, top_up = facts.top_up.status, facts.top_up
    if status in CREDITED_STATUSES | {TopUpStatus.PROCESSING, TopUpStatus.PAID}:
        return ClosedReason.PAID
    if status is TopUpStatus.FAILED and facts.known.refused:
        return ClosedReason.REFUSED
    if status is not TopUpStatus.AWAITING_PAYMENT or top_up.expires_at <= services.sources.now():
        return ClosedReason.OVER
    if not services.deals_in(top_up.mode):
        return ClosedReason.LIVE_MONEY
    gateway = gateways.get(top_up.gateway)
    return None if gateway is None or _takes(gateway, top_up) else ClosedReason.REFUSED


def begin(context: Context) -> None:
    """At a bot's start: give up what waits for another account than the gateway's of now.

    A test key's top-up would open a live checkout. Whoever paid is credited all the same, should
    the settings name that account again.
    """
    for top_up in context.tx.top_ups.unpaid(context.now):
        merchant = context.services.merchant(top_up.gateway)
        if merchant is None or _takes(merchant, top_up):
            continue
        why = (
            f"it is to be paid to {top_up.merchant_account} ({top_up.mode}), and {top_up.gateway} "
            f"takes money for {merchant.merchant_account} ({merchant.mode}) now"
        )
        attempts.give_up(context, top_up, why)


def _takes(merchant: Merchant | PaymentGateway, top_up: TopUp) -> bool:
    """Whether what is paid there is what is asked for: the same account and kind of money."""
    wanted = top_up.merchant_account, top_up.mode
    return (merchant.merchant_account, merchant.mode) == wanted
