"""The hash chain over the audit trail: makes and verifies seals.

A seal is the SHA-256 of an entry and of the seal before it. Whoever can write to the database can
also seal anew all that follows a change: that shows only by a seal that was noted elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from service.ports.records import Entry, Numbering, Recorded, Seal

# The act after which numbers go on from a higher one, so that none is given out again.
RESTORED = "database_restored"
FIRST = -(2**63)
_BEFORE_ALL = "0" * 64
_FORM = "topup-bot audit 1"
_GROUP = 8


class TrailFault(StrEnum):
    """What was done to the trail at a number."""

    ALTERED = "altered"
    REMOVED = "removed"
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"


@dataclass(frozen=True, slots=True)
class TrailExtent:
    """What there is to examine, fixed at the beginning, since the trail goes on growing.

    `noted` is a seal that somebody noted elsewhere.
    """

    numbering: Numbering
    head: Seal | None
    noted: str = ""

    @property
    def sealed_to(self) -> int:
        """The number of the newest seal: what follows is not sealed yet."""
        return self.head.number if self.head else FIRST

    @property
    def end(self) -> int:
        """The highest number that was used."""
        return max(self.numbering.newest, self.sealed_to)


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of the trail up to `last`; no further where there is a `fault` at `number`.

    `head` is the seal of `sealed_to`; `noted` says whether the seal that was noted came by.
    """

    rows: int = 0
    unsealed: int = 0
    last: int = 0
    head: str = _BEFORE_ALL
    sealed_to: int | None = None
    noted: bool = False
    fault: TrailFault | None = None
    number: int = 0


def seal_of(entry: Entry, before: str | None = None) -> str:
    """The hash of every field of an entry and of the seal before it; None for the first."""
    fields = (_FORM, before or _BEFORE_ALL, entry.number, entry.at)
    words = (entry.actor, entry.act, entry.subject, entry.detail)
    text = json.dumps([*fields, *words], separators=(",", ":"), default=_strange)
    return sha256(text.encode()).hexdigest()


def _strange(value: object) -> list[str]:
    """What a stranger put there and JSON has no word for: unlike any text."""
    return [repr(value)]


def format_seal(seal: str) -> str:
    """As people read it, in groups: digits in one piece may look like a card number to a log."""
    return ":".join(seal[at : at + _GROUP] for at in range(0, len(seal), _GROUP))


def parse_seal(text: str) -> str:
    """The seal that somebody noted, in groups or in one piece."""
    return text.replace(":", "").strip().lower()


def seal_entries(entries: Iterable[Entry], head: Seal | None) -> list[Seal]:
    """Seals for entries in order of their numbers, going on from the newest seal."""
    seals: list[Seal] = []
    before = head.hash if head else None
    for entry in entries:
        before = seal_of(entry, before)
        seals.append(Seal(entry.number, before))
    return seals


def verify_page(seen: Verification, page: Sequence[Recorded], extent: TrailExtent) -> Verification:
    """Go on over a page, until the first fault."""
    for each in page:
        if seen.fault is not None or each.number > extent.end:
            break
        seen = _look(seen, each, extent)
    return seen


def verify_end(seen: Verification, extent: TrailExtent) -> Verification:
    """What it comes to when there are no more pages: rows may be missing at the end."""
    if seen.fault is None and extent.numbering.gapless and seen.last < extent.end:
        return replace(seen, fault=TrailFault.MISSING, number=seen.last + 1)
    return seen


def _look(seen: Verification, each: Recorded, extent: TrailExtent) -> Verification:
    entry, is_sealed = each.entry, each.number <= extent.sealed_to
    if entry is None:
        return replace(seen, fault=TrailFault.REMOVED, number=each.number)
    if is_sealed and each.hash is None:
        return replace(seen, fault=TrailFault.OUT_OF_ORDER, number=each.number)
    follows = each.number == seen.last + 1 or entry.act == RESTORED
    if extent.numbering.gapless and not follows:
        return replace(seen, fault=TrailFault.MISSING, number=seen.last + 1)
    seen = replace(seen, rows=seen.rows + 1, last=each.number)
    if each.hash is None or not is_sealed:
        return replace(seen, unsealed=seen.unsealed + 1)
    if each.hash != seal_of(entry, seen.head):
        return replace(seen, fault=TrailFault.ALTERED, number=each.number)
    noted = seen.noted or each.hash == extent.noted
    return replace(seen, head=each.hash, sealed_to=each.number, noted=noted)
