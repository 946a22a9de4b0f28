"""Every booking looks at the balance after it: an alert is told once, and resolved once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from billing.reversals import Reversals
from billing.topups import TopUp
from conversations.protocol.places import read_chat
from service.common.context import Context, context_of
from service.money import alerts, charges, held, topups
from service.money.charges import ChargeRequest
from service.ports.store import Card, Link, LinkKind, Tx
from tests.support.bots.settle_place import TOTAL, SettlePlace, paid, settle_place

CHANNEL = read_chat("slack", "T1", "C1")
RESOLVED = "Resolved"
WHY = held.Decision("asked for by mail")

Books = Callable[[Context, TopUp], None]


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def watched(place: SettlePlace) -> TopUp:
    """A top-up of $50.00 for an account whose channel is told below $20.00."""
    made = place.new()

    def work(tx: Tx) -> None:
        tx.accounts.set_threshold(made.account, 2_000)
        link = Link(made.account, "slack", "T1", LinkKind.CHANNEL, "C1")
        tx.accounts.link(link, place.clock())

    place.do(work)
    return made


def titles(place: SettlePlace) -> list[str]:
    """What the channel is to be shown."""
    found: list[Card] = list(place.do(lambda tx: tx.cards.due_in(CHANNEL, 9)))
    return [each.wanted.title for each in found]


def stands(place: SettlePlace, made: TopUp) -> bool:
    return place.do(lambda tx: alerts.is_alert_standing(tx, made.account))


def draws(context: Context, made: TopUp) -> None:
    charges.charge_account(context, ChargeRequest(made.account, "40"))


def is_sent_back(context: Context, made: TopUp) -> None:
    back = Reversals(refunded_minor=TOTAL.minor)
    topups.settle(context, replace(paid(made), reversals=back))


def corrects_twice(context: Context, made: TopUp) -> None:
    """What a correction draws again is drawn as by a charge."""
    charges.charge_account(context, ChargeRequest(made.account, "40"))
    for _ in range(2):
        charges.correct_charge(
            context, context.tx.inspection.postings(1)[0].transaction, "a mistake"
        )


@pytest.mark.parametrize("books", [draws, is_sent_back, corrects_twice])
def test_what_leaves_an_account_low_is_told(place: SettlePlace, books: Books) -> None:
    """A charge, a refund, and a correction that draws again."""
    made = watched(place)
    place.settle(paid(made))
    before = stands(place, made)
    place.do(lambda tx: books(context_of(tx, place.services), made))

    assert (before, stands(place, made)) == (False, True)
    assert RESOLVED not in titles(place)[-1]


def is_credited(context: Context, made: TopUp) -> None:
    again = replace(made, id="TU-90000001")
    context.tx.top_ups.add(again)
    topups.settle(context, paid(again))


def is_credited_by_hand(context: Context, made: TopUp) -> None:
    topups.settle(context, replace(paid(made, "pay_2"), reference=None))
    held.credit_held(context, paid(made, "pay_2").payment_ref, made.account, WHY)


def is_corrected(context: Context, made: TopUp) -> None:
    charges.correct_charge(context, context.tx.inspection.postings(1)[0].transaction, "a mistake")


@pytest.mark.parametrize("books", [is_credited, is_credited_by_hand, is_corrected])
def test_what_restores_an_account_resolves_its_alert(place: SettlePlace, books: Books) -> None:
    """A top-up, held money that an operator credits, and a charge that was a mistake."""
    made = watched(place)
    place.settle(paid(made, "pay_0"))
    place.do(
        lambda tx: charges.charge_account(
            context_of(tx, place.services), ChargeRequest(made.account, "40")
        )
    )
    told = titles(place)
    place.do(lambda tx: books(context_of(tx, place.services), made))

    assert [RESOLVED in each for each in told] == [False]
    assert stands(place, made) is False
    assert [RESOLVED in each for each in titles(place)] == [True]


def test_an_alert_that_stands_is_shown_to_who_comes_later(place: SettlePlace) -> None:
    """As unresolved; where none stands, nothing is shown."""
    made = watched(place)
    place.do(lambda tx: alerts.show_alert_again(context_of(tx, place.services), made.account))
    before = titles(place)
    place.do(partial(_low, account=made.account))
    place.do(lambda tx: alerts.show_alert_again(context_of(tx, place.services), made.account))

    assert (before, stands(place, made)) == ([], True)
    assert [RESOLVED in each for each in titles(place)] == [False]


def _low(tx: Tx, account: str) -> None:
    tx.accounts.set_alert_card(account, "00000000000000aa")


def test_of_an_account_that_is_gone_nothing_is_told(place: SettlePlace) -> None:
    """Nothing stands there."""
    place.do(lambda tx: alerts.show_alert_again(context_of(tx, place.services), "gone"))

    assert place.do(lambda tx: alerts.is_alert_standing(tx, "gone")) is False
    assert titles(place) == []
