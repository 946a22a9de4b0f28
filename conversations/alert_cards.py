"""A low balance -> a view, and its resolution: for a whole channel to read. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from billing.money import Money
from conversations import words
from conversations.actions import TopUpAccount
from conversations.aloud import aloud
from conversations.speech import Speaker, Typed
from conversations.views import Choice, Row, Style, View


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """An account whose balance fell below its threshold, or came back to it."""

    account: str
    account_title: str
    balance: Money
    threshold: Money
    resolved: bool


def alert_card(facts: AlertFacts, speaker: Speaker) -> View:
    """A low balance, or its resolution; for a whole channel to read."""
    say = speaker.say
    name = Typed(facts.account_title)
    title = say(words.RESOLVED_TITLE if facts.resolved else words.LOW_TITLE, account=name)
    body = say(
        words.RESOLVED_BODY if facts.resolved else words.LOW_BODY,
        account=name,
        balance=facts.balance,
        threshold=facts.threshold,
    )
    top_up = Choice(say(words.TOP_UP), TopUpAccount(facts.account), Style.PRIMARY)
    return View(
        title=title,
        fallback=aloud(title, (body,)),
        body=(body,),
        rows=(
            Row(say(words.BALANCE), speaker.fact(facts.balance)),
            Row(say(words.THRESHOLD), speaker.fact(facts.threshold)),
        ),
        choices=() if facts.resolved else ((top_up,),),
    )
