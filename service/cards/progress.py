"""A top-up that was begun from a channel's alert, told in the alert's thread. No links there."""

from __future__ import annotations

from billing.topups import TopUp
from conversations.messages.cards import progress_card
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.ports import Incoming, thread_below
from service.cards.cards import derived_id, want, want_view
from service.common.desk import Desk
from service.people.terms import top_up_facts
from service.ports.store import Card, Tx


def begin_progress(
    tx: Tx, facts: TopUpFacts, origin: str | None, incoming: Incoming, desk: Desk
) -> None:
    """Tell a channel that somebody takes care of its alert; a private alert has no channel."""
    alert = tx.cards.get(origin) if origin else None
    if alert is None or alert.person or alert.message is None:
        return
    if not desk.traits_of(alert.chat.platform).threads:
        return
    who = f"@{incoming.name}" if incoming.name else incoming.key.person
    card = Card(
        id=_card_id(facts.top_up),
        chat=thread_below(alert.chat, alert.message),
        person="",
        locale=alert.locale,
        zone=alert.zone,
        wanted=progress_card(facts, who, desk.speaker(alert.locale, alert.zone)),
        subject=facts.top_up.id,
    )
    want(tx, card, desk)


def want_progress(tx: Tx, top_up: TopUp, desk: Desk) -> None:
    """Have the channel's line show how the top-up stands, if there is such a line."""
    card = tx.cards.get(_card_id(top_up))
    if card is None:
        return
    # Who began it stands on the line itself, and nowhere else by name.
    who = card.wanted.rows[0].value
    facts = top_up_facts(tx, top_up, desk)
    want_view(tx, card, progress_card(facts, who, desk.speaker(card.locale, card.zone)), desk)


def _card_id(top_up: TopUp) -> str:
    return derived_id(top_up.id, "progress")
