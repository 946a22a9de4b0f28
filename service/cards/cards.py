"""Schedules messages: stores what each card should show; delivery sends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from billing.ledger import Transaction, TransactionKind
from billing.topups import CREDITED_STATUSES, TopUp, TopUpStatus
from conversations.messages.cards import credited_note, failed_note, reversed_note, top_up_card
from conversations.messages.open_business import keep_restart_choice, moved_view
from conversations.protocol.delivery import (
    ChatReachable,
    Dismissed,
    Outcome,
    Wanted,
    after_outcome,
)
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.places import Chat, RefusedPlace, without_thread
from conversations.protocol.ports import ChatOpened, Verdict
from conversations.protocol.views import View
from service.common.context import Context
from service.lanes.keys import show_kind, write_chat_key
from service.lanes.lanes import back_off
from service.people.access import may_read
from service.people.terms import top_up_facts
from service.ports.store import Card, Tx

# Somebody who waited this long has looked away; an edited card would not call them back.
NOTE_AFTER = timedelta(minutes=2)


def want_card(context: Context, card: Card) -> None:
    """Have a card shown, or shown anew if it differs from what it was to show."""
    stored = write_wanted(context.tx, card, context.now)
    schedule_showing(context.tx, stored.chat, context.now)


def write_wanted(tx: Tx, card: Card, now: datetime) -> Card:
    """Add the card, or raise the revision of the one with its id where it is to look otherwise.

    The chat of a card that is there never changes.
    """
    # What tells of nothing yet is new as a rule: looking for it first would cost a statement.
    stored = tx.cards.lock(card.id) if card.subject is not None else None
    if stored is None:
        fresh = replace(card, wanted_rev=1, shown_rev=0, given_up_rev=0, tries=0)
        if tx.cards.add(fresh):
            return fresh
        stored = tx.cards.lock(card.id)
        if stored is None:
            raise LookupError(f"no card {card.id}")
    if card.subject is not None:
        card = replace(card, wanted=keep_restart_choice(card.wanted, stored.wanted))
    return save_outcome(tx, stored, Wanted(card), now)[0]


def save_outcome(
    tx: Tx, card: Card, outcome: Outcome, now: datetime
) -> tuple[Card, datetime | None]:
    """Save what a locked card becomes by this; the card, and when to try it again, if at all."""
    changed, again = after_outcome(card, outcome, now, back_off)
    if changed != card:
        tx.cards.save(changed)
    return changed, again


def save_chat_reachable(
    tx: Tx, chat: Chat, outcome: ChatReachable | ChatOpened, now: datetime
) -> list[Chat]:
    """Record it of what a chat and its threads did not take; those in which something waits now.

    That they take messages is known of a thread by its chat, and where it was not said, of a chat
    by its threads.
    """
    reached = isinstance(outcome, ChatReachable)
    within = without_thread(chat.place) if reached else chat.place
    why = Verdict.GONE if reached else None
    waiting = set()
    for card in tx.cards.lock_blocked(chat.platform, chat.tenant, within, why):
        changed, _ = save_outcome(tx, card, outcome, now)
        if changed != card:
            waiting.add(card.chat)
    return sorted(waiting, key=lambda each: each.id)


def dismiss_refusals(tx: Tx, refused: RefusedPlace, now: datetime) -> bool:
    """Tell no more of what is not shown there for this verdict, until there is something newer.

    False where there was nothing to tell.
    """
    told, place = False, refused.place
    for card in tx.cards.lock_blocked(refused.platform, refused.tenant, place, refused.verdict):
        if place in (None, card.chat.place):
            changed, _ = save_outcome(tx, card, Dismissed(refused.verdict), now)
            told |= changed != card
    return told


def schedule_showing(tx: Tx, chat: Chat, at: datetime) -> None:
    """Have a chat's cards shown."""
    tx.lanes.schedule(show_kind(chat.platform), write_chat_key(chat), at)


def retry_waiting(tx: Tx, platform: str, now: datetime) -> None:
    """Try at once whatever waits there: what kept it back may have been mended by now."""
    for chat in tx.cards.waiting(platform):
        schedule_showing(tx, chat, now)


def want_view(context: Context, card: Card, view: View) -> None:
    """Have a card that exists show another view."""
    want_card(context, replace(card, wanted=view))


def want_top_up(context: Context, top_up: TopUp) -> None:
    """Have a top-up's card show how it stands."""
    card = context.tx.cards.get(top_up.card)
    if card is not None:
        facts = facts_on(context, card, top_up)
        localizer = context.services.localizer(card.locale, card.zone)
        want_view(context, card, top_up_card(facts, localizer, context.services.support))


def facts_on(context: Context, card: Card, top_up: TopUp) -> TopUpFacts:
    """A top-up with all that its card tells; the balance where its reader may see it now."""
    told = frozenset[str]()
    if top_up.status in CREDITED_STATUSES:
        at, now = top_up.created_at, context.now
        if may_read(context.tx, card, top_up.account, at, now):
            told = frozenset({top_up.account})
    return top_up_facts(context, top_up, told)


def move_top_up_to_card(context: Context, top_up_id: str, card: str) -> Card | None:
    """A top-up goes on in another card, and the one it had, which is returned, says so."""
    top_up = context.tx.top_ups.lock(top_up_id)
    if top_up is None or top_up.card == card:
        return None
    left = context.tx.cards.get(top_up.card)
    context.tx.top_ups.save(replace(top_up, card=card))
    if left is not None:
        want_view(context, left, moved_view(context.services.localizer(left.locale, left.zone)))
    return left


def remove_pointer(context: Context, card_id: str) -> None:
    """Have a card away that still says only that it goes on below."""
    card = context.tx.cards.get(card_id)
    if card is not None and card.wanted == moved_view(
        context.services.localizer(card.locale, card.zone)
    ):
        want_view(context, card, replace(card.wanted, away=True))


def want_note(context: Context, top_up: TopUp) -> None:
    """Tell how it ended in a new message, once: a failure, or a credit that was waited for."""
    card, failed = context.tx.cards.get(top_up.card), top_up.status is TopUpStatus.FAILED
    at_once = context.now - top_up.created_at < NOTE_AFTER
    if card is None or (at_once and not failed):
        return
    services, facts = context.services, facts_on(context, card, top_up)
    localizer = services.localizer(card.locale, card.zone)
    view = (
        failed_note(facts, localizer, services.support)
        if failed
        else credited_note(facts, localizer)
    )
    want_extra_card(context, card, stable_card_id(top_up.id, str(top_up.status)), view, top_up.id)


def want_reversal_note(context: Context, top_up: TopUp, booked: Transaction) -> None:
    """Tell what went back, or is there again, in a new message."""
    card = context.tx.cards.get(top_up.card)
    if card is None:
        return
    localizer = context.services.localizer(card.locale, card.zone)
    again = booked.kind is TransactionKind.REINSTATEMENT
    # The note tells of this movement; the credit has a transaction, and a card, of its own.
    own = context.tx.ledger.find(booked.reference).get(booked.reference)
    facts = replace(facts_on(context, card, top_up), transaction=own)
    view = reversed_note(facts, localizer, again=again)
    want_extra_card(context, card, stable_card_id(top_up.id, booked.reference), view, top_up.id)


def want_extra_card(context: Context, card: Card, id: str, view: View, top_up: str) -> None:
    """Want another card of a top-up for the same person in the same chat."""
    beside = Card(
        id=id,
        chat=card.chat,
        person=card.person,
        locale=card.locale,
        zone=card.zone,
        wanted=view,
        subject=top_up,
    )
    want_card(context, beside)


def stable_card_id(*parts: str) -> str:
    """A card id that the same parts always give: what is wanted twice is shown once."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
