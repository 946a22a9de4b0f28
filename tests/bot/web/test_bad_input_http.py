"""Callbacks that are forged, altered, replayed or say too much: refused, and nothing changed."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.gateways import standard_webhooks
from bot.web.app import CALLBACK_BYTES_MAX
from service.common.signed_tokens import derive_key
from tests.support.bots.bot_place import BotPlace, Rows, bot_place, callback_key
from tests.support.bots.paying import PAID, pay_by_card

CHECKOUT = "cs_00000000000000000000000000000000"
BODY = json.dumps({"type": "payment.paid", "data": {"checkout": CHECKOUT}}).encode()
ALTERED = {
    "empty": b"",
    "space behind": BODY + b" ",
    "space before": b" " + BODY,
    "cut": BODY[:-1],
    "other order": json.dumps({"data": {"checkout": CHECKOUT}, "type": "payment.paid"}).encode(),
    "byte order mark": b"\xef\xbb\xbf" + BODY,
    "repeated key": BODY[:-1] + b', "type": "payment.paid"}',
    "other letters": BODY.replace(b"paid", b"PAID"),
    "utf-16": BODY.decode().encode("utf-16"),
    "not utf-8": b"\xff" * 100,
    "large": b"x" * (CALLBACK_BYTES_MAX - 1),
}
OTHER_KEY = derive_key("somebody else's key, which is just as long", "sandbox callbacks")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


def everything(place: BotPlace) -> dict[str, Rows]:
    """All that a refused request must leave as it was: deliveries too."""
    return {**place.facts(), "deliveries": place.rows("deliveries"), "lanes": place.lanes()}


def genuine(place: BotPlace, key: bytes | None = None, late: float = 0) -> dict[str, str]:
    """The headers that sign BODY, some seconds from now."""
    at = place.clock() + timedelta(seconds=late)
    return standard_webhooks.sign(key or callback_key(), "msg_1", at, BODY)


async def post(
    place: BotPlace, headers: dict[str, Any], body: bytes = BODY, gateway: str = "sandbox"
) -> int:
    answer = await place.web.post(f"/webhooks/{gateway}", content=body, headers=headers)
    await place.quiet()
    return answer.status_code


# --- forged and altered callbacks --------------------------------------------------------------


async def test_05_a_forged_callback(place: BotPlace) -> None:
    """Without, with another, a cut or an invented signature: 401, and nothing is even stored."""
    real = genuine(place)
    signature = real["webhook-signature"]
    before = everything(place)
    forged: list[dict[str, Any]] = [
        {},
        *({name: text for name, text in real.items() if name != left} for left in real),
        *({**real, name: ""} for name in real),
        {**real, "webhook-id": "msg_2"},
        {**real, "webhook-signature": signature[:-1]},
        {**real, "webhook-signature": signature.replace("v1,", "v2,")},
        {**real, "webhook-signature": signature.removeprefix("v1,")},
        {**real, "webhook-signature": signature.swapcase()},
        {**real, "webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()},
        {**real, "webhook-signature": "v1, v1a, none"},
        {**real, "webhook-signature": "é".encode("latin-1")},
        genuine(place, OTHER_KEY),
    ]

    assert {await post(place, headers) for headers in forged} == {401}
    assert everything(place) == before
    assert await post(place, real) == 204


@pytest.mark.parametrize("body", list(ALTERED.values()), ids=list(ALTERED))
async def test_06_an_altered_callback(place: BotPlace, body: bytes) -> None:
    """The signature covers the raw bytes: any other bytes are refused."""
    before = everything(place)

    assert await post(place, genuine(place), body) == 401
    assert everything(place) == before


async def test_06_no_bit_of_a_callback_may_differ(place: BotPlace) -> None:
    """Every bit of the body, of the signature and of the timestamp, flipped: 0 accepted."""
    real = genuine(place)
    before = everything(place)

    for bit in range(len(BODY) * 8):
        assert await post(place, real, flipped(BODY, bit)) == 401
    for name in ("webhook-signature", "webhook-timestamp"):
        for bit in range(len(real[name]) * 8):
            assert await post(place, {**real, name: flipped(real[name].encode(), bit)}) == 401

    assert everything(place) == before


@pytest.mark.parametrize("late", [-86_400, -301, 301, 86_400])
async def test_08_an_old_or_early_callback(place: BotPlace, late: float) -> None:
    """Signed more than five minutes from now, either way: refused."""
    before = everything(place)

    assert await post(place, genuine(place, late=late)) == 401
    assert everything(place) == before


@pytest.mark.parametrize("given", ["", "soon", "-1", "1e9", "0x10", " 1", "٣", "9" * 40, "1.5"])
async def test_08_a_malformed_timestamp(place: BotPlace, given: str) -> None:
    """A timestamp that is no number of seconds is refused, and never a server error."""
    headers = {**genuine(place), "webhook-timestamp": given.encode()}

    assert await post(place, headers) == 401


@pytest.mark.parametrize(
    "gateway", ["stripe", "Sandbox", "sandbox%00", "..", "sandbox;x", "é", "x" * 5_000]
)
async def test_an_unknown_gateway(place: BotPlace, gateway: str) -> None:
    """A callback for a gateway that is not configured is a 404, however it is signed."""
    before = everything(place)

    assert await post(place, genuine(place), gateway=gateway) in (404, 405)
    assert everything(place) == before


@pytest.mark.parametrize("announced", [True, False])
async def test_13_a_huge_callback(place: BotPlace, announced: bool) -> None:
    """Ten megabytes are refused with 413; reading stops at the limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(160):
            sent += 65_536
            yield b"x" * 65_536

    content: Any = b"x" * 10_000_000 if announced else endless()
    before = everything(place)

    assert await post(place, genuine(place), content) == 413
    assert everything(place) == before
    assert sent <= 2 * CALLBACK_BYTES_MAX


# --- genuine callbacks that say too much -------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{" * 10_000,
        json.dumps({"type": "payment.paid"}).encode(),
        json.dumps({"type": "payment.paid", "data": {"checkout": 5}}).encode(),
        json.dumps({"type": "payment.paid", "data": {"checkout": "../keys"}}).encode(),
        json.dumps({"type": "payment.paid", "data": {"checkout": "x" * 101}}).encode(),
        json.dumps({"type": ["payment.paid"], "data": {"checkout": CHECKOUT}}).encode(),
    ],
    ids=lambda body: repr(body[:80]),
)
async def test_a_signed_callback_in_no_known_form(place: BotPlace, body: bytes) -> None:
    """Signed and yet not in the agreed form: refused, stored nowhere."""
    before = everything(place)

    assert (await place.posts(body)).status_code == 401
    assert everything(place) == before


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
async def test_a_signed_callback_in_another_encoding(place: BotPlace, encoding: str) -> None:
    """JSON in any encoding that the reader knows is taken or refused, and never breaks us."""
    answer = await place.posts(BODY.decode().encode(encoding))
    await place.quiet()

    assert answer.status_code in (204, 401)
    assert place.rows("payments") == []


async def test_an_unknown_event_is_left_aside(place: BotPlace) -> None:
    """A type that the gateway may add tomorrow is acknowledged and means nothing."""
    before = everything(place)

    assert (await place.posts(b'{"type": "payout.created", "data": {}}')).status_code == 204
    assert everything(place) == before


async def test_09_12_a_hint_at_an_unknown_checkout(place: BotPlace) -> None:
    """Genuine, but the gateway knows no such checkout: acknowledged, quarantined, not retried."""
    before = place.facts()

    answer = await place.calls_back(CHECKOUT)
    place.clock.advance(hours=1)
    await place.quiet()

    (hint,) = place.rows("deliveries")
    assert answer.status_code == 204
    assert hint["quarantined_at"]
    assert "no_such_checkout" in hint["error"]
    assert place.lanes() == []
    assert place.facts() == before


async def test_a_callback_is_a_hint_only(place: BotPlace) -> None:
    """Genuine, and says paid: but the gateway itself says open, so nothing is credited."""
    page = await place.checkout(await place.asks_for())
    before = place.money()

    answer = await place.calls_back(page.rsplit("/", 1)[1])

    after = place.money()
    assert answer.status_code == 204
    assert (after["accounts"], after["postings"]) == (before["accounts"], before["postings"])
    assert [each["status"] for each in after["payments"]] == ["open"]
    assert [each["status"] for each in after["top_ups"]] == ["awaiting_payment"]


async def test_07_a_replay(place: BotPlace) -> None:
    """Inside the five minutes a replay changes nothing, outside it is refused."""
    card = await place.asks_for()
    page = await place.checkout(card)
    await pay_by_card(place.web, page, PAID)
    checkout = page.rsplit("/", 1)[1]
    old = place.clock()
    await place.calls_back(checkout)
    before = place.facts()

    answers = [(await place.calls_back(checkout)).status_code for _ in range(5)]
    place.clock.advance(minutes=6)
    stale = standard_webhooks.sign(callback_key(), "msg_1", old, BODY)

    assert answers == [204] * 5
    assert await post(place, stale) == 401
    assert place.facts() == before
    assert place.rows("accounts")[0]["balance_minor"] == 5_000


async def test_138_a_slash_too_many_is_the_same_address(place: BotPlace) -> None:
    """A callback that somebody set up with one is stored; so with every other address."""
    page = await place.checkout(await place.asks_for())
    await pay_by_card(place.web, page, PAID)
    body = {"type": "payment.paid", "data": {"checkout": page.rsplit("/", 1)[1]}}
    raw = json.dumps(body).encode()

    headers = standard_webhooks.sign(callback_key(), "msg_1", place.clock(), raw)

    assert await post(place, headers, raw, "sandbox/") == 204

    assert place.rows("accounts")[0]["balance_minor"] == 5_000
    assert (await place.web.get("/readyz//")).text == "ready\n"


async def test_138_a_webhook_beside_the_address_is_named(
    place: BotPlace, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever mistyped it finds the address in the log, shortened, and nothing of the body."""
    for path in ("/webhooks/sandbx", "/webhooks/", "/webhooks/" + "x" * 5_000, "/slack/event"):
        caplog.clear()
        assert (await place.web.post(path, content=b"{}")).status_code == 404

        [told] = [one.getMessage() for one in caplog.records if one.name == "bot.web.edge"]
        assert told.startswith(f"no_webhook_there path='{path.rstrip('/')[:60]}")
        assert len(told) < 150
    caplog.clear()
    assert (await place.web.post("/wp-login.php")).status_code == 404
    assert (await place.web.get("/webhooks/sandbx")).status_code == 405
    assert caplog.records == []


def flipped(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
