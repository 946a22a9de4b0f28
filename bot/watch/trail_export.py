"""The audit trail for operators: the verdict in words, and every row as CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

from conversations.text.safe_text import spreadsheet_cell
from service.audit.seals import TrailFault, Verification, format_seal
from service.audit.trail import trail_pages
from service.ports.records import Entry
from service.ports.store import Store

COLUMNS = ("number", "at", "actor", "act", "subject", "detail", "seal")
_FAULTS = {
    TrailFault.ALTERED: "Row {row} of the audit trail was altered, or its seal was.",
    TrailFault.REMOVED: "Row {row} of the audit trail was removed: only its seal is left.",
    TrailFault.MISSING: "Row {row} of the audit trail is missing.",
    TrailFault.OUT_OF_ORDER: "Row {row} of the audit trail has no seal, though later rows have "
    "one: it was put in afterwards, or its seal was removed.",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def report_verification(seen: Verification, noted: str = "") -> dict[str, Any]:
    """What was found, as plain facts; `says` is the same in sentences."""
    lost = bool(noted) and seen.fault is None and not seen.noted
    return {
        "whole": seen.fault is None and not lost,
        "rows": seen.rows,
        "sealed_to": seen.sealed_to,
        "seal": seen.head if seen.sealed_to is not None else None,
        "unsealed": seen.unsealed,
        "fault": None if seen.fault is None else {"row": seen.number, "what": str(seen.fault)},
        "noted_seal_found": seen.noted if noted else None,
        "says": [*_sentences(seen, lost=lost)],
    }


def _sentences(seen: Verification, *, lost: bool) -> Iterator[str]:
    if seen.fault is not None:
        yield _FAULTS[seen.fault].format(row=seen.number)
        return
    if lost:
        yield (
            "The noted seal is not in the chain. The chain was made anew, or cut off by a "
            "restore, or the seal is another database's."
        )
    yield f"Every seal fits: {seen.rows} rows, {seen.rows - seen.unsealed} of them sealed."
    if seen.sealed_to is not None:
        yield f"The seal of row {seen.sealed_to}, to note elsewhere: {format_seal(seen.head)}"
    if seen.unsealed:
        yield f"Not sealed yet: {seen.unsealed}, the newest. A running bot seals them in seconds."


async def write_csv(store: Store, out: TextIO) -> int:
    """Every row as a line, under a line of names; `detail` as JSON. How many there are.

    No cell acts on a terminal or in a spreadsheet; the JSON has every character as it is.
    """
    lines, count = csv.writer(out), 0
    lines.writerow(COLUMNS)
    async for each in _entries(store):
        facts = _facts(*each)
        lines.writerow([_in_csv(facts[name]) for name in COLUMNS])
        count += 1
    return count


async def write_json(store: Store, out: TextIO) -> int:
    """Every row as an object, in one list. How many there are."""
    begins, count = "[", 0
    async for each in _entries(store):
        facts = _facts(*each)
        facts["detail"] = _read(facts["detail"])
        out.write(f"{begins}\n{json.dumps(facts, default=repr)}")
        begins, count = ",", count + 1
    out.write("\n]\n" if count else "[]\n")
    return count


async def _entries(store: Store) -> AsyncIterator[tuple[Entry, str | None]]:
    async for page in trail_pages(store):
        for each in page:
            if each.entry is not None:
                yield each.entry, each.hash


def _facts(entry: Entry, seal: str | None) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": _time(entry.at),
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "detail": entry.detail,
        "seal": seal,
    }


def _in_csv(value: Any) -> Any:
    return spreadsheet_cell(value) if isinstance(value, str) else value


def _time(at: Any) -> Any:
    """As ISO 8601; as it stands, where somebody made something else of it."""
    try:
        return (_EPOCH + timedelta(microseconds=at)).isoformat()
    except (TypeError, OverflowError):
        return at


def _read(detail: Any) -> Any:
    try:
        return json.loads(detail)
    except (TypeError, ValueError, RecursionError):
        return detail
