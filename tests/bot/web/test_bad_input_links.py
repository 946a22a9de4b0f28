"""Pay links that are guessed, cut or bent: not valid, for looking and for paying."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.common.signed_tokens import PayLink, derive_key, sign_pay_link
from tests.support.bots.bot_place import BotPlace, bot_place
from tests.support.chats.pocket_chat import button

OTHER_KEY = derive_key("somebody else's key, which is just as long", "links")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


async def test_33_an_altered_pay_link(place: BotPlace) -> None:
    """Every bit flipped, every length cut, for looking and for paying: not valid, 0 accepted."""
    link = button(await place.asks_for(), "Pay").url or ""
    head, token = link.rsplit("/", 1)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    bent = [base64.urlsafe_b64encode(flipped(raw, bit)).decode() for bit in range(len(raw) * 8)]
    guesses = [each.rstrip("=") for each in bent]
    guesses += [token[:length] for length in range(1, len(token))]
    guesses += [token + "=", token + "%00", token + "A", token.swapcase(), "x" * 4_000, "é"]
    before = place.facts()

    for guess in guesses:
        for method in ("GET", "POST"):
            answer = await place.web.request(method, f"{head}/{guess}")
            assert answer.status_code == 404, guess
            assert "This pay link is not valid" in answer.text
            assert "location" not in answer.headers
    assert place.facts() == before


async def test_33_a_pay_link_of_another_revision_or_key(place: BotPlace) -> None:
    """A signed link to no top-up, to a revision that is not the newest, or by another key."""
    await place.asks_for()
    (top_up,) = place.rows("top_ups")
    secret = place.app.services.secret
    odd = [
        sign_pay_link(PayLink("TU-00000000", 1), secret),
        sign_pay_link(PayLink(top_up["id"], 2), secret),
        sign_pay_link(PayLink(top_up["id"], 1), OTHER_KEY),
    ]
    before = place.facts()

    for token in odd:
        for method in ("GET", "POST"):
            assert (await place.web.request(method, f"/pay/{token}")).status_code == 404
    assert place.facts() == before


def flipped(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
