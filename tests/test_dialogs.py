"""The feature list at work: every dialog in every chat, and both chats the same in the end."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.gateways.sandbox_server.cards import CARDS
from adapters.storage.store import open_store
from conversations import words
from conversations.ports import IN_THREAD
from conversations.views import View
from tests.dialog_places import PLACES, Stage, stage
from tests.dialog_player import Player
from tests.dialog_script import Dialog, ScriptError, parse, read_dialogs

DIALOGS = {dialog.name: dialog for dialog in read_dialogs(Path(__file__).parent / "dialogs")}
ENOUGH = 60
BOOKS = {
    "balances": "SELECT id, balance_minor, currency FROM accounts ORDER BY id",
    "ledger": """
        SELECT kind, source, destination, amount_minor, currency
        FROM postings JOIN transactions ON transactions.id = transaction_id ORDER BY postings.id
    """,
    "payments": """
        SELECT status, amount_minor, currency, disposition, held_because
        FROM payments ORDER BY first_seen_at, status
    """,
    "top-ups": """
        SELECT account, amount_minor, fee_minor, method, status FROM top_ups ORDER BY created_at
    """,
}
# A busy machine must not decide what is answered in place and what comes later as a card.
PATIENCE_SECONDS = 60.0
DEADLINES = (
    ("bot.inbox", "ANSWER_SECONDS"),
    ("bot.inbox", "SHARES_SECONDS"),
    ("adapters.chat.slack.web", "_PROMPT_SECONDS"),
    ("adapters.chat.slack.taking", "_SKELETON_SECONDS"),
    ("adapters.chat.slack.people", "_WAIT_SECONDS"),
)
NOT_SHOWN = "SELECT id, error FROM cards WHERE shown_rev <> wanted_rev"
NOT_WORKED_OFF = "SELECT id, error FROM deliveries WHERE done_at IS NULL"
_IDS = re.compile(r"TU-[0-9A-Z]{8}|pay_[0-9a-f]{32}")


@dataclass(frozen=True)
class Outcome:
    """What a dialog came to: the books, and the views that stand in the end."""

    books: dict[str, list[tuple[Any, ...]]]
    last: str
    top_ups: list[str]
    alerts: list[str]


_outcomes: dict[tuple[str, str], Outcome] = {}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest tables; copying it is quicker than making each anew."""
    database = tmp_path_factory.mktemp("fresh") / "fresh.db"
    asyncio.run(open_store(f"sqlite:///{database}").close())
    return database


@pytest.fixture
def folder(fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a fresh database for each chat, on a machine that is never too slow."""
    for platform in PLACES:
        shutil.copy(fresh, tmp_path / f"{platform}.db")
    for module, deadline in DEADLINES:
        monkeypatch.setattr(f"{module}.{deadline}", PATIENCE_SECONDS)
    # Everything is on this machine, in clear: no client need read the world's certificates.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    return tmp_path


async def outcome(dialog: Dialog, platform: str, folder: Path) -> Outcome:
    """Play it, once for all tests."""
    known = _outcomes.get((dialog.name, platform))
    if known is not None:
        return known
    async with stage(platform, folder / f"{platform}.db") as place:
        await Player(dialog, place).play()
        assert place.rows(NOT_SHOWN) == []
        assert place.rows(NOT_WORKED_OFF) == []
        assert _card_numbers(place) == []
        found = _outcome(place)
    _outcomes[dialog.name, platform] = found
    return found


@pytest.mark.parametrize("platform", PLACES)
@pytest.mark.parametrize("name", DIALOGS)
async def test_dialog(
    name: str, platform: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The transcript holds line by line, every card is shown, and nothing is logged as wrong."""
    with caplog.at_level(logging.WARNING):
        await outcome(DIALOGS[name], platform, folder)

    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("name", DIALOGS)
async def test_both_chats_come_to_the_same(name: str, folder: Path) -> None:
    """The same dialog leaves the same books and the same final views in Slack and Telegram."""
    slack = await outcome(DIALOGS[name], "slack", folder)
    telegram = await outcome(DIALOGS[name], "telegram", folder)

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
    shown = place.watched.shown
    private = [
        one
        for one in shown
        if not _is_alert(one.view) and one.chat.partition(IN_THREAD)[0] != place.chat.channel
    ]
    final = {one.ref: one.view for one in private}
    alerts = {one.ref: one.view for one in shown if _is_alert(one.view)}
    return Outcome(
        books={name: place.rows(query) for name, query in BOOKS.items()},
        last=_normal(private[-1].view) if private else "",
        top_ups=sorted(_normal(view) for view in final.values() if _is_top_up(view)),
        alerts=sorted({_normal(view) for view in alerts.values()}),
    )


def _card_numbers(place: Stage) -> list[str]:
    """The test cards' numbers that can be found anywhere in the database."""
    digits = re.sub(r"[ -]", "", place.dump())
    return [card.number for card in CARDS if card.number in digits]


def _is_top_up(view: View) -> bool:
    return any(row.label == words.TOP_UP_ID for row in view.rows)


def _is_alert(view: View) -> bool:
    return any(row.label == words.THRESHOLD for row in view.rows)


def _normal(view: View) -> str:
    """The view as text, with ids and codes replaced: they differ from run to run."""
    text = json.dumps(asdict(view), ensure_ascii=False, sort_keys=True, indent=1)
    for row in view.rows:
        if row.label == words.CODE:
            text = text.replace(row.value, "(code)")
    return _IDS.sub("(id)", text)
