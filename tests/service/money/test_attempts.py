"""What a gateway said of an attempt to pay: refused, answered, or not to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from billing.topups import PaymentSnapshot, PaymentStatus, TopUp, TopUpStatus, UnreadEntry
from service.common.context import context_of
from service.common.signed_tokens import PayLink
from service.money import attempts
from service.money.attempts import Inquiry
from service.ports.records import Task, TaskKind
from service.ports.store import Attempt, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.cashier_place import attempt_of, link_of, opened, status_of
from tests.support.bots.settle_place import GATEWAY, SettlePlace, paid, settle_place

LATER = START + timedelta(minutes=1)


@pytest.fixture(scope="module")
def rows() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def place(rows: SettlePlace) -> SettlePlace:
    """One database for all; each test has a top-up of its own."""
    rows.clock.at = START
    return rows


def asked(top_up: TopUp) -> Inquiry:
    """Its checkout, asked about a minute after the start."""
    return Inquiry(GATEWAY, f"cs_{top_up.id}", LATER)


def hears(place: SettlePlace, at: Inquiry, *snapshots: PaymentSnapshot) -> bool:
    return place.do(
        lambda tx: attempts.record_answer(context_of(tx, place.services), at, snapshots)
    )


def tasks_of(place: SettlePlace, subject: str) -> list[Task]:
    return [each for each in place.do(lambda tx: tx.tasks.open()) if each.subject == subject]


def says(top_up: TopUp, status: PaymentStatus, ref: str = "pay_1") -> PaymentSnapshot:
    return replace(paid(top_up, ref), status=status)


def odd(top_up: TopUp) -> PaymentSnapshot:
    """A payment with a status that nobody here knows."""
    entry = UnreadEntry(f"odd-{top_up.id}", "a new word")
    return replace(says(top_up, PaymentStatus.OPEN, "pay_2"), unread=(entry,))


# --- refused ---------------------------------------------------------------------------------


def test_what_a_gateway_will_never_open_ends_its_top_up(place: SettlePlace) -> None:
    """The reason stands with the attempt, and is a task for the operator."""
    made = place.new()
    attempt = Attempt(f"a-{made.id}", made.id, 1, GATEWAY, START)
    place.do(lambda tx: tx.top_ups.add_attempt(attempt))
    place.do(
        lambda tx: attempts.record_refusal(context_of(tx, place.services), attempt, "too small")
    )

    assert attempt_of(place, made).refused == "too small"
    assert status_of(place, made) == TopUpStatus.FAILED
    assert [each.kind for each in tasks_of(place, made.id)] == [TaskKind.CHECKOUT_REFUSED]


@pytest.mark.parametrize("revision", [1, 2])
def test_a_refusal_comes_too_late_for_what_is_open(place: SettlePlace, revision: int) -> None:
    """Another try opened the page, or the row of this one is gone: people can pay as before."""
    made = opened(place)
    attempt = replace(attempt_of(place, made), revision=revision, checkout_ref=None)
    place.do(
        lambda tx: attempts.record_refusal(context_of(tx, place.services), attempt, "too small")
    )

    assert attempt_of(place, made).refused is None
    assert status_of(place, made) == TopUpStatus.AWAITING_PAYMENT
    assert tasks_of(place, made.id) == []


def test_a_refusal_of_a_top_up_that_is_gone_changes_nothing(place: SettlePlace) -> None:
    """Nobody is told of what is not there."""
    gone = Attempt("a-gone", "TU-NONE0000", 1, GATEWAY, START)
    place.do(lambda tx: attempts.record_refusal(context_of(tx, place.services), gone, "too small"))

    assert tasks_of(place, "TU-NONE0000") == []


# --- returned --------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [PayLink("TU-NONE0000", 1), None])
def test_a_link_that_is_not_the_newest_asks_nobody(
    place: SettlePlace, link: PayLink | None
) -> None:
    """Of another revision, or of no top-up: there is nothing to tell."""
    made = opened(place)
    link = link or PayLink(made.id, made.revision + 1)

    assert (
        place.do(lambda tx: attempts.record_return(context_of(tx, place.services), link)) is None
    )
    assert attempt_of(place, made).asked_at is None


@pytest.mark.parametrize("credited", [False, True])
def test_who_returns_has_the_gateway_asked_until_it_is_credited(
    place: SettlePlace, credited: bool
) -> None:
    """What is credited already has nothing to ask for; both are told how it stands."""
    made = opened(place)
    if credited:
        place.settle(paid(made))
    facts = place.do(
        lambda tx: attempts.record_return(context_of(tx, place.services), link_of(made))
    )

    assert facts is not None
    assert facts.top_up.id == made.id
    assert attempt_of(place, made).asked_at == (None if credited else START)


# --- heard -----------------------------------------------------------------------------------


def test_only_of_our_own_checkouts_something_is_noted(place: SettlePlace) -> None:
    """A gateway's answer about another's checkout is none of ours: it says so."""
    made = opened(place)

    assert (
        hears(place, Inquiry(GATEWAY, "cs_theirs", LATER), says(made, PaymentStatus.OPEN)) is False
    )
    assert hears(place, asked(made), says(made, PaymentStatus.OPEN)) is True


@pytest.mark.parametrize("beside", [False, True])
def test_an_answer_that_tells_nothing_is_a_task(place: SettlePlace, beside: bool) -> None:
    """No payment at all, or one with a status that nobody knows, also beside one that is clear."""
    made = opened(place)
    told = (says(made, PaymentStatus.EXPIRED), odd(made)) if beside else ()

    assert hears(place, asked(made), *told) is True
    assert attempt_of(place, made).closed_at is None
    ((kind, detail),) = [(each.kind, each.detail) for each in tasks_of(place, made.id)]
    assert kind is TaskKind.ANSWER_UNREAD
    assert detail.startswith(f"{GATEWAY} cs_{made.id}: it shows a checkout that is not the one")


def test_an_answer_that_can_be_read_again_closes_its_task(place: SettlePlace) -> None:
    """Nobody has to close it, and the attempt is not called unread any more."""
    made = opened(place)
    hears(place, asked(made))
    before = attempt_of(place, made).unread, len(tasks_of(place, made.id))
    hears(place, asked(made), says(made, PaymentStatus.OPEN))

    assert before[0] is not None
    assert before[1] == 1
    assert attempt_of(place, made).unread is None
    assert tasks_of(place, made.id) == []


def test_what_is_over_is_over_since_it_was_first_said(place: SettlePlace) -> None:
    """And no more once the gateway says otherwise."""
    made = opened(place)
    seen = []
    for status, seconds in (
        (PaymentStatus.OPEN, 0),
        (PaymentStatus.EXPIRED, 1),
        (PaymentStatus.EXPIRED, 2),
        (PaymentStatus.PROCESSING, 3),
    ):
        at = replace(asked(made), at=START + timedelta(seconds=seconds))
        hears(place, at, says(made, status))
        seen.append(attempt_of(place, made).closed_at)

    over = START + timedelta(seconds=1)
    assert seen == [None, over, over, None]


@pytest.mark.parametrize("wanted", [False, True])
def test_who_asked_is_answered_as_of_when_the_asking_began(
    place: SettlePlace, wanted: bool
) -> None:
    """Where nobody waits for an answer, none is noted."""
    made = opened(place)
    if wanted:
        known = replace(attempt_of(place, made), asked_at=START)
        place.do(lambda tx: tx.top_ups.save_answer(known))
    hears(place, asked(made), says(made, PaymentStatus.OPEN))

    assert attempt_of(place, made).answered_at == (LATER if wanted else None)


# --- unread ----------------------------------------------------------------------------------


@pytest.mark.parametrize("understood", [False, True])
def test_of_an_unknown_checkout_only_what_cannot_be_read_is_a_task(
    place: SettlePlace, understood: bool
) -> None:
    """That a gateway does not know it is no news; what nobody can read may be somebody's money."""
    at = Inquiry(GATEWAY, f"cs_unknown_{understood}", LATER)

    def work(tx: Tx) -> None:
        if understood:
            attempts.record_unreadable(
                context_of(tx, place.services), at, "no such checkout", understood=True
            )
        else:
            attempts.record_unreadable(context_of(tx, place.services), at, "gibberish")

    place.do(work)
    told = [each.detail for each in tasks_of(place, at.checkout_ref)]
    assert told == ([] if understood else [f"{GATEWAY} {at.checkout_ref}: gibberish"])


def test_the_same_unread_answer_is_told_once(place: SettlePlace) -> None:
    """An operator who closed it knows; another reason is another task; it is not over by that."""
    made = opened(place)
    hears(place, asked(made), says(made, PaymentStatus.EXPIRED))
    counts = []
    for why in ("gibberish", "gibberish", "other gibberish"):
        unread = partial(attempts.record_unreadable, asked=asked(made), why=why)
        place.do(lambda tx: unread(context_of(tx, place.services)))  # noqa: B023
        counts.append(len(tasks_of(place, made.id)))
        kind = TaskKind.ANSWER_UNREAD
        place.do(lambda tx: tx.tasks.close(kind, made.id, "seen", START))  # noqa: B023

    assert counts == [1, 0, 1]
    assert (attempt_of(place, made).unread, attempt_of(place, made).closed_at) == (
        "other gibberish",
        None,
    )
