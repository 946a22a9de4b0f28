"""The sandbox's API: it wants its key, names what is wrong, and repeats itself by key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from billing.topups import PaymentStatus
from tests.support.bots.paying import PAID, pay_by_card, send_transfer
from tests.support.bots.sandbox_place import API_KEY, PUBLIC_URL, SandboxPlace


@pytest.fixture
def place() -> SandboxPlace:
    return SandboxPlace()


def order(place: SandboxPlace, **changes: Any) -> dict[str, Any]:
    return {
        "reference": "TU-7K3M9Q2X",
        "description": "Top up Team Rocket",
        "amount_minor": 5_075,
        "currency": "USD",
        "method": "card",
        "expires_at": (place.now + timedelta(hours=1)).isoformat(),
        "return_url": "https://bot.example/pay/return",
    } | changes


async def ask(
    place: SandboxPlace, path: str, json: Any = None, key: str = "one", **headers: str
) -> httpx.Response:
    given = {"authorization": f"Bearer {API_KEY}", "idempotency-key": key} | headers
    return await place.client.post(f"{PUBLIC_URL}/v1/checkouts{path}", json=json, headers=given)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", API_KEY, "Bearer \xff"])
async def test_the_api_wants_its_key(place: SandboxPlace, given: str) -> None:
    """Without the key nothing is opened, read or expired."""
    page = await place.open()
    headers = httpx.Headers({"authorization": given}, encoding="latin-1")
    checkouts = f"{PUBLIC_URL}/v1/checkouts"
    before = dict(place.books.texts)

    answers = [
        await place.client.post(checkouts, json=order(place), headers=headers),
        await place.client.get(f"{checkouts}/{page.checkout_ref}", headers=headers),
        await place.client.post(f"{checkouts}/{page.checkout_ref}/expire", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert place.books.texts == before


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": ""},
        {"reference": "x" * 65},
        {"reference": "a\u0000b"},
        {"description": "two\nlines"},
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"amount_minor": 50.75},
        {"amount_minor": 50.0},
        {"amount_minor": "5075"},
        {"amount_minor": True},
        {"amount_minor": 10**30},
        {"currency": "XXZ"},
        {"currency": "usd"},
        {"method": "cash"},
        {"expires_at": "2026-11-23T13:00:00"},
        {"expires_at": "2026-11-23T12:00:00Z"},
        {"expires_at": "2027-11-23T12:00:00Z"},
        {"return_url": "javascript:alert(1)"},
        {"return_url": None},
        {"discount": 1},
    ],
    ids=lambda changes: str(changes)[:40],
)
async def test_bad_orders_are_refused_by_name(
    place: SandboxPlace, changes: dict[str, Any]
) -> None:
    """A wrong, missing or unknown field is a 400 that names it, and opens nothing."""
    answer = await ask(place, "", order(place, **changes))

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == next(iter(changes))
    assert place.books.texts == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"a":"\\ud800"}', b"[" * 9_000])
async def test_bodies_that_are_no_json_object_are_refused(
    place: SandboxPlace, body: bytes
) -> None:
    """Whatever is sent, the answer is a 4xx with an error in JSON."""
    headers = {"authorization": f"Bearer {API_KEY}", "idempotency-key": "one"}

    answer = await place.client.post(f"{PUBLIC_URL}/v1/checkouts", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_a_key_stands_for_one_order(place: SandboxPlace) -> None:
    """The same key and order give the same checkout even after its expiry; another order 409."""
    sent = order(place)
    first = await ask(place, "", sent)
    place.now += timedelta(hours=2)

    again = await ask(place, "", dict(reversed(sent.items())))
    other = await ask(place, "", sent | {"amount_minor": 1})
    unkeyed = await ask(place, "", sent, key=" ")

    assert again.json()["id"] == first.json()["id"]
    assert (other.status_code, other.json()["error"]["type"]) == (409, "idempotency_error")
    assert unkeyed.status_code == 400


async def test_a_kill_between_claim_and_checkout_is_mended(place: SandboxPlace) -> None:
    """If only the key was written when the process died, asking again opens the checkout."""
    sent = order(place)
    first = (await ask(place, "", sent)).json()
    del place.books.texts["checkout", first["id"]]

    assert (await ask(place, "", sent)).json() == first


async def test_expiring_tells_the_truth(place: SandboxPlace) -> None:
    """An open checkout is closed, twice if you like; one that is paid or being paid is not."""
    unpaid, paid = await place.open(attempt="a"), await place.open(attempt="b")
    sent = await place.open("bank_transfer", attempt="c")
    await pay_by_card(place.client, paid.url, PAID)
    await send_transfer(place.client, sent.url)

    pages = (unpaid, unpaid, paid, sent)
    answers = [await ask(place, f"/{page.checkout_ref}/expire") for page in pages]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert (await place.payment(unpaid)).status is PaymentStatus.EXPIRED
    assert (await place.payment(paid)).status is PaymentStatus.PAID


async def test_other_paths_and_verbs_answer_in_json(place: SandboxPlace) -> None:
    """What the API does not have is a 4xx with an error in JSON."""
    answers = [
        await ask(place, "/cs_unknown0000/expire"),
        await ask(place, "/cs_unknown0000"),
        await ask(place, "/a/b/c"),
        await ask(place, "", {"reference": "x" * 20_000}),
    ]

    assert [answer.status_code for answer in answers] == [404, 405, 404, 413]
    assert all(answer.json()["error"]["code"] for answer in answers)


@pytest.mark.parametrize("since", [None, "", "yesterday", "2026-11-23T12:00:00"])
async def test_a_list_wants_a_time_with_its_zone(place: SandboxPlace, since: str | None) -> None:
    """Anything else is named, and lists nothing."""
    answer = await place.client.get(
        f"{PUBLIC_URL}/v1/checkouts",
        params={} if since is None else {"opened_since": since},
        headers={"authorization": f"Bearer {API_KEY}"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "opened_since"
