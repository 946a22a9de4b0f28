"""Cards at the sandbox: what each test number does, and that no other is taken or kept."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from adapters.gateways.sandbox.server.bank_cards import BANK_CARDS
from billing.ports import HostedPage
from billing.topups import PaymentStatus
from tests.support.bots.paying import (
    ALWAYS_ASKS_3D_SECURE,
    ASKS_3D_SECURE,
    CALLBACK_LOST,
    DECLINED,
    INSUFFICIENT_FUNDS,
    PAID,
    answer_3d_secure,
    pay_by_card,
    pick_card,
)
from tests.support.bots.sandbox_place import SandboxPlace

REAL_NUMBER = "4111 1111 1111 1111"


@pytest.fixture
def place() -> SandboxPlace:
    return SandboxPlace()


async def post(place: SandboxPlace, page: HostedPage, form: str, **fields: str) -> httpx.Response:
    return await place.client.post(f"{page.url}/{form}", data=fields)


@pytest.mark.parametrize("pay", [pay_by_card, pick_card])
async def test_a_good_card_pays(place: SandboxPlace, pay: Any) -> None:
    """Typed or clicked, 4242 pays; the page says so, leads back, and the merchant is called."""
    page = await place.open()

    paid = await pay(place.client, page.url, PAID)
    await place.wait(0)
    back = await place.client.get(f"{page.url}/return")

    assert ">Paid<" in paid.text
    assert (back.status_code, back.headers["location"]) == (303, "https://bot.example/pay/return")
    assert place.ear.events == ["payment.paid"]


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (DECLINED, "The card was declined", "card_declined"),
        (INSUFFICIENT_FUNDS, "insufficient funds", "insufficient_funds"),
    ],
)
async def test_a_declined_card_can_be_followed_by_another(
    place: SandboxPlace, number: str, words: str, code: str
) -> None:
    """A decline says why, is told to the merchant, and leaves the same checkout payable."""
    page = await place.open()

    declined = await pay_by_card(place.client, page.url, number)
    decline = (await place.payment(page)).decline
    await place.wait(0)
    paid = await pay_by_card(place.client, page.url, PAID)
    await place.wait(0)

    assert words in declined.text
    assert decline == code
    assert ">Paid<" in paid.text
    assert place.ear.events == ["payment.declined", "payment.paid"]


@pytest.mark.parametrize("number", [ASKS_3D_SECURE, ALWAYS_ASKS_3D_SECURE])
async def test_3d_secure_is_asked_and_can_fail_or_be_approved(
    place: SandboxPlace, number: str
) -> None:
    """The check pays nothing by itself; failing it declines, approving it pays."""
    page = await place.open()

    asked = await pay_by_card(place.client, page.url, number)
    unpaid = await place.payment(page)
    failed = await answer_3d_secure(place.client, page.url, approve=False)
    declined = await place.payment(page)
    await pay_by_card(place.client, page.url, number)
    approved = await answer_3d_secure(place.client, page.url, approve=True)

    assert "3-D Secure" in asked.text
    assert unpaid.status is PaymentStatus.OPEN
    assert "3-D Secure check failed" in failed.text
    assert (declined.status, declined.decline) == (PaymentStatus.OPEN, "authentication_failed")
    assert ">Paid<" in approved.text


async def test_a_lost_callback_is_never_sent(place: SandboxPlace) -> None:
    """One card pays without a word to the merchant, who finds it only by asking."""
    page = await place.open()

    await pay_by_card(place.client, page.url, CALLBACK_LOST)
    await place.wait(100_000)

    assert (await place.payment(page)).status is PaymentStatus.PAID
    assert place.ear.heard == []


def test_every_card_on_the_page_has_a_valid_check_digit() -> None:
    """Test numbers pass the Luhn check, as forms of real shops would ask."""
    for card in BANK_CARDS:
        digits = [int(digit) for digit in reversed(card.number)]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0, card


@pytest.mark.parametrize(
    "number", [REAL_NUMBER, "", "4242", "４２４２ ４２４２ ４２４２ ４２４２"]
)
async def test_any_other_number_is_refused_and_forgotten(
    place: SandboxPlace, caplog: pytest.LogCaptureFixture, number: str
) -> None:
    """A number that is no test card pays nothing and is kept nowhere: page, books or log."""
    caplog.set_level(logging.DEBUG)
    page = await place.open()

    refused = await post(place, page, "card", number=number, expiry="12/49", cvc="987")
    kept = "\n".join([refused.text, caplog.text, *place.books.texts.values()])

    assert refused.status_code == 422
    assert "This is the sandbox. It takes only the test cards below." in refused.text
    assert (await place.payment(page)).status is PaymentStatus.OPEN
    assert "987" not in kept
    assert REAL_NUMBER not in kept
    assert REAL_NUMBER.replace(" ", "") not in kept


async def test_no_test_number_is_kept_either(place: SandboxPlace) -> None:
    """The books hold what a card did, not its number."""
    for at, card in enumerate(BANK_CARDS):
        page = await place.open(attempt=f"attempt-{at}")
        await pay_by_card(place.client, page.url, card.number)

    kept = "\n".join(place.books.texts.values())
    assert [card.number for card in BANK_CARDS if card.number in kept] == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expiry": "10/26", "cvc": "123"}, "MM/YY"),
        ({"expiry": "13/49", "cvc": "123"}, "MM/YY"),
        ({"expiry": "soon", "cvc": "123"}, "MM/YY"),
        ({"cvc": "123"}, "MM/YY"),
        ({"expiry": "11/26", "cvc": "12"}, "three digits"),
        ({"expiry": "11/26"}, "three digits"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named(
    place: SandboxPlace, fields: dict[str, str], words: str
) -> None:
    """A past or malformed expiry and a short CVC are each told beside their field."""
    page = await place.open()

    refused = await post(place, page, "card", number=PAID, **fields)

    assert refused.status_code == 422
    assert words in refused.text
    assert (await place.payment(page)).status is PaymentStatus.OPEN


async def test_a_double_submit_pays_once(place: SandboxPlace) -> None:
    """The same form sent many times at once is one payment and one callback."""
    page = await place.open()
    form = {"number": PAID, "expiry": "12/49", "cvc": "123"}

    answers = await asyncio.gather(*(post(place, page, "card", **form) for _ in range(5)))
    late = await post(place, page, "card", **form | {"number": DECLINED})
    await place.wait(0)

    assert {answer.status_code for answer in [*answers, late]} == {303}
    assert place.ear.events == ["payment.paid"]
    assert (await place.payment(page)).status is PaymentStatus.PAID
