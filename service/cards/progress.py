"""Posts a top-up's progress in the thread of the alert it was started from, without pay links."""

from __future__ import annotations

from billing.topups import TopUp
from conversations.messages.cards import progress_card
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.ports import Incoming, thread_below
from service.cards.cards import stable_card_id, want_card, want_view
from service.common.context import Context
from service.people.terms import top_up_facts
from service.ports.store import Card


def begin_progress(
    context: Context, facts: TopUpFacts, origin: str | None, incoming: Incoming
) -> None:
    """Tell a channel that somebody takes care of its alert; a private alert has no channel."""
    alert = context.tx.cards.get(origin) if origin else None
    if alert is None or alert.person or alert.message is None:
        return
    if not context.services.traits_of(alert.chat.platform).threads:
        return
    who = f"@{incoming.name}" if incoming.name else incoming.key.person
    card = Card(
        id=_card_id(facts.top_up),
        chat=thread_below(alert.chat, alert.message),
        person="",
        locale=alert.locale,
        zone=alert.zone,
        wanted=progress_card(facts, who, context.services.localizer(alert.locale, alert.zone)),
        subject=facts.top_up.id,
    )
    want_card(context, card)


def want_progress(context: Context, top_up: TopUp) -> None:
    """Have the channel's line show how the top-up stands, if there is such a line."""
    card = context.tx.cards.get(_card_id(top_up))
    if card is None:
        return
    # Who began it stands on the line itself, and nowhere else by name.
    who = card.wanted.rows[0].value
    facts = top_up_facts(context, top_up)
    want_view(
        context,
        card,
        progress_card(facts, who, context.services.localizer(card.locale, card.zone)),
    )


def _card_id(top_up: TopUp) -> str:
    return stable_card_id(top_up.id, "progress")
