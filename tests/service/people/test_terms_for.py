"""What a person is told is possible: their top-ups, what they used last, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from adapters.contracts.cards import want_card
from billing.methods import Fee, PaymentMethod
from billing.records import Account
from billing.topups import Mode, TopUp, TopUpStatus
from conversations.drafts.sentences import Question
from conversations.messages.answers import answer_view
from conversations.protocol.actions import TopUpAccount
from conversations.protocol.events import Chose, ConversationKey, Membership, Said
from conversations.protocol.facts import Terms
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.views import View
from conversations.words import surface_words
from service.chat.presses import event_of_message, may_press
from service.common.context import context_of
from service.common.services import Merchant
from service.people import access
from service.people.access import Doubt
from service.people.people import existing_name, person_name
from service.people.terms import terms_for, top_up_facts, with_doubt, with_top_up
from service.ports.records import Link, LinkKind
from service.ports.store import Card, Tx
from tests.service.chat.test_pages_and_places import a_card
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import ACCOUNT, ANA, KIM, TurnPlace, turn_place
from tests.support.dialogs import terms

EVE = replace(ANA, person="U2", chat="D2")
OPEN, ENDED = TopUpStatus.AWAITING_PAYMENT, TopUpStatus.CANCELLED


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


async def asked_for(place: TurnPlace, *statuses: TopUpStatus, method: str = "card") -> list[TopUp]:
    """Ana's top-ups that ended so, the newest first."""

    def work(tx: Tx) -> list[TopUp]:
        who = person_name(context_of(tx, place.services), ANA)
        found = [
            replace(
                terms.top_up(status),
                id=f"TU-{at:08}",
                account=ACCOUNT,
                card=f"{at:016x}",
                method=method,
                requester=who,
                created_at=START - timedelta(minutes=at),
            )
            for at, status in enumerate(statuses)
        ]
        for each in found:
            tx.top_ups.add(each)
        return found

    return await place.act(work)


async def possible(place: TurnPlace, key: ConversationKey = ANA) -> Terms:
    def work(tx: Tx) -> Terms:
        found = access.accounts_of(tx, key, frozenset())
        return terms_for(context_of(tx, place.services), key, found, place.services.localizer())

    return await place.act(work)


async def test_the_last_ten_are_listed_and_what_is_open_among_thirty(place: TurnPlace) -> None:
    """Older ones are found when somebody names them."""
    added = await asked_for(place, *[ENDED] * 10, ENDED, OPEN, *[ENDED] * 17, OPEN, OPEN)
    listed = [one.top_up.id for one in (await possible(place)).history]
    assert listed == [one.id for one in (*added[:10], added[11], added[29])]


async def test_what_was_used_last_is_offered_first(place: TurnPlace) -> None:
    """The account of the newest top-up, and the method of the newest that was credited."""
    nothing = await possible(place)
    assert (nothing.last_account, nothing.last_method, nothing.history) == (None, None, ())
    await asked_for(place, ENDED, TopUpStatus.CREDITED, TopUpStatus.CREDITED)
    found = await possible(place)
    assert (found.last_account, found.last_method) == (ACCOUNT, "card")


async def test_of_whom_all_is_known_nothing_is_doubted(place: TurnPlace) -> None:
    """Their balance does not tell them that they may have more accounts."""
    found = await possible(place)
    view = answer_view(Question.WHAT_IS_LEFT, found)
    assert found.localizer.text(surface_words.SOME_UNKNOWN) not in view.body


async def test_only_a_credited_top_up_tells_how_somebody_pays(place: TurnPlace) -> None:
    """What was given up may have been given up for that."""
    await asked_for(place, ENDED, OPEN)
    assert (await possible(place)).last_method is None


async def test_a_persons_top_up_is_told_to_nobody_else(place: TurnPlace) -> None:
    """Not even to who may use the same account; and its balance to who may use it now."""
    (own,) = await asked_for(place, TopUpStatus.CREDITED)
    known = await possible(place)

    def named(tx: Tx, key: ConversationKey) -> str | None:
        found = with_top_up(context_of(tx, place.services), known, own.id, key).named
        return None if found is None else found.top_up.id

    assert await place.act(lambda tx: named(tx, ANA)) == own.id
    assert await place.act(lambda tx: named(tx, EVE)) is None
    unknown = await place.act(
        lambda tx: with_top_up(context_of(tx, place.services), known, "TU-0", ANA)
    )
    assert unknown.named is None


async def test_a_top_up_whose_account_is_gone_is_called_by_its_id(place: TurnPlace) -> None:
    """Nothing was booked, so that no balance and no transaction is told."""
    (own,) = await asked_for(place, OPEN)
    facts = await place.act(lambda tx: top_up_facts(context_of(tx, place.services), own))
    assert (facts.account_title, facts.balance, facts.transaction) == ("Acme", None, None)


async def test_ways_to_pay_are_those_of_the_accounts_money(place: TurnPlace) -> None:
    """No live gateway beside play money, and none at all while real money is not dealt with."""
    methods = (PaymentMethod("card", "sandbox", Fee()), PaymentMethod("iban", "bank", Fee()))
    merchants = (Merchant("sandbox", "m", "sandbox"), Merchant("bank", "b", "live"))
    both = place.but(methods=methods, merchants=merchants)
    assert [one.key for one in (await possible(both)).methods] == ["card"]

    def live(tx: Tx) -> None:
        tx.accounts.add(Account("prod", "Prod", "USD", Mode.LIVE), START)
        tx.accounts.link(Link("prod", "slack", "T1", LinkKind.PERSON, ANA.person), START)

    await place.act(live)
    found = await possible(both)
    assert ([one.key for one in found.methods], found.live_closed) == (["card", "iban"], False)
    closed = await possible(both.but(live_open=False))
    assert ([one.key for one in closed.methods], closed.live_closed) == (["card"], True)


async def test_an_account_of_a_person_and_a_team_needs_no_threshold(place: TurnPlace) -> None:
    """Whoever has it for themselves needs nobody's leave, whoever else may use it."""
    assert not (await possible(place)).accounts[0].team
    shared = Link(ACCOUNT, "slack", "T1", LinkKind.TEAM, "T1")
    await place.act(lambda tx: tx.accounts.link(shared, START))
    assert not (await possible(place)).accounts[0].team
    assert (await possible(place, EVE)).accounts[0].team


@pytest.mark.parametrize(("platform", "told"), [("telegram", True), ("slack", False)])
async def test_what_a_platform_has_is_offered_there(
    place: TurnPlace, platform: str, *, told: bool
) -> None:
    """A menu with a command for each topic; and only administrators who are told of members."""
    found = await possible(place, replace(KIM, platform=platform))
    assert (found.own_commands, found.administered) == (told, told)


# --- while it is not known which accounts are theirs -------------------------------------------


@pytest.mark.parametrize(
    ("about", "served"),
    [((), True), (("team-a",), True), (("team-a", "team-b"), True), (("lab",), False)],
)
def test_what_may_be_theirs_is_not_touched(about: tuple[str, ...], *, served: bool) -> None:
    """A doubt bars what it is about, and is said where it bars nothing."""
    known = terms.terms()
    silent = with_doubt(known, Doubt.SILENT, frozenset(about))
    assert (bool(silent.accounts), silent.barred is None, silent.doubtful) == (served,) * 3
    refused = with_doubt(known, Doubt.REFUSED, frozenset(about))
    assert (bool(refused.accounts), refused.doubtful) == (served, False)
    assert with_doubt(known, None, frozenset(about)) == known
    assert not known.doubtful


@pytest.mark.parametrize(
    ("doubt", "why"),
    [
        (Doubt.SILENT, surface_words.BARRED[Membership.UNKNOWN]),
        (Doubt.REFUSED, surface_words.NOT_TOLD),
    ],
)
def test_a_doubt_says_what_it_is(doubt: Doubt, why: tuple[str, str]) -> None:
    """Silence may be over in a minute, a refusal is not; who is barred stays barred for that."""
    assert with_doubt(terms.terms(accounts=()), doubt).barred == why
    guest = replace(terms.terms(), barred=surface_words.BARRED[Membership.GUEST])
    assert with_doubt(guest, doubt) == guest


# --- a card and whoever presses it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "person", "may"),
    [
        (read_chat("slack", "T1", "C1"), "", True),
        (read_chat("slack", "T1", "D1"), ANA.person, True),
        (read_chat("slack", "T1", "D2"), "U2", False),
        (read_chat("slack", "T2", "C1"), "", False),
        (read_chat("slack", "T2", "D1"), ANA.person, False),
        (read_chat("telegram", "T1", "D1"), ANA.person, False),
    ],
)
async def test_a_card_is_its_persons_or_its_workspaces(
    place: TurnPlace, chat: Chat, person: str, *, may: bool
) -> None:
    """Whoever else presses it, or asks about it, learns nothing of its account."""
    card = replace(a_card("a", chat, person), wanted=View("Low", "Low"), subject=ACCOUNT)
    assert may_press(card, ANA) is may
    await place.act(lambda tx: want_card(tx, card))
    event = await place.act(lambda tx: event_of_message(tx, card.id, ANA, form=True))
    about = Chose(TopUpAccount(ACCOUNT), card.id, form=True)
    assert event == (about if may else Said("", command=True, form=True))


def wanted(card: Card, tx: Tx) -> None:
    want_card(tx, card)


async def test_a_card_of_a_top_up_is_about_its_account(place: TurnPlace) -> None:
    """One about nothing that is there begins from the start."""
    (own,) = await asked_for(place, OPEN)
    for id, subject in (("a", own.id), ("b", None), ("c", "gone")):
        await place.act(partial(wanted, replace(a_card(id, person=ANA.person), subject=subject)))
    asked = (partial(event_of_message, card_id=id * 16, key=ANA, form=False) for id in "abcd")
    found = [await place.act(each) for each in asked]
    assert found[0] == Chose(TopUpAccount(ACCOUNT), "a" * 16, form=False)
    assert found[1:] == [Said("", command=True)] * 3


async def test_who_has_no_id_is_named_by_the_place(place: TurnPlace) -> None:
    """Whoever only looks is given no name; at a first act they are, once."""
    nobody = replace(ANA, person="")
    assert await place.act(lambda tx: existing_name(tx, nobody)) == nobody.actor_name
    assert (
        await place.act(lambda tx: person_name(context_of(tx, place.services), nobody))
        == nobody.actor_name
    )
    assert await place.act(lambda tx: existing_name(tx, EVE)) == ""
    name = await place.act(lambda tx: person_name(context_of(tx, place.services), EVE))
    assert name.startswith("person-")
    assert await place.act(lambda tx: person_name(context_of(tx, place.services), EVE)) == name
    assert await place.act(lambda tx: existing_name(tx, EVE)) == name
