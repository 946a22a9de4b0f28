"""How a balance is said: what is left, or by how much it is overdrawn, and how far it may go."""

from __future__ import annotations

from billing.money import Money
from conversations.protocol.facts import Terms
from conversations.protocol.views import Row
from conversations.text.speech import Speaker, TypedText
from conversations.words import words


def balance_rows(terms: Terms) -> tuple[Row, ...]:
    """A line for each account of a person."""
    speaker = terms.speaker
    return tuple(
        Row(speaker.fact(TypedText(one.title)), balance_text(one.balance, one.overdraft, speaker))
        for one in terms.accounts
    )


def balance_text(balance: Money, overdraft: Money | None, speaker: Speaker) -> str:
    """A balance as a fact; `overdraft` is what an account may owe, where that is agreed."""
    if overdraft is None:
        return overdrawn_text(balance, speaker)
    floor = -overdraft
    if balance.minor < 0:
        return speaker.say(words.OVERDRAWN_TO, amount=-balance, floor=floor)
    return speaker.say(words.BALANCE_TO, balance=balance, floor=floor)


def overdrawn_text(balance: Money, speaker: Speaker) -> str:
    """A balance as a fact, without how far it may go."""
    if balance.minor < 0:
        return speaker.say(words.OVERDRAWN, amount=-balance)
    return speaker.fact(balance)
