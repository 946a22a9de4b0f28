"""Rows and labels for what a draft has so far and what its ways to pay cost."""

from __future__ import annotations

from billing.methods import PaymentMethod
from billing.money import Money
from conversations.drafts.checks import account_of, method_label, method_of, methods_for_amount
from conversations.protocol.actions import Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.protocol.views import Row
from conversations.text.localizer import TypedText
from conversations.words import words


def draft_rows(draft: Draft, terms: Terms) -> tuple[Row, ...]:
    """What the draft has so far; the price as soon as amount and method are known."""
    say, account, method = terms.localizer.text, account_of(draft, terms), method_of(draft, terms)
    rows: list[Row] = []
    if account is not None:
        rows.append(
            Row(say(words.SLOTS[Slot.ACCOUNT]), terms.localizer.format(TypedText(account.title)))
        )
    amount = draft.amount or (TypedText(draft.amount_text) if draft.amount_text else None)
    if amount is not None:
        rows.append(Row(say(words.SLOTS[Slot.AMOUNT]), terms.localizer.format(amount)))
    elif account is None and draft.currency is not None:
        rows.append(Row(say(words.SLOTS[Slot.CURRENCY]), draft.currency))
    if method is not None:
        rows.append(Row(say(words.SLOTS[Slot.METHOD]), method_label(method.key, terms)))
    if draft.amount is not None and method is not None:
        rows += price_rows(draft.amount, method.fee.for_amount(draft.amount), terms)
    return tuple(rows)


def price_rows(amount: Money, fee: Money, terms: Terms) -> list[Row]:
    """Fee and total."""
    say, fact = terms.localizer.text, terms.localizer.format
    return [
        Row(say(words.FEE), fact(fee) if fee.minor else say(words.NO_FEE)),
        Row(say(words.TOTAL), fact(amount + fee)),
    ]


def fee_label(
    method: PaymentMethod, account: AccountFacts, terms: Terms, amount: Money | None = None
) -> str:
    """What a method costs: for an amount, or as a share of any and what comes on top."""
    if amount is not None:
        fee = method.fee.for_amount(amount)
        parts = [terms.localizer.format(fee)] if fee.minor else []
    else:
        fixed = Money(method.fee.fixed_minor, account.currency)
        share = method.fee.basis_points
        parts = [terms.localizer.format_percent(share)] if share else []
        parts += [terms.localizer.format(fixed)] if fixed.minor else []
    say = terms.localizer.text
    return say(words.FEE_OF, fee=" + ".join(parts)) if parts else say(words.FREE)


def fee_rows(draft: Draft, terms: Terms) -> list[Row]:
    """Each way to pay that is offered, with its fee."""
    account = account_of(draft, terms)
    if account is None:
        return []
    offered = methods_for_amount(draft, account, terms)
    return [
        Row(method_label(one.key, terms), fee_label(one, account, terms, draft.amount))
        for one in offered
    ]


def first_account(terms: Terms) -> AccountFacts:
    """The account to offer first: the last one used, or the first there is."""
    last = (one for one in terms.accounts if one.id == terms.last_account)
    return next(last, terms.accounts[0])
