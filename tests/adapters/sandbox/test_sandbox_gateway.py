"""The sandbox's translator keeps the contract of gateways, and reads what the server sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.contracts.gateway import MARK, GatewayContract, SignedCallback, checkout_request
from adapters.contracts.gateway_failures import FailureContract
from adapters.contracts.gateway_list import CheckoutListContract
from adapters.contracts.gateway_refunds import RefundContract
from adapters.gateways.sandbox.gateway import SandboxGateway
from billing.money import Money
from billing.origins import leads_to, origin_of
from billing.ports import BadSignature, GatewayError, ListedCheckout, PaymentGateway
from billing.topups import Mode, PaymentStatus
from tests.support.bots.paying import DECLINED, pay_by_card, send_transfer
from tests.support.bots.sandbox_place import (
    API_KEY,
    PUBLIC_URL,
    START,
    WEBHOOK_SECRET,
    SandboxPlace,
)

RECORDED = sorted((Path(__file__).parents[2] / "fixtures" / "sandbox").glob("*.json"))


@pytest.fixture
def world() -> SandboxPlace:
    return SandboxPlace()


class TestSandboxKeepsTheContract(
    GatewayContract, FailureContract, RefundContract, CheckoutListContract
):
    """Everything that every gateway must hold."""


def answering(world: SandboxPlace, answer: Any) -> SandboxGateway:
    """The gateway, when its server answers everything with this JSON."""
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=answer))
    return world.gateway_over(httpx.AsyncClient(transport=transport))


def test_it_is_a_sandbox(world: SandboxPlace) -> None:
    """It conforms to the port, says that it takes no real money, and offers two methods."""
    gateway: PaymentGateway = world.gateway
    card, transfer = gateway.methods

    assert (gateway.name, gateway.mode) == ("sandbox", Mode.SANDBOX)
    assert gateway.hosts == frozenset({"http://127.0.0.1:8080"})
    assert card.fee.for_amount(Money(5_000, "USD")) == Money(75, "USD")
    assert transfer.fee.for_amount(Money(5_000, "USD")) == Money(0, "USD")
    assert transfer.link_life.days == 7


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_callbacks_are_read(world: SandboxPlace, path: Path) -> None:
    """A delivery as the server really sent it, headers and all, gives the hint it should."""
    recorded = json.loads(path.read_text(encoding="utf-8"))

    hints = world.gateway.read_webhook(recorded["headers"], recorded["body"].encode(), START)

    assert [hint.checkout_ref for hint in hints] == recorded["hints"]


def test_every_event_was_recorded() -> None:
    """There is a recording for each event of the server, and for one we do not know."""
    assert [path.stem for path in RECORDED] == [
        "checkout.expired",
        "payment.declined",
        "payment.failed",
        "payment.paid",
        "payment.processing",
        "payout.created",
    ]


async def test_a_decline_is_told_while_the_checkout_stays_open(world: SandboxPlace) -> None:
    """After a declined card the payment is open still, with the code of the decline."""
    page = await world.open()

    await pay_by_card(world.client, page.url, DECLINED)
    snapshot = await world.payment(page)

    assert (snapshot.status, snapshot.decline) == (PaymentStatus.OPEN, "card_declined")


async def test_a_transfer_is_processing_then_paid(world: SandboxPlace) -> None:
    """A bank transfer is on its way for a while, and then paid without anybody's doing."""
    page = await world.open("bank_transfer")
    await send_transfer(world.client, page.url)

    before = await world.payment(page)
    await world.wait(20)
    after = await world.payment(page)

    assert before.status is PaymentStatus.PROCESSING
    assert after.status is PaymentStatus.PAID


async def test_117_an_unknown_status_says_nothing(world: SandboxPlace) -> None:
    """A word we do not know is neither paid nor over, and hides no other payment."""
    page = await world.open()
    answer = (await _api(world, page.checkout_ref)).json()
    (payment,) = answer["payments"]
    answer["payments"] = [payment | {"status": "teleported"}, payment | {"status": "failed"}]
    odd, over = await answering(world, answer).fetch(page.checkout_ref)

    assert (odd.is_unread, over.is_unread) == (True, False)
    assert [entry.id for entry in odd.unread] == [payment["id"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"payments": [{}]},
        {"expires_at": "soon"},
        {"merchant_account": 7},
        {"url": None},
    ],
    ids=repr,
)
async def test_an_answer_in_no_known_form_is_asked_again(
    world: SandboxPlace, changes: dict[str, Any]
) -> None:
    """An answer that lacks what we need says nothing about the payment."""
    page = await world.open()
    answer = (await _api(world, page.checkout_ref)).json() | changes

    with pytest.raises(GatewayError) as caught:
        await answering(world, answer).fetch(page.checkout_ref)

    assert caught.value.retry
    assert caught.value.unread


async def test_a_fraction_of_a_minor_unit_is_no_amount(world: SandboxPlace) -> None:
    """An amount that is not a whole number of minor units is never rounded."""
    page = await world.open()
    answer = (await _api(world, page.checkout_ref)).json()
    for amount in (50.0, 50.5, "50", True):
        answer["payments"][0]["amount_minor"] = amount

        with pytest.raises(GatewayError):
            await answering(world, answer).fetch(page.checkout_ref)


@pytest.mark.parametrize("ref", ["", "..", "../keys", "a/b", "a?b", "a\n", "x" * 101, "ä"])
async def test_a_strange_reference_is_never_asked_for(world: SandboxPlace, ref: str) -> None:
    """What cannot be a checkout's id does not become part of an address."""
    with pytest.raises(GatewayError) as caught:
        await world.gateway.fetch(ref)

    assert not caught.value.retry


async def test_an_unknown_checkout_is_not_asked_again(world: SandboxPlace) -> None:
    """The server knows no such checkout, and will not know it later."""
    with pytest.raises(GatewayError, match="404 no_such_checkout") as caught:
        await world.gateway.fetch("cs_unknown0000")

    assert not caught.value.retry


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"data":{"checkout":"cs_1"}}',
        b'{"type":"payment.paid"}',
        b'{"type":"payment.paid","data":{"checkout":7}}',
        b'{"type":"payment.paid","data":{"checkout":"../keys"}}',
    ],
    ids=lambda body: repr(body[:60]),
)
def test_signed_nonsense_is_refused(world: SandboxPlace, body: bytes) -> None:
    """A body that is signed and yet not in the agreed form is refused, with no other error."""
    callback: SignedCallback = world.signed_bytes(body, world.now)

    with pytest.raises(BadSignature):
        world.gateway.read_webhook(callback.headers, callback.body, world.now)


async def test_the_process_may_reach_the_server_elsewhere() -> None:
    """Calls go to `api_url`; pages still lie on the public host."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(500)

    gateway = SandboxGateway(
        httpx.AsyncClient(transport=httpx.MockTransport(answer)),
        public_url="https://topup.example/sandbox",
        api_url=f"{PUBLIC_URL}/",
        api_key=API_KEY,
        webhook_secrets=(WEBHOOK_SECRET,),
    )

    with pytest.raises(GatewayError):
        await gateway.open_checkout(checkout_request(START, Money(1, "USD")))

    assert asked == [f"{PUBLIC_URL}/v1/checkouts"]
    assert gateway.hosts == frozenset({"https://topup.example"})


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://Pay.Example:443/x?y#z", "https://pay.example"),
        ("http://pay.example:80", "http://pay.example"),
        ("http://pay.example:8080/", "http://pay.example:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_origins_compare_as_in_a_browser(address: str, same: str) -> None:
    """Case, a default port and the path make no other origin."""
    assert origin_of(address) == same
    assert leads_to(address, frozenset({same}))


@pytest.mark.parametrize(
    "address",
    ["", "pay.example", "ftp://pay.example", "https://", "https://a@pay.example", "https://a:b",
     "https://pay.example\\x", "https://pay.example\t", "https://päy.example", "https://[::1"],
)  # fmt: skip
def test_odd_addresses_have_no_origin(address: str) -> None:
    """An address that two readers may read differently leads nowhere."""
    assert not leads_to(address, frozenset({"https://pay.example"}))


async def _api(world: SandboxPlace, checkout_ref: str) -> httpx.Response:
    address = f"{PUBLIC_URL}/v1/checkouts/{checkout_ref}"
    return await world.client.get(address, headers={"authorization": f"Bearer {API_KEY}"})


async def test_65_a_list_that_repeats_itself_has_an_end(world: SandboxPlace) -> None:
    """A page that comes again, and says that there is more, ends the list."""
    page = await world.open()
    listed = await world.client.get(
        f"{PUBLIC_URL}/v1/checkouts",
        params={"opened_since": world.now.isoformat()},
        headers={"authorization": f"Bearer {API_KEY}"},
    )
    again = answering(world, listed.json() | {"has_more": True})

    assert await again.opened_since(world.now) == (ListedCheckout(page.checkout_ref, MARK),)
