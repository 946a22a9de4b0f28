"""A SIGKILL at any labelled point, and a restart: nothing is lost, and money is credited once."""

from __future__ import annotations

import os
from itertools import groupby

import pytest

from bot.desk import Point
from tests.bot_place import Rows, dump
from tests.kill_child import CREDITED, Record, read_journal
from tests.kill_harness import KILLED, QUIET, Case, Outcome, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

AMOUNT_MINOR = 5_000
# How often a life that nobody ends passes each point, by method.
PASSED_BY_CARD = {
    Point.DELIVERY_STORED: 3,
    Point.TURN_COMMITTED: 2,
    Point.ATTEMPT_STORED: 1,
    Point.CHECKOUT_OPENED: 1,
    Point.PAYMENT_STORED: 1,
    Point.SETTLED: 1,
    Point.CARD_SENT: 3,
}
# A bank transfer is first pending, then paid: each of these happens once more than by card.
LAST_BY_BANK = {
    Point.DELIVERY_STORED: 4,
    Point.PAYMENT_STORED: 2,
    Point.SETTLED: 2,
    Point.CARD_SENT: 4,
}
IN_ORDER = tuple((point, 1) for point in Point)


def once() -> list[Case]:
    """One kill in each case: at every point, every time that it is passed."""
    by_card = [
        ("card", point, hit)
        for point, passed in PASSED_BY_CARD.items()
        for hit in range(1, passed + 1)
    ]
    by_bank = [
        ("bank_transfer", point, hit)
        for point, last in LAST_BY_BANK.items()
        for hit in (last - 1, last)
    ]
    return [
        Case(f"{method}-{point}-{hit}", method, ((point, hit),))
        for method, point, hit in [*by_card, *by_bank]
    ]


def storms() -> list[Case]:
    """Several kills in each case: life after life at one point, or at one after the other."""
    again = [Case(f"thrice-{point}", "card", ((point, 1),) * 3) for point in Point]
    every = [
        Case(f"every-point-{method}", method, IN_ORDER) for method in ("card", "bank_transfer")
    ]
    return [*again, *every]


ONCE, STORMS = once(), storms()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run([*ONCE, *STORMS], tmp_path_factory.mktemp("lives"))


def test_every_point_has_its_cases() -> None:
    """A point that is added to the product is killed at here too."""
    assert {point for case in ONCE for point, _ in case.kills} == set(Point)


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_46_one_kill_loses_nothing(outcomes: dict[str, Outcome], case: Case) -> None:
    """Killed there and started again, the top-up is credited once and its card says so."""
    outcome = outcomes[case.name]
    assert outcome.ends == (KILLED, QUIET), outcome.log
    assert broken(outcome) == []


@pytest.mark.parametrize("case", STORMS, ids=lambda case: case.name)
def test_46_many_kills_lose_nothing(outcomes: dict[str, Outcome], case: Case) -> None:
    """Killed in life after life, whatever was done before stays done, and once."""
    outcome = outcomes[case.name]
    assert outcome.ends[0] == KILLED, outcome.log
    assert set(outcome.ends[1:-1]) <= {KILLED, QUIET}, outcome.log
    assert outcome.ends[-1] == QUIET, outcome.log
    assert broken(outcome) == []


def broken(outcome: Outcome) -> list[str]:
    """The promises that were not kept, in words."""
    tables = dump(outcome.directory / "bot.db")
    journal = read_journal(outcome.directory / "journal")
    cards = broken_cards(outcome, tables["cards"], journal)
    return [*broken_money(tables), *broken_deliveries(tables), *cards]


def broken_money(tables: dict[str, Rows]) -> list[str]:
    """Credited once, for one payment of one checkout; the balance is the sum of its postings."""
    postings, documents = tables["postings"], tables["documents"]
    came = [each for each in postings if each["destination"].startswith("customer:")]
    went = [each for each in postings if each["source"].startswith("customer:")]
    found = {
        "credits": len(tables["transactions"]),
        "balance": [each["balance_minor"] for each in tables["accounts"]],
        "postings": minor(came) - minor(went),
        "payments": [(each["status"], each["disposition"]) for each in tables["payments"]],
        "top-ups": [each["status"] for each in tables["top_ups"]],
        "attempts": len(tables["attempts"]),
        "checkouts": sum(each["kind"] == "checkout" for each in documents),
    }
    wanted = {
        "credits": 1,
        "balance": [AMOUNT_MINOR],
        "postings": AMOUNT_MINOR,
        "payments": [("paid", "applied")],
        "top-ups": ["credited"],
        "attempts": 1,
        "checkouts": 1,
    }
    return [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def minor(postings: Rows) -> int:
    return sum(each["amount_minor"] for each in postings)


def broken_deliveries(tables: dict[str, Rows]) -> list[str]:
    """Every delivery was stored once and worked off; none is poison here."""
    names = [each["sender_id"] for each in tables["deliveries"]]
    left = [each["sender_id"] for each in tables["deliveries"] if each["done_at"] is None]
    wrong = [] if len(set(names)) == len(names) else [f"stored twice: {names}"]
    return [*wrong, *(f"not worked off: {name}" for name in left)]


def broken_cards(outcome: Outcome, cards: Rows, journal: list[Record]) -> list[str]:
    """The final state is shown in place; new messages double in the one window there is."""
    shows = [each for each in journal if "message" in each]
    newest = {each["message"]: each["title"] for each in shows}
    posts = [each for each in shows if not each["edit"]]
    final = [each for each in shows if each["title"].startswith(CREDITED) and each["edit"]]
    crashed = last_shows(outcome, shows, Point.CARD_SENT)
    doubled = [each for each in crashed if not each["edit"]]
    wrong = [f"not shown: {each}" for each in cards if each["shown_rev"] != each["wanted_rev"]]
    if len(posts) != len(cards) + len(doubled):
        wrong.append(f"{len(posts)} messages, {len(cards)} cards, {len(doubled)} in the window")
    if not 1 <= len(final) <= 1 + len(crashed):
        wrong.append(f"the final state was sent {len(final)} times")
    if sum(title.startswith(CREDITED) for title in newest.values()) != 1:
        wrong.append(f"people see: {newest}")
    return wrong


def last_shows(outcome: Outcome, shows: list[Record], point: Point) -> list[Record]:
    """What was shown last in each life that ended at this point."""
    last = {life: list(these)[-1] for life, these in groupby(shows, lambda each: each["life"])}
    return [
        last[life]
        for life, (where, _) in enumerate(outcome.case.kills)
        if where is point and outcome.ends[life] == KILLED
    ]
