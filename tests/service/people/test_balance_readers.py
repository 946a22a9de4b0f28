"""Who reads on a top-up's cards what its account holds: whoever a link of now lets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from billing.reversals import Reversals
from billing.topups import TopUp
from conversations.protocol.places import read_chat
from conversations.protocol.views import View
from service.cards import cards
from service.common.context import context_of
from service.ports.records import Link, LinkKind
from service.ports.store import Card, Tx
from tests.support.bots.settle_place import SettlePlace, paid, settle_place

BALANCE = "New balance"
CHANNEL = read_chat("telegram", "9", "-77")
THREAD = read_chat("telegram", "9", "-77/12")
PERSON = Link("", "telegram", "", LinkKind.PERSON, "7")
TEAM = Link("", "telegram", "9", LinkKind.TEAM, "9")
IN_CHANNEL = Link("", "telegram", "", LinkKind.CHANNEL, CHANNEL.id)
OTHERS = (
    replace(PERSON, external_id="8"),
    replace(PERSON, platform="slack"),
    replace(PERSON, tenant="other"),
    replace(TEAM, external_id="7"),
    replace(TEAM, tenant="other"),
)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def is_credited(place: SettlePlace, top_up: TopUp) -> None:
    place.settle(paid(top_up))


def is_credited_late(place: SettlePlace, top_up: TopUp) -> None:
    place.clock.advance(minutes=10)
    place.settle(paid(top_up))


def goes_back(back: Reversals) -> Callable[[SettlePlace, TopUp], object]:
    return lambda place, top_up: place.settle(replace(paid(top_up), reversals=back))


REFUNDED = goes_back(Reversals(refunded_minor=500))
DISPUTED = goes_back(Reversals(disputed_minor=500))
REINSTATED = goes_back(Reversals(disputed_minor=500, dispute_won_minor=500))
CREDITS = {"credited": is_credited, "credited late": is_credited_late}
NEWS = {"refunded": (REFUNDED,), "disputed": (DISPUTED,), "won": (DISPUTED, REINSTATED)}


def links(place: SettlePlace, top_up: TopUp, *linked: Link) -> None:
    def work(tx: Tx) -> None:
        for link in linked:
            tx.accounts.link(replace(link, account=top_up.account), place.clock())

    place.do(work)


def unlinks(place: SettlePlace, top_up: TopUp, link: Link) -> None:
    place.do(lambda tx: tx.accounts.unlink(replace(link, account=top_up.account)))


def told(place: SettlePlace, top_up: TopUp) -> list[bool]:
    """Whether the balance stands on each card of the top-up, in the order first wanted."""
    own = [card for card in place.cards() if card.id == top_up.card or card.subject == top_up.id]
    return [BALANCE in str(card.wanted) for card in own]


@pytest.mark.parametrize("goes", CREDITS.values(), ids=CREDITS)
@pytest.mark.parametrize("link", [PERSON, TEAM, IN_CHANNEL], ids=lambda link: str(link.kind))
def test_whoever_is_let_in_reads_the_balance(
    place: SettlePlace, link: Link, goes: Callable[[SettlePlace, TopUp], object]
) -> None:
    """A person, their team, and who was in the channel when they asked."""
    top_up = place.new()
    links(place, top_up, *OTHERS, link)
    goes(place, top_up)
    assert told(place, top_up)[0]


@pytest.mark.parametrize("goes", CREDITS.values(), ids=CREDITS)
def test_whoever_is_let_in_no_more_reads_no_balance_of_a_credit(
    place: SettlePlace, goes: Callable[[SettlePlace, TopUp], object]
) -> None:
    """Links of others, on another platform, to another tenant, say nothing of them."""
    top_up = place.new()
    links(place, top_up, *OTHERS)
    goes(place, top_up)
    assert told(place, top_up)
    assert not any(told(place, top_up))


@pytest.mark.parametrize("news", NEWS.values(), ids=NEWS)
def test_whoever_was_unlinked_reads_no_balance_in_later_news(
    place: SettlePlace, news: tuple[Callable[[SettlePlace, TopUp], object], ...]
) -> None:
    """Neither the card itself, shown anew, nor any note tells what the account holds by now."""
    top_up = place.new()
    links(place, top_up, PERSON)
    is_credited(place, top_up)
    unlinks(place, top_up, PERSON)
    place.spend(top_up, 700)
    for each in news:
        each(place, top_up)
    assert len(told(place, top_up)) == 1 + len(news)
    assert not any(told(place, top_up))


@pytest.mark.parametrize("news", NEWS.values(), ids=NEWS)
def test_whoever_is_linked_reads_the_balance_in_later_news(
    place: SettlePlace, news: tuple[Callable[[SettlePlace, TopUp], object], ...]
) -> None:
    """The card itself and every note."""
    top_up = place.new()
    links(place, top_up, PERSON)
    is_credited(place, top_up)
    place.clock.advance(days=9)
    for each in news:
        each(place, top_up)
    assert len(told(place, top_up)) == 1 + len(news)
    assert all(told(place, top_up))


def test_a_member_of_a_channel_is_taken_for_one_for_a_day(place: SettlePlace) -> None:
    """Nobody asks the platform when a payment comes in; what it said then does not last."""
    top_up = place.new()
    links(place, top_up, IN_CHANNEL)
    is_credited(place, top_up)
    place.clock.advance(days=1)
    REFUNDED(place, top_up)
    assert not any(told(place, top_up))


@pytest.mark.parametrize("chat", [CHANNEL, THREAD], ids=["channel", "thread"])
def test_a_card_in_the_linked_channel_tells_the_balance_there(
    place: SettlePlace, chat: object
) -> None:
    """Whoever reads it is in the channel."""
    top_up = place.new()
    links(place, top_up, IN_CHANNEL)
    there = Card("c" * 16, chat, "7", "en", "UTC", View("", ""), 1)  # type: ignore[arg-type]
    place.clock.advance(days=3)

    def work(tx: Tx) -> bool:
        cards.want_card(context_of(tx, place.services), there)
        tx.top_ups.save(replace(top_up, card=there.id))
        return True

    place.do(work)
    is_credited(place, top_up)
    shown = place.do(lambda tx: tx.cards.get(there.id))
    assert shown is not None
    assert BALANCE in str(shown.wanted)


@pytest.mark.parametrize(("link", "reads"), [(PERSON, True), (OTHERS[0], False)])
def test_money_that_an_operator_credits_tells_the_balance_to_whom_its_account_lets_in(
    place: SettlePlace, link: Link, reads: bool
) -> None:
    """Whichever account that is: the payer's own, or one that is none of theirs."""
    first, second = place.new(), place.new()
    links(place, second, link)
    place.settle(paid(first))
    place.settle(paid(first, "pay_2"))
    made = place.credit(second, paid(first, "pay_2").payment_ref)
    card = place.do(lambda tx: tx.cards.get(made.card))
    assert card is not None
    assert (BALANCE in str(card.wanted)) is reads
