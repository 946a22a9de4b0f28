"""One turn of a conversation, inside one transaction. It sends nothing: cards are only wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from bot import access, topups
from bot.cards import want
from bot.desk import Desk
from bot.links import REVISION_MODULUS, read_press
from bot.ports import Card, SavedState, Tx
from bot.terms import terms_for
from conversations.facts import Terms
from conversations.ports import Chat, Incoming, Pressed
from conversations.speech import Speaker
from conversations.steps import step
from conversations.views import OpenForm, Reply, Show, Tell
from conversations.vocabulary import (
    AskGateway,
    AskToCancel,
    Chose,
    ConversationKey,
    Effect,
    Event,
    FormMissed,
    Idle,
    OpenTopUp,
    PressRefused,
    Refusal,
    Said,
    State,
    Submitted,
)

DRAFT_KEPT = timedelta(hours=24)
# An effect answers with one event, and no answer asks for more than one effect.
EVENTS_MAX = 8
DEFAULT_LOCALE = "en"
SIGNUP_WORD = "start"


@dataclass(frozen=True, slots=True)
class Turn:
    """An incoming event with what had to be asked outside of the transaction.

    `channels` are those linked channels the person is in right now; `prompt` says that somebody
    waits to answer in place.
    """

    incoming: Incoming
    channels: frozenset[str] = frozenset()
    prompt: bool = False


def take(tx: Tx, turn: Turn, desk: Desk) -> tuple[Reply, ...]:
    """Answer one incoming event; what is to be shown is wanted in the same transaction."""
    key, incoming = turn.incoming.key, turn.incoming
    saved = tx.conversations.load(key)
    speaker = Speaker(
        incoming.locale or (saved.locale if saved else DEFAULT_LOCALE),
        saved.zone if saved else desk.zone,
    )
    terms = terms_for(tx, key, _accounts(tx, turn, desk), speaker, desk)
    state: State = Idle()
    if saved is not None and terms.now - saved.touched_at < DRAFT_KEPT:
        state = saved.state
    events: list[Event] = [_event(tx, turn, desk)]
    replies: list[Reply] = []
    for _ in range(EVENTS_MAX):
        if not events:
            break
        taken = step(state, events.pop(0), terms)
        state = taken.state
        replies += taken.replies
        _want(tx, taken.shows, key, speaker, desk)
        events += [_perform(tx, effect, terms, key, desk) for effect in taken.effects]
    tx.conversations.save(key, SavedState(state, terms.now, speaker.locale, speaker.zone))
    return tuple(replies)


def take_late(tx: Tx, turn: Turn, replies: Iterable[Reply], desk: Desk) -> None:
    """Say as cards what could not be answered in place in time."""
    key = turn.incoming.key
    saved = tx.conversations.load(key)
    speaker = Speaker(saved.locale, saved.zone) if saved else Speaker(zone=desk.zone)
    for reply in replies:
        match reply:
            case OpenForm():
                missed = replace(turn.incoming, event=FormMissed())
                take(tx, replace(turn, incoming=missed, prompt=False), desk)
            case Tell(view):
                _want(tx, (Show(desk.sources.card(), view),), key, speaker, desk)
            case _:
                # A toast or a pointer only repeats what a card shows.
                continue


def _accounts(tx: Tx, turn: Turn, desk: Desk) -> tuple[access.Allowed, ...]:
    key, event = turn.incoming.key, turn.incoming.event
    found = access.allowed(tx, key, turn.channels)
    begins = isinstance(event, Said) and event.command and event.text.split()[:1] == [SIGNUP_WORD]
    if not found and begins and access.enrol(tx, key, turn.incoming.name, desk):
        found = access.allowed(tx, key, turn.channels)
    return found


def _event(tx: Tx, turn: Turn, desk: Desk) -> Event:
    event = turn.incoming.event
    match event:
        case Said():
            return replace(event, form=event.form and turn.prompt)
        case Submitted() | FormMissed():
            return event
        case Pressed(token, form):
            return _pressed(tx, token, turn.incoming.key, desk, form=form and turn.prompt)
        case _:
            assert_never(event)


def _pressed(tx: Tx, token: str, key: ConversationKey, desk: Desk, *, form: bool) -> Event:
    press = read_press(token, desk.secret)
    if press is None:
        return PressRefused(Refusal.FORGED)
    card = tx.cards.get(press.card)
    if card is None:
        return PressRefused(Refusal.STALE)
    if not _may_press(card, key):
        return PressRefused(Refusal.NOT_YOURS)
    choices = [choice for line in card.wanted.choices for choice in line]
    if card.wanted_rev % REVISION_MODULUS != press.revision or press.index >= len(choices):
        return PressRefused(Refusal.STALE)
    return Chose(choices[press.index].action, card.id, form)


def _may_press(card: Card, key: ConversationKey) -> bool:
    """A private card is its person's alone; a channel's card is for its whole workspace."""
    same_place = (card.chat.platform, card.chat.tenant) == (key.platform, key.tenant)
    return same_place and card.person in ("", key.person)


def _perform(tx: Tx, effect: Effect, terms: Terms, key: ConversationKey, desk: Desk) -> Event:
    match effect:
        case OpenTopUp():
            return topups.open_top_up(tx, effect, terms, key.actor, desk)
        case AskToCancel(top_up):
            return topups.cancel(tx, top_up, key.actor, desk)
        case AskGateway(top_up):
            return topups.check(tx, top_up, key.actor, desk)
        case _:
            assert_never(effect)


def _want(
    tx: Tx, shows: tuple[Show, ...], key: ConversationKey, speaker: Speaker, desk: Desk
) -> None:
    for show in shows:
        card = Card(
            id=show.card,
            chat=Chat(key.platform, key.tenant, key.chat),
            person=key.person,
            locale=speaker.locale,
            zone=speaker.zone,
            wanted=show.view,
            wanted_rev=1,
        )
        want(tx, card, desk)
