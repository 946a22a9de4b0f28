"""The sandbox's hosted pages and its transfers: looking moves nothing, every page is strict."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from billing.ports import HostedPage
from billing.topups import PaymentStatus
from tests.support.bots.paying import (
    ASKS_3D_SECURE,
    PAID,
    answer_3d_secure,
    pay_by_card,
    send_transfer,
)
from tests.support.bots.sandbox_place import PUBLIC_URL, SandboxPlace

NO_TEST_CARD = "4111 1111 1111 1111"


@pytest.fixture
def place() -> SandboxPlace:
    return SandboxPlace()


async def post(place: SandboxPlace, page: HostedPage, form: str, **fields: str) -> httpx.Response:
    return await place.client.post(f"{page.url}/{form}", data=fields)


@pytest.mark.parametrize(
    ("bounces", "event", "status"),
    [(False, "payment.paid", PaymentStatus.PAID), (True, "payment.failed", PaymentStatus.FAILED)],
)
async def test_a_transfer_settles_by_itself(
    place: SandboxPlace, bounces: bool, event: str, status: PaymentStatus
) -> None:
    """A transfer shows bank details, is on its way for 20 seconds, then arrives or bounces."""
    page = await place.open("bank_transfer")
    details = await place.client.get(page.url)

    await send_transfer(place.client, page.url, bounces=bounces)
    await post(place, page, "transfer", transfer="arrives")
    await place.wait(19)
    before = await place.payment(page)
    await place.wait(1)

    assert "TU-7K3M9Q2X" in details.text
    assert "$50.75" in details.text
    assert before.status is PaymentStatus.PROCESSING
    assert (await place.payment(page)).status is status
    assert place.ear.events == ["payment.processing", event]


async def test_a_transfer_under_way_outlives_the_expiry(place: SandboxPlace) -> None:
    """Money sent in time arrives even when the checkout's time is over meanwhile."""
    page = await place.open("bank_transfer", expires_at=place.now + timedelta(seconds=10))

    await send_transfer(place.client, page.url)
    await place.wait(20)

    assert (await place.payment(page)).status is PaymentStatus.PAID


async def test_the_methods_do_not_mix(place: SandboxPlace) -> None:
    """A card pays no transfer checkout, a transfer no card checkout."""
    card, transfer = await place.open(), await place.open("bank_transfer", attempt="attempt-2")

    await post(place, transfer, "card", number=PAID, expiry="12/49", cvc="123")
    await post(place, card, "transfer", transfer="arrives")
    await post(place, card, "3d-secure", answer="approve")

    assert (await place.payment(card)).status is PaymentStatus.OPEN
    assert (await place.payment(transfer)).status is PaymentStatus.OPEN


# --- pages ---


async def test_looking_changes_nothing(place: SandboxPlace) -> None:
    """Previews and scanners may fetch every page, at every stage, and move nothing."""
    page = await place.open()
    await pay_by_card(place.client, page.url, ASKS_3D_SECURE)
    before = dict(place.books.texts)
    place.now += timedelta(days=1)

    for path in ("", "/return", "/card", "/3d-secure", "/transfer"):
        await place.client.get(page.url + path)
        await place.client.head(page.url + path)
    await place.payment(page)

    assert place.books.texts == before


async def test_an_expired_checkout_takes_nothing(place: SandboxPlace) -> None:
    """A page opened in time and sent too late pays nothing, and says so; the merchant hears."""
    page = await place.open()
    place.now = page.expires_at

    late = await place.client.post(
        f"{page.url}/card",
        data={"number": PAID, "expiry": "12/49", "cvc": "123"},
        follow_redirects=True,
    )
    await place.wait(0)

    assert "This checkout has expired" in late.text
    assert (await place.payment(page)).status is PaymentStatus.EXPIRED
    assert place.ear.events == ["checkout.expired"]


async def test_every_page_is_plainly_a_sandbox_and_strict(place: SandboxPlace) -> None:
    """Each page says in large letters what it is, runs no script, and is framed by nobody."""
    page = await place.open(description="<script>alert(1)</script>")
    transfer = await place.open("bank_transfer", attempt="attempt-2")
    pages = [
        await place.client.get(page.url),
        await pay_by_card(place.client, page.url, NO_TEST_CARD),
        await pay_by_card(place.client, page.url, ASKS_3D_SECURE),
        await answer_3d_secure(place.client, page.url, approve=True),
        await place.client.get(transfer.url),
        await send_transfer(place.client, transfer.url),
        await place.client.get(f"{PUBLIC_URL}/checkout/cs_unknown0000"),
    ]

    for shown in pages:
        assert "<strong>Sandbox.</strong> <strong>No real card.</strong>" in shown.text
        assert "<script" not in shown.text
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["referrer-policy"] == "no-referrer"
    style = await place.client.get(f"{PUBLIC_URL}/sandbox.css")
    assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path", ["cs_unknown0000", "x", "cs_%00%00%00%00%00%00%00%00", "cs_..%2f"]
)
async def test_unknown_checkouts_are_not_found(place: SandboxPlace, path: str) -> None:
    """An id that is none gets a page that says so, whatever is sent to it."""
    address = f"{PUBLIC_URL}/checkout/{path}"
    card = {"number": PAID, "expiry": "12/49", "cvc": "123"}

    shown = await place.client.get(address)
    sent = await place.client.post(f"{address}/card", data=card)

    assert {shown.status_code, sent.status_code} == {404}
    assert "There is nothing here" in shown.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"x" * 20_000, 413), (b"\xff\xfe", 422), (b"&".join([b"a=1"] * 50), 422)],
    ids=["long", "binary", "many"],
)
async def test_odd_bodies_are_refused(place: SandboxPlace, body: bytes, status: int) -> None:
    """A body that is no form of ours gets a page and an error of the 4xx kind."""
    page = await place.open()

    answer = await place.client.post(f"{page.url}/card", content=body)

    assert answer.status_code == status
