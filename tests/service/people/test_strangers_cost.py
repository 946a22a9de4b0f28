"""What somebody whom nobody let in leaves behind: little, and in proportion to what they send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bots.bot_place import EVE, BotPlace, bot_place, dump

MESSAGES, PEOPLE = 20, 20
TEXT = "I have no account here. " * 100
# As docs/operating.md says.
ROWS_OF_A_MESSAGE, BYTES_OF_A_MESSAGE = 2, 1_000
ROWS_OF_A_PERSON, BYTES_OF_A_PERSON = 2, 300
ROWS_ALWAYS = 10


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


def left(place: BotPlace) -> tuple[int, int]:
    """All rows, and the bytes in them."""
    rows = [row for table in dump(place.database).values() for row in table]
    return len(rows), sum(len(str(value)) for row in rows for value in row.values())


async def test_114_strangers_in_chats_leave_little(place: BotPlace) -> None:
    """Two rows for a message, two more for a person, and their text once."""
    rows, size = left(place)

    for _ in range(MESSAGES):
        await place.does(EVE, text=TEXT)
    for number in range(PEOPLE):
        await place.does(f"stranger-{number}", text="/topup 50")

    more_rows, more = (now - before for now, before in zip(left(place), (rows, size), strict=True))
    said = MESSAGES + PEOPLE
    assert more_rows <= said * ROWS_OF_A_MESSAGE + (PEOPLE + 1) * ROWS_OF_A_PERSON + ROWS_ALWAYS
    assert more <= (
        MESSAGES * len(TEXT) + said * BYTES_OF_A_MESSAGE + (PEOPLE + 1) * BYTES_OF_A_PERSON
    )


async def test_114_strangers_on_the_web_leave_nothing(place: BotPlace) -> None:
    """Whatever is asked for without a signature of ours or of a sender: not a row."""
    before = place.facts(), place.rows("deliveries")

    for path in ("/", "/pay/x", "/paid/x", "/pay/x/qr.png", "/sandbox/checkout/x", "/metrics"):
        await place.web.get(path)
        await place.web.post(path, content=TEXT)
    for path in ("/webhooks/sandbox", "/webhooks/x", "/sandbox/v1/checkouts", "/slack/events"):
        await place.web.post(path, content=TEXT)
    await place.quiet()

    assert (place.facts(), place.rows("deliveries")) == before
