"""Reads a press: a choice on a card as it is now, a refusal, or a repetition."""

from __future__ import annotations

from conversations.protocol.actions import TopUpAccount
from conversations.protocol.events import (
    Chose,
    ConversationKey,
    Event,
    PressRefusal,
    PressRefused,
    Said,
)
from conversations.protocol.ports import Incoming, Pressed
from service.common.context import Context
from service.common.services import Services
from service.common.signed_tokens import REVISION_MODULUS, read_press
from service.ports.store import Card, Tx


def read_choice(context: Context, token: str, key: ConversationKey, *, form: bool) -> Event:
    """The choice behind a token, or why it is refused."""
    press = read_press(token, *context.services.lasting_secrets)
    if press is None:
        return PressRefused(PressRefusal.FORGED)
    card = context.tx.cards.get(press.card)
    if card is None:
        return PressRefused(PressRefusal.STALE)
    if not may_press(card, key):
        return PressRefused(PressRefusal.NOT_YOURS)
    choices = [choice for line in card.wanted.choices for choice in line]
    if card.wanted_rev % REVISION_MODULUS != press.revision or press.index >= len(choices):
        return PressRefused(PressRefusal.STALE)
    return Chose(choices[press.index].action, card.id, form)


def may_press(card: Card, key: ConversationKey) -> bool:
    """A private card is its person's alone; a channel's card is for its whole workspace."""
    same_place = (card.chat.platform, card.chat.tenant) == (key.platform, key.tenant)
    return same_place and card.person in ("", key.person)


def event_of_message(tx: Tx, card_id: str, key: ConversationKey, *, form: bool) -> Event:
    """The account of a card they may read; for any other message, a top-up from the start."""
    card = tx.cards.get(card_id)
    subject = card.subject if card is not None and may_press(card, key) else None
    top_up = tx.top_ups.get(subject) if subject else None
    account = tx.accounts.get(top_up.account if top_up else subject) if subject else None
    if account is None:
        return Said("", command=True, form=form)
    return Chose(TopUpAccount(account.id), card_id, form)


def button_name(incoming: Incoming, services: Services) -> str:
    """What names the button on a card that was pressed; "" for whatever else came in.

    A link leads to another chat: whoever follows it again is told where the card is.
    """
    match incoming.event:
        case Pressed(token, by_link=False):
            press = read_press(token, *services.lasting_secrets)
            return f"{press.card} {press.revision} {press.index}" if press else ""
        case _:
            return ""


def is_repeated_press(events: list[Event], button: str, made_by: str) -> bool:
    """Whether a press is stale only because it, and nothing since, made the newest card.

    A double click is that: the card shows what it led to, and there is nothing to say.
    """
    return bool(button) and button == made_by and events == [PressRefused(PressRefusal.STALE)]
