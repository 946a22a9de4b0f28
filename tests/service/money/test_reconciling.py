"""Asked about anew: on start and when an operator says so, each once, and not all at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from billing.topups import TopUpStatus
from service.lanes.keys import LaneKind
from service.money import reconciliation
from service.money.checkout import RECONCILE_AFTER, next_reconcile_at
from service.ports.store import Attempt, Tx
from tests.support.bots.bot_place import QUIET_SECONDS, START, Clock, bot_place
from tests.support.bots.operator_place import Operator, operator
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.bots.settle_place import SettlePlace, settle_place
from tests.support.dialogs.terms import NOW, top_up

__all__ = ["operator"]

_WATCHED_FOR_LONG = "UPDATE top_ups SET watched_until = 4102444800000000"  # the year 2100
_ASKED = "SELECT key FROM lanes WHERE kind = 'payments'"


async def test_10_what_was_paid_while_nobody_served_is_found_on_start(tmp_path: Path) -> None:
    """The callback met no bot; the next one asks at once, long before its next turn to."""
    clock = Clock()
    async with bot_place(tmp_path, clock=clock) as place:
        await pay_by_card(place.web, await place.checkout(await place.asks_for()), PAID)
        before = place.rows("top_ups")[0]["status"]
    async with bot_place(tmp_path, seed="again", clock=clock) as place:
        async with asyncio.timeout(QUIET_SECONDS):
            while place.rows("top_ups")[0]["status"] != TopUpStatus.CREDITED:
                await asyncio.sleep(0.005)

    assert before == TopUpStatus.AWAITING_PAYMENT
    assert clock() == START


class Broken:
    """A store that cannot be asked."""

    async def transact(self, work: object) -> None:
        raise OSError("database is locked")


async def test_a_start_does_not_depend_on_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where what is watched cannot be read, that is logged, and the bot serves all the same."""
    async with bot_place(tmp_path) as place:
        app: Any = place.app
        await replace(app, store=Broken())._ask_once()

    assert "reconcile_on_start_failed" in caplog.text


def _opened(place: SettlePlace, number: int) -> list[str]:
    made = [place.new() for _ in range(number)]

    def work(tx: Tx) -> None:
        for each in made:
            ref = f"cs_{each.id}"
            tx.top_ups.add_attempt(
                Attempt(f"a{each.id}", each.id, 1, each.gateway, START, checkout_ref=ref)
            )

    place.do(work)
    return [f"sandbox|cs_{each.id}" for each in made]


def test_all_that_is_watched_is_asked_about_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five in a second, over any number of pages; what is credited already is not among them."""
    monkeypatch.setattr(reconciliation, "PAGE", 3)
    with settle_place() as place:
        wanted = _opened(place, 7)
        place.new()
        asked = place.runner.run(reconciliation.ask_watched(place.store, START))

        def due(seconds: float) -> list[str]:
            now = START + timedelta(seconds=seconds)
            until = now + timedelta(hours=1)
            claims = place.do(
                lambda tx: tx.lanes.claim(LaneKind.PAYMENTS, now, owner="w", until=until, limit=99)
            )
            return [claim.key for claim in claims]

        assert asked == 7
        found = [due(0), due(0.4), due(1.0), due(1.2), due(60)]

    assert [len(each) for each in found] == [1, 2, 3, 1, 0]
    assert sorted(key for each in found for key in each) == sorted(wanted)


@pytest.fixture
def watching(operator: Operator) -> Operator:
    """An operator whose bot watches three top-ups, and knows one that nobody opened."""
    with settle_place(f"sqlite:///{operator.database}") as place:
        _opened(place, 3)
        place.new()
    # An operator's command reads the real clock, and must find them watched on any day.
    operator.runs_sql(_WATCHED_FOR_LONG)
    return operator


def test_an_operator_has_all_of_them_asked_about(watching: Operator) -> None:
    """They are counted, their lanes are due, and the reason is in the audit trail."""
    told = watching.types("reconcile", "--reason", "the gateway was  down\n 4242 4242 4242 4242")
    lanes = watching.runs_sql(_ASKED)
    ((act, subject, detail),) = watching.runs_sql("SELECT act, subject, detail FROM audit")

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("3 watched top-ups")
    assert len(lanes) == 3
    assert (act, subject) == ("reconcile_asked", "all")
    assert "the gateway was down [card number removed]" in detail


def test_an_operator_has_one_asked_about(watching: Operator) -> None:
    """That one and no other, also when it is watched no more."""
    watching.runs_sql("UPDATE top_ups SET watched_until = 0, status = 'expired'")
    told = watching.types("reconcile", "TU-00000002", "--reason", "a payer called")

    assert told.code == 0
    assert watching.runs_sql(_ASKED) == [("sandbox|cs_TU-00000002",)]
    assert watching.runs_sql("SELECT subject FROM audit") == [("TU-00000002",)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("TU-404", "--reason", "x"), "no such top-up"),
        (("TU-00000004", "--reason", "x"), "nobody opened its checkout yet"),
        (("--reason", "  \n"), "--reason: say why"),
        (("--reason", "x" * 501), "at most 500 characters"),
        ((), "--reason"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    watching: Operator, arguments: tuple[str, ...], says: str
) -> None:
    """With a sentence, and nothing is scheduled or written down."""
    told = watching.types("reconcile", *arguments)

    assert told.code == 2
    assert says in told.err
    assert "Traceback" not in told.err
    assert watching.runs_sql(_ASKED) == []
    assert watching.runs_sql("SELECT subject FROM audit") == []


def test_179_a_lost_callback_is_looked_for_at_once_and_then_less_often() -> None:
    """After the first look at half a minute: 1, 2, 5, 15, 60 minutes, then each hour."""
    asked = replace(top_up(), watched_until=NOW + timedelta(days=3))
    waits = [next_reconcile_at(asked, NOW, tries) for tries in range(9)]

    minutes = [(each - NOW) / timedelta(minutes=1) for each in waits if each is not None]
    assert RECONCILE_AFTER[0] == timedelta(seconds=30)
    assert minutes == [1, 2, 5, 15, 60, 60, 60, 60, 60]
