"""What goes on inside, as plain facts for an operator, without secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from billing.ledger import customer_of
from billing.money import Money, format_money
from billing.topups import Payment
from bot.watch.logs import redact
from conversations.protocol.events import Asking, ConversationKey, Draft, Idle
from service.money.accounts import list_accounts as listed_accounts
from service.ports.store import Account, BookedPosting, CardReport, LedgerAccount, SavedState, Tx

LIMIT = 200
Facts = dict[str, Any]


def inspect_rows(tx: Tx, now: datetime, limit: int = LIMIT) -> Facts:
    """Accounts, conversations, ledger, cards, payments; deliveries and lanes counted; for JSON.

    Of each kind of row at most `limit`, the newest; sums and counts are over all. It is one
    transaction, which nobody writes beside.
    """
    accounts = tx.inspection.ledger_accounts()
    waiting = tx.inspection.deliveries()
    # The newest alone, as asked for; sums and counts are over all.
    return {
        "at": now.isoformat(),
        "accounts": listed_accounts(tx),
        "conversations": [_conversation(*each) for each in tx.inspection.conversations(limit)],
        "ledger": _ledger(accounts, tx.inspection.postings(limit), tx.accounts.all()),
        "sums": _sums(accounts),
        "cards": [_card(card) for card in tx.inspection.cards(limit)],
        "payments": [_payment(payment) for payment in tx.inspection.payments(limit)],
        "deliveries": {
            "waiting": waiting.waiting,
            "done": waiting.done,
            "quarantined": waiting.quarantined,
        },
        "lanes": [
            {"kind": each.kind, "due": each.due, "later": each.later, "held": each.held}
            for each in tx.inspection.lanes(now)
        ],
    }


def _conversation(key: ConversationKey, saved: SavedState) -> Facts:
    state = saved.state
    return {
        "platform": key.platform,
        "tenant": key.tenant,
        "chat": key.chat,
        "person": key.person,
        "state": state.kind,
        "asking": str(state.slot) if isinstance(state, Asking) else None,
        "draft": None if isinstance(state, Idle) else _draft(state.draft),
        "card": None if isinstance(state, Idle) else state.card,
        "locale": saved.locale,
        "touched_at": saved.touched_at.isoformat(),
    }


def _draft(draft: Draft) -> Facts:
    typed = draft.amount_text
    return {
        "id": draft.id,
        "account": draft.account,
        "amount": None if draft.amount is None else format_money(draft.amount),
        "currency": draft.currency,
        "method": draft.method,
        "amount_text": None if typed is None else redact(typed),
    }


# -- the ledger


def _ledger(
    accounts: Iterable[LedgerAccount],
    newest: Sequence[BookedPosting],
    customers: Iterable[Account],
) -> list[Facts]:
    stored = {account.id: account.balance for account in customers}
    return [_t_account(account, newest, stored) for account in accounts]


def _t_account(
    account: LedgerAccount, newest: Sequence[BookedPosting], stored: dict[str, Money]
) -> Facts:
    """One ledger account: what it is debited with and credited with, line by line."""
    kept = stored.get(customer_of(account.id) or "")
    lines = [_line(booked, account) for booked in newest if _touches(booked, account)]
    return {
        "account": account.id,
        "currency": account.balance.currency,
        "debit": format_money(account.debit),
        "credit": format_money(account.credit),
        "balance": format_money(account.balance),
        "balance_minor": account.balance.minor,
        "stored": None if kept is None else format_money(kept),
        "stored_agrees": kept is None or kept == account.balance,
        "postings": lines,
        "postings_not_listed": account.postings - len(lines),
    }


def _touches(booked: BookedPosting, account: LedgerAccount) -> bool:
    posting = booked.posting
    ends = (posting.source, posting.destination)
    return account.id in ends and posting.amount.currency == account.balance.currency


def _line(booked: BookedPosting, account: LedgerAccount) -> Facts:
    posting = booked.posting
    credited = posting.destination == account.id
    return {
        "transaction": booked.transaction,
        "reference": redact(booked.reference),
        "kind": booked.kind,
        "at": booked.at.isoformat(),
        "side": "credit" if credited else "debit",
        "against": posting.source if credited else posting.destination,
        "amount": format_money(posting.amount),
        "amount_minor": posting.amount.minor,
    }


def _sums(accounts: Iterable[LedgerAccount]) -> list[Facts]:
    """Each currency over all ledger accounts: zero, or something is badly wrong."""
    sums: Counter[str] = Counter()
    for account in accounts:
        sums[account.balance.currency] += account.balance.minor
    return [
        {"currency": currency, "sum": format_money(Money(minor, currency)), "sum_minor": minor}
        for currency, minor in sorted(sums.items())
    ]


# -- cards and payments


def _card(card: CardReport) -> Facts:
    return {
        "id": card.id,
        "platform": card.chat.platform,
        "tenant": card.chat.tenant,
        "chat": card.chat.id,
        "person": card.person,
        "title": redact(card.title),
        "subject": card.subject,
        "wanted_rev": card.wanted_rev,
        "shown_rev": card.shown_rev,
        "waiting": card.is_waiting,
        "given_up": card.given_up,
        "message": None if card.message is None else [card.message.chat, card.message.id],
        "tries": card.tries,
        "error": None if card.error is None else redact(card.error),
    }


def _payment(payment: Payment) -> Facts:
    return {
        "key": payment.key,
        "gateway": payment.gateway,
        "payment_ref": payment.payment_ref,
        "top_up": payment.top_up,
        "status": payment.status,
        "amount": format_money(payment.amount),
        "amount_minor": payment.amount.minor,
        "disposition": payment.disposition,
        "held_because": payment.held_because,
        "gone_minor": payment.gone_minor,
    }
