"""A gateway that refuses our key, or a right of it: told in one line, until it lets us again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from billing.ports import GatewayError
from billing.reversals import Reversals
from billing.topups import TopUp, TopUpStatus
from conversations.messages.pages import UnpayableReason
from service.common.context import context_of
from service.money.denials import KeyUse, note_access
from service.ports.records import Task, TaskKind
from tests.support.bots.cashier_place import (
    Told,
    checkouts,
    claim_of,
    link_of,
    opened,
    status_of,
)
from tests.support.bots.refunding import Asked, asks, credited, stored, works
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place

DENIED = GatewayError("answered 403", retry=True, denied=True)
DOWN = GatewayError("answered 500", retry=True)
ODD = GatewayError("gibberish", retry=True, unread=True)
UNKNOWN = GatewayError("no such checkout", retry=False)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def lines(place: SettlePlace) -> list[str]:
    """The subjects of the open lines about keys."""
    return [each.subject for each in _open(place) if each.kind is TaskKind.ACCESS_REFUSED]


def _open(place: SettlePlace) -> list[Task]:
    return [*place.do(lambda tx: tx.tasks.open())]


def fetches(place: SettlePlace, made: TopUp, gateway: Told, tries: int) -> None:
    claim = replace(claim_of(made), tries=tries)
    place.runner.run(checkouts(place, gateway).settle(claim))


def test_a_refused_key_is_one_line_until_it_is_taken_again(place: SettlePlace) -> None:
    """However many top-ups wait for it, and whatever kind of answer shows that it is taken."""
    for mended in ([(paid(one := opened(place)),)], [ODD], [UNKNOWN]):
        for each in (one, opened(place)):
            with pytest.raises(GatewayError):
                fetches(place, each, Told([DENIED]), 0)
        before = lines(place)
        try:
            fetches(place, one, Told([*mended]), 1)
        except GatewayError:
            assert mended == [ODD]

        assert before == [f"{GATEWAY}/look"]
        assert lines(place) == []


def test_an_outage_neither_opens_nor_closes_the_line(place: SettlePlace) -> None:
    """Nobody knows then what the gateway would say of the key."""
    made = opened(place)
    with pytest.raises(GatewayError):
        fetches(place, made, Told([DOWN]), 0)
    quiet = lines(place)
    for error in (DENIED, DOWN):
        with pytest.raises(GatewayError):
            fetches(place, made, Told([error]), 1)

    assert (quiet, lines(place)) == ([], [f"{GATEWAY}/look"])


def test_a_line_says_what_was_answered(place: SettlePlace) -> None:
    """An operator sees the gateway, what was asked of it, and its answer."""
    place.do(lambda tx: note_access(context_of(tx, place.services), "stripe", KeyUse.LIST, DENIED))
    (task,) = _open(place)

    assert task.subject == "stripe/list"
    assert task.detail == "the key is refused, or may not do this: answered 403"


@pytest.mark.parametrize("error", [DENIED, DOWN, ODD, UNKNOWN])
def test_what_was_paid_is_credited_though_no_more_can_be_asked(
    place: SettlePlace, error: GatewayError
) -> None:
    """What a gateway said all the same is settled, and the rest is asked for again."""
    made = opened(place)
    told = (replace(paid(made), reversals=Reversals(refunded_minor=100)),)
    partly = GatewayError(
        str(error), retry=error.retry, unread=error.unread, denied=error.denied, told=told
    )
    try:
        fetches(place, made, Told([partly]), 0)
    except GatewayError:
        assert error.retry

    assert status_of(place, made) == TopUpStatus.PARTLY_REFUNDED
    assert lines(place) == ([f"{GATEWAY}/look"] if error.denied else [])


def test_a_key_that_opens_no_page_is_told_until_one_opens(place: SettlePlace) -> None:
    """An outage says nothing about the key; whoever opens one next shows that it is taken."""
    made = place.new()
    for error, kept in ((DOWN, 0), (DENIED, 1), (DOWN, 1), (None, 0)):
        asked = checkouts(place, Told() if error is None else Told(opens=error))
        led = place.runner.run(asked.open_page(link_of(made)))

        assert (led is UnpayableReason.GATEWAY_DOWN) is (error is not None)
        assert lines(place) == [f"{GATEWAY}/open"] * kept


def test_a_refund_that_the_key_may_not_make_is_told(place: SettlePlace) -> None:
    """The order waits for the right, and is carried out once it is there."""
    made = credited(place)
    asks(place, made, 2_000)
    with pytest.raises(GatewayError):
        works(place, made, Asked(fails=DENIED))
    before = lines(place), stored(place, made).done_at
    works(place, made, Asked((paid(made),)), tries=1)

    assert before == ([f"{GATEWAY}/refund"], None)
    assert lines(place) == []
    assert stored(place, made).done_at is not None
