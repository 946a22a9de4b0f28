"""Use cases of an operator or a program: draw a balance down, and correct such a draw.

It asks no gateway: what came in by one is sent back by `refund`.
"""

from __future__ import annotations

from dataclasses import dataclass

from billing import ledger
from billing.ledger import Transaction, TransactionKind, customer_of
from billing.limits import limits_for
from billing.money import Money, format_money
from service.common.context import Context
from service.common.errors import OperatorError
from service.money import alerts
from service.money.accounts import OPERATOR, read_amount
from service.ports.store import Account

USUAL_REASON = "usage"
# Nobody means to overdraw an account by more than so many of the largest top-ups.
_LARGEST_TOP_UPS = 100
_CORRECTABLE = (TransactionKind.CHARGE, TransactionKind.CORRECTION)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """What is to be drawn, as typed. The same `key` draws once; `overdraw` passes the floor."""

    account: str
    amount: str
    key: str = ""
    reason: str = USUAL_REASON
    overdraw: bool = False


def charge_account(context: Context, wanted: ChargeRequest) -> str:
    """Draw an amount once for each key; gives the balance left, as text. Raises OperatorError."""
    tx = context.tx
    # Who else draws from it waits, so that two draws never pass the floor together.
    account = tx.accounts.lock(wanted.account)
    if account is None:
        raise OperatorError(f"{wanted.account}: no such account. See: topup-bot accounts list")
    amount = read_amount(wanted.amount, account.currency)
    key = wanted.key or context.services.sources.new_attempt_id()
    drawn = ledger.charge_transaction(account.id, amount, key, context.now)
    before = tx.ledger.moved_minor(drawn.reference)
    if before is None:
        _refuse_too_much(account, amount, wanted.overdraw)
        booked = tx.ledger.post(drawn)
        detail = _detail(drawn, wanted.reason) | {"transaction": booked, "key": wanted.key}
        context.audit(OPERATOR, "charged", account.id, detail)
        alerts.update_alert(context, account.id)
    elif before != amount.minor:
        raise OperatorError(f"--key {wanted.key}: it drew another amount already, and draws once.")
    left = tx.accounts.get(account.id) or account
    return format_money(left.balance)


def was_charged(context: Context, wanted: ChargeRequest) -> bool:
    """Whether this key drew this already, so that it does nothing. Raises OperatorError."""
    account = context.tx.accounts.get(wanted.account)
    if account is None or not wanted.key:
        return False
    amount = read_amount(wanted.amount, account.currency)
    drawn = ledger.charge_transaction(account.id, amount, wanted.key, context.now)
    return context.tx.ledger.moved_minor(drawn.reference) is not None


def correct_charge(
    context: Context, name: str, reason: str, *, overdraw: bool = False
) -> Transaction:
    """Book the opposite of a charge, or of a correction, once. Raises OperatorError.

    The opposite of a correction draws again, and stops at the floor as a charge does.
    """
    tx = context.tx
    wrong = tx.ledger.get(name)
    if wrong is None:
        raise OperatorError(f"{name}: no such transaction. See: topup-bot inspect")
    if wrong.kind not in _CORRECTABLE:
        raise OperatorError(
            f"{name} is a {wrong.kind}: a payment made it, and only the gateway can undo that. "
            "Send the money back: topup-bot refund ID --reason WHY"
        )
    right = ledger.correction_transaction(name, wrong, context.now)
    drawn_from = [(tx.accounts.lock(account), amount) for account, amount in _draws(right)]
    known = tx.ledger.find(right.reference).get(right.reference)
    if known is not None:
        raise OperatorError(f"{name} was corrected already, by {known}. Nothing was booked.")
    for drawn, amount in drawn_from:
        if drawn is not None:
            _refuse_too_much(drawn, amount, overdraw)
    booked = tx.ledger.post(right)
    detail = _detail(right, reason) | {"transaction": booked}
    context.audit(OPERATOR, "transaction_corrected", name, detail)
    for account in sorted(_customers(right)):
        alerts.update_alert(context, account)
    return right


def _refuse_too_much(account: Account, amount: Money, overdraw: bool) -> None:
    left = account.balance_minor - amount.minor
    if left >= -(account.overdraft_minor or 0):
        return
    if not overdraw:
        floor = format_money(Money(-(account.overdraft_minor or 0), account.currency))
        raise OperatorError(
            f"{account.id} has {format_money(account.balance)} and may not go below {floor}. "
            "To draw it all the same: --overdraw"
        )
    most = limits_for(account.currency).maximum.minor * _LARGEST_TOP_UPS
    if left < -most:
        shown = format_money(Money(most, account.currency))
        raise OperatorError(f"{format_money(amount)}: nothing is overdrawn by more than {shown}.")


def _detail(booked: Transaction, reason: str) -> dict[str, object]:
    amounts = [posting.amount for posting in booked.postings]
    return {
        "amount_minor": sum(amount.minor for amount in amounts),
        "currency": amounts[0].currency,
        "reason": reason,
    }


def _draws(booked: Transaction) -> list[tuple[str, Money]]:
    """What it takes from customers' accounts."""
    taken = [(customer_of(posting.source), posting.amount) for posting in booked.postings]
    return [(account, amount) for account, amount in taken if account is not None]


def _customers(booked: Transaction) -> set[str]:
    ends = {end for posting in booked.postings for end in (posting.source, posting.destination)}
    return {account for account in map(customer_of, ends) if account is not None}
