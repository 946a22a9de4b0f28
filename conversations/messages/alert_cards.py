"""The card that tells a channel of a low balance, and of its resolution."""

from __future__ import annotations

from dataclasses import dataclass

from billing.money import Money
from conversations.messages.balances import balance_text
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import TopUpAccount
from conversations.protocol.views import ButtonStyle, Choice, Row, View
from conversations.text.localizer import Localizer, TypedText
from conversations.words import words


@dataclass(frozen=True, slots=True)
class BalanceAlertFacts:
    """An account whose balance fell below its threshold, or came back to it."""

    account: str
    account_title: str
    balance: Money
    threshold: Money
    resolved: bool
    overdraft: Money | None = None


def alert_card(facts: BalanceAlertFacts, localizer: Localizer) -> View:
    """A low balance, or its resolution; for a whole channel to read."""
    say = localizer.text
    name = TypedText(facts.account_title)
    title, body = _words(facts)
    body = say(
        body,
        account=name,
        balance=facts.balance,
        amount=-facts.balance,
        threshold=facts.threshold,
    )
    title = say(title, account=name)
    top_up = Choice(say(words.TOP_UP), TopUpAccount(facts.account), ButtonStyle.PRIMARY)
    left = balance_text(facts.balance, facts.overdraft, localizer)
    told = Row(say(words.BALANCE), left)
    # The body has the plain balance already; what else the row says is said aloud, too.
    more = () if left == localizer.format(facts.balance) else (told,)
    return View(
        title=title,
        fallback=alt_text(title, (body,), more),
        body=(body,),
        rows=(told, Row(say(words.THRESHOLD), localizer.format(facts.threshold))),
        choices=() if facts.resolved else ((top_up,),),
    )


def _words(facts: BalanceAlertFacts) -> tuple[str, str]:
    """Title and body."""
    if facts.resolved:
        return words.RESOLVED_TITLE, words.RESOLVED_BODY
    overdrawn = facts.balance.minor < 0
    return words.LOW_TITLE, words.OVERDRAWN_BODY if overdrawn else words.LOW_BODY
