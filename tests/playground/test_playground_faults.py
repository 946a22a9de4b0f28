"""The fault panel's calls: what is switched on happens, and stops when it is switched off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from playground.bot.child import Child
from playground.bot.program import Program
from playground.kit.chat_faults import CHAT_FAULTS, ChatFaults
from playground.kit.live import Live
from playground.kit.toggles import Toggles
from playground.page.faults import Faults
from playground.stripe import dashboard as stripe_dashboard
from tests.support.bots.paying import pick_card
from tests.support.bots.stripe_place import StripePlace


def page(routes: list[BaseRoute]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


# --- switches ----------------------------------------------------------------------------------


@pytest.fixture
async def panel(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Toggles]]:
    """The page's calls and the toggles of the one place there is; no bot runs."""
    toggles = Toggles()
    child = Child(Program(tmp_path, {}), "http://127.0.0.1:9", say=lambda _: None)
    faults = Faults({"slack": (toggles, CHAT_FAULTS)}, child, Live())
    async with page(faults.routes()) as client:
        yield client, toggles


async def test_a_switch_is_on_until_it_is_off(
    panel: tuple[httpx.AsyncClient, Toggles],
) -> None:
    """The page reads what is on and how often it happened, and switches all off at once."""
    client, toggles = panel
    on = {"place": "slack", "fault": "outage", "on": True}
    assert (await client.post("/world/faults", json=on)).json() == {"ok": True}
    toggles.happens("outage")

    shown = (await client.get("/world/faults")).json()["slack"]["outage"]
    await client.post("/world/faults", json={"place": "all", "on": False})

    assert shown == {"on": True, "happened": 1}
    assert toggles.on == set()


@pytest.mark.parametrize(
    "wanted",
    [{}, {"place": "all", "on": True}, {"place": "slack", "fault": "drop", "on": True},
     {"place": "moon", "fault": "outage", "on": True},
     {"place": "slack", "fault": "outage", "on": 1}, {"kill": 1}],
    ids=str,
)  # fmt: skip
async def test_what_there_is_not_is_refused(
    panel: tuple[httpx.AsyncClient, Toggles], wanted: dict[str, Any]
) -> None:
    """Unknown places, faults and words change nothing."""
    client, toggles = panel
    address = "/world/kill" if "kill" in wanted else "/world/faults"

    assert (await client.post(address, json=wanted)).status_code == 400
    assert toggles.on == set()


async def test_no_bot_no_kill(panel: tuple[httpx.AsyncClient, Toggles]) -> None:
    """A bot that does not run is not killed, and the page says so."""
    client, _ = panel
    answer = await client.post("/world/kill", json={"kill": True})

    assert answer.json() == {"ok": False, "error": "The bot is not running."}


def test_a_chats_faults_meet_the_calls_they_are_for() -> None:
    """A lost reply happens once and to a message; the call that waits meets an outage only."""
    faults = ChatFaults(("send", "edit"), asking="getupdates")
    faults.toggles.on |= {"reply_lost", "rate_limited"}

    assert faults.take("getUpdates") is None
    assert faults.take("sendMessage") == "rate_limited"
    faults.toggles.turn("rate_limited", on=False)
    calls = ("getMe", "sendMessage", "sendMessage")
    assert [faults.take(each) for each in calls] == [None, "reply_lost", None]
    faults.toggles.turn("outage", on=True)
    assert faults.take("getUpdates") == "outage"


# --- the merchant's side of the played Stripe ---------------------------------------------------


@pytest.fixture
async def merchant() -> AsyncIterator[tuple[StripePlace, httpx.AsyncClient]]:
    place = StripePlace()
    opened = await place.open()
    await pick_card(place.client, opened.url, "4242424242424242")
    async with page(stripe_dashboard.routes(place.stripe)) as client:
        yield place, client


async def payment(client: httpx.AsyncClient) -> dict[str, Any]:
    (found,) = (await client.get("/window/stripe/payments")).json()["payments"]
    return dict(found)


async def act(client: httpx.AsyncClient, name: str, amount: str = "") -> dict[str, Any]:
    wanted = {"payment": (await payment(client))["id"], "act": name, "amount": amount}
    answer: dict[str, Any] = (await client.post("/window/stripe/act", json=wanted)).json()
    return answer


async def test_a_merchant_refunds_and_the_refund_fails(
    merchant: tuple[StripePlace, httpx.AsyncClient],
) -> None:
    """A part, then the rest; the last one fails and can be tried again."""
    _, client = merchant

    assert (await payment(client))["acts"] == ["refund", "dispute", "inquire"]
    assert await act(client, "refund", "10.5") == {"ok": True}
    assert await act(client, "refund") == {"ok": True}
    assert (await payment(client))["acts"] == ["fail"]
    assert await act(client, "fail") == {"ok": True}

    after = await payment(client)
    assert after["told"] == ["Refunded 10.50 USD", "Refund failed: 40.25 USD"]
    assert after["acts"] == ["refund", "dispute", "inquire"]


async def test_a_bank_inquires_disputes_and_decides(
    merchant: tuple[StripePlace, httpx.AsyncClient],
) -> None:
    """Only what can happen next is offered, until the dispute is lost and nothing can."""
    _, client = merchant
    offered = []
    for name in ("inquire", "escalate", "lose"):
        assert await act(client, name) == {"ok": True}
        offered.append((await payment(client))["acts"])

    assert offered == [["escalate", "refund", "lose"], ["win", "lose"], []]
    assert (await payment(client))["told"] == ["Dispute lost"]


@pytest.mark.parametrize(
    ("name", "amount"),
    [("refund", "51"), ("refund", "-1"), ("refund", "1.234"), ("refund", "a lot"), ("fail", ""),
     ("win", ""), ("escalate", ""), ("steal", "")],
)  # fmt: skip
async def test_what_stripe_refuses_is_refused_here(
    merchant: tuple[StripePlace, httpx.AsyncClient], name: str, amount: str
) -> None:
    """A sentence says why, and nothing has changed."""
    place, client = merchant
    before = len(place.stripe.outbox)

    assert (await act(client, name, amount))["error"]
    assert len(place.stripe.outbox) == before
