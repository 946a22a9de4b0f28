"""Refreshes each person's Home tab when what it shows changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from conversations.messages.home import home_view
from conversations.protocol.events import ConversationKey
from conversations.protocol.facts import Terms
from conversations.protocol.places import home_of
from conversations.words.surface_words import BARRED
from service.cards.cards import stable_card_id, want_card
from service.common.context import Context, context_of
from service.common.services import Services
from service.lanes.keys import LaneKind, read_person_key, write_person_key
from service.people import access
from service.people.access import CheckedPerson
from service.people.membership import MembershipChecker
from service.people.terms import terms_for, with_doubt, with_movements
from service.ports.store import Card, Claim, Store

# What its card is called after, beside its person.
_PAGE = "home"


def on_home_opened(context: Context, key: ConversationKey, terms: Terms) -> None:
    """A person looks at their page: make it show how things stand for them at this moment."""
    card = Card(
        id=_card_id(key),
        chat=home_of(key),
        person=key.person,
        locale=terms.localizer.locale,
        zone=terms.localizer.zone,
        wanted=home_view(with_movements(context.tx, terms)),
    )
    want_card(context, card)


def schedule_home_refresh(context: Context, key: ConversationKey) -> None:
    """Something of a person's page changed; who never opened theirs has none."""
    if context.tx.cards.get(_card_id(key)) is not None:
        person = write_person_key(key.platform, key.tenant, key.person)
        context.tx.lanes.schedule(LaneKind.HOME, person, context.now)


@dataclass(frozen=True, slots=True)
class HomeRefresher:
    """Wants pages, for people as they stand when theirs is made anew."""

    store: Store
    members: MembershipChecker
    services: Services

    async def work(self, claim: Claim) -> datetime | None:
        """Want one person's page as things stand."""
        key = read_person_key(claim.key)
        if key is not None:
            who = await self.members.check_person(key)
            await self.store.transact(lambda tx: _want_again(context_of(tx, self.services), who))
        return None


def _want_again(context: Context, who: CheckedPerson) -> None:
    saved = context.tx.conversations.load(who.key)
    services = context.services
    localizer = services.localizer(saved.locale, saved.zone) if saved else services.localizer()
    terms = terms_for(context, who.key, access.accounts_of_checked(context.tx, who), localizer)
    terms = with_doubt(replace(terms, barred=BARRED.get(who.membership)), who.doubt)
    on_home_opened(context, who.key, terms)


def _card_id(key: ConversationKey) -> str:
    return stable_card_id(key.actor_name, _PAGE)
