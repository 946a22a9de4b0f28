"""One turn of a conversation, inside one transaction. Cards are only scheduled here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from conversations.dialog.steps import step
from conversations.drafts.line_parser import asks_for_history, top_up_named
from conversations.messages import answers
from conversations.messages.open_business import moved_view
from conversations.protocol.actions import TopUpAccount
from conversations.protocol.events import (
    AskGateway,
    CancelIfUnpaid,
    Chose,
    ConversationKey,
    CreateTopUp,
    Effect,
    Event,
    FormChanged,
    FormMissed,
    Idle,
    Membership,
    NotOpenedReason,
    Said,
    State,
    Submitted,
    TopUpOpened,
    TopUpRefused,
)
from conversations.protocol.facts import Terms
from conversations.protocol.places import chat_of
from conversations.protocol.ports import (
    AskedAbout,
    ChatMoved,
    ChatOpened,
    HomeOpened,
    Incoming,
    Pressed,
    Uninstalled,
)
from conversations.protocol.views import FormErrors, OpenForm, PrivateReply, Reply, ShowCard, Toast
from conversations.text.localizer import Localizer
from conversations.words.surface_words import BARRED
from service.cards import homes, places
from service.cards.cards import move_top_up_to_card, remove_pointer, want_card
from service.cards.progress import begin_progress
from service.chat import installations, presses
from service.common.context import Context
from service.money import topups
from service.people import access
from service.people.people import person_name
from service.people.terms import (
    readable_accounts,
    terms_for,
    with_doubt,
    with_movements,
    with_top_up,
)
from service.ports.store import Card, SavedState

DRAFT_KEPT = timedelta(hours=24)
# An effect answers with one event, and no answer asks for more than one effect.
EVENTS_MAX = 8
SIGNUP_WORD = "start"


@dataclass(frozen=True, slots=True)
class Turn:
    """An incoming event with what had to be asked outside of the transaction.

    `channels` are those linked channels the person is in right now, and `doubt` says why that is
    not known of all; `prompt` says that somebody waits to answer in place.
    """

    incoming: Incoming
    channels: frozenset[str] = frozenset()
    prompt: bool = False
    doubt: access.Doubt | None = None


def take_turn(context: Context, turn: Turn) -> tuple[Reply, ...]:
    """Answer one incoming event; what is to be shown is wanted in the same transaction."""
    key, incoming = turn.incoming.key, turn.incoming
    if isinstance(incoming.event, ChatMoved | ChatOpened):
        places.record_chat_change(context, key, incoming.event)
        return ()
    if isinstance(incoming.event, Uninstalled):
        installations.forget_installation(context.tx, key, incoming.event.by, context.now)
        return ()
    saved = context.tx.conversations.lock(key)
    known = (saved.locale, saved.zone) if saved else (None, None)
    localizer = context.services.localizer(incoming.locale or known[0], incoming.zone or known[1])
    terms = terms_for(context, key, _accounts(context, turn), localizer)
    terms = replace(terms, barred=BARRED.get(incoming.membership))
    before = _left(saved, terms)
    state, made_by, pointers = before.state, before.made_by, [before.pointer]
    events, button = _events(context, turn, terms), presses.button_name(incoming, context.services)
    if presses.is_repeated_press(events, button, made_by):
        events = []
    terms = with_doubt(terms, turn.doubt, _accounts_of(state, events))
    if isinstance(incoming.event, HomeOpened):
        homes.on_home_opened(context, key, terms)
    terms = _about(context, events, terms, key)
    replies: list[Reply] = []
    for _ in range(EVENTS_MAX):
        if not events:
            break
        taken = step(state, events.pop(0), terms)
        state = taken.state
        replies += taken.replies
        made_by = button if taken.shows else made_by
        pointers += _want(context, taken.shows, key, localizer)
        events += [_perform(context, effect, terms, turn) for effect in taken.effects]
        if taken.effects:
            homes.schedule_home_refresh(context, key)
    _keep_one(context, pointers)
    left = SavedState(state, terms.now, localizer.locale, localizer.zone, made_by, pointers[-1])
    context.tx.conversations.save(key, left)
    if _nothing_pops_up(turn):
        _note(context, replies, key, localizer)
    return tuple(replies)


def _note(
    context: Context, replies: Iterable[Reply], key: ConversationKey, localizer: Localizer
) -> None:
    """Say as cards what should have popped up."""
    toasts = [reply.text for reply in replies if isinstance(reply, Toast)]
    notes = tuple(
        ShowCard(context.services.sources.new_card_id(), answers.sentence_view(text))
        for text in toasts
    )
    _want(context, notes, key, localizer)


def _left(saved: SavedState | None, terms: Terms) -> SavedState:
    """What an earlier turn left, if that was not too long ago."""
    if saved is None or terms.now - saved.touched_at >= DRAFT_KEPT:
        return SavedState(Idle(), terms.now, "", "", pointer=saved.pointer if saved else "")
    return saved


def _keep_one(context: Context, pointers: list[str]) -> None:
    """Of the cards that say that it goes on below, the newest one stays."""
    for card in set(pointers) - {pointers[-1]}:
        remove_pointer(context, card)


def _about(context: Context, events: Iterable[Event], terms: Terms, key: ConversationKey) -> Terms:
    """The terms with what these events ask about besides: a top-up by its id, what happened."""
    for event in events:
        named = top_up_named(event)
        if named is not None:
            terms = with_top_up(context, terms, named, key)
        if asks_for_history(event):
            terms = with_movements(context.tx, terms)
    return terms


def is_form_without_prompt(turn: Turn) -> bool:
    """Whether a form was sent and nobody waits: after a restart, or where its turn began late."""
    return not turn.prompt and isinstance(turn.incoming.event, Submitted | FormChanged)


def show_late_replies(context: Context, turn: Turn, replies: Iterable[Reply]) -> None:
    """Say as cards what could not be answered in place in time."""
    key = turn.incoming.key
    saved = context.tx.conversations.load(key)
    services = context.services
    localizer = services.localizer(saved.locale, saved.zone) if saved else services.localizer()
    for reply in replies:
        match reply:
            case OpenForm() if isinstance(turn.incoming.event, FormChanged):
                pass  # the form stands as it was; what is sent with it is checked anyway
            case OpenForm() | FormErrors():
                # Without its answer the form closes: the question goes on as a card.
                missed = replace(turn.incoming, event=FormMissed())
                take_turn(context, replace(turn, incoming=missed))
            case PrivateReply(view):
                _want(
                    context,
                    (ShowCard(context.services.sources.new_card_id(), view),),
                    key,
                    localizer,
                )
            case _:
                pass  # a toast or a pointer only repeats what a card shows


def _accounts(context: Context, turn: Turn) -> tuple[access.AllowedAccount, ...]:
    key, event = turn.incoming.key, turn.incoming.event
    who = access.CheckedPerson(key, turn.incoming.membership, turn.channels, turn.doubt)
    found = access.accounts_of_checked(context.tx, who)
    if who.membership in BARRED or not _is_start(event):
        return found
    places.reopen_chat(context, chat_of(key))
    # Somebody of whom it is not known may have an account; they are asked to try again.
    silent = turn.doubt is access.Doubt.SILENT
    if found or silent:
        return found
    access.open_signup_account(context, key, turn.incoming.name)
    return access.accounts_of_checked(context.tx, who)


def _accounts_of(state: State, events: list[Event]) -> frozenset[str]:
    """The accounts that these events are about; a command begins anew."""
    about: set[str | None] = set()
    for event in events:
        match event:
            case Chose(TopUpAccount(account)):
                about.add(account)
            case Said(command=True):
                pass
            case _ if not isinstance(state, Idle):
                about.add(state.draft.account)
    return frozenset(filter(None, about))


def _is_start(event: object) -> bool:
    """Whether a person opens the chat with the bot, by its command or by a link."""
    if isinstance(event, Said):
        return event.command and not event.public and event.text.split()[:1] == [SIGNUP_WORD]
    return isinstance(event, Pressed) and event.by_link


def _nothing_pops_up(turn: Turn) -> bool:
    """Whether a sentence for the moment has no place to appear: nobody waits, nothing pressed."""
    event = turn.incoming.event
    if isinstance(event, Said):
        return not turn.prompt
    return isinstance(event, Pressed) and event.by_link


def _events(context: Context, turn: Turn, terms: Terms) -> list[Event]:
    """What happened, for the machine; looking at a page is nothing that it answers."""
    event, key = turn.incoming.event, turn.incoming.key
    match event:
        case HomeOpened() | ChatMoved() | ChatOpened() | Uninstalled():
            return []
        case Pressed(by_link=True) if not terms.accounts:
            return [Said(SIGNUP_WORD)]
        case Said():
            return [replace(event, form=event.form and turn.prompt)]
        case Submitted() | FormChanged() | FormMissed():
            return [event]
        case Pressed(token, form):
            return [presses.read_choice(context, token, key, form=form and turn.prompt)]
        case AskedAbout(card, form):
            return [presses.event_of_message(context.tx, card, key, form=form and turn.prompt)]
        case _:
            assert_never(event)


def _perform(context: Context, effect: Effect, terms: Terms, turn: Turn) -> Event:
    key, balances = turn.incoming.key, readable_accounts(terms.accounts)
    match effect:
        case CreateTopUp() if turn.incoming.membership is not Membership.MEMBER:
            return TopUpRefused(NotOpenedReason.NOT_SURE)
        case CreateTopUp():
            opened = topups.open_top_up(context, effect, terms, person_name(context, key))
            if isinstance(opened, TopUpOpened):
                begin_progress(context, opened.facts, effect.origin, turn.incoming)
            return opened
        case CancelIfUnpaid(top_up):
            return topups.cancel_top_up(context, top_up, person_name(context, key), balances)
        case AskGateway(top_up):
            return topups.check_top_up(context, top_up, person_name(context, key), balances)
        case _:
            assert_never(effect)


def _want(
    context: Context, shows: tuple[ShowCard, ...], key: ConversationKey, localizer: Localizer
) -> list[str]:
    """Have these shown; which cards of this chat say only that it goes on below."""
    left = [
        move_top_up_to_card(context, show.subject, show.card)
        for show in shows
        if show.subject is not None
    ]
    pointers = [card.id for card in left if card is not None and card.chat.id == key.chat]
    for show in shows:
        if show.view == moved_view(localizer):
            pointers.append(show.card)
        card = Card(
            id=show.card,
            chat=chat_of(key),
            person=key.person,
            locale=localizer.locale,
            zone=localizer.zone,
            wanted=show.view,
            subject=show.subject,
        )
        want_card(context, card)
    return pointers
