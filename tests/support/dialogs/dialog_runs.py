"""Plays each dialog once in each place, and keeps what came of it for every test that asks.

Tests of one dialog share an xdist group, so that one worker has its outcomes; see `each`. Where
groups are not kept (xdist 3.8 loses them under pytest 9.2: pytest-xdist issue 1386), another
worker plays the dialog again: slower, and as right.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from adapters.gateways.sandbox.server.bank_cards import BANK_CARDS
from adapters.storage.store import open_store
from billing.topups import TopUpStatus
from conversations.protocol.actions import OpenPayPage
from conversations.protocol.places import HomeTab, WholeChat, read_place, without_thread
from conversations.protocol.views import View
from conversations.words import words
from tests.support.dialogs.chats import in_any_language
from tests.support.dialogs.places import PLACES, SECRET_KEY, Stage, stage
from tests.support.dialogs.player import Player
from tests.support.dialogs.script import Dialog, read_dialogs
from tests.support.dialogs.watched import Shown
from tests.support.dialogs.wire import Sent

DIALOGS = {dialog.name: dialog for dialog in read_dialogs(Path(__file__).parents[2] / "dialogs")}
_BOOKS = {
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
# All dialogs by all ways take twice as long as half of them by each.
EVERY_WAY = "EVERY_WAY"
_WAYS = 2
# A busy machine must not decide what is answered in place and what comes later as a card.
_PATIENCE_SECONDS = 60.0
_DEADLINES = (
    ("service.chat.inbox", "ANSWER_SECONDS"),
    ("service.people.membership", "SHARES_SECONDS"),
    ("service.people.membership", "STANDING_SECONDS"),
    ("adapters.chat.slack.web", "_PROMPT_SECONDS"),
    ("adapters.chat.slack.listener", "_SKELETON_SECONDS"),
    ("adapters.chat.slack.people", "_WAIT_SECONDS"),
)
_NOT_SHOWN = "SELECT id, error FROM cards WHERE shown_rev <> wanted_rev"
_NOT_WORKED_OFF = "SELECT id, error FROM deliveries WHERE done_at IS NULL"
_TOP_UP_ID, _THRESHOLD, _CODE = map(
    in_any_language, (words.TOP_UP_ID, words.THRESHOLD, words.CODE)
)
# One chat has a command for each topic, the other has one for all.
_TOPIC = re.compile(r"/topup (balance|status|history|cancel|help)\b")
_IDS = re.compile(r"TU-[0-9A-Z]{8}|pay2?_[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Ending:
    """What is the same in every place: the books, and the views that stand in the end."""

    books: dict[str, list[tuple[Any, ...]]]
    last: str
    top_ups: list[str]
    alerts: list[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a dialog came to in one place; `left_over` is what is not shown or not worked off.

    `untrue` are top-ups that messages offer to pay although they need not be, or twice.
    """

    ending: Ending
    untrue: list[str]
    left_over: list[tuple[Any, ...]]
    card_numbers: list[str]
    logged: list[str]
    platform: str
    sent: list[Sent]
    secrets: tuple[str, ...]


_outcomes: dict[tuple[str, str], Outcome] = {}


def each(pairs: Iterable[tuple[str, ...]]) -> list[Any]:
    """Parameter sets that begin with a dialog's name, each with the worker of that dialog."""
    return [
        pytest.param(*pair, id="-".join(pair), marks=pytest.mark.xdist_group(f"dialog-{pair[0]}"))
        for pair in pairs
    ]


def places_of(name: str) -> list[str]:
    """Where a dialog is played: in each chat, by one of its two ways to be reached in turn.

    One that is for one chat only comes both ways, and with EVERY_WAY set so does each.
    """
    places = [place for place in PLACES if place.startswith(DIALOGS[name].only)]
    if DIALOGS[name].only or EVERY_WAY in os.environ:
        return places
    return places[list(DIALOGS).index(name) % _WAYS :: _WAYS]


async def outcome(name: str, place: str) -> Outcome:
    """Play it, unless that was done. Raises what the player raises."""
    if (name, place) not in _outcomes:
        with _machine() as database:
            _outcomes[name, place] = await _played(DIALOGS[name], place, database)
    return _outcomes[name, place]


async def _played(dialog: Dialog, name: str, database: Path) -> Outcome:
    with _logged() as logged:
        async with stage(name, database, signup=dialog.signup) as place:
            await Player(dialog, place).play()
            return Outcome(
                ending=_ending(place),
                untrue=_untrue(place),
                left_over=[*place.rows(_NOT_SHOWN), *place.rows(_NOT_WORKED_OFF)],
                card_numbers=_card_numbers(place),
                logged=logged,
                platform=place.chat.platform,
                sent=place.sent,
                secrets=(*place.chat.secrets, SECRET_KEY),
            )


@contextmanager
def _machine() -> Iterator[Path]:
    """A machine that is never too slow, with a fresh database on it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module, deadline in _DEADLINES:
            patch.setattr(f"{module}.{deadline}", _PATIENCE_SECONDS)
        # Everything is here, in clear: no client need read the world's certificates.
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", folder)
        database = Path(folder) / "dialog.db"
        database.write_bytes(_fresh_database())
        yield database


@cache
def _fresh_database() -> bytes:
    """One with the newest tables; copying it is quicker than making each anew."""
    folder = Path(tempfile.mkdtemp())
    database = folder / "fresh.db"

    async def make() -> None:
        await open_store(f"sqlite:///{database}").close()

    # In a thread, since a test's own loop runs in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, make()).result()
    made = database.read_bytes()
    shutil.rmtree(folder)
    return made


@contextmanager
def _logged() -> Iterator[list[str]]:
    """What is logged as a warning or worse meanwhile."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener = Listener(logging.WARNING)
    logging.getLogger().addHandler(listener)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(listener)


def _ending(place: Stage) -> Ending:
    shown = place.watched.shown
    private = [one for one in shown if not _is_alert(one.view) and _is_private(one, place)]
    final = {one.ref: one.view for one in private}
    alerts = {one.ref: one.view for one in shown if _is_alert(one.view)}
    return Ending(
        books={name: place.rows(query) for name, query in _BOOKS.items()},
        last=_normal(private[-1].view) if private else "",
        top_ups=sorted(_normal(view) for view in final.values() if _is_top_up(view)),
        alerts=sorted({_normal(view) for view in alerts.values()}),
    )


def _untrue(place: Stage) -> list[str]:
    statuses = dict(place.rows("SELECT id, status FROM top_ups"))
    final = {one.ref: one.view for one in place.watched.shown if one.ref}
    offered = [
        choice.action.top_up
        for view in final.values()
        for line in view.choices
        for choice in line
        if isinstance(choice.action, OpenPayPage)
    ]
    return [
        top_up
        for top_up in offered
        if statuses[top_up] != TopUpStatus.AWAITING_PAYMENT or offered.count(top_up) > 1
    ]


def _is_private(one: Shown, place: Stage) -> bool:
    """In a conversation: not in the channel, not on the home tab, which Slack alone has."""
    at = without_thread(read_place(one.chat))
    in_channel = one.chat != "" and at == WholeChat(place.chat.channel)
    return not in_channel and not isinstance(at, HomeTab)


def _card_numbers(place: Stage) -> list[str]:
    """The test cards' numbers that can be found anywhere in the database."""
    digits = re.sub(r"[ -]", "", place.dump())
    return [card.number for card in BANK_CARDS if card.number in digits]


def _is_top_up(view: View) -> bool:
    return any(row.label in _TOP_UP_ID for row in view.rows)


def _is_alert(view: View) -> bool:
    return any(row.label in _THRESHOLD for row in view.rows)


def _normal(view: View) -> str:
    """The view as text, with ids and codes replaced: they differ from run to run."""
    text = json.dumps(asdict(view), ensure_ascii=False, sort_keys=True, indent=1)
    for row in view.rows:
        if row.label in _CODE:
            text = text.replace(row.value, "(code)")
    return _IDS.sub("(id)", _TOPIC.sub(r"/\1", text))
