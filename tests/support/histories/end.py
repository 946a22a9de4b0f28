"""The end of a history: everybody recovers, time passes, and promises for the end must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.support.bots.bot_place import START
from tests.support.histories.gateway import Record
from tests.support.histories.invariants import broken, unfinished
from tests.support.histories.world import PEOPLE, World


def ends(world: World, looked_for: datetime = START) -> None:
    """Raises AssertionError with every promise that is broken.

    What was paid while its top-up was watched is found by asking; for all else, and for what went
    back, gateways call until they are heard. Until `looked_for` checkouts that are not known are
    asked about, too.
    """
    _recover(world)
    watched = world.watched()
    for until in sorted({each for each in watched.values() if each > world.clock()}):
        world.clock.at = max(until, world.clock() + timedelta(minutes=2))
        world.works()
    _all_taken_in(world, _while_watched(watched, looked_for))
    for record in world.records():
        world.told(record.checkout)
    _all_taken_in(world, lambda _: True)
    wrong = unfinished(world.seen(world.tables()))
    assert not wrong, "\n".join(wrong)


def _recover(world: World) -> None:
    world.fuse = world.chat.trouble = None
    for gateway in world.gateways.values():
        gateway.trouble, gateway.stale = None, False
    for name in [each for each in world.sent if each not in world.accepted]:
        world.delivers(name)
    if world.chat.ever_blocked:
        world.chat.blocked.clear()
        for person in PEOPLE:
            world.does(person, text="/topup start")
    world.clock.advance(minutes=2)
    world.works()


def _while_watched(watched: dict[str, datetime], looked_for: datetime) -> Callable[[Record], bool]:
    def counts(record: Record) -> bool:
        return record.paid_at is None or record.paid_at < watched.get(record.checkout, looked_for)

    return counts


def _all_taken_in(world: World, counts: Callable[[Record], bool]) -> None:
    """Nothing of these payments is lost, and all that holds at any time holds."""
    seen = world.seen(world.tables())
    counted = {record.key for record in world.records() if counts(record)}
    taken = {key: each for key, each in seen.taken.items() if key in counted}
    wrong = [*broken(seen), *unfinished(replace(seen, taken=taken), "I3", "I7", "I8")]
    assert not wrong, "\n".join(wrong)
