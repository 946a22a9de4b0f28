"""A top-up stays at hand for its person, however many came after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from billing.topups import TopUpStatus
from service.people.people import existing_name
from service.ports.store import Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, START, BotPlace, bot_place
from tests.support.chats.pocket_chat import key_of
from tests.support.dialogs.terms import top_up

LONG_AGO = "TU-00000001"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    """Ana has an open top-up, and twelve later ones that are over; LONG_AGO is before all."""
    cancelled = replace(top_up(TopUpStatus.CANCELLED), account=ACCOUNT)

    def add(tx: Tx) -> None:
        ana = replace(cancelled, requester=existing_name(tx, key_of(ANA)))
        early, late = START - timedelta(days=1), START + timedelta(minutes=1)
        tx.top_ups.add(replace(ana, id=LONG_AGO, created_at=early))
        for number in range(12):
            later = replace(ana, id=f"TU-100000{number:02}", created_at=late)
            tx.top_ups.add(later)

    async with bot_place(tmp_path) as made:
        await made.asks_for()
        await made.app.store.transact(add)
        yield made


async def test_one_of_long_ago_is_shown_by_its_id(place: BotPlace) -> None:
    """To its person; to anybody else it is not known."""
    await place.does(ANA, text=f"/topup status {LONG_AGO.lower()}")
    await place.does(BEN, text=f"/topup status {LONG_AGO}")

    assert LONG_AGO in place.chat.newest(ANA).view.fallback
    assert "Cancelled" in place.chat.newest(ANA).view.title
    assert "Not found" in place.chat.newest(BEN).view.title


async def test_what_is_open_is_listed_and_can_be_cancelled(place: BotPlace) -> None:
    """It waits for money, so it comes first, whatever was begun and dropped after it."""
    await place.does(ANA, text="/topup status")
    listed = [row.value for row in place.chat.newest(ANA).view.rows]
    await place.does(ANA, text="/topup cancel")
    statuses = {row["id"]: row["status"] for row in place.rows("top_ups")}

    assert len(listed) == 1
    assert "Waiting for payment" in listed[0]
    assert set(statuses.values()) == {TopUpStatus.CANCELLED}


async def test_its_buttons_go_on_working(place: BotPlace) -> None:
    """The QR code is asked for on the card that shows it, not by its place in a list."""
    (asked,) = place.chat.seen_by(ANA)
    (press,) = (each.token for line in asked.buttons for each in line if "QR" in each.label)
    await place.does(ANA, press=press or "")

    assert place.chat.newest(ANA).picture is not None


async def test_the_history_is_the_last_ten(place: BotPlace) -> None:
    """What is older and open is no part of it."""
    await place.does(ANA, text="/topup history")
    rows = place.chat.newest(ANA).view.rows

    assert len(rows) == 10
    assert all("Cancelled" in row.value for row in rows)
