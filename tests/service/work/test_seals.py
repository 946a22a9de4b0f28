"""The hash chain: every history verifies, and every single change to it is found and named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.watch.logs import redact
from service.audit.seals import (
    RESTORED,
    TrailFault,
    format_seal,
    parse_seal,
    seal_entries,
    seal_of,
)
from service.ports.records import Entry, Recorded
from tests.support.databases.trails import entry, found, sealed

FIELDS = ("at", "actor", "act", "subject", "detail")
_texts = st.text(max_size=8)
_entries = st.lists(
    st.tuples(st.integers(-(2**63), 2**63 - 1), _texts, _texts, _texts, _texts),
    min_size=1,
    max_size=8,
).map(lambda rows: [Entry(number, *row) for number, row in enumerate(rows, start=1)])
_anything = st.one_of(st.none(), st.integers(), _texts, st.binary(max_size=4), st.floats())


@given(entries=_entries, spread=st.booleans())
def test_any_history_verifies(entries: list[Entry], spread: bool) -> None:
    """Whatever was done, the chain that was made of it is whole, also with numbers left out."""
    if spread:
        entries = [replace(each, number=each.number * 3) for each in entries]
    seen = found(sealed(entries), gapless=not spread)

    assert seen.fault is None
    assert (seen.rows, seen.unsealed) == (len(entries), 0)
    assert seen.head == seal_entries(entries, None)[-1].hash


@given(entries=_entries, which=st.data(), to=_anything)
def test_69_a_field_that_was_changed_is_found(
    entries: list[Entry], which: st.DataObject, to: object
) -> None:
    """Any field of any row, changed to anything else: the first row that was altered is named."""
    trail = sealed(entries)
    row = which.draw(st.sampled_from(entries))
    field = which.draw(st.sampled_from(FIELDS))
    was = getattr(row, field)
    assume((type(was), was) != (type(to), to))
    values: list[Any] = [to if each == field else getattr(row, each) for each in FIELDS]
    changed = Entry(row.number, *values)
    trail[row.number - 1] = replace(trail[row.number - 1], entry=changed)

    assert (found(trail).fault, found(trail).number) == (TrailFault.ALTERED, row.number)


@given(entries=_entries, which=st.data(), gapless=st.booleans())
def test_69_a_row_that_was_removed_is_found(
    entries: list[Entry], which: st.DataObject, gapless: bool
) -> None:
    """Its seal is left; without it the next one does not fit, or the number is missing."""
    trail = sealed(entries)
    at = which.draw(st.integers(0, len(entries) - 1))
    alone = [*trail[:at], replace(trail[at], entry=None), *trail[at + 1 :]]
    whole = [*trail[:at], *trail[at + 1 :]]

    assert (found(alone).fault, found(alone).number) == (TrailFault.REMOVED, at + 1)
    if at + 1 < len(entries):
        seen = found(whole, gapless=gapless)
        expected = (TrailFault.MISSING, at + 1) if gapless else (TrailFault.ALTERED, at + 2)
        assert (seen.fault, seen.number) == expected


@given(entries=_entries, which=st.data())
def test_69_a_seal_that_was_changed_is_found(entries: list[Entry], which: st.DataObject) -> None:
    """Another hash, or none: the row is named. Without the newest one a row waits to be sealed."""
    trail = sealed(entries)
    at = which.draw(st.integers(0, len(entries) - 1))
    other = [*trail[:at], replace(trail[at], hash="0" * 64), *trail[at + 1 :]]
    gone = [*trail[:at], replace(trail[at], hash=None), *trail[at + 1 :]]

    assert (found(other).fault, found(other).number) == (TrailFault.ALTERED, at + 1)
    seen = found(gone)
    if at + 1 < len(entries):
        assert (seen.fault, seen.number) == (TrailFault.OUT_OF_ORDER, at + 1)
    else:
        assert (seen.fault, seen.unsealed) == (None, 1)


@given(entries=_entries, which=st.data())
def test_69_rows_that_changed_places_are_found(entries: list[Entry], which: st.DataObject) -> None:
    """Each under the other's number, with or without its seal: the first one is named."""
    assume(len(entries) > 1)
    one, other = which.draw(st.sampled_from(list(_pairs(len(entries)))))
    trail = sealed(entries)
    swapped = [replace(entries[at], number=to + 1) for at, to in ((other, one), (one, other))]
    assume(swapped[0] != entries[one])
    for seals in ((one, other), (other, one)):
        moved = list(trail)
        moved[one] = Recorded(one + 1, swapped[0], trail[seals[0]].hash)
        moved[other] = Recorded(other + 1, swapped[1], trail[seals[1]].hash)

        assert (found(moved).fault, found(moved).number) == (TrailFault.ALTERED, one + 1)


@pytest.mark.parametrize("number", [-5, 0, 4, 7])
def test_69_a_row_that_was_put_between_is_found(number: int) -> None:
    """A row that came later, under a number that was left out, has no seal where others have."""
    trail = sealed([entry(2), entry(3), entry(5), entry(9)])
    seen = found([*trail, Recorded(number, entry(number), None)], gapless=False)

    assert (seen.fault, seen.number) == (TrailFault.OUT_OF_ORDER, number)


def test_what_is_not_sealed_yet_is_no_fault() -> None:
    """Rows after the newest seal are counted, and their numbers still have to follow."""
    trail = sealed([entry(1), entry(2)])
    fresh = [Recorded(number, entry(number), None) for number in (3, 4)]

    assert (found(trail + fresh).fault, found(trail + fresh).unsealed) == (None, 2)
    assert (found(trail + fresh[1:]).fault, found(trail + fresh[1:]).number) == (
        TrailFault.MISSING,
        3,
    )


def test_numbers_go_on_from_a_higher_one_after_a_restore() -> None:
    """Only there: everywhere else a number that was left out is a row that is missing."""
    restored = sealed([entry(1), entry(100, RESTORED), entry(101)])
    other = sealed([entry(1), entry(100), entry(101)])

    assert found(restored).fault is None
    assert (found(other).fault, found(other).number) == (TrailFault.MISSING, 2)


def test_a_chain_that_was_sealed_anew_lacks_the_noted_seal() -> None:
    """Who may write may seal all anew; then a seal that was noted elsewhere is not among them."""
    rows = [entry(number) for number in range(1, 5)]
    noted = sealed(rows)[2].hash or ""
    forged = sealed([rows[0], replace(rows[1], actor="nobody"), *rows[2:]])

    assert found(sealed(rows), noted=noted).noted
    assert found(forged).fault is None
    assert not found(forged, noted=noted).noted


@given(entries=_entries)
def test_a_seal_as_it_is_written_passes_every_log(entries: list[Entry]) -> None:
    """No log takes a part of it for a card number, and who copies it from there finds it again."""
    seal = seal_entries(entries, None)[-1].hash

    assert redact(format_seal(seal)) == format_seal(seal)
    assert parse_seal(f" {format_seal(seal).upper()}\n") == seal


def test_a_seal_tells_where_a_field_ends() -> None:
    """The same letters, parted elsewhere, are another entry."""
    assert seal_of(Entry(1, 0, "ab", "c", "", "")) != seal_of(Entry(1, 0, "a", "bc", "", ""))


def _pairs(length: int) -> list[tuple[int, int]]:
    return [(one, other) for other in range(length) for one in range(other)]
