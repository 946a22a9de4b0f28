"""Use cases of pay links: why one leads nowhere, and what no gateway of the settings opens."""

from __future__ import annotations

from collections.abc import Mapping

from billing.ports import PaymentGateway
from billing.topups import CREDITED_STATUSES, TopUp, TopUpStatus
from conversations.messages.pages import UnpayableReason
from conversations.protocol.facts import TopUpFacts
from service.common.context import Context
from service.common.services import Merchant, Services
from service.money import attempts, topups
from service.ports.store import Task, TaskKind


def unpayable_reason(
    facts: TopUpFacts | None, gateways: Mapping[str, PaymentGateway], services: Services
) -> UnpayableReason | None:
    """Why this top-up cannot be paid now; None when it can."""
    if facts is None:
        return UnpayableReason.UNKNOWN
    status, top_up = facts.top_up.status, facts.top_up
    if status in CREDITED_STATUSES | {TopUpStatus.PROCESSING, TopUpStatus.PAID}:
        return UnpayableReason.PAID
    if status is TopUpStatus.FAILED and facts.known.refused:
        return UnpayableReason.REFUSED
    if status is not TopUpStatus.AWAITING_PAYMENT or top_up.expires_at <= services.sources.now():
        return UnpayableReason.OVER
    if not services.deals_in(top_up.mode):
        return UnpayableReason.LIVE_MONEY
    gateway = gateways.get(top_up.gateway)
    if gateway is None:
        return UnpayableReason.NO_GATEWAY
    return None if _takes(gateway, top_up) else UnpayableReason.REFUSED


def give_up_misdirected(context: Context) -> None:
    """At a bot's start: look after what cannot be paid any more, since the settings changed."""
    named_again = _named_again(context)
    for top_up in context.tx.top_ups.unpaid(context.now):
        merchant = context.services.merchant(top_up.gateway)
        if merchant is None:
            gateway_missing(context, top_up.gateway, again=True)
        elif not _takes(merchant, top_up):
            _give_up(context, top_up, merchant)
        if merchant is None or top_up.gateway in named_again:
            topups.refresh_views(context, top_up)


def gateway_missing(context: Context, gateway: str, *, again: bool) -> None:
    """Nobody is led there nor asks what was paid there: the operator is told.

    Also `again`, where that was closed.
    """
    detail = "GATEWAYS names it no more, and what is paid there is not seen"
    task = Task(TaskKind.CHECKOUT_REFUSED, gateway, detail, context.now)
    context.tx.tasks.add(task, again=again)


def _named_again(context: Context) -> list[str]:
    """Gateways that were missing and are there again: nobody has to close their tasks."""
    tasks, services = context.tx.tasks, context.services
    told = [one.subject for one in tasks.open() if one.kind is TaskKind.CHECKOUT_REFUSED]
    back = [name for name in told if services.merchant(name) is not None]
    for name in back:
        tasks.close(TaskKind.CHECKOUT_REFUSED, name, "GATEWAYS names it again", context.now)
    return back


def _give_up(context: Context, top_up: TopUp, merchant: Merchant) -> None:
    """It waits for another account than the gateway's of now, such as that of a test key.

    Whoever paid is credited all the same, should the settings name that account again.
    """
    why = (
        f"it is to be paid to {top_up.merchant_account} ({top_up.mode}), and {top_up.gateway} "
        f"takes money for {merchant.merchant_account} ({merchant.mode}) now"
    )
    attempts.give_up(context, top_up, why)


def _takes(merchant: Merchant | PaymentGateway, top_up: TopUp) -> bool:
    """Whether what is paid there is what is asked for: the same account and kind of money."""
    wanted = top_up.merchant_account, top_up.mode
    return (merchant.merchant_account, merchant.mode) == wanted
