"""Use cases of an operator about held money: list it, credit it, send it back, close a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from billing.ledger import credit_transaction
from billing.money import Money, format_money
from billing.topups import Disposition, HeldReason, Payment, TopUp, TopUpStatus
from conversations.messages.cards import top_up_card
from conversations.protocol.people import Person
from conversations.protocol.places import (
    HomeTab,
    RefusedPlace,
    WholeChat,
    read_refused_place,
    without_thread,
    write_place,
)
from conversations.protocol.records import RefusedCards
from service.cards.cards import (
    dismiss_refusals,
    facts_on,
    stable_card_id,
    want_extra_card,
    want_top_up,
)
from service.common.context import Context
from service.money import alerts, refunds
from service.money.accounts import OPERATOR, OperatorError, read_amount
from service.people.people import person_name
from service.ports.store import Account, Refund, TaskKind, Tx

# Money that is not where it should be cannot be credited, whatever an operator says.
_ELSEWHERE = (HeldReason.WRONG_MODE, HeldReason.WRONG_MERCHANT)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, and why: both stand in the audit trail."""

    reason: str
    actor: str = OPERATOR


def list_held(tx: Tx) -> list[dict[str, Any]]:
    """Held payments, open tasks, and chats that take no message, as plain facts.

    For a table or JSON; money first, and the oldest first.
    """
    return [*map(_payment_facts, tx.payments.held()), *_task_facts(tx), *_chat_facts(tx)]


def _payment_facts(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.payment_ref,
        "what": "payment",
        "why": str(payment.held_because),
        "amount": format_money(payment.amount),
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "gateway": payment.gateway,
        "top_up": payment.top_up,
    }


def _task_facts(tx: Tx) -> list[dict[str, Any]]:
    return [
        {"id": task.subject, "what": "task", "why": str(task.kind), "detail": task.detail}
        for task in tx.tasks.open()
    ]


def _chat_facts(tx: Tx) -> list[dict[str, Any]]:
    """One for each chat; one for a whole bot that is refused in several by the same verdict."""
    together: dict[RefusedPlace, list[RefusedCards]] = {}
    for each in tx.cards.refusals():
        whole = RefusedPlace(each.chat.platform, each.chat.tenant, None, each.why)
        together.setdefault(whole, []).append(each)
    return [_refused_facts(whole, found) for whole, found in together.items()]


def _refused_facts(whole: RefusedPlace, found: Sequence[RefusedCards]) -> dict[str, Any]:
    refused = whole if len(found) > 1 else replace(whole, place=found[0].chat.place)
    said = "; ".join(dict.fromkeys(each.error for each in found))
    count = sum(each.cards for each in found)
    return {
        "id": refused.spelled,
        "what": "chat",
        "why": str(refused.verdict),
        "detail": f"{count} not shown in {len(found)}: {said}",
    }


def find_payment(tx: Tx, name: str) -> Payment:
    """The payment of that reference or key, or the applied one of that top-up.

    Raises OperatorError.
    """
    applied = [
        one for one in tx.payments.of_top_up(name) if one.disposition is Disposition.APPLIED
    ]
    found = applied or list(tx.payments.named(name))
    if not found:
        raise OperatorError(f"{name}: no such payment or paid top-up. See: topup-bot held list")
    return _only(found, name)


def find_held(tx: Tx, name: str) -> Payment:
    """The held payment of that reference, key or top-up. Raises OperatorError."""
    found = [
        one
        for one in tx.payments.held()
        if name in (one.payment_ref, one.search_ref, one.key, one.top_up)
    ]
    if not found:
        raise OperatorError(f"{name}: no such payment is held. See: topup-bot held list")
    return _only(found, name)


def _only(found: Sequence[Payment], name: str) -> Payment:
    if len(found) > 1:
        keys = ", ".join(one.key for one in found)
        raise OperatorError(f"{name}: several payments are called so. Name one whole: {keys}")
    return found[0]


def refund_held(context: Context, name: str, decision: Decision) -> Refund:
    """Order a refund of all of a payment that is held, and of no other. Raises OperatorError."""
    return send_back(context, find_held(context.tx, name).key, "", "", decision)


def send_back(context: Context, name: str, amount: str, key: str, decision: Decision) -> Refund:
    """Order a refund of a payment, all that is left where no amount is given.

    Raises OperatorError.
    """
    payment = find_payment(context.tx, name)
    wanted = read_amount(amount, payment.amount.currency) if amount else None
    ask = refunds.RefundRequest(
        key or context.services.sources.new_attempt_id(), wanted, decision.reason, decision.actor
    )
    try:
        return refunds.order_refund(context, payment, ask)
    except refunds.RefundRefused as refused:
        raise OperatorError(str(refused)) from None


def credit_held(context: Context, name: str, account_id: str, decision: Decision) -> TopUp:
    """Credit held money to an account: a top-up of its own, of what was paid.

    Raises OperatorError.
    """
    tx = context.tx
    found = find_held(tx, name)
    payment = tx.payments.lock(found.gateway, found.merchant_account, found.payment_ref) or found
    asked_for = tx.top_ups.lock(payment.top_up) if payment.top_up else None
    account = _receiver(context, payment, asked_for, account_id)
    made = _made(context, payment, asked_for, account)
    tx.top_ups.add(made)
    applied = replace(payment, top_up=made.id, disposition=Disposition.APPLIED, held_because=None)
    tx.payments.put(applied, context.now)
    tx.ledger.post(credit_transaction(made, applied, context.now))
    detail = {"top_up": made.id, "was": payment.held_because, "reason": decision.reason}
    context.audit(decision.actor, "held_credited", payment.key, detail)
    alerts.update_alert(context, account.id)
    if asked_for is not None:
        _tell(context, made, asked_for)
    return made


def close_task(context: Context, subject: str, decision: Decision) -> None:
    """A person looked into it and nothing is left to do. Raises OperatorError."""
    closed = [
        context.tx.tasks.close(kind, subject, decision.reason, context.now) for kind in TaskKind
    ]
    refused = read_refused_place(subject)
    # The trail stays for good, so it calls nobody by what their platform calls them.
    told = _without_ids(context, refused).spelled if refused else subject
    if not any(closed) and not (refused and dismiss_refusals(context.tx, refused, context.now)):
        raise OperatorError(f"{subject}: no open task. See: topup-bot held list")
    context.audit(decision.actor, "task_closed", told, {"reason": decision.reason})


def _without_ids(context: Context, refused: RefusedPlace) -> RefusedPlace:
    """The same place, a chat with one person alone under that person's name."""
    if refused.place is None:
        return refused
    chat, place = (refused.platform, refused.tenant), refused.place
    within = without_thread(place)
    read_by = {card.person for card in context.tx.cards.lock_blocked(*chat, within, None)}
    read_by |= {within.person} if isinstance(within, HomeTab) else set()
    channels = {link.external_id for link in context.tx.accounts.channels(*chat)}
    if len(read_by) != 1 or "" in read_by or write_place(within) in channels:
        return refused
    (person,) = read_by
    name = person_name(context, Person(*chat, person).key)
    return replace(refused, place=WholeChat(name))


def _receiver(
    context: Context, payment: Payment, asked_for: TopUp | None, account_id: str
) -> Account:
    """The account that may have this money."""
    if payment.disposition is not Disposition.HELD:
        raise OperatorError(f"{payment.payment_ref}: it is not held.")
    if refunds.refundable_minor(context.tx, payment) != payment.amount.minor:
        raise OperatorError(f"{payment.payment_ref}: some of it went back, or is on its way back.")
    if payment.held_because in _ELSEWHERE:
        raise OperatorError(
            f"{payment.payment_ref}: {payment.held_because}. The money is not in our account; "
            "it can only be sent back."
        )
    account = context.tx.accounts.get(account_id or (asked_for.account if asked_for else ""))
    if account is None:
        raise OperatorError("Say which account: --credit ACCOUNT. See: topup-bot accounts list")
    if account.currency != payment.amount.currency:
        raise OperatorError(
            f"{account.id} is kept in {account.currency}, and the bot does not convert."
        )
    merchant = context.services.merchant(payment.gateway)
    ours = (merchant.merchant_account, merchant.mode) if merchant else None
    if ours != (payment.merchant_account, account.mode):
        raise OperatorError(
            f"{account.id} is {account.mode}; {payment.gateway} took no such money."
        )
    return account


def _made(context: Context, payment: Payment, asked_for: TopUp | None, account: Account) -> TopUp:
    """The top-up that the money becomes; it is its payer's, where that is known."""
    now, id = context.now, context.services.sources.new_top_up_id()
    return TopUp(
        id=id,
        account=account.id,
        amount=payment.amount,
        fee=Money(0, payment.amount.currency),
        method=asked_for.method if asked_for else payment.gateway,
        gateway=payment.gateway,
        merchant_account=payment.merchant_account,
        mode=account.mode,
        status=TopUpStatus.CREDITED,
        revision=1,
        requester=asked_for.requester if asked_for else OPERATOR,
        card=stable_card_id(id, "card"),
        created_at=now,
        expires_at=now,
        watched_until=now,
    )


def _tell(context: Context, made: TopUp, asked_for: TopUp) -> None:
    """The payer gets the new top-up's card, and the old one's is held no more."""
    card = context.tx.cards.get(asked_for.card)
    if card is not None:
        localizer = context.services.localizer(card.locale, card.zone)
        facts = facts_on(context, card, made)
        view = top_up_card(facts, localizer, context.services.support)
        want_extra_card(context, card, made.card, view, made.id)
    want_top_up(context, asked_for)
