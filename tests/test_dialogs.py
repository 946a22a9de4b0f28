"""The feature list at work: every dialog in every chat, and both chats the same in the end."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from conversations import words
from conversations.ports import MessageRef
from conversations.views import View
from tests.dialog_places import PLACES, Stage, stage
from tests.dialog_player import Player
from tests.dialog_script import Dialog, ScriptError, parse, read_dialogs

DIALOGS = {dialog.name: dialog for dialog in read_dialogs(Path(__file__).parent / "dialogs")}
ENOUGH = 30
LEDGER = """
    SELECT kind, source, destination, amount_minor, currency
    FROM postings JOIN transactions ON transactions.id = transaction_id ORDER BY postings.id
"""
BALANCES = "SELECT id, balance_minor, currency FROM accounts ORDER BY id"
PAYMENTS = """
    SELECT status, amount_minor, currency, disposition, held_because
    FROM payments ORDER BY first_seen_at, status
"""
TOP_UPS = """
    SELECT account, amount_minor, fee_minor, method, status FROM top_ups ORDER BY created_at
"""
NOT_SHOWN = "SELECT id, error FROM cards WHERE shown_rev <> wanted_rev"
NOT_WORKED_OFF = "SELECT id, error FROM deliveries WHERE done_at IS NULL"
_IDS = re.compile(r"TU-[0-9A-Z]{8}|pay_\w+|TX-?\w+")


@dataclass(frozen=True)
class Outcome:
    """What a dialog came to: the books, and the views that stand in the end."""

    books: dict[str, list[tuple[Any, ...]]]
    last: str
    top_ups: list[str]


_outcomes: dict[tuple[str, str], Outcome] = {}


async def outcome(dialog: Dialog, platform: str, folder: Path) -> Outcome:
    """Play it, once for all tests."""
    known = _outcomes.get((dialog.name, platform))
    if known is not None:
        return known
    async with stage(platform, folder / f"{platform}.db") as place:
        await Player(dialog, place).play()
        assert place.rows(NOT_SHOWN) == []
        assert place.rows(NOT_WORKED_OFF) == []
        found = _outcome(place)
    _outcomes[dialog.name, platform] = found
    return found


@pytest.mark.parametrize("platform", PLACES)
@pytest.mark.parametrize("name", DIALOGS)
async def test_dialog(
    name: str, platform: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The transcript holds line by line, every card is shown, and nothing is logged as wrong."""
    with caplog.at_level(logging.WARNING):
        await outcome(DIALOGS[name], platform, tmp_path)

    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("name", DIALOGS)
async def test_both_chats_come_to_the_same(name: str, tmp_path: Path) -> None:
    """The same dialog leaves the same books and the same final views in Slack and Telegram."""
    slack = await outcome(DIALOGS[name], "slack", tmp_path)
    telegram = await outcome(DIALOGS[name], "telegram", tmp_path)

    assert slack == telegram


def test_there_are_enough_dialogs() -> None:
    """The feature list does not shrink unnoticed, and no two dialogs say the same sentence."""
    sentences = {dialog.sentence for dialog in DIALOGS.values()}

    assert len(sentences) == len(DIALOGS) >= ENOUGH


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no sentence\n", "begin with #"),
        ("# A sentence.\nyou> hello\n", "has an account"),
        ('# A sentence.\naccount a "A" USD\nyou: hello\n', "t:3: not a line"),
        ('# A sentence.\naccount a "A" USD\nyou> hello\n  detail\n', "t:4: a detail belongs"),
    ],
)
def test_a_dialog_that_cannot_be_read_is_refused(text: str, why: str) -> None:
    """A slip of the pen is named with its line; no line is ever left out in silence."""
    with pytest.raises(ScriptError, match=why):
        parse("t", text)


def _outcome(place: Stage) -> Outcome:
    final: dict[MessageRef | None, View] = {}
    for ref, view in place.watched.shown:
        final[ref] = view
    views = [_normal(view) for _, view in place.watched.shown if not _is_alert(view)]
    return Outcome(
        books={
            name: place.rows(query)
            for name, query in [
                ("balances", BALANCES),
                ("ledger", LEDGER),
                ("payments", PAYMENTS),
                ("top-ups", TOP_UPS),
            ]
        },
        last=views[-1] if views else "",
        top_ups=sorted(_normal(view) for view in final.values() if _is_top_up(view)),
    )


def _is_top_up(view: View) -> bool:
    return any(row.label == words.TOP_UP_ID for row in view.rows)


def _is_alert(view: View) -> bool:
    return any(row.label == words.THRESHOLD for row in view.rows)


def _normal(view: View) -> str:
    """The view as text, with ids and codes replaced: they differ from run to run."""
    rows = tuple(row if row.label != words.CODE else row.label for row in view.rows)
    plain = asdict(view) | {"rows": [row if isinstance(row, str) else asdict(row) for row in rows]}
    return _IDS.sub("(id)", json.dumps(plain, ensure_ascii=False, sort_keys=True))
