"""After a database was set back: the gateways' lists are looked through until each answered."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from billing.marks import InstallationMarks
from billing.ports import GatewayError, ListedCheckout
from billing.topups import Mode
from service.lanes.keys import LaneKind, write_recovery_key
from service.money import recovery
from service.money.reconciliation import EVERY
from service.money.recovery import RecoveryWorker
from service.ports.store import Attempt, Claim, TaskKind, Tx
from tests.support.bots.bot_place import ANA, BEN, START, bot_place
from tests.support.bots.operator_place import Operator, operator
from tests.support.bots.settle_place import MARK, SettlePlace, settle_place

__all__ = ["operator"]

SINCE = START - timedelta(days=2)
_LANES = "SELECT kind, key FROM lanes WHERE kind IN ('payments', 'recover') ORDER BY key"


@dataclass
class Listing:
    """As much of a gateway as is asked for here."""

    name: str
    refs: tuple[str, ...] = ()
    down: bool = False
    error: GatewayError | None = None
    mode: Mode = Mode.SANDBOX
    asked: list[datetime] = field(default_factory=list)

    async def opened_since(self, at: datetime) -> tuple[ListedCheckout, ...]:
        self.asked.append(at)
        if self.error is not None:
            raise self.error
        if self.down:
            raise GatewayError("down", retry=True)
        return tuple(ListedCheckout(ref, MARK) for ref in self.refs)


class Silent:
    """A gateway that lists nothing."""

    name = "silent"
    mode = Mode.SANDBOX


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    """A database in memory."""
    with settle_place() as opened:
        yield opened


def _recoverer(place: SettlePlace, *gateways: Any) -> RecoveryWorker:
    return RecoveryWorker(place.store, {each.name: each for each in gateways}, place.services)


def _claim(since: datetime = SINCE, done: int = 0) -> Claim:
    return Claim(LaneKind.RECOVER, f"{since.isoformat()}|{done}", 1, 0, START)


def _lanes(place: SettlePlace, kind: str, at: datetime = START) -> list[str]:
    until = at + timedelta(hours=1)
    claims = place.do(lambda tx: tx.lanes.claim(kind, at, owner="w", until=until, limit=99))
    return [each.key for each in claims]


def test_55_only_what_is_not_known_is_asked_about(place: SettlePlace) -> None:
    """Of a gateway's list those that no attempt opened, five in a second, from an hour before."""
    made = place.new()
    known = Attempt("a1", made.id, 1, "one", START, checkout_ref="cs_known")
    place.do(lambda tx: tx.top_ups.add_attempt(known))
    one, two = Listing("one", ("cs_known", "cs_a", "cs_b")), Listing("two", ("cs_known",))
    place.runner.run(_recoverer(place, one, two).work(_claim()))

    assert one.asked == [SINCE - timedelta(hours=1)]
    assert sorted(_lanes(place, "payments")) == ["one|cs_a", "two|cs_known"]
    assert _lanes(place, "payments", START + timedelta(seconds=0.2)) == ["one|cs_b"]


def test_lists_are_looked_through_for_as_long_as_somebody_may_pay(place: SettlePlace) -> None:
    """Hourly for a day, then daily for sixteen, each time from where it was set back to."""
    one, begun = Listing("one"), place.clock()
    recoverer, claims = _recoverer(place, one), [_claim()]
    while claims:
        place.runner.run(recoverer.work(claims[0]))
        last = place.clock()
        place.clock.advance(days=1)
        until = place.clock() + timedelta(minutes=1)
        claims = place.do(partial(_claimed, now=place.clock(), until=until))

    assert set(one.asked) == {SINCE - timedelta(hours=1)}
    assert len(one.asked) == 41
    assert sum(recovery.LOOKED_AGAIN, timedelta()) == timedelta(days=17)
    assert last - begun == timedelta(days=40)


def _claimed(tx: Tx, now: datetime, until: datetime) -> list[Claim]:
    claims = list(tx.lanes.claim(LaneKind.RECOVER, now, owner="w", until=until, limit=9))
    for claim in claims:
        tx.lanes.release(claim, next_due=None, tries=0)
    return claims


def test_a_gateway_that_is_down_is_asked_again(place: SettlePlace) -> None:
    """The lane fails and is due again; who comes after it is looked through all the same."""
    down = Listing("two", down=True)
    with pytest.raises(GatewayError):
        place.runner.run(_recoverer(place, down, Listing("one", ("cs_a",))).work(_claim()))

    assert _lanes(place, LaneKind.RECOVER, START + timedelta(days=1)) == []
    assert _lanes(place, "payments") == ["one|cs_a"]


def test_a_gateway_without_a_list_is_named(
    place: SettlePlace, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator has to look there by hand; the others are looked through all the same."""
    with caplog.at_level(logging.ERROR):
        place.runner.run(_recoverer(place, Silent(), Listing("one", ("cs_a",))).work(_claim()))

    assert "recovery_without_list gateway=silent" in caplog.text
    assert _lanes(place, "payments") == ["one|cs_a"]


def test_a_database_without_a_single_act_is_looked_for_from_the_beginning(
    place: SettlePlace,
) -> None:
    """Nothing tells its time, so everything that was ever opened is listed."""
    set_back = recovery.RestoredDatabase("kept.db", None, "why")
    found = place.runner.run(
        recovery.begin_recovery(place.store, set_back, InstallationMarks(), START)
    )
    one = Listing("one")
    place.runner.run(_recoverer(place, one).work(_claim(found.since)))

    assert found.since == one.asked[0] == datetime(1970, 1, 1, tzinfo=UTC)


def test_top_ups_are_asked_about_page_by_page(
    place: SettlePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, none twice, and none of a later page at the same time as one before."""
    monkeypatch.setattr(recovery, "PAGE", 2)
    made = [place.new() for _ in range(5)]
    for each in made:
        opened = Attempt(f"a{each.id}", each.id, 1, "sandbox", START, f"cs_{each.id}")
        place.do(partial(_add, attempt=opened))
    asked = place.runner.run(recovery.ask_since(place.store, SINCE, START))
    due = [_lanes(place, "payments", START + number * EVERY) for number in range(6)]

    assert asked == len(made)
    assert due == [*([f"sandbox|cs_{each.id}"] for each in made), []]


def _add(tx: Tx, attempt: Attempt) -> None:
    tx.top_ups.add_attempt(attempt)


@pytest.fixture
def knowing(operator: Operator) -> Operator:
    """An operator whose database knows two top-ups, one of them from long ago."""
    with settle_place(f"sqlite:///{operator.database}") as place:

        def add(tx: Tx) -> None:
            for each in made:
                opened = Attempt(f"a{each.id}", each.id, 1, "sandbox", START, f"cs_{each.id}")
                tx.top_ups.add_attempt(opened)

        made = [place.new()]
        place.clock.advance(days=-200)
        made.append(place.new())
        place.do(add)
        place.clock.advance(days=200)
        operator.looks_at(place.clock)
    return operator


def test_a_database_that_others_set_back_is_recovered_by_hand(knowing: Operator) -> None:
    """From that time on, with the reason in the trail: as after PostgreSQL's own restore."""
    told = knowing.types(
        "reconcile", "--since", "2026-11-20T10:00+01:00", "--reason", "pg_restore"
    )

    assert (told.code, told.err) == (0, "")
    assert "1 top-ups" in told.out
    assert knowing.runs_sql(_LANES) == [
        ("recover", "2026-11-20T09:00:00+00:00|0"),
        ("payments", "sandbox|cs_TU-00000001"),
    ]
    assert "pg_restore" in knowing.runs_sql("SELECT detail FROM audit")[0][0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--since", "2026-11-20T10:00"),
        ("--since", "2036-11-20T10:00+00:00"),
        ("TU-00000001", "--since", "2026-11-20T10:00+00:00"),
    ],
)
def test_a_time_that_cannot_be_is_refused(knowing: Operator, arguments: tuple[str, ...]) -> None:
    """In a sentence, and nothing is scheduled."""
    told = knowing.types("reconcile", *arguments, "--reason", "why")

    assert told.code == 2
    assert "Traceback" not in told.err
    assert knowing.runs_sql(_LANES) == []


async def test_115_a_page_that_a_backup_does_not_know_may_be_paid(tmp_path: Path) -> None:
    """While it is looked for, who cancels is not told that nothing was taken."""
    later, key = START + timedelta(hours=1), write_recovery_key(START, 1)
    async with bot_place(tmp_path) as before:
        await before.asks_for()
        await before.app.store.transact(lambda tx: tx.lanes.schedule(LaneKind.RECOVER, key, later))
    async with bot_place(tmp_path, seed="two") as after:
        after.clock.advance(seconds=1)
        after.names = count(len(after.rows("deliveries")) + 1).__next__
        await after.does(ANA, text="/topup cancel")
        await after.asks_for(BEN)
        await after.does(BEN, text="/topup cancel")
        known, fresh = (after.chat.newest(each).view.body for each in (ANA, BEN))

    assert known == ("We have seen no payment. If you did pay, it will still be credited.",)
    assert fresh == ("No money was taken.",)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (GatewayError("no known form", retry=True, unread=True), TaskKind.ANSWER_UNREAD),
        (GatewayError("no such list", retry=False), TaskKind.ANSWER_UNREAD),
        (GatewayError("answered 403", retry=True, denied=True), TaskKind.ACCESS_REFUSED),
        (GatewayError("down", retry=True), None),
    ],
)
def test_117_a_list_that_cannot_be_read_is_told_until_it_can(
    place: SettlePlace, error: GatewayError, kind: TaskKind | None
) -> None:
    """One line for the gateway, however often it is tried; an outage is none."""
    odd, other = Listing("odd", error=error), Listing("other", ("cs_a",))
    seen = []
    for _ in range(2):
        with pytest.raises(GatewayError):
            place.runner.run(_recoverer(place, odd, other).work(_claim()))
        seen.append(place.do(lambda tx: tx.tasks.open()))
    odd.error = None
    place.runner.run(_recoverer(place, odd, other).work(_claim()))

    told = [] if kind is None else [(kind, "odd/list")]
    assert [[(each.kind, each.subject) for each in tasks] for tasks in seen] == [told, told]
    assert place.do(lambda tx: tx.tasks.open()) == []
    assert len(other.asked) == 3
