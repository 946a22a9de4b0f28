"""Says a balance: what is left, or by how much it is overdrawn and how far it may go."""

from __future__ import annotations

from billing.money import Money
from conversations.protocol.facts import Terms
from conversations.protocol.views import Row
from conversations.text.localizer import Localizer, TypedText
from conversations.words import words


def balance_rows(terms: Terms) -> tuple[Row, ...]:
    """A line for each account of a person."""
    localizer = terms.localizer
    return tuple(
        Row(
            localizer.format(TypedText(one.title)),
            balance_text(one.balance, one.overdraft, localizer),
        )
        for one in terms.accounts
    )


def balance_text(balance: Money, overdraft: Money | None, localizer: Localizer) -> str:
    """A balance as a fact; `overdraft` is what an account may owe, where that is agreed."""
    if overdraft is None:
        return overdrawn_text(balance, localizer)
    floor = -overdraft
    if balance.minor < 0:
        return localizer.text(words.OVERDRAWN_TO, amount=-balance, floor=floor)
    return localizer.text(words.BALANCE_TO, balance=balance, floor=floor)


def overdrawn_text(balance: Money, localizer: Localizer) -> str:
    """A balance as a fact, without how far it may go."""
    if balance.minor < 0:
        return localizer.text(words.OVERDRAWN, amount=-balance)
    return localizer.format(balance)
