"""The bar of promises: green only while all holds, and never red for what is just on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playground.page.promises import Outside, Promise, Taken, promises

PAYMENT = {
    "gateway": "stripe", "payment_ref": "cs_1", "status": "paid", "disposition": "applied",
    "gone_minor": 0,
}  # fmt: skip
CREDIT = {"kind": "credit", "reference": "stripe/stripe_test/cs_1:credit:5075"}
CARD = {"waiting": False, "given_up": False}
OUTSIDE = Outside(taken=(Taken("stripe", "cs_1"),))


def inside(**changes: Any) -> dict[str, Any]:
    """What the bot's command tells when all is well, but for the changes."""
    account = {
        "account": "customer:acme-cloud",
        "stored": "$50.00",
        "stored_agrees": True,
        "postings": [CREDIT],
    }
    fee = account | {"account": "house:fees", "stored": None, "postings": [CREDIT]}
    well = {
        "payments": [PAYMENT],
        "ledger": [account, fee],
        "sums": [{"currency": "USD", "sum": "$0.00", "sum_minor": 0}],
        "cards": [CARD],
        "deliveries": {"waiting": 0, "done": 3, "quarantined": 1},
    }
    return well | changes


def told(found: dict[str, Any], outside: Outside = OUTSIDE) -> dict[str, Promise]:
    return {each.name: each for each in promises(found, outside)}


def test_all_is_kept_when_all_is_well() -> None:
    """Every promise is green, and says its facts in a sentence; set aside is worked off too."""
    found = told(inside())

    assert {each.state for each in found.values()} == {"kept"}
    assert found["Nothing lost"].fact.startswith("1 payment taken by the gateways: 1 known")
    assert "1 set aside" in found["Deliveries done"].fact


def test_a_payment_on_its_way_is_waited_for() -> None:
    """What a gateway took and the bot has not heard of is waited for, until it is late."""
    unheard = inside(payments=[])
    late = replace(OUTSIDE, taken=(Taken("stripe", "cs_1", late=True),))

    assert told(unheard)["Nothing lost"].state == "waiting"
    assert told(unheard, late)["Nothing lost"].state == "broken"


@pytest.mark.parametrize("disposition", ["held", "refunded"])
def test_a_held_payment_is_not_lost(disposition: str) -> None:
    """A person decides on it, or decided: nothing is lost."""
    found = told(inside(payments=[PAYMENT | {"disposition": disposition}]))

    assert found["Nothing lost"].state == "kept"


@pytest.mark.parametrize(
    ("broken", "changes"),
    [
        ("Nothing lost", {"payments": [PAYMENT | {"disposition": None}]}),
        (
            "None twice",
            {"ledger": [
                {"stored": None, "postings": [CREDIT]},
                {"stored": None, "postings": [CREDIT | {"reference": CREDIT["reference"] + "0"}]},
            ]},
        ),
        ("Sums zero", {"sums": [{"currency": "USD", "sum": "$1.00", "sum_minor": 100}]}),
        (
            "Balances agree",
            {"ledger": [
                {"account": "customer:a", "stored": "$1", "stored_agrees": False, "postings": []}
            ]},
        ),
    ],
    ids=["adrift", "twice", "sum", "balance"],
)  # fmt: skip
def test_a_broken_promise_is_red(broken: str, changes: dict[str, Any]) -> None:
    """Each is found by itself, and only that one is red."""
    found = told(inside(**changes))

    assert [name for name, each in found.items() if each.state == "broken"] == [broken]


def test_what_went_back_is_taken_back() -> None:
    """What Stripe refunded and the ledger has not booked is waited for, until it is late."""
    gone = Taken("stripe", "cs_1", gone_minor=1_000)
    late = replace(gone, gone_late=True)
    booked = inside(payments=[PAYMENT | {"gone_minor": 1_000}])

    states = [
        told(found, replace(OUTSIDE, taken=(taken,)))["Refunds booked"].state
        for found, taken in ((inside(), gone), (inside(), late), (booked, late))
    ]
    assert states == ["waiting", "broken", "kept"]


def test_a_forgery_that_was_taken_is_red() -> None:
    """One is enough."""
    found = told(inside(), replace(OUTSIDE, forged=2, forged_taken=1))

    assert found["Forgeries refused"].state == "broken"


@pytest.mark.parametrize(
    ("waiting", "changes", "outside"),
    [
        ("Cards shown", {"cards": [CARD | {"waiting": True}]}, OUTSIDE),
        ("Cards shown", {}, replace(OUTSIDE, unlike=1)),
        ("Deliveries done", {"deliveries": {"waiting": 1, "done": 0, "quarantined": 0}}, OUTSIDE),
    ],
    ids=["to be shown", "shown otherwise", "delivery"],
)
def test_what_is_under_way_is_waited_for(
    waiting: str, changes: dict[str, Any], outside: Outside
) -> None:
    """Neither green nor red: it is being worked on."""
    found = told(inside(**changes), outside)

    assert [name for name, each in found.items() if each.state == "waiting"] == [waiting]


def test_a_card_nobody_can_get_is_given_up() -> None:
    """Whoever blocked the bot keeps no promise from being kept, and it is said."""
    found = told(inside(cards=[CARD | {"waiting": True, "given_up": True}]))

    assert found["Cards shown"].state == "kept"
    assert "1 given up" in found["Cards shown"].fact
