"""Everything the conversation can show in one language: chance walks, and every card there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from hypothesis import strategies as st

from billing.claims import MoneyClaim, MoneyKnowledge
from billing.money import Money
from billing.topups import HeldReason, Payment, PaymentStatus, TopUpStatus
from conversations.dialog.steps import step
from conversations.messages.alert_cards import BalanceAlertFacts, alert_card
from conversations.messages.answers import private_chat_view, sentence_view
from conversations.messages.cards import credited_note, failed_note, progress_card, top_up_card
from conversations.messages.claims import cancel_sentence, check_sentence
from conversations.messages.home import home_view
from conversations.protocol.events import Event, Idle, Said, State
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Message
from conversations.protocol.views import (
    CardPointer,
    Form,
    FormErrors,
    OpenForm,
    PrivateReply,
    Prompt,
    Reply,
    Toast,
    View,
)
from conversations.text.localizer import Localizer
from conversations.words import card_words
from conversations.words.surface_words import BARRED
from conversations.words.words import TOPIC_WORDS
from service.cards.delivery import Deliverer
from service.common.ids import Sources
from service.common.services import Services
from service.ports.store import Card, Store
from tests.conversations.test_steps import EVENTS
from tests.support.dialogs.terms import BANK, CARD, NOW, TEAM_A, TEAM_B, facts, one_of_each, terms

# A name that would turn the rest of its line around, and one as long as titles may be.
TURNING = replace(TEAM_A, id="turning", title="\u202egnp.\u202c فريق ألفا")
LONG = replace(TEAM_B, id="long", title="Wohnungsbaugenossenschaft Elmsbüttel-Nordost eG, Haus 12")


@dataclass(frozen=True, slots=True)
class Shown:
    """All that one walk showed: views, forms, and sentences that stand alone."""

    views: tuple[View, ...] = ()
    forms: tuple[Form, ...] = ()
    sentences: tuple[str, ...] = ()


def places(localizer: Localizer) -> tuple[Terms, ...]:
    """What may be possible for a person: several accounts, one, none; no method; a history."""
    found = (
        terms(),
        terms(accounts=(TEAM_A,)),
        terms(accounts=()),
        terms(methods=()),
        terms(methods=(CARD,), history=(facts(),)),
        terms(history=one_of_each()),
        terms(accounts=(TURNING, LONG), methods=(BANK,)),
        *(replace(terms(accounts=()), barred=why) for why in BARRED.values()),
    )
    return tuple(replace(place, localizer=localizer) for place in found)


PUBLIC = st.builds(Said, st.sampled_from(["", "50", "help"]), public=st.just(True))
WALKS = st.lists(
    st.tuples(EVENTS | PUBLIC, st.integers(0, len(places(Localizer())) - 1)),
    min_size=1,
    max_size=6,
)


def walk(history: list[tuple[Event, int]], localizer: Localizer) -> Shown:
    """What somebody sees to whom all this happens."""
    state: State = Idle()
    views: list[View] = []
    replies: list[Reply] = []
    for event, place in history:
        taken = step(state, event, places(localizer)[place])
        views += [show.view for show in taken.shows]
        replies += taken.replies
        state = taken.state
    return Shown(
        (*views, *(reply.view for reply in replies if isinstance(reply, PrivateReply))),
        tuple(reply.form for reply in replies if isinstance(reply, OpenForm)),
        tuple(each for reply in replies for each in _sentences(reply)),
    )


def openings(localizer: Localizer) -> Iterator[Shown]:
    """What a first line leads to, of each kind, at every place, as a form and as a card."""
    for line in ("", "50", "50 card", "1,000", "-5", "9999", "foo", "JPY", *TOPIC_WORDS):
        for place in range(len(places(localizer))):
            for form in (False, True):
                yield walk([(Said(line, command=True, form=form), place)], localizer)


def _sentences(reply: Reply) -> Iterator[str]:
    match reply:
        case Toast(text) | CardPointer(text):
            yield text
        case Prompt(text, placeholder):
            yield from (text, placeholder)
        case FormErrors(errors):
            yield from (sentence for _, sentence in errors)
        case _:
            return


def every_card(localizer: Localizer) -> Iterator[tuple[TopUpFacts, View]]:
    """A top-up's card in every state, with payment, decline and each reason to hold money."""
    for status in TopUpStatus:
        for known in _stories(facts(status)):
            yield known, failed_note(known, localizer, "billing@example.com")
            yield known, top_up_card(known, localizer, "billing@example.com")
            yield known, credited_note(known, localizer)
            yield known, progress_card(known, "@ana", localizer)


def every_known() -> Iterator[MoneyKnowledge]:
    """All that may be known of somebody's money."""
    for asked, answered in ((None, None), (NOW, None), (NOW, NOW)):
        yield MoneyKnowledge(MoneyClaim.NOT_KNOWN, asked, answered)
        yield MoneyKnowledge(MoneyClaim.NOTHING_TAKEN, asked, answered)
    yield MoneyKnowledge(MoneyClaim.NOT_KNOWN, unread=True)
    yield MoneyKnowledge(MoneyClaim.NOTHING_TAKEN, refused=True)
    yield MoneyKnowledge(MoneyClaim.NOT_KNOWN, askable=False)
    yield MoneyKnowledge(MoneyClaim.NOTHING_TAKEN, askable=False)
    yield MoneyKnowledge(MoneyClaim.NOT_KNOWN, askable=False, elsewhere=True)
    yield from map(MoneyKnowledge, set(MoneyClaim) - {MoneyClaim.NOT_KNOWN})


def _stories(known: TopUpFacts) -> Iterator[TopUpFacts]:
    amount = known.top_up.amount
    paid = Payment("sandbox", "m", "pay_7d0c2b", known.top_up.id, PaymentStatus.PAID, amount)
    yield known
    yield from (replace(known, known=each) for each in every_known())
    yield replace(known, payment=paid, transaction="TX-000042", balance=Money(7_210, "USD"))
    for reason in HeldReason:
        yield replace(known, payment=paid, held=(replace(paid, held_because=reason),))
    for decline in (*card_words.DECLINES, "other"):
        yield replace(known, top_up=replace(known.top_up, decline=decline))


def other_views(localizer: Localizer) -> Iterator[View]:
    """Alerts and their end, the bot's own page, a sentence of its own, a group's way out."""
    for title in ("Team Alpha", TURNING.title):
        for resolved in (False, True):
            balance = Money(10_000 if resolved else -5, "USD")
            yield alert_card(
                BalanceAlertFacts("team-a", title, balance, Money(2_000, "USD"), resolved),
                localizer,
            )
    for place in places(localizer):
        yield home_view(place)
    for known in every_known():
        yield sentence_view(cancel_sentence(known, localizer))
        yield sentence_view(check_sentence(known, localizer))
    for line in ("", "help"):
        yield private_chat_view(line, places(localizer)[0])


def message_of(view: View) -> Message:
    """The view as it is sent: each choice a signed button, a link, or a text to copy."""
    chat = read_chat("pocket", "T1", "C1")
    card = Card("00000000000000bb", chat, "U1", "en", "UTC", view, 1, subject="TU-7K3M9Q2X")
    return _DELIVERER.build_message(card)


_DELIVERER = Deliverer(
    store=cast(Store, None),  # dressing a card reads no rows
    adapters={},
    services=Services(
        Sources(lambda: NOW, lambda size: b"0" * size), b"s" * 32, "support", "UTC", (), ()
    ),
    public_url="https://pay.example.com",
)
